"""Databases that earlier builds left behind are upgraded where they stand, keep every row, and go on working."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.notices import MessageState, NoticeKind, NoticeState
from notifier.model.transitions import HANDED_OVER
from notifier.store.database import open_engine, read_only
from notifier.store.migrating import migrate
from notifier.store.outbox.payloads import payload_of, with_payload
from notifier.store.tables import MESSAGE, NOTICE, PAYLOAD
from notifier.wiring import House, open_house
from tests.store.old_database.loading import BUILDS, lay_out, load
from tests.store.shapes import schema_of
from tests.support.postgres import fresh_database

NOW = datetime(2026, 3, 3, 16, tzinfo=UTC)
"""11:00 in Bogotá, 50 minutes after the build before was last heard of."""
NEVER_MADE = {MessageState.DELIVERED, MessageState.UNDELIVERED}
"""No build writes these yet."""
LEFT_TO_TELL = {
    ("visit-reminder", "notice", "A-5", "C-5", "sms"),  # the line was busy
    ("visit-reminder", "notice", "A-6", "C-6", "sms"),  # nobody knew whether it had gone; it had not
    ("visit-reminder", "notice", "A-14", "C-14", "sms"),  # in hand when the process died
    ("order-held", "notice", "O-16", "C-16", "email"),  # the channel stood still
    ("order-held", "notice", "O-1", "C-1", "sms"),  # imported, and not looked at yet
    ("order-held", "notice", "O-1", "C-1", "email"),
    ("visit-reminder", "correction", "A-8", "C-8", "email"),  # likewise; the number is suppressed
}
"""What was not told yet when the build before was last heard of, by rule, kind, row, customer and channel."""
ALERTS_LEFT = 1
"""That the channel stood still was in hand, too."""

Rows = Mapping[str, Mapping[tuple[Any, ...], Mapping[str, Any]]]
"""By table and primary key."""


@pytest.fixture(autouse=True)
def no_setting_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOTIFIER_DATABASE_URL", "NOTIFIER_LIVE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=BUILDS)
def old_url(request: pytest.FixtureRequest, database_url: str) -> str:
    """The database as the build left it: on SQLite, and on PostgreSQL."""
    load(request.param, database_url)
    return database_url


@pytest.fixture
def new_url(request: pytest.FixtureRequest, old_url: str, tmp_path: Path) -> Iterator[str]:
    """A database of the same kind that has never been anything but today's."""
    if old_url.startswith("sqlite"):
        yield f"sqlite:///{shutil.copyfile(request.getfixturevalue('migrated_file'), tmp_path / 'new.db')}"
        return
    server, template = (request.getfixturevalue(name) for name in ("postgres", "migrated_template"))
    with fresh_database(server, template) as database:
        yield database.render_as_string(hide_password=False)


@contextmanager
def house_on(folder: Path, url: str) -> Iterator[House]:
    """The project of the old database, on the database of this URL."""
    with closing(open_house(lay_out(folder, url))) as house:
        yield house


@contextmanager
def engine_on(url: str) -> Iterator[sa.Engine]:
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def rows_of(engine: sa.Engine) -> Rows:
    """All that is stored, but for the revision."""
    found: dict[str, dict[tuple[Any, ...], Mapping[str, Any]]] = {}
    tables = sa.MetaData()
    with read_only(engine) as connection:
        tables.reflect(connection)
        for table in tables.tables.values():
            if table.name != "alembic_version":
                keys = [column.name for column in table.primary_key]
                rows = connection.execute(sa.select(table)).mappings()
                found[table.name] = {tuple(row[key] for key in keys): dict(row) for row in rows}
    return found


def told(engine: sa.Engine) -> Counter[tuple[Any, ...]]:
    """How often each customer was told each thing on each channel, by what the rows say and not by their ids."""
    what = (NOTICE.c.rule, NOTICE.c.kind, NOTICE.c.subject_id, NOTICE.c.recipient_id)
    statement = (
        sa.select(*what, MESSAGE.c.channel)
        .join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
        .where(NOTICE.c.kind != NoticeKind.ALERT, MESSAGE.c.state.in_(HANDED_OVER))
    )
    with read_only(engine) as connection:
        return Counter(tuple(row) for row in connection.execute(statement))


def mails_waiting(engine: sa.Engine) -> set[bytes]:
    """The bytes of the mails in the queue."""
    mails = sa.select(MESSAGE.c.text).where(MESSAGE.c.state == MessageState.QUEUED, MESSAGE.c.channel == "email")
    with read_only(engine) as connection:
        if not sa.inspect(connection).has_table("pattern"):  # as it was, each mail is stored whole
            whole = sa.select(PAYLOAD.c.content).join(MESSAGE, MESSAGE.c.id == PAYLOAD.c.message_id)
            return set(connection.scalars(whole.where(MESSAGE.c.state == MessageState.QUEUED)))
        return {payload_of(row) for row in connection.execute(with_payload(mails, MESSAGE.c.id))}


def sandbox(house: House) -> dict[str, bytes]:
    """What was handed over, by the names of its files."""
    return {path.name: path.read_bytes() for path in house.settings.outbox.glob("[!.]*")}


def test_a_database_of_the_build_before_has_rows_of_every_kind(old_url: str) -> None:
    with engine_on(old_url) as engine:
        rows = rows_of(engine)
    assert [table for table, found in rows.items() if not found] == []
    assert {row["state"] for row in rows["notice"].values()} == set(NoticeState)
    assert {row["kind"] for row in rows["notice"].values()} == set(NoticeKind)
    assert {row["state"] for row in rows["message"].values()} == set(MessageState) - NEVER_MADE
    assert {row["state"] for row in rows["contradiction"].values()} >= {"open", "acknowledged", "settled", "waived"}
    assert any(row["consumed_by"] is None for row in rows["change"].values())


def test_a_database_of_the_build_before_is_upgraded_with_all_its_rows(old_url: str) -> None:
    with engine_on(old_url) as engine:
        before = rows_of(engine)
        migrate(engine)
        after = rows_of(engine)
    for table, rows in before.items():
        kept = {
            key: {column: after[table][key].get(column, old[column]) for column in old} for key, old in rows.items()
        }
        assert kept == rows, table
        assert after[table].keys() == rows.keys(), table


def test_an_upgraded_database_has_the_tables_of_a_new_one(old_url: str, new_url: str, tmp_path: Path) -> None:
    with house_on(tmp_path / "old", old_url) as old, house_on(tmp_path / "new", new_url) as new:
        for house in (old, new):
            house.tick(NOW)  # the rules in force bring indexes of their own
        assert schema_of(old.database) == schema_of(new.database)


def test_an_upgraded_database_goes_on_and_tells_nobody_twice(old_url: str, tmp_path: Path) -> None:
    with engine_on(old_url) as engine:
        before, waiting = told(engine), mails_waiting(engine)

    with house_on(tmp_path / "project", old_url) as house:
        report, _ = house.tick(NOW)
        after = told(house.database)
        sent = sandbox(house)
        house.tick(NOW + timedelta(minutes=30))

        assert (report.failures, told(house.database), sandbox(house)) == ((), after, sent)
    assert set(after.values()) == {1}
    assert before <= after
    assert set(after - before) == LEFT_TO_TELL
    assert len(sent) == len(LEFT_TO_TELL) + ALERTS_LEFT
    assert waiting
    assert waiting <= set(sent.values())
