"""The database is ours, and stays the one that it was: another application's is left alone, a lost one is said."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.store.database import ReplacedDatabaseError, open_engine, read_only
from notifier.store.migrating import ForeignDatabaseError, migrate


def make_foreign(path: Path, *tables: str) -> bytes:
    with closing(sqlite3.connect(path)) as connection:
        for table in tables:
            connection.execute(f"CREATE TABLE {table} (id TEXT)")
        connection.commit()
    return path.read_bytes()


@pytest.mark.parametrize("tables", [("invoice", "users"), ("alembic_version", "users"), ("message",)])
def test_another_applications_file_gets_none_of_our_tables(tmp_path: Path, tables: tuple[str, ...]) -> None:
    path = tmp_path / "theirs.db"
    before = make_foreign(path, *tables)
    with pytest.raises(ForeignDatabaseError) as refused:
        migrate(open_engine(f"sqlite:///{path}"))
    assert str(refused.value) == (
        f"the database {path} is another application's: it has tables ({', '.join(sorted(tables))}) and none of ours. "
        "Nothing was changed; give the notifier a database of its own (NOTIFIER_DATABASE_URL)"
    )
    assert path.read_bytes() == before  # not even its mode: we would make it WAL
    assert [each.name for each in tmp_path.iterdir()] == ["theirs.db"]


def test_another_applications_postgresql_gets_none_of_our_tables(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE users (id TEXT)"))
    with pytest.raises(ForeignDatabaseError, match=r"is another application's: it has tables \(users\)"):
        migrate(engine)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == ["users"]
        connection.execute(sa.text("DROP TABLE users"))
        connection.execute(sa.text("CREATE TABLE spatial_ref_sys (id TEXT)"))
    migrate(engine)
    engine.dispose()


def test_an_empty_file_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / "notifier.db").touch()
    migrate(open_engine(f"sqlite:///{tmp_path / 'notifier.db'}"))


def open_one(path: Path) -> sa.Engine:
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    return engine


@pytest.mark.parametrize("pooled", [True, False])
def test_a_file_that_is_deleted_while_it_is_used_is_said_and_no_new_one_is_made(tmp_path: Path, pooled: bool) -> None:
    path = tmp_path / "notifier.db"
    engine = open_one(path)
    taken = None if pooled else engine.connect()  # the pool is empty, so that the next connection is a new one
    for each in list(tmp_path.iterdir()):
        each.rename(tmp_path / f"{each.name}-away")
    for begin in (engine.begin, lambda: read_only(engine)):
        with pytest.raises(ReplacedDatabaseError) as said, begin():
            pass
        assert str(said.value) == (
            f"the database {path}: the file was deleted or moved while this process used it. Nothing was written "
            "since; put it back, or restore a backup, and start this again"
        )
    assert not path.exists()
    if taken is not None:
        taken.close()
    for each in sorted(tmp_path.glob("*-away")):
        each.rename(tmp_path / each.name.removesuffix("-away"))
    with engine.begin() as connection:  # back again
        assert connection.execute(sa.text("SELECT count(*) FROM notice")).scalar_one() == 0


def test_a_file_that_is_replaced_while_it_is_used_is_said(tmp_path: Path) -> None:
    path = tmp_path / "notifier.db"
    engine = open_one(path)
    open_one(tmp_path / "other.db").dispose()
    (tmp_path / "other.db").replace(path)
    with (
        pytest.raises(ReplacedDatabaseError, match="was replaced by another file while this process used it"),
        engine.begin(),
    ):
        pass
