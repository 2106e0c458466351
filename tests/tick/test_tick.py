"""A tick decides once, commits batch by batch, and loses nothing wherever it is cut short."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier import tick as tick_module
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.batches import Batch
from notifier.model.notices import NoticeState
from notifier.pipeline import draft
from notifier.store.database import (
    READ_ONLY,
    DatabaseError,
    DatabaseLockedError,
    DiskFullError,
    open_engine,
    read_only,
)
from notifier.store.leading import leading
from notifier.store.outbox import commit
from notifier.store.reader import Reader
from notifier.tick import Failure, Unfinished, describe
from tests.support.rig import Rig, ana, contract, open_rig, visit

Pass = Iterator[Batch]
OTHERS_END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


def changes(rig: Rig) -> int:
    with read_only(rig.database) as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM change")).scalar_one())


def kept_changes(rig: Rig) -> int:
    with read_only(rig.database) as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM kept_change")).scalar_one())


def test_what_is_due_is_decided_once(rig: Rig) -> None:
    report = rig.tick()
    assert report.verdicts == {NoticeState.READY: 1}
    assert (report.changes, report.failures, report.complete) == (3, (), True)
    assert rig.states() == (["ready"], ["queued", "queued"])

    assert rig.tick().verdicts == {}
    assert rig.tick(full=True).verdicts == {}
    assert rig.states() == (["ready"], ["queued", "queued"])


def test_consumed_changes_are_deleted(rig: Rig) -> None:
    assert changes(rig) == 3
    rig.tick()
    assert changes(rig) == 0


def test_a_tick_that_decides_little_waits_for_the_disk_once(rig: Rig) -> None:
    """But for the transaction that marks the changes. PostgreSQL has one for each batch."""
    written: list[object] = []

    def note(connection: sa.Connection) -> None:
        if connection.info.get(READ_ONLY) is not True:
            written.append(connection)

    rig.tick()
    rig.set(appointment=[visit(id="A-2")])
    sa.event.listen(rig.database, "commit", note)
    assert rig.tick().verdicts == {NoticeState.READY: 1}
    sa.event.remove(rig.database, "commit", note)
    if rig.database.dialect.name == "sqlite":
        assert len(written) == 2


def test_a_rule_that_fails_is_recorded_and_the_others_go_on(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.tick()

    def failing(*arguments: Any) -> Pass:
        yield Batch(kind="rule", name="visit-reminder", failure="ValueError: no good for +573001234567")
        yield from (batch for batch in draft(*arguments) if batch.kind == "check")

    rig.set(appointment=[visit(id="A-2")])
    with monkeypatch.context() as broken:
        broken.setattr(tick_module, "draft", failing)
        report = rig.tick()
    assert report.failures == (Failure(kind="rule", name="visit-reminder", why="ValueError: no good for [redacted]"),)
    assert (changes(rig), kept_changes(rig)) == (0, 1)  # its next pass needs to know what came in, and nobody else
    with read_only(rig.database) as connection:
        reader = Reader(connection, live=False)
        assert reader.rule_states("rule")["visit-reminder"].failed == report.failures[0].why
        assert reader.rule_states("check")["promised-price"].failed is None

    assert rig.tick().verdicts == {NoticeState.READY: 1}
    assert (changes(rig), kept_changes(rig)) == (0, 0)
    with read_only(rig.database) as connection:
        assert Reader(connection, live=False).rule_states("rule")["visit-reminder"].failed is None


def test_a_rule_whose_batch_cannot_be_written_leaves_nothing_of_it_and_is_repeated(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.tick()
    rig.set(appointment=[visit(id="A-2")])

    def refuse(*_: Any, **__: Any) -> None:
        raise ValueError("it cannot be written")

    with monkeypatch.context() as broken:
        broken.setattr(commit, "message_row", refuse)
        report = rig.tick()
    assert [failure.why for failure in report.failures] == ["ValueError: it cannot be written"]
    assert rig.states()[0] == ["ready"]
    assert rig.tick().verdicts == {NoticeState.READY: 1}
    assert rig.states()[0] == ["ready", "ready"]


def test_a_tick_that_is_stopped_is_finished_by_the_next(rig: Rig) -> None:
    stop = threading.Event()
    stop.set()
    report = rig.tick(stop=stop)
    assert (report.complete, report.unfinished, report.verdicts) == (False, Unfinished.STOPPED, {})
    assert changes(rig) == 3
    assert rig.tick().verdicts == {NoticeState.READY: 1}


@pytest.mark.parametrize("error", [DiskFullError, DatabaseLockedError])
def test_a_database_that_fails_in_the_middle_loses_nothing(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    rig.set(appointment=[visit(id=f"A-{number}") for number in range(2, 5)])
    commits = iter(range(100))

    def failing(*arguments: Any, **options: Any) -> Any:
        if next(commits) == 0:  # the batch of drafts; the watermarks come last
            raise error("the database notifier.db: no space left. Nothing of this transaction was written")
        return commit.commit(*arguments, **options)

    with monkeypatch.context() as broken:
        broken.setattr(tick_module, "commit", failing)
        with pytest.raises(error, match="Nothing of this transaction was written"):
            rig.tick()
    assert changes(rig) == 6

    assert rig.tick().verdicts == {NoticeState.READY: 4}
    assert rig.states()[0] == ["ready"] * 4
    assert changes(rig) == 0


def test_a_truly_full_database_file_says_so_and_the_next_tick_does_the_work(tmp_path: Path) -> None:
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as rig:
        rig.set(customer=[ana()], contract=[contract()])
        rig.set(appointment=[visit(id=f"A-{number}") for number in range(300)])
        with rig.database.begin() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

        def limited(connection: Any, _record: object, pages: int = pages + 3) -> None:
            connection.execute(f"PRAGMA max_page_count = {pages}")

        rig.database.dispose()
        sa.event.listen(rig.database, "connect", limited)
        with pytest.raises(DiskFullError, match="the disk is full; free some space and run this again"):
            rig.tick()
        sa.event.remove(rig.database, "connect", limited)
        rig.database.dispose()

        before = len(rig.notices())
        rig.tick()
        assert before < 300
        assert len(rig.notices()) == 300
        assert changes(rig) == 0


def test_a_truly_locked_database_says_so_and_the_next_tick_does_the_work(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'notifier.db'}"
    with open_rig(tmp_path, f"{url}?timeout=0.1") as rig:
        rig.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        other = open_engine(url)
        with other.begin(), pytest.raises(DatabaseLockedError, match="it stayed locked by another process"):
            rig.tick()
        other.dispose()
        assert rig.states() == ([], [])
        assert rig.tick().verdicts == {NoticeState.READY: 1}


def test_while_another_process_evaluates_a_tick_does_nothing(tmp_path: Path, postgres_url: str) -> None:
    with open_rig(tmp_path, postgres_url) as rig:
        rig.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        other = open_engine(postgres_url)
        with leading(other, "another") as lead:
            assert lead is not None
            assert rig.tick().unfinished is Unfinished.ANOTHER_PROCESS
            assert rig.states() == ([], [])
        other.dispose()
        assert rig.tick().verdicts == {NoticeState.READY: 1}


def test_two_ticks_at_once_decide_the_same_once(rig: Rig) -> None:
    rig.set(appointment=[visit(id=f"A-{number}") for number in range(2, 20)])
    workers = [threading.Thread(target=rig.tick) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    rig.tick()
    assert rig.states() == (["ready"] * 19, ["queued"] * 38)


def test_a_rule_that_left_the_project_takes_its_unsent_notices_with_it(rig: Rig) -> None:
    rig.tick()
    bare = "topics: { monthly_price: { type: money, worse: higher } }\n"
    rig.reload({"rules/visits.yaml": "rules: []\n", "rules/topics.yaml": bare})
    rig.tick()
    assert rig.states() == (["cancelled"], ["cancelled", "cancelled"])
    assert rig.notices()[0].reason == "its rule is no longer in the project"


def test_an_expired_reminder_is_visible_after_hours_without_a_tick(rig: Rig) -> None:
    rig.tick()
    rig.clock.forward(hours=46)
    rig.tick()
    (notice,) = [row for row in rig.notices() if row.kind == "notice"]
    assert (notice.state, notice.spent) == ("expired", True)
    assert rig.clock() - timedelta(hours=46) == notice.decided_at


def test_errors_are_described_without_parameters_or_personal_data() -> None:
    driver = ValueError("UNIQUE constraint failed: notice.reference\nDETAIL: +573001234567")
    error = sa.exc.IntegrityError("INSERT …", {"phone": "+573001234567"}, driver)
    assert describe(error) == "ValueError: UNIQUE constraint failed: notice.reference"
    assert describe(RuntimeError("for ana@example.com")) == "RuntimeError: for [redacted]"


def test_a_statement_that_fails_spoils_its_own_rule_only(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    visits = (rig.folder / "rules" / "visits.yaml").read_text()
    second = visits.split("checks:")[0].replace("visit-reminder", "second-reminder")
    rig.reload({"rules/second.yaml": second})
    broken = rig.ruleset.rule_queries["second-reminder"]
    missing: sa.Select[Any] = sa.select(sa.literal_column("no_such_column")).select_from(sa.text("appointment"))
    monkeypatch.setattr(type(broken), "matching", _only_for(broken, missing))

    report = rig.tick()

    assert [failure.name for failure in report.failures] == ["second-reminder"]
    assert report.verdicts == {NoticeState.READY: 1}


def test_a_database_that_fails_while_drafting_ends_the_tick(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: Any, **__: Any) -> None:
        raise DatabaseLockedError("the database notifier.db: it stayed locked by another process")

    with monkeypatch.context() as broken:
        broken.setattr(Reader, "customers", gone)
        with pytest.raises(DatabaseLockedError):
            rig.tick()
    assert rig.tick().verdicts == {NoticeState.READY: 1}


def test_a_server_that_closes_its_connections_ends_the_tick_and_the_next_does_the_rest(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_rig(tmp_path, postgres_url) as rig:
        rig.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        other = open_engine(postgres_url)

        def closing(connection: sa.Connection, *arguments: Any, **options: Any) -> Any:
            with other.connect() as administrator:
                administrator.execute(sa.text(OTHERS_END))
            return commit.commit(connection, *arguments, **options)

        with monkeypatch.context() as broken:
            broken.setattr(tick_module, "commit", closing)
            with pytest.raises(DatabaseError, match="its server closed the connection"):
                rig.tick()
        other.dispose()
        assert rig.states() == ([], [])
        assert rig.tick().verdicts == {NoticeState.READY: 1}


def _only_for(query: RuleQuery, statement: sa.Select[Any]) -> Any:
    """`matching` that gives this statement for one query and the right one for all others."""
    right = RuleQuery.matching
    return lambda self: statement if self is query else right(self)
