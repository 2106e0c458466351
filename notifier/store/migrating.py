"""The tables of a database are those of this program: made, upgraded, or refused.

A new database gets today's tables at once; one that an earlier version made goes through the revisions since. Tables of
a newer version are refused unless they say that this program may work on them: so daemons are replaced one after the
other, and one that dies meanwhile may start again as it was.
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
import sqlmodel

from notifier.store.database import DatabaseError, DatabaseLockedError, file_of, read_only

MIGRATIONS = Path(__file__).with_name("migrations")
CURRENT_REVISION = "0049"
"""The newest migration, known without importing Alembic, which would cost every command 0.3 s."""
OLDEST_PROGRAM = "0049"
"""The oldest revision whose program may work on the tables of this one. A migration that does more than add what an
older program need not know (a test says which do) sets it to its own revision."""
OURS = frozenset({"alembic_version", "notice", "message", "change"})
"""Tables that every version has had: where they are, the database is ours."""
OF_EXTENSIONS = frozenset({"spatial_ref_sys"})
"""Tables that an extension of PostgreSQL puts beside everybody's."""
MIGRATION_LOCK = 0x6E6F7469
"""The PostgreSQL advisory lock that a process holds while it migrates or adds indexes."""
LOCK_WAIT, LOCK_ATTEMPTS, LOCK_PAUSE = "2s", 60, 1.0
"""How long an upgrade waits for the lock of a table that daemons use. All who come later would wait behind it, so it
gives up, lets them pass, and tries again after so many seconds, so often."""
LOCK_NOT_AVAILABLE, DEADLOCK = "55P03", "40P01"
"""What PostgreSQL says then (SQLSTATE), and where both waited for each other."""
_VERSION = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Alembic's own table, as Alembic makes it."""
_OLDEST_PROGRAM = sa.Table("oldest_program", sa.MetaData(), sa.Column("revision", sa.String(), primary_key=True))
"""`store.tables.OldestProgramRow`, known without importing all tables."""


class NewerDatabaseError(DatabaseError):
    """A newer version of this program made the tables."""


class ForeignDatabaseError(DatabaseError):
    """Another application's tables are in the database."""


def migrate(engine: sa.Engine) -> None:
    """Bring the tables to this program's version.

    Raises NewerDatabaseError where they are newer, and ForeignDatabaseError where they are not ours.
    """
    _refuse_foreign_file(engine.url)
    with read_only(engine) as connection:
        if _is_ours(connection):
            return
        if foreign := _foreign(sa.inspect(connection).get_table_names()):
            raise ForeignDatabaseError(_foreign_sentence(engine.url, foreign))
    with engine.begin() as connection:
        _alone(connection)
        if _revision(connection) is None and not sa.inspect(connection).has_table("notice"):
            _create(connection)
            return
    upgrade(engine)


def is_current(engine: sa.Engine) -> bool:
    """Whether the tables are those of this program, or newer ones on which it may work. Raises DatabaseError where
    nobody can say."""
    with read_only(engine) as connection:
        return _is_ours(connection)


def newer_revision(engine: sa.Engine) -> str | None:
    """The revision of tables that are newer than this program; None where they are not. Raises DatabaseError."""
    with read_only(engine) as connection:
        revision = _revision(connection)
    return revision if revision is not None and revision > CURRENT_REVISION else None


def upgrade(engine: sa.Engine) -> None:
    """Bring the tables to this program's version, one revision after the other, all or none.

    Raises NewerDatabaseError, and DatabaseError where daemons did not let it have a table for two minutes.
    """
    for attempt in range(LOCK_ATTEMPTS):
        try:
            _upgrade(engine)
        except (DatabaseLockedError, sa.exc.OperationalError) as error:
            meets_others = engine.dialect.name == "postgresql" and _sqlstate(error) in (LOCK_NOT_AVAILABLE, DEADLOCK)
            if not meets_others or attempt + 1 == LOCK_ATTEMPTS:
                raise
            time.sleep(LOCK_PAUSE)
        else:
            return


