"""The condition of the database itself, for who examines it.

Within the connection's transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import utc


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What the database says of itself."""

    name: str
    """`SQLite 3.40.1`, `PostgreSQL 15.18`."""
    keeps_readers_going: bool
    """Whether nobody who reads waits for who writes: of SQLite, whether it is in WAL mode."""
    clock: datetime | None
    """Its own clock; None where it is this machine's."""
    free_connections: int | None
    """How many more it takes; None where it does not count them."""
    is_in_memory: bool = False
    """It stands for one that was not made yet."""


def condition(connection: sa.Connection) -> Condition:
    """Ask the database."""
    if connection.dialect.name == "sqlite":
        version, mode = _one(connection, "SELECT sqlite_version()"), _one(connection, "PRAGMA journal_mode")
        return Condition(
            name=f"SQLite {version}",
            keeps_readers_going=mode == "wal",
            clock=None,
            free_connections=None,
            is_in_memory=mode == "memory",
        )
    version = str(_one(connection, "SHOW server_version")).split()[0]
    most, used = (
        int(_one(connection, "SHOW max_connections")),
        _one(connection, "SELECT count(*) FROM pg_stat_activity"),
    )
    return Condition(
        name=f"PostgreSQL {version}",
        keeps_readers_going=True,
        clock=utc(_one(connection, "SELECT clock_timestamp()")),
        free_connections=most - used,
    )


def _one(connection: sa.Connection, question: str) -> Any:
    return connection.exec_driver_sql(question).scalar_one()
