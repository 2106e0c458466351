"""The tables of a new SQLite file at once, as the migrations leave them: to make them one after the other takes half a
second of each test that begins with an empty project. `tests/store/test_migrations.py` is about the migrations.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

from alembic.config import Config

_made: list[str] = []
"""The script that makes them, and what the migrations write into them; empty before the first time."""


def tables_at_once(upgrade: Callable[..., Any]) -> Callable[..., Any]:
    """Alembic's `upgrade`, which works just once for all new SQLite files of this process."""

    def upgraded(config: Config, revision: str) -> None:
        connection = config.attributes["connection"]
        if connection.dialect.name != "sqlite" or _tables(connection.connection.dbapi_connection):
            upgrade(config, revision)
            return
        if _made:
            for statement in _made:
                connection.exec_driver_sql(statement)
            return
        upgrade(config, revision)
        _made.extend(_script(connection.connection.dbapi_connection))

    return upgraded


def _tables(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _script(connection: sqlite3.Connection) -> list[str]:
    return [line for line in connection.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;")]
