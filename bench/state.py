"""The generated state on both databases, made once and kept in `bench/.data` until its generator changes."""

import fcntl
import hashlib
import shutil
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bench.database import load_postgres, load_sqlite, settle, sqlite_url
from bench.project import HERE, REPOSITORY, load_ruleset, write_project
from bench.rows import Sizes
from notifier.drafting.ruleset import Ruleset
from notifier.store.database import open_engine
from notifier.store.migrating import CURRENT_REVISION
from tests.support.postgres import administer, postgres_server

DATA = HERE / ".data"
LONGEST_NAME = 63
"""The most characters of a PostgreSQL database name."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The stored state in one database. It is only read; whatever writes takes a copy."""

    name: str
    """SQLite or PostgreSQL, as shown in the tables of results."""
    url: sa.URL
    server: sa.URL | None = None

    @contextmanager
    def opened(self) -> Iterator[sa.Engine]:
        """The stored state, for reading."""
        engine = open_engine(self.url.render_as_string(hide_password=False))
        yield engine
        engine.dispose()

    @contextmanager
    def copied(self) -> Iterator[sa.Engine]:
        """A copy of the stored state, for writing; deleted afterwards."""
        name = f"copy_{uuid.uuid4().hex[:12]}"
        if self.server is None:
            path = Path(self.url.database or "")
            copy = path.with_name(f"{name}.db")
            shutil.copyfile(path, copy)
            url = sa.make_url(sqlite_url(copy))
        else:
            administer(self.server, f'CREATE DATABASE "{name}" TEMPLATE "{self.url.database}"')
            url = self.server.set(database=name)
        engine = open_engine(url.render_as_string(hide_password=False))
        try:
            yield engine
        finally:
            engine.dispose()
            if self.server is None:
                for file in path.parent.glob(f"{name}.db*"):
                    file.unlink()
            else:
                administer(self.server, f'DROP DATABASE "{name}" WITH (FORCE)')


@dataclass(frozen=True, kw_only=True)
class State:
    """The company at one scale."""

    sizes: Sizes
    ruleset: Ruleset
    databases: tuple[Kept, ...]


class States:
    """Makes and stores states. PostgreSQL runs while this is open, unless it is left out. One run at a time."""

    def __init__(self, data: Path = DATA, *, with_postgres: bool = True) -> None:
        self._data = data
        self._with_postgres = with_postgres
        self._closing = ExitStack()
        self._made: dict[float, State] = {}
        self._server: sa.URL | None = None

    def __enter__(self) -> "States":
        self._data.mkdir(parents=True, exist_ok=True)
        lock = self._closing.enter_context((self._data / "lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RuntimeError("another benchmark is running; two at once would measure each other") from error
        if self._with_postgres:
            self._server = self._closing.enter_context(postgres_server(self._data / "postgresql"))
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    @property
    def server(self) -> sa.URL | None:
        """The PostgreSQL server, for sections that need their own empty database."""
        return self._server

    @property
    def data(self) -> Path:
        """The folder for files of sections."""
        return self._data

    def are_kept(self, scale: float) -> bool:
        """Whether the state at a scale was made by an earlier run, on every database of this one."""
        digest = _digest()
        if not (self._data / f"state-{scale:g}-{digest}" / "state.db").exists():
            return False
        return self._server is None or _database_name(scale, digest) in _databases(self._server)

    def at(self, scale: float) -> State:
        """The state at a scale; made first if necessary."""
        if scale not in self._made:
            self._made[scale] = self._make(scale)
        return self._made[scale]

    def _make(self, scale: float) -> State:
        digest = _digest()
        folder = self._data / f"state-{scale:g}-{digest}"
        self._forget_others(scale, digest)
        project = folder / "project"
        if not project.exists():
            write_project(project)
        ruleset = load_ruleset(project)
        sizes = Sizes(scale=scale)
        databases = [self._sqlite(folder, sizes, ruleset)]
        if self._server is not None:
            databases.append(self._postgres(self._server, folder, digest, sizes, ruleset))
        return State(sizes=sizes, ruleset=ruleset, databases=tuple(databases))

    def _sqlite(self, folder: Path, sizes: Sizes, ruleset: Ruleset) -> Kept:
        kept = Kept(name="SQLite", url=sa.make_url(sqlite_url(folder / "state.db")))
        folder.mkdir(exist_ok=True)
        if not (folder / "state.db").exists():
            with _told(f"loading SQLite at scale {sizes.scale:g}"):
                unfinished = folder / "unfinished.db"
                unfinished.unlink(missing_ok=True)
                load_sqlite(unfinished, sizes)
            with _told("first passes on SQLite"):
                database = open_engine(sqlite_url(unfinished))
                settle(database, ruleset)
                database.dispose()
                unfinished.rename(folder / "state.db")
        return kept

    def _postgres(self, server: sa.URL, folder: Path, digest: str, sizes: Sizes, ruleset: Ruleset) -> Kept:
        name = _database_name(sizes.scale, digest)
        if name not in _databases(server):
            unfinished = f"unfinished_{name}"[:LONGEST_NAME]
            administer(server, f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
            administer(server, f'CREATE DATABASE "{unfinished}"')
            with _told(f"loading PostgreSQL at scale {sizes.scale:g}"):
                load_postgres(server.set(database=unfinished), folder / "state.db")
            with _told("first passes on PostgreSQL"):
                database = open_engine(server.set(database=unfinished).render_as_string(hide_password=False))
                settle(database, ruleset)
                database.dispose()
            administer(server, f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
        return Kept(name="PostgreSQL", url=server.set(database=name), server=server)

    def _forget_others(self, scale: float, digest: str) -> None:
        """Delete states of an older generator, and copies that a killed run left behind."""
        for copy in self._data.glob("state-*/copy_*"):
            copy.unlink()
        for folder in self._data.glob(f"state-{scale:g}-*"):
            if folder.name != f"state-{scale:g}-{digest}":
                shutil.rmtree(folder)
        if self._server is not None:
            for name in _databases(self._server):
                if name.startswith((f"state_{scale:g}_", "copy_")) and name != f"state_{scale:g}_{digest}":
                    administer(self._server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _digest() -> str:
    """A digest of everything that determines a stored state."""
    files = [HERE / "rows.py", HERE / "database.py"]
    for folder in (HERE / "project", REPOSITORY / "rules", REPOSITORY / "templates"):
        files += [path for path in sorted(folder.rglob("*")) if path.is_file() and ".test." not in path.name]
    found = hashlib.sha256(CURRENT_REVISION.encode())
    for path in files:
        found.update(path.relative_to(REPOSITORY).as_posix().encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def _database_name(scale: float, digest: str) -> str:
    return f"state_{scale:g}_{digest}"[:LONGEST_NAME]


def _databases(server: sa.URL) -> list[str]:
    engine = sa.create_engine(server, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT datname FROM pg_database")).scalars())


@contextmanager
def _told(what: str) -> Iterator[None]:
    print(f"… {what}", end="", file=sys.stderr, flush=True)
    started = time.perf_counter()
    yield
    print(f": {time.perf_counter() - started:.1f} s", file=sys.stderr)
