"""SQLAlchemy's dialect for SQLite, with a word of ours on how a transaction begins.

An event of the engine would do, but an engine that has one asks at every statement who listens: a tenth of a tick.
"""

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

NAME = "sqlite+notifier"
"""Its name in a URL."""
BEGINS = "notifier_begins"
"""In the info of a connection: the function that begins a transaction on it. It takes the connection of the pool."""


class SQLiteDialect(SQLiteDialect_pysqlite):
    """Begins transactions as their connections were told to."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        """Called by SQLAlchemy, with the connection of the pool."""
        dbapi_connection.info[BEGINS](dbapi_connection)


registry.register(NAME.replace("+", "."), __name__, SQLiteDialect.__name__)
