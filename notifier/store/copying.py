"""One snapshot of a whole database as a SQLite file of its own: what is tried on it touches nobody's state."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
import sqlmodel

import notifier.model.state
import notifier.store.tables  # noqa: F401 - imported so that the metadata has every table
from notifier.store.database import open_engine, read_only, unflushed
from notifier.store.migrating import migrate
from notifier.store.sql import AT_ONCE
from notifier.store.tables.versions import OldestProgramRow


def copy_into(path: Path, database: sa.Engine) -> None:
    """Copy everything that the database holds at one instant into a new SQLite file. It blocks nobody meanwhile."""
    if database.dialect.name == "sqlite":
        with read_only(database) as connection, closing(sqlite3.connect(path)) as copy:
            original = connection.connection.driver_connection
            assert isinstance(original, sqlite3.Connection), "its driver is Python's own"
            original.backup(copy)
        return
    engine = opened_copy(path)
    try:
        migrate(engine)
        with read_only(database) as connection, engine.begin() as copy:
            for table in sqlmodel.SQLModel.metadata.sorted_tables:
                if table.name == OldestProgramRow.__tablename__:
                    continue  # the copy's own says what is so of the copy
                found = connection.execution_options(yield_per=AT_ONCE).execute(sa.select(table)).mappings()
                for rows in found.partitions(AT_ONCE):
                    copy.execute(sa.insert(table), [dict(row) for row in rows])
    finally:
        engine.dispose()


@contextmanager
def copied(database: sa.Engine) -> Iterator[sa.Engine]:
    """A copy that is gone after the block."""
    with TemporaryDirectory(prefix="notifier-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "copy.db"
        copy_into(path, database)
        engine = opened_copy(path)
        try:
            yield engine
        finally:
            engine.dispose()


def opened_copy(path: Path) -> sa.Engine:
    """The engine of such a file. It need not survive a power cut, so nothing waits for the disk."""
    engine = open_engine(f"sqlite:///{path}")
    unflushed(engine)
    return engine
