"""What a daemon's log says: a pulse each pass, an outage of the database once at each end, and a clock that was set."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from notifier.drivers.daemon import Daemon
from notifier.drivers.rules_in_force import RulesInForce
from notifier.drivers.ticker import Job
from notifier.model.types import ChannelName
from notifier.store.database import DatabaseError
from notifier.store.leading import EVALUATION_LOCK
from notifier.store.published_rules import PublishedRules
from tests.support.rig import NOW, Rig, load_ruleset


class Steady:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def steady() -> Steady:
    return Steady()


@pytest.fixture
def daemon(rig: Rig, steady: Steady) -> Daemon:
    return Daemon(
        rig.database,
        RulesInForce(
            rig.folder,
            lambda _files, _tried: load_ruleset(rig.folder),
            PublishedRules(rig.database, str(rig.folder), rig.clock),
            rest_seconds=0,
        ),
        list(rig.dispatchers.values()),
        rig.clock,
        live=False,
        tick_seconds=60,
        dispatch_seconds=5,
        pulse=rig.folder / "notifier.pulse",
        steady=steady,
    )


def job(daemon: Daemon, name: str) -> Job:
    return next(job for job in daemon.jobs if job.name == name)


def events(logs: list[Any], *names: str) -> list[Any]:
    return [line for line in logs if line["event"] in names]


def test_every_pass_has_a_pulse_also_where_nothing_changed(rig: Rig, daemon: Daemon) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            job(daemon, "evaluate").work()
    assert [line["evaluated"] for line in events(logs, "daemon.pulse")] == ["here"] * 3
    assert len(events(logs, "tick.done")) == 1  # only the first decided something


def test_a_daemon_that_does_not_evaluate_because_another_does_has_a_pulse_too(rig: Rig, daemon: Daemon) -> None:
    several = rig.database.dialect.name == "postgresql"  # on SQLite there is one
    with closing(rig.database.connect()) as other, capture_logs() as logs:
        if several:
            other.execute(sa.select(sa.func.pg_advisory_lock(EVALUATION_LOCK)))
        job(daemon, "evaluate").work()
        if several:
            other.execute(sa.select(sa.func.pg_advisory_unlock(EVALUATION_LOCK)))
    expected = "by another daemon" if several else "here"
    assert [line["evaluated"] for line in events(logs, "daemon.pulse")] == [expected]


@contextmanager
def away(rig: Rig) -> Iterator[None]:
    """The database refuses everything, until the block is left."""

    def refuse(*_: object) -> None:
        raise DatabaseError("the database cannot be reached; start it, and try again")

    sa.event.listen(rig.database, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        sa.event.remove(rig.database, "before_cursor_execute", refuse)


def test_an_outage_of_the_database_is_one_line_where_it_begins_and_one_where_it_ends(
    rig: Rig, daemon: Daemon, steady: Steady
) -> None:
    with capture_logs() as logs:
        with away(rig):
            for _ in range(20):
                for each in daemon.jobs:
                    assert each.work() is False
                steady.now += 5
        for each in daemon.jobs:
            each.work()
    began, ended = events(logs, "daemon.database_failed", "daemon.database_back")
    assert (began["event"], began["log_level"]) == ("daemon.database_failed", "error")
    assert "the database cannot be reached; start it, and try again" in began["error"]
    assert (ended["event"], ended["seconds"]) == ("daemon.database_back", 100)
    assert [line["evaluated"] for line in events(logs, "daemon.pulse")] == ["failed"] * 20 + ["here"]
    assert events(logs, "daemon.failed") == []


def test_an_outage_that_only_one_job_meets_ends_with_that_job(
    rig: Rig, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: what only reads goes on."""

    def full(*_: object, **__: object) -> None:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr("notifier.drivers.daemon.evaluate", full)
        for _ in range(3):
            job(daemon, "evaluate").work()
            job(daemon, f"dispatch-{ChannelName.SMS}").work()
    assert len(logs) == 1 + 3  # the beginning, and a pulse each pass
    with capture_logs() as logs:
        job(daemon, "evaluate").work()
    assert len(events(logs, "daemon.database_back")) == 1


@pytest.mark.parametrize(("by", "which"), [(-3600, "back"), (7200, "forward")])
def test_a_clock_that_was_set_is_said_once(rig: Rig, daemon: Daemon, steady: Steady, by: int, which: str) -> None:
    with capture_logs() as logs:
        for moves in (60, by, 60, 60):
            job(daemon, "evaluate").work()
            rig.clock.forward(seconds=moves)
            steady.now += 60
        job(daemon, "evaluate").work()
    (said,) = events(logs, "daemon.clock_set")
    assert (said["which"], said["log_level"]) == (which, "warning")
    assert said["seconds"] == abs(by - 60)
    assert rig.clock() > NOW - timedelta(hours=1)


def test_a_clock_that_is_kept_by_small_steps_is_no_news(rig: Rig, daemon: Daemon, steady: Steady) -> None:
    with capture_logs() as logs:
        for moves in (59, 61, 65, 31):
            job(daemon, "evaluate").work()
            rig.clock.forward(seconds=moves)
            steady.now += 60
    assert events(logs, "daemon.clock_set") == []
