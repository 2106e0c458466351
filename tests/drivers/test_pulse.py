"""The pulse says whether a daemon lives and its jobs do, by the steady clock, and never anything about the database."""

import json
import socket
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from notifier.drivers.pulse import AT_LEAST, EVERY, LONGEST_RUN, MISSED, Pulse, ask
from notifier.drivers.ticker import Job


class Steady:
    """A clock that a test moves."""

    now = 5000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def steady() -> Steady:
    return Steady()


@pytest.fixture
def jobs(steady: Steady) -> tuple[Job, ...]:
    return tuple(Job(name, lambda: False, seconds, steady=steady) for name, seconds in (("evaluate", 60), ("sms", 5)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "notifier.pulse"


def seen(jobs: tuple[Job, ...], steady: Steady, *, runs: bool = False) -> None:
    for job in jobs:
        job.seen_at, job.runs = steady.now, runs


def test_a_daemon_whose_jobs_go_on_is_well(file: Path, jobs: tuple[Job, ...], steady: Steady) -> None:
    pulse = Pulse(file, jobs, steady=steady)
    for _ in range(100):
        steady.now += EVERY
        seen(jobs, steady)
        pulse.beat()
        assert ask(file, steady=steady).ailments == ()


def test_without_a_daemon_it_says_so(file: Path, steady: Steady) -> None:
    assert ask(file, steady=steady).ailments == (
        f"no daemon runs here: there is no {file}; start one with notifier run",
    )


def test_a_daemon_that_was_killed_is_missed(file: Path, jobs: tuple[Job, ...], steady: Steady) -> None:
    Pulse(file, jobs, steady=steady).beat()
    steady.now += AT_LEAST + 1
    (said,) = ask(file, steady=steady).ailments
    assert said.startswith("the daemon (process ")
    assert said.endswith("has not been heard of for 61 s; start it again")


def test_a_pulse_from_before_the_machine_was_started_anew_is_none(
    file: Path, jobs: tuple[Job, ...], steady: Steady
) -> None:
    Pulse(file, jobs, steady=steady).beat()
    steady.now = 10
    assert ask(file, steady=steady).ailments[0].endswith("has not been heard of for a while; start it again")


def test_one_job_that_hangs_is_named_while_the_others_go_on(file: Path, jobs: tuple[Job, ...], steady: Steady) -> None:
    pulse = Pulse(file, jobs, steady=steady)
    seen(jobs[:1], steady, runs=True)
    steady.now += LONGEST_RUN + 60
    seen(jobs[1:], steady)
    pulse.beat()
    assert ask(file, steady=steady).ailments == (
        "evaluate began 16 min ago and has not ended; restart the daemon and look at its log",
    )


def test_a_job_that_does_not_begin_again_is_named(file: Path, jobs: tuple[Job, ...], steady: Steady) -> None:
    pulse = Pulse(file, jobs, steady=steady)
    steady.now += MISSED * 60 + 1
    seen(jobs[1:], steady)
    pulse.beat()
    assert ask(file, steady=steady).ailments == (
        "evaluate has not begun for 10 min; restart the daemon and look at its log",
    )


def test_a_long_first_pass_is_no_ailment(file: Path, jobs: tuple[Job, ...], steady: Steady) -> None:
    pulse = Pulse(file, jobs, steady=steady)
    seen(jobs, steady, runs=True)
    steady.now += LONGEST_RUN - 1
    pulse.beat()
    assert ask(file, steady=steady).ailments == ()


def test_it_is_written_every_few_seconds_only_and_is_gone_at_the_end(
    file: Path, jobs: tuple[Job, ...], steady: Steady
) -> None:
    pulse = Pulse(file, jobs, steady=steady)
    pulse.beat()
    first = file.read_text()
    steady.now += EVERY / 2
    pulse.beat()
    assert file.read_text() == first
    pulse.end()
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": "x"}', '{"pid": 1, "seen_at": 0, "jobs": {"a": [1]}}'])
def test_a_file_that_is_no_pulse_is_an_ailment(file: Path, steady: Steady, text: str) -> None:
    file.write_text(text)
    steady.now = 1
    assert ask(file, steady=steady).ailments == (f"the pulse {file} cannot be read: it is not what a daemon writes",)


def test_a_pulse_that_cannot_be_written_is_logged_once_and_stops_nothing(
    tmp_path: Path, jobs: tuple[Job, ...], steady: Steady
) -> None:
    pulse = Pulse(tmp_path / "gone" / "pulse", jobs, steady=steady)
    with capture_logs() as logs:
        for _ in range(3):
            steady.now += EVERY
            pulse.beat()
    assert [(line["event"], line["error"]) for line in logs] == [
        ("daemon.pulse_unwritable", "No such file or directory")
    ]


def test_systemd_hears_the_pulse_of_a_daemon_that_is_well_and_of_no_other(
    file: Path, jobs: tuple[Job, ...], steady: Steady, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        pulse = Pulse(file, jobs, steady=steady)
        pulse.beat()
        assert systemd.recv(100) == b"WATCHDOG=1"
        steady.now += 10_000
        pulse.beat()
        with pytest.raises(BlockingIOError):
            systemd.recv(100)
    pulse._beat_at = None
    seen(jobs, steady)
    pulse.beat()  # nobody listens: that stops nothing
    assert json.loads(file.read_text())["jobs"].keys() == {"evaluate", "sms"}
