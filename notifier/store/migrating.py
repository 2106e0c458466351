"""The tables of a database are those of this program: made, upgraded, or refused.

A new database gets today's tables at once; one that an earlier version made goes through the revisions since.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
import sqlmodel

from notifier.store.database import DatabaseError, file_of, read_only

MIGRATIONS = Path(__file__).with_name("migrations")
CURRENT_REVISION = "0048"
"""The newest migration, known without importing Alembic, which would cost every command 0.3 s."""
OURS = frozenset({"alembic_version", "notice", "message", "change"})
"""Tables that every version has had: where they are, the database is ours."""
OF_EXTENSIONS = frozenset({"spatial_ref_sys"})
"""Tables that an extension of PostgreSQL puts beside everybody's."""
MIGRATION_LOCK = 0x6E6F7469
"""The PostgreSQL advisory lock that a process holds while it migrates or adds indexes."""
_VERSION = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Alembic's own table, as Alembic makes it."""


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
        if _revision(connection) == CURRENT_REVISION:
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
    """Whether the tables are those of this program. Raises DatabaseError where nobody can say."""
    with read_only(engine) as connection:
        return _revision(connection) == CURRENT_REVISION


def upgrade(engine: sa.Engine) -> None:
    """Bring the tables to this program's version, one revision after the other. Raises NewerDatabaseError."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        _alone(connection)
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


def _create(connection: sa.Connection) -> None:
    """Today's tables in an empty database, as Alembic advises for one: all revisions in turn would take 0.3 s, and as
    much again to import Alembic."""
    import notifier.model.state
    import notifier.store.tables  # noqa: F401 - imported so that the metadata has every table

    sqlmodel.SQLModel.metadata.create_all(connection, checkfirst=False)
    _VERSION.create(connection)
    connection.execute(sa.insert(_VERSION).values(version_num=CURRENT_REVISION))


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
