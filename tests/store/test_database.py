"""Opening and migrating: the same tables on both databases, and sentences instead of driver errors."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from notifier.store.database import (
    IDLE_TRANSACTION,
    DatabaseError,
    DatabaseLockedError,
    DiskFullError,
    open_engine,
    read_only,
)
from notifier.store.migrating import CURRENT_REVISION, MIGRATIONS, NewerDatabaseError, ensure_indexes, migrate, upgrade
from notifier.store.state.changes import write_rows
from notifier.store.statistics import refresh_statistics
from tests.store.shapes import schema_of
from tests.support.drafts import NOW
from tests.support.state import changes, stored


@pytest.fixture
def upgraded(engine: sa.Engine, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database of the same kind that every revision has gone over."""
    url = f"sqlite:///{tmp_path / 'upgraded.db'}"
    if engine.dialect.name == "postgresql":
        url = request.getfixturevalue("postgres_url")
    made = open_engine(url)
    upgrade(made)
    yield made
    made.dispose()


def test_the_migrations_make_exactly_the_tables_of_the_models(upgraded: sa.Engine) -> None:
    with upgraded.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_new_database_is_one_that_every_migration_has_gone_over(upgraded: sa.Engine, engine: sa.Engine) -> None:
    assert schema_of(engine) == schema_of(upgraded)
    with engine.connect() as new, upgraded.connect() as old:
        assert MigrationContext.configure(new).get_current_revision() == CURRENT_REVISION
        assert MigrationContext.configure(old).get_current_revision() == CURRENT_REVISION


