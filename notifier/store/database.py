"""A database URL -> an SQLAlchemy engine with safe transactions and up-to-date tables.

SQLite (one machine) and PostgreSQL (many) then behave the same: a writing transaction takes its lock at the start, a
reading one sees one snapshot, and a database failure is raised as a sentence (`DatabaseError`).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.sqlite_functions import register_functions
from notifier.model.json_texts import canonical_json as canonical_json
from notifier.model.reading import StoreError

STATEMENTS_KEPT = 2_000
"""Compiled statements that an engine caches: a rule has about ten, and all of a project's must fit, or each tick
compiles them again. They take about 20 KB each."""
PREPARED_AFTER, STATEMENTS_PREPARED = 2, 1_000
"""PostgreSQL prepares a statement when it is executed this often, and keeps so many for a connection. A tick of twenty
rules executes 180 once. Of the hundred that psycopg keeps by itself none lived until the next tick, which took the
server a sixth longer, and this process an eighth."""
PAGES_KEPT, PAGES_KEPT_TO_WRITE = 2_000, 16_000
"""KB of pages that a SQLite connection caches. A batch of the outbox touches more than SQLite's default of 2 MB; other
pages would be looked up in the WAL, which grows with the tick."""
LOCK_SECONDS = 30
"""How long a SQLite writer waits for another writer's lock."""
BOTH = "notifier_both"
"""In the info of a connection that is ready for reading and writing."""
NEXT_READS = "notifier_next_reads"
"""In the info of a SQLite connection whose next transaction does not write."""
READ_ONLY = "notifier_read_only"
"""In its info, what its last transaction was ready for."""
SILENT_SERVER = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""For libpq, in seconds and (the last) milliseconds: after a minute of silence a server counts as gone. By default the
kernel tries for a quarter of an hour, and waits two hours for an answer."""
IDLE_TRANSACTION = "5min"
"""How long a transaction may idle before PostgreSQL ends it and its connection."""


class DatabaseError(StoreError):
    """The database cannot do what was asked; the message says why and what to do."""


class DatabaseLockedError(DatabaseError):
    """Another process kept the database locked for too long. The transaction was rolled back."""


class DiskFullError(DatabaseError):
    """No space is left for the transaction, which was rolled back."""


class ReplacedDatabaseError(DatabaseError):
    """The file of the database was deleted or replaced while it was in use."""


def open_engine(url: str) -> sa.Engine:
    """The engine of `sqlite:///FILE` or `postgresql://…`.

    `engine.begin()` writes (on SQLite with BEGIN IMMEDIATE, so that a second writer waits instead of failing midway);
    `read_only(engine)` reads. Errors of the database itself (locked, full, unreachable, not a database) are raised as
    DatabaseError from every statement. Raises DatabaseError for a URL of another kind.
    """
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise DatabaseError(
            "the database URL cannot be read; write sqlite:///notifier.db or postgresql://USER:PASSWORD@HOST/NAME"
        ) from error
    match address.get_backend_name():
        case "sqlite":
            engine = _sqlite(address)
        case "postgresql" | "postgres":
            engine = _postgresql(address)
        case other:
            raise DatabaseError(f"'{other}' databases are not supported; use sqlite:///FILE or postgresql://…")
    sa.event.listen(engine, "handle_error", _raise_explained)
    return engine


@contextmanager
def read_only(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection in a transaction that sees one snapshot, cannot write and blocks nobody."""
    if engine.dialect.name == "postgresql":
        options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection
        return
    with engine.connect() as connection:
        connection.info[NEXT_READS] = True
        with connection.begin():
            yield connection


def file_of(address: sa.URL) -> Path | None:
    """The file of a SQLite database; None for one in memory, and for PostgreSQL."""
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    return Path(str(address.database))


def unflushed(engine: sa.Engine) -> None:
    """Let a SQLite database write without waiting for the disk: a simulated week may be lost."""

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")


