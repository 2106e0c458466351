"""Fresh databases for simulated worlds: migrated once, then copied; thrown away with their folder."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from notifier.store.database import migrate, open_engine


class Databases:
    """Makes databases in one folder. They need survive no power cut, so they are not flushed to disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._migrated = folder / "migrated.db"
        engine = open_engine(f"sqlite:///{self._migrated}")
        migrate(engine)
        engine.dispose()  # closing the last connection folds the log into the file that is copied

    @contextmanager
    def fresh(self) -> Iterator[sa.Engine]:
        """An engine on an empty, migrated database."""
        path = self._folder / f"world-{next(self._numbers)}.db"
        shutil.copyfile(self._migrated, path)
        engine = open_engine(f"sqlite:///{path}")
        sa.event.listen(engine, "connect", _unflushed)
        try:
            yield engine
        finally:
            engine.dispose()
            for left in self._folder.glob(f"{path.name}*"):
                left.unlink()


@contextmanager
def temporary_databases() -> Iterator[Databases]:
    """Databases in a folder of their own that goes when this ends."""
    with TemporaryDirectory(prefix="notifier-", ignore_cleanup_errors=True) as folder:
        yield Databases(Path(folder))


def _unflushed(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()
