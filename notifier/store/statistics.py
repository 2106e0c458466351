"""What the database's planner knows of the tables: kept fresh by ourselves, so that plans do not hang on luck.

A first import fills empty tables. SQLite never counts by itself what is in them, and PostgreSQL does so a minute later:
until then it may read a table again for each row of another one.
"""

import sqlalchemy as sa

LARGE = 1_000
"""Written rows after which the statistics are made anew."""
SAMPLED = 1_000
"""Entries of an index that SQLite looks at: a few milliseconds a table, however large it is."""


def refresh_statistics(database: sa.Engine, tables: tuple[str, ...] = ()) -> None:
    """Make the statistics of the database anew; on PostgreSQL those of these tables (none: of all).

    Connections that are open on SQLite know them once they are opened again, so idle ones are closed.
    """
    if database.dialect.name == "sqlite":
        with database.begin() as connection:
            connection.exec_driver_sql(f"PRAGMA analysis_limit = {SAMPLED}")
            connection.exec_driver_sql("ANALYZE")
        database.dispose()
        return
    quote = database.dialect.identifier_preparer.quote
    # Outside of a transaction, each table is unlocked before the next one: two processes at once cannot deadlock.
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"ANALYZE {', '.join(quote(name) for name in tables)}".rstrip())
