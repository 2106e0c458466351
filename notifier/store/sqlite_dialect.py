"""SQLAlchemy's dialect for SQLite, with a word of ours on how a transaction begins.

An event of the engine would do, but an engine that has one asks at every statement who listens: a tenth of a tick.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import PoolProxiedConnection

NAME = "sqlite+notifier"
"""Its name in a URL."""


class SQLiteDialect(SQLiteDialect_pysqlite):
    """Begins transactions as it was told to."""

    supports_statement_cache = True
    begun: Callable[[PoolProxiedConnection], None]
    """Begins one, on a connection that has none."""

    def do_begin(self, dbapi_connection: Any) -> None:
        """Called by SQLAlchemy, with the connection of the pool."""
        self.begun(dbapi_connection)


registry.register(NAME.replace("+", "."), __name__, SQLiteDialect.__name__)