def _sqlstate(error: BaseException) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def _upgrade(engine: sa.Engine) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        _alone(connection)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        revision = _revision(connection)
        try:
            ScriptDirectory.from_config(config).get_revision(revision or "base")
        except CommandError as error:
            raise NewerDatabaseError(
                f"the database was made by a newer notifier (revision {revision}; this one knows up to "
                f"{CURRENT_REVISION}); upgrade the program, or use another database. Nothing was changed"
            ) from error
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _say_oldest_program(connection)


def _create(connection: sa.Connection) -> None:
    """Today's tables in an empty database, as Alembic advises for one: all revisions in turn would take 0.3 s, and as
    much again to import Alembic."""
    import notifier.model.state
    import notifier.store.tables  # noqa: F401 - imported so that the metadata has every table

    sqlmodel.SQLModel.metadata.create_all(connection, checkfirst=False)
    _VERSION.create(connection)
    connection.execute(sa.insert(_VERSION).values(version_num=CURRENT_REVISION))
    _say_oldest_program(connection)


def _say_oldest_program(connection: sa.Connection) -> None:
    connection.execute(sa.delete(_OLDEST_PROGRAM))
    connection.execute(sa.insert(_OLDEST_PROGRAM).values(revision=OLDEST_PROGRAM))


def _is_ours(connection: sa.Connection) -> bool:
    """Whether the tables are of this revision, or of a newer one that lets this program work on them."""
    revision = _revision(connection)
    if revision is None or revision <= CURRENT_REVISION:
        return revision == CURRENT_REVISION
    oldest = connection.execute(sa.select(_OLDEST_PROGRAM.c.revision)).scalar_one_or_none()
    return oldest is not None and oldest <= CURRENT_REVISION


def _alone(connection: sa.Connection) -> None:
    """Until the end of the transaction no other process makes or changes tables. (SQLite has one writer anyway.)"""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))


def _refuse_foreign_file(address: sa.URL) -> None:
    """Raises ForeignDatabaseError before our first connection to a SQLite file: it would change the file's mode."""
    path = file_of(address)
    if path is None or not path.is_file():
        return
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    except sqlite3.Error:
        return  # the engine says what is wrong with it
    if foreign := _foreign(name for name in names if not name.startswith("sqlite_")):
        raise ForeignDatabaseError(_foreign_sentence(address, foreign))


def _foreign(tables: Iterable[str]) -> Sequence[str]:
    """The tables of another application; none where ours are among them, or where there is none at all.

    Migrations of other programs keep their version in `alembic_version`, too: it says nothing.
    """
    names = set(tables) - OF_EXTENSIONS
    return [] if names >= OURS else sorted(names)


def _foreign_sentence(address: sa.URL, tables: Sequence[str]) -> str:
    shown = ", ".join(tables[:3]) + (", …" if len(tables) > 3 else "")
    return (
        f"the database {address.database} is another application's: it has tables ({shown}) and none of ours. Nothing "
        "was changed; give the notifier a database of its own (NOTIFIER_DATABASE_URL)"
    )


def ensure_indexes(connection: sa.Connection, columns: Iterable[tuple[str, ...]]) -> None:
    """Create an index on every (table, column, …) whose columns do not begin one yet: rules search by them."""
    inspector = sa.inspect(connection)
    missing: list[sa.Index] = []
    wanted = sorted(set(columns))
    for table in sorted({table for table, *_ in wanted}):
        known: list[list[str | None]] = [[*inspector.get_pk_constraint(table)["constrained_columns"]]]
        known += [index["column_names"] for index in inspector.get_indexes(table)]
        for names in [names for name, *names in wanted if name == table]:
            if not any(led[: len(names)] == names for led in known):
                target = sa.Table(table, sa.MetaData(), *map(sa.Column, names))
                missing.append(sa.Index(f"due_{table}_{'_'.join(names)}", *target.c))
    if missing:
        # IF NOT EXISTS is not enough: of two processes that start together, one would fail on the other's uncommitted
        # index.
        _alone(connection)
    for index in missing:
        connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.select(_VERSION.c.version_num)).scalar_one_or_none()
