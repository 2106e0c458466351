"""One process at a time evaluates: on PostgreSQL by an advisory lock, on SQLite because one process uses it.

An optimisation only. Two evaluations at once do double work, and unique occurrences keep that harmless; a process that
stopped without dying keeps the lock, so it must never be what correctness rests on.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

EVALUATION_LOCK = 0x6E6F7465
"""The PostgreSQL advisory lock under which one process evaluates."""


@contextmanager
def evaluation_owner(database: sa.Engine) -> Iterator[bool]:
    """Whether this process may evaluate now; if so, no other may until the block is left or the process dies."""
    if database.dialect.name != "postgresql":
        yield True
        return
    with database.connect() as connection, connection.begin():
        # It does nothing else for as long as an evaluation takes.
        connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield bool(connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(EVALUATION_LOCK))).scalar_one())
