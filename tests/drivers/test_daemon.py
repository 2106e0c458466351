"""The daemon in a process of its own: evaluates, sends, takes up edits, survives broken ones, ends when asked."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.store.outbox import leasing
from notifier.wiring import open_house
from tests.support.environment import without_settings
from tests.support.forked import forked_notifier
from tests.support.rig import FILES, Rig, ana, contract, open_rig, visit

PATIENCE = 60
"""Seconds after which a step that did not happen never will: only a failing test waits that long."""
SAFETY = FILES["rules/visits.yaml"].replace("class: service", "class: safety")
"""Told at any hour, so that the test does not depend on when it runs."""
PERSONAL = ("+573001234567", "ana@example.com", "Ana", "we come on")


class Daemon:
    """`notifier run` as a child process; its log is a file."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.log = folder / "daemon.log"
        environment = without_settings() | settings
        self.process = forked_notifier(["--project", str(folder), "run"], folder, environment, self.log)

    def events(self) -> list[dict[str, Any]]:
        """What it logged; what it is writing just now will be there at the next look."""
        lines = self.log.read_text().splitlines(keepends=True) if self.log.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("\n")]

    def saw(self, event: str) -> bool:
        return any(line["event"] == event for line in self.events())

    def gets(self, number: signal.Signals) -> None:
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    def end(self, number: signal.Signals) -> int | None:
        self.gets(number)
        self.process.join(PATIENCE)
        return self.process.exitcode

    def until(self, happened: Callable[[], bool]) -> None:
        """Wait for it; fail with the log if the daemon died or it never happens."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            if self.process.exitcode is not None or time.monotonic() > deadline:
                pytest.fail(f"it did not happen; the daemon said:\n{self.log.read_text()}")
            time.sleep(0.05)


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Daemon]:
    daemon = Daemon(folder, **settings)
    try:
        yield daemon
    finally:
        daemon.process.kill()
        daemon.process.join()


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    """The project on disk with Ana's visit in 40 hours, and a look into its database: SQLite, then PostgreSQL."""
    with open_rig(tmp_path, migrated_url) as rig:
        rig.reload({"rules/visits.yaml": SAFETY})
        (tmp_path / ".env").write_text(
            f"NOTIFIER_DATABASE_URL={migrated_url}\nNOTIFIER_TICK_SECONDS=0.2\nNOTIFIER_DISPATCH_SECONDS=0.2\nNOTIFIER_LOG_FORMAT=json\nNOTIFIER_LOG_LEVEL=debug\n"
        )
        rig.clock.at = datetime.now(UTC)
        rig.set(customer=[ana()], contract=[contract()], appointment=[soon("A-1")])
        yield rig


def soon(name: str) -> dict[str, Any]:
    return visit(id=name, starts_at=datetime.now(UTC) + timedelta(hours=40))


def planner_knows_tables(rig: Rig) -> bool:
    """Whether somebody made the statistics of the database's planner."""
    with rig.database.connect() as connection:
        if connection.dialect.name == "sqlite":
            return sa.inspect(connection).has_table("sqlite_stat1")
        known = "SELECT count(last_analyze) FROM pg_stat_user_tables WHERE relname = 'notice'"
        return bool(connection.exec_driver_sql(known).scalar_one() == 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_what_is_due_and_ends_well_when_asked(rig: Rig, number: signal.Signals) -> None:
    with running(rig.folder) as daemon:
        daemon.until(lambda: len(rig.files()) == 2)
        daemon.until(lambda: daemon.saw("dispatch.done"))
        daemon.until(lambda: planner_knows_tables(rig))
        assert daemon.end(number) == 0
        said = [line["event"] for line in daemon.events()]
    assert said[:2] == ["daemon.sends", "daemon.started"]
    assert "daemon.ending" in said  # what was in hand may still have been finished after it
    assert said[-1] == "daemon.ended"
    assert rig.states() == (["told"], ["accepted", "accepted"])
    for personal in PERSONAL:
        assert personal not in daemon.log.read_text()


def test_edits_are_taken_up_and_broken_ones_leave_the_last_good_version_in_force(rig: Rig) -> None:
    rules = rig.folder / "rules" / "visits.yaml"
    with running(rig.folder) as daemon:
        daemon.until(lambda: len(rig.files()) == 2)

        rules.write_text(SAFETY.replace("appointment.status", "appointment.statu"))
        daemon.until(lambda: daemon.saw("rules.kept"))
        (problem,) = [line for line in daemon.events() if line["event"] == "rules.problem"]
        assert problem["place"].startswith("rules/visits.yaml:")
        daemon.until(lambda: daemon.saw("rules.set_aside"))
        daemon.until(lambda: len(rig.files()) == 3)  # its owner hears that the edit is not in force
        rig.clock.at = datetime.now(UTC)
        rig.set(appointment=[soon("A-2")])
        daemon.until(lambda: len(rig.files()) == 5)

        rules.write_text(SAFETY.replace("[sms, email]", "[sms]"))
        daemon.until(lambda: daemon.saw("rules.reloaded"))
        rig.clock.at = datetime.now(UTC)
        rig.set(appointment=[soon("A-3")])
        daemon.until(lambda: len(rig.files()) == 6)
        assert daemon.end(signal.SIGTERM) == 0


def test_sighup_takes_changed_files_at_once_and_ends_nothing(rig: Rig) -> None:
    with closing(open_house(rig.folder)) as house:
        house.publish(None, None)
    with running(rig.folder, NOTIFIER_RULES_REST_SECONDS="3600") as daemon:
        daemon.until(lambda: daemon.saw("daemon.started"))
        (rig.folder / "rules" / "visits.yaml").write_text(SAFETY.replace("[sms, email]", "[sms]"))
        daemon.gets(signal.SIGHUP)
        daemon.until(lambda: daemon.saw("rules.reloaded"))
        assert daemon.end(signal.SIGTERM) == 0


def test_killed_in_the_middle_it_loses_and_doubles_nothing(rig: Rig) -> None:
    rig.set(appointment=[soon(f"B-{number:02}") for number in range(60)])
    with running(rig.folder) as daemon:
        daemon.until(lambda: len(rig.files()) >= 3)
        assert daemon.end(signal.SIGKILL) == -signal.SIGKILL
    # What was in hand when it died is asked for once its lease is over.
    rig.clock.at = datetime.now(UTC) + leasing.LEASE
    rig.tick()
    rig.dispatch()
    assert set(rig.states()[0]) == {"told"}
    assert set(rig.states()[1]) == {"accepted"}
    assert len(rig.files()) == 122
    assert len({row.provider_id for row in rig.messages()}) == 122