def thrown_away(engine: sa.Engine) -> None:
    """Let a SQLite database that is deleted at the end be as fast as it can.

    Its connections are made ready once, for reading and writing: of a hundred statements of a simulated tick, fourteen
    would else say which of both comes next. That readers write nothing is held where it matters.
    """
    unflushed(engine)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: sa.pool.ConnectionPoolEntry) -> None:
        connection.execute(f"PRAGMA cache_size = -{PAGES_KEPT_TO_WRITE}")
        record.info[BOTH] = True


def _sqlite(address: sa.URL) -> sa.Engine:
    from notifier.store.sqlite_dialect import BEGINS, NAME

    if "timeout" not in address.query:
        address = address.update_query_dict({"timeout": str(LOCK_SECONDS)})
    engine = sa.create_engine(
        address.set(drivername=NAME),
        json_serializer=canonical_json,
        query_cache_size=STATEMENTS_KEPT,
        hide_parameters=True,
        connect_args={"cached_statements": STATEMENTS_KEPT},
    )

    same_file = _SameFile(path) if (path := file_of(address)) is not None else None

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info[BEGINS] = begin
        if same_file is not None:
            same_file.check()
        # `begin` below starts transactions: the driver would start them too late, after the first read.
        connection.isolation_level = None
        register_functions(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        if same_file is not None:
            same_file.opened()

    @sa.event.listens_for(engine, "close")
    def closed(_connection: sqlite3.Connection, _record: object) -> None:
        if same_file is not None:
            same_file.closed()

    def begin(connection: sa.PoolProxiedConnection) -> None:
        info, driver = connection.info, connection.driver_connection
        reads = info.pop(NEXT_READS, False)
        assert driver is not None
        if same_file is not None:
            same_file.check()
        if not info.get(BOTH) and info.get(READ_ONLY) is not reads:  # what the last transaction left behind
            info.pop(READ_ONLY, None)  # where one of the next two fails, neither kind is known to be set
            driver.execute(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
            driver.execute(f"PRAGMA cache_size = -{PAGES_KEPT if reads else PAGES_KEPT_TO_WRITE}")
            info[READ_ONLY] = reads
        driver.execute("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


class _SameFile:
    """The file that an engine began with. SQLite would go on in a file that has no name any more, or in an empty one
    that it makes: what was told would be forgotten with the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: tuple[int, int] | None = None
        self._connections = 0

    def opened(self) -> None:
        """There is another connection."""
        self._connections += 1

    def closed(self) -> None:
        """There is one less; where none is left, the next one may begin with another file."""
        self._connections -= 1
        if not self._connections:
            self._known = None

    def check(self) -> None:
        """Raises ReplacedDatabaseError where the file is another one now, or none."""
        found = self._path.stat() if self._path.exists() else None
        now = None if found is None else (found.st_dev, found.st_ino)
        self._known = self._known or now
        if now is not None and now == self._known:
            return
        if found is not None and not found.st_size:  # what SQLite makes of a file that is not there
            self._path.unlink()
            found = None
        what = "deleted or moved" if found is None else "replaced by another file"
        raise ReplacedDatabaseError(
            f"the database {self._path}: the file was {what} while this process used it. Nothing was written since; "
            "put it back, or restore a backup, and start this again"
        )


def _postgresql(address: sa.URL) -> sa.Engine:
    engine = sa.create_engine(
        address.set(drivername="postgresql+psycopg"),
        json_serializer=canonical_json,
        query_cache_size=STATEMENTS_KEPT,
        hide_parameters=True,  # an error is logged, and parameters are customers' data
        pool_pre_ping=True,
        pool_use_lifo=True,  # the connection that knows the statements of the last tick
        connect_args={"prepare_threshold": PREPARED_AFTER, **SILENT_SERVER},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.prepared_max = STATEMENTS_PREPARED
        # Instants come back in UTC, and `date` arithmetic of the server never meets another zone.
        connection.execute("SET TIME ZONE 'UTC'")
        # A rule's statement has many small subqueries: compiling them takes up to a second, running them milliseconds.
        connection.execute("SET jit = off")
        # The default cost of a random page is four sequential ones, as on a spinning disk. The planner then reads all
        # promises to find those of a thousand changed charges, in 160 ms instead of 3.
        connection.execute("SET random_page_cost = 1.1")
        # A process that hangs in a transaction, or whose machine is gone, must not keep its locks. By default the
        # server waits for ever for the one, and two hours for the other.
        connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_TRANSACTION}'")
        connection.execute("SET tcp_keepalives_idle = 30")
        connection.execute("SET tcp_keepalives_interval = 10")
        connection.execute("SET tcp_keepalives_count = 3")
        connection.commit()

    return engine


_LOCKED = (DatabaseLockedError, "it stayed locked by another process; try again when that one is done")
SQLITE_MEANINGS: dict[str, tuple[type[DatabaseError], str]] = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_FULL": (DiskFullError, "the disk is full; free some space and run this again"),
    "SQLITE_CANTOPEN": (DatabaseError, "the file cannot be opened; check that its folder exists and is writable"),
    "SQLITE_NOTADB": (DatabaseError, "the file is not a SQLite database; check the path"),
    "SQLITE_READONLY": (DatabaseError, "it is read-only; check the rights of the file and its folder"),
    "SQLITE_CORRUPT": (DatabaseError, "the file is damaged; restore it from a backup"),
    "SQLITE_IOERR": (DatabaseError, "the disk failed to read or write; check it and run this again"),
}
"""By the start of SQLite's name of an error: what it means (https://www.sqlite.org/rescode.html)."""

POSTGRESQL_MEANINGS: dict[str, tuple[type[DatabaseError], str]] = {
    "53100": (DiskFullError, "the disk of the server is full; free some space and run this again"),
    "53300": (DatabaseError, "the server takes no more connections; raise max_connections or stop a process"),
    "55P03": _LOCKED,
    "28P01": (DatabaseError, "the server refused the password"),
    "28000": (DatabaseError, "the server refused the user"),
    "3D000": (DatabaseError, "there is no database of that name; create it first"),
    "42P01": (
        DatabaseError,
        "a table of the notifier is not there: was the database replaced? Restore a backup, and start this again",
    ),
    "42501": (DatabaseError, "the user may not do this; grant it the rights on its schema"),
}
"""By SQLSTATE: what it means (PostgreSQL manual, appendix A)."""


def explain(error: BaseException, engine: sa.Engine | None) -> DatabaseError | None:
    """The driver's error as a sentence; None where it does not come from the state of the database."""
    where = "the database" if engine is None else f"the database {engine.url.database or 'in memory'}"
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "")
        found = next((found for start, found in SQLITE_MEANINGS.items() if name.startswith(start)), None)
    else:
        found = POSTGRESQL_MEANINGS.get(getattr(error, "sqlstate", None) or "")
    if found is None:
        return None
    kind, meaning = found
    lost = ". Nothing of this transaction was written" if kind is not DatabaseError else ""
    return kind(f"{where}: {meaning}{lost}")


def _raise_explained(context: sa.engine.ExceptionContext) -> None:
    """SQLAlchemy calls this for every driver error, in a statement, a connect or a commit."""
    original = context.original_exception
    explained = explain(original, context.engine)
    if explained is not None:
        raise explained from original
    where = "the database" if context.engine is None else f"the database {context.engine.url.database}"
    if context.connection is not None and context.is_disconnect:
        raise DatabaseError(f"{where}: its server closed the connection; run this again when it is back") from original
    if context.connection is None and isinstance(context.sqlalchemy_exception, sa.exc.OperationalError):
        server = context.engine.url.host if context.engine else "server"
        raise DatabaseError(
            f"the database at {server} cannot be reached: {str(original).splitlines()[0]}"
        ) from original
