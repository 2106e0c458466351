"""Jobs go by the steady clock, one run after the other; the wall clock may say what it likes."""

import threading
from dataclasses import dataclass, field

import pytest

from notifier.drivers.ticker import Job, Ticker


@dataclass
class Steady(threading.Event):
    """A stop that is waited for by a clock which only moves while somebody waits; it is set after some runs."""

    runs: int
    now: float = 0
    waited: list[float] = field(default_factory=list)
    lasts: float = 0
    """Seconds that each run takes."""

    def __post_init__(self) -> None:
        threading.Event.__init__(self)

    def __call__(self) -> float:
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.waited.append(timeout)
        self.now += timeout
        return self.is_set()

    def run(self) -> None:
        self.now += self.lasts
        self.runs -= 1
        if not self.runs:
            self.set()


def repeated(stop: Steady, *, seconds: float = 60, more: bool = False) -> Job:
    def work() -> bool:
        stop.run()
        return more

    job = Job("evaluate", work, seconds, steady=stop)
    job.repeat(stop)
    return job


def test_a_run_begins_every_so_many_seconds_after_the_last_one_began() -> None:
    stop = Steady(3, lasts=2)
    repeated(stop)
    assert stop.waited == [58, 58, 58]


def test_a_run_that_takes_longer_than_its_interval_is_followed_by_the_next_at_once() -> None:
    stop = Steady(2, lasts=100)
    repeated(stop)
    assert stop.waited == [0, 0]


def test_a_run_that_left_work_is_followed_by_the_next_at_once() -> None:
    stop = Steady(4, lasts=2)
    repeated(stop, more=True)
    assert stop.waited == []


def test_a_job_is_seen_at_the_beginning_and_at_the_end_of_a_run() -> None:
    stop = Steady(1, now=1000, lasts=7)
    job = repeated(stop)
    assert (job.seen_at, job.runs) == (1007, False)


def test_setting_the_wall_clock_moves_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 0.0)  # it is 1970
    stop, ran = threading.Event(), threading.Semaphore(0)

    def work() -> bool:
        ran.release()
        return False

    working = Ticker((Job("evaluate", work, 0.01), Job("dispatch", work, 0.01)), stop)
    working.start()
    for _ in range(6):
        assert ran.acquire(timeout=30)
    stop.set()
    working.join()
