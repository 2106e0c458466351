"""Jobs run again and again, one run after the other; the wall clock may say what it likes."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from notifier.drivers.ticker import Every, Job, Ticker

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Working:
    """A job that leaves work for so many runs, of seven seconds each."""

    def __init__(self, left: int = 0, *, stops: threading.Event | None = None) -> None:
        self.now = 1000.0
        self.left = left
        self.began: list[float] = []
        self.stops = stops

    def __call__(self) -> bool:
        self.began.append(self.now)
        self.now += 7
        self.left -= 1
        if self.stops is not None:
            self.stops.set()
        return self.left > 0

    def run(self) -> Job:
        job = Job("evaluate", self, 60, steady=lambda: self.now)
        job.run(self.stops or threading.Event())
        return job


def test_a_run_that_left_work_is_followed_by_the_next_at_once() -> None:
    working = Working(3)
    working.run()
    assert working.began == [1000, 1007, 1014]


def test_who_is_to_stop_begins_no_further_run() -> None:
    working = Working(3, stops=threading.Event())
    working.run()
    assert working.began == [1000]


def test_a_job_is_seen_at_the_beginning_and_at_the_end_of_a_run() -> None:
    job = Working().run()
    assert (job.seen_at, job.runs) == (1007, False)


@pytest.mark.parametrize(
    ("previous", "following"),
    [
        (NOON, NOON + timedelta(seconds=60)),
        (NOON - timedelta(seconds=59), NOON + timedelta(seconds=1)),
        # The clock was set forward by a year, or the run took that long: one run, not half a million.
        (NOON - timedelta(days=365), NOON + timedelta(seconds=60)),
    ],
)
def test_the_next_run_is_after_the_last_one_and_after_now(previous: datetime, following: datetime) -> None:
    assert Every(60).get_next_fire_time(previous, NOON) == following


def released(ran: threading.Semaphore) -> Callable[[], bool]:
    """Work that only lets others know."""

    def work() -> bool:
        ran.release()
        return False

    return work


class TestTheWallClock:
    @pytest.mark.parametrize("by", [-HOUR, HOUR, timedelta(days=-3650)])
    def test_setting_it_silences_no_job(self, by: timedelta) -> None:
        """APScheduler reads the computer's clock: here the next run is hours away by it, as after a clock set back."""
        stop, ran = threading.Event(), threading.Semaphore(0)
        wall, steady = [NOON], [1000.0]
        job = Job("evaluate", released(ran), 3600)
        ticker = Ticker([job], stop, wall=lambda: wall[0], steady=lambda: steady[0])
        ticker.start()
        assert ran.acquire(timeout=30)
        wall[0] += by
        ticker.beat()
        assert ran.acquire(timeout=30)
        stop.set()
        ticker.join()

    def test_a_clock_that_is_only_disciplined_makes_no_run(self) -> None:
        stop, ran = threading.Event(), threading.Semaphore(0)
        wall, steady = [NOON], [1000.0]
        ticker = Ticker(
            [Job("evaluate", released(ran), 3600)],
            stop,
            wall=lambda: wall[0],
            steady=lambda: steady[0],
        )
        ticker.start()
        assert ran.acquire(timeout=30)
        for _ in range(100):
            steady[0] += 1
            wall[0] += timedelta(seconds=1.1)
            ticker.beat()
        stop.set()
        ticker.join()
        assert not ran.acquire(blocking=False)
