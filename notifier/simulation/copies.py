"""A copy of an installation's database, to play in: the original is only read."""

import sqlite3
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import SQLModel

from notifier.store.database import read_only
from notifier.store.sql import chunks


def copy_into(original: sa.Engine, copy: sa.Engine) -> None:
    """Brings all rows of a migrated database into an empty, migrated one on SQLite.

    SQLite's own backup copies a file page by page, as of one instant, whoever writes to it meanwhile. From PostgreSQL
    the rows are read in one snapshot.
    """
    if original.dialect.name == "sqlite":
        target = Path(str(copy.url.database))
        copy.dispose()
        with original.connect() as connection:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            with sqlite3.connect(target) as into:
                source.backup(into)
            into.close()
        return
    with read_only(original) as connection, copy.begin() as into_copy:
        for table in SQLModel.metadata.sorted_tables:
            there = sa.inspect(connection).has_table(table.name)
            if not there:
                continue
            for rows in chunks(connection.execute(sa.select(table)).mappings()):
                into_copy.execute(sa.insert(table), [dict(row) for row in rows])
