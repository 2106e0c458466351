"""Fresh databases for simulated worlds: migrated once, copied for each, deleted at the end."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from notifier.store.database import open_engine, thrown_away
from notifier.store.migrating import migrate


class Databases:
    """Makes databases in one folder. They need not survive a power cut, so they are not flushed to disk.

    An SQLAlchemy engine is reused for the next database because of its compiled statements, which cost more than most
    simulated weeks.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._idle: list[tuple[Path, sa.Engine]] = []
        self._numbers = count(1)
        self._migrated = folder / "migrated.db"
        engine = open_engine(f"sqlite:///{self._migrated}")
        migrate(engine)
        engine.dispose()  # closing the last connection merges the WAL into the file, which is then copied

    @contextmanager
    def fresh(self) -> Iterator[sa.Engine]:
        """An engine on an empty, migrated database."""
        path, engine = self._idle.pop() if self._idle else self._made()
        shutil.copyfile(self._migrated, path)
        try:
            yield engine
        finally:
            engine.dispose()
            for left in self._folder.glob(f"{path.name}*"):
                left.unlink()
            self._idle.append((path, engine))

    def _made(self) -> tuple[Path, sa.Engine]:
        path = self._folder / f"world-{next(self._numbers)}.db"
        engine = open_engine(f"sqlite:///{path}")
        thrown_away(engine)
        return path, engine


@contextmanager
def temporary_databases() -> Iterator[Databases]:
    """Databases in a temporary folder that is deleted at the end."""
    with TemporaryDirectory(prefix="notifier-", ignore_cleanup_errors=True) as folder:
        yield Databases(Path(folder))