def test_the_migrations_make_the_check_constraints_of_the_models(upgraded: sa.Engine) -> None:
    inspector = sa.inspect(upgraded)
    made = {
        (table, check["name"])
        for table in inspector.get_table_names()
        for check in inspector.get_check_constraints(table)
    }
    meant = {
        (table.name, str(constraint.name))
        for table in SQLModel.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    assert made == meant


def test_the_check_constraints_say_what_those_of_the_models_say(tmp_path: Path) -> None:
    migrated, created = (open_engine(f"sqlite:///{tmp_path / name}") for name in ("migrated.db", "created.db"))
    upgrade(migrated)
    SQLModel.metadata.create_all(created)

    def checks(engine: sa.Engine) -> set[tuple[str, str]]:
        inspector = sa.inspect(engine)
        tables = set(inspector.get_table_names()) - {"alembic_version"}
        return {(table, str(check["sqltext"])) for table in tables for check in inspector.get_check_constraints(table)}

    assert checks(migrated) == checks(created)
    migrated.dispose()
    created.dispose()


def test_the_current_revision_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == CURRENT_REVISION


def test_migrating_twice_changes_nothing(engine: sa.Engine) -> None:
    before = sa.inspect(engine).get_table_names()
    migrate(engine)
    assert sa.inspect(engine).get_table_names() == before


def test_a_newer_database_is_refused_with_its_revision_and_left_alone(
    engine: sa.Engine, order: dict[str, object]
) -> None:
    with engine.begin() as connection:
        write_rows(connection, "order", [order], NOW)
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0099'"))
        connection.execute(sa.text("UPDATE oldest_program SET revision = '0098'"))

    with pytest.raises(NewerDatabaseError, match=r"made by a newer notifier \(revision 0099; .*upgrade the program"):
        migrate(engine)

    assert list(stored(engine, "order")) == ["O-1"]


def test_a_locked_database_says_so_and_nothing_is_written(tmp_path: Path, order: dict[str, object]) -> None:
    patient = open_engine(f"sqlite:///{tmp_path / 'n.db'}")
    hurried = open_engine(f"sqlite:///{tmp_path / 'n.db'}?timeout=0.05")
    migrate(patient)
    with patient.begin() as writing:
        write_rows(writing, "order", [order], NOW)
        with pytest.raises(DatabaseLockedError, match=r"n\.db: it stayed locked by another process; .*Nothing of this"):
            hurried.begin().__enter__()
        writing.rollback()
    assert stored(patient, "order") == {}
    patient.dispose()
    hurried.dispose()


def test_a_full_disk_says_so_and_nothing_of_the_transaction_is_written(
    tmp_path: Path, order: dict[str, object]
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'n.db'}")
    migrate(engine)
    with engine.begin() as connection:
        write_rows(connection, "order", [order], NOW)
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")

    many = [{**order, "id": f"O-{number}", "seller": "x" * 500} for number in range(2, 2_000)]
    with pytest.raises(DiskFullError, match=r"the disk is full; free some space"), engine.begin() as connection:
        write_rows(connection, "order", many, NOW)

    assert list(stored(engine, "order")) == ["O-1"]
    assert len(changes(engine)) == 1
    engine.dispose()


def test_two_writers_wait_for_each_other(engine: sa.Engine, order: dict[str, object]) -> None:
    """On SQLite, a deferred transaction would fail at its first write after another transaction's commit."""
    for number in range(3):
        with engine.begin() as connection:
            connection.execute(sa.text("SELECT count(*) FROM change")).scalar_one()
            write_rows(connection, "order", [{**order, "id": f"O-{number}"}], NOW)
    assert len(stored(engine, "order")) == 3


def test_a_reading_connection_cannot_write(engine: sa.Engine) -> None:
    with (
        pytest.raises((DatabaseError, sa.exc.DBAPIError), match=r"read-?\s?only"),
        read_only(engine) as connection,
    ):
        connection.execute(sa.text("DELETE FROM customer"))


def test_a_connection_that_could_not_begin_to_read_can_still_write(engine: sa.Engine, order: dict[str, object]) -> None:
    """On SQLite, a pragma may fail (the disk, a lock) after the one before it was set."""
    failing = True

    def allows(_action: int, name: str | None, *_: object) -> int:
        return sqlite3.SQLITE_DENY if failing and name == "cache_size" else sqlite3.SQLITE_OK

    def watch(connection: Any, *_: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_authorizer(allows)

    sa.event.listen(engine, "checkout", watch)
    if engine.dialect.name == "sqlite":
        with pytest.raises(sa.exc.DBAPIError, match="not authorized"), read_only(engine):
            pass
    failing = False
    with engine.begin() as connection:
        write_rows(connection, "order", [order], NOW)
    assert len(stored(engine, "order")) == 1


def test_a_reading_connection_sees_one_snapshot(engine: sa.Engine, order: dict[str, object]) -> None:
    with read_only(engine) as reading:
        count = sa.text('SELECT count(*) FROM "order"')
        assert reading.execute(count).scalar_one() == 0
        with engine.begin() as connection:
            write_rows(connection, "order", [order], NOW)
        assert reading.execute(count).scalar_one() == 0


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://u:secret@127.0.0.1/x", "'mysql' databases are not supported; use sqlite:///FILE or postgresql"),
        ("nonsense", "the database URL cannot be read; write sqlite:///notifier.db"),
        ("sqlite:////no/such/folder/n.db", "cannot be opened; check that its folder exists"),
        ("postgresql://u:secret@127.0.0.1:1/x", "the database at 127.0.0.1 cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_opened_says_why(url: str, message: str) -> None:
    with pytest.raises(DatabaseError, match=message) as caught:
        migrate(open_engine(url))
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "n.db").write_text("not a database" * 100)
    with pytest.raises(DatabaseError, match="the file is not a SQLite database"):
        migrate(open_engine(f"sqlite:///{tmp_path / 'n.db'}"))


def test_the_planner_knows_what_a_table_holds_once_the_statistics_are_fresh(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        rows = [{"id": f"C-{number}", "name": "Ana"} for number in range(300)]
        write_rows(connection, "customer", rows, datetime(2026, 3, 1, tzinfo=UTC))

    refresh_statistics(engine, ("customer", "change"))

    if engine.dialect.name == "sqlite":
        known = "SELECT stat FROM sqlite_stat1 WHERE tbl = 'customer' LIMIT 1"
    else:
        known = "SELECT reltuples FROM pg_class WHERE relname = 'customer'"
    with engine.connect() as connection:
        assert str(connection.exec_driver_sql(known).scalar_one()).split()[0] in ("300", "300.0")


def test_indexes_for_the_rules_in_force_are_made_once(engine: sa.Engine) -> None:
    wanted = {
        *(("order", "promised_at"), ("order", "customer_id"), ("charge", "bill_at"), ("order", "id")),
        *(("order", "site_id", "status"), ("order", "promised_at", "id")),
    }
    for _ in range(2):
        with engine.begin() as connection:
            ensure_indexes(connection, wanted)
    names = {str(index["name"]) for table in ("order", "charge") for index in sa.inspect(engine).get_indexes(table)}
    assert {name for name in names if name.startswith("due_")} == {
        *("due_order_promised_at", "due_charge_bill_at", "due_order_site_id_status", "due_order_promised_at_id"),
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE \"order\" SET status = 'sent'",
        'UPDATE "order" SET currency = NULL',
    ],
)
def test_the_tables_refuse_what_the_code_assumes_cannot_be(
    engine: sa.Engine, order: dict[str, object], statement: str
) -> None:
    with engine.begin() as connection:
        write_rows(connection, "order", [order], NOW)
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_postgresql_takes_back_what_a_process_that_stands_still_has_locked(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar_one() == IDLE_TRANSACTION
    engine.dispose()


def test_two_processes_that_start_at_once_make_the_same_indexes(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    migrate(engine)
    waiting = sa.text(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
        "WHERE NOT granted AND datname = current_database()"  # other tests have theirs on the same server
    )

    def start() -> None:
        with engine.begin() as connection:
            ensure_indexes(connection, {("appointment", "starts_at")})

    with ThreadPoolExecutor() as other:
        with engine.begin() as first:
            ensure_indexes(first, {("appointment", "starts_at")})
            second = other.submit(start)
            while not first.execute(waiting).scalar_one():
                assert not second.done()
        second.result()
    assert "due_appointment_starts_at" in {index["name"] for index in sa.inspect(engine).get_indexes("appointment")}
    engine.dispose()
