"""Jobs that are run again and again, each in a thread of its own, whatever the wall clock says.

APScheduler keeps the threads and the timetable. Its timetable is one of the wall clock: set back by an hour, no job
would run for an hour. So `beat` compares that clock with the steady one, and where they parted, every job runs at once.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from notifier.drivers.clock import steady_clock, system_clock
from notifier.model.clock import Clock

# A run that is longer than its interval is no news.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

PARTED = timedelta(seconds=1)
"""The clocks drift by less than this between two beats; a clock that is disciplined (NTP) moves by less, too."""


@dataclass(eq=False)
class Job:
    """One thing that is done every so many `seconds`. `work` must not raise; it returns whether it left work."""

    name: str
    work: Callable[[], bool]
    seconds: float
    steady: Callable[[], float] = steady_clock
    seen_at: float = field(init=False)
    """When it last began or ended a run, by the steady clock."""
    runs: bool = field(default=False, init=False)
    """Whether it is at work now."""

    def __post_init__(self) -> None:
        self.seen_at = self.steady()

    def run(self, stop: threading.Event) -> None:
        """Run once, and again at once as long as work is left, until `stop` is set."""
        more = True
        while more and not stop.is_set():
            self.seen_at = self.steady()
            self.runs = True
            more = self.work()
            self.runs = False
            self.seen_at = self.steady()


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Every so many `seconds`. However many runs were missed, the next one makes up for them."""

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """After `previous_fire_time`, and after `now`."""
        following = (previous_fire_time or now) + self._pause
        return following if following > now else now + self._pause


class Ticker:
    """Runs jobs from `start` on, until `stop` was set and `join` returned. Somebody must `beat` it every second."""

    def __init__(
        self,
        jobs: Sequence[Job],
        stop: threading.Event,
        *,
        wall: Clock = system_clock,
        steady: Callable[[], float] = steady_clock,
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._apart = self._difference()
        self._jobs = {job.name: job for job in jobs}
        self._stop = stop
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(self._jobs))},
            # A run that is late still happens, once; the default would drop it silently after a second.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Begin every job at once."""
        for name, job in self._jobs.items():
            trigger = Every(job.seconds)
            self._scheduler.add_job(job.run, trigger, [self._stop], id=name, next_run_time=system_clock())
        self._scheduler.start()

    def beat(self) -> None:
        """Where somebody set the wall clock since the last beat, every job is due now."""
        apart = self._difference()
        if abs(apart - self._apart) > PARTED:
            for name in self._jobs:
                self._scheduler.modify_job(name, next_run_time=system_clock())
        self._apart = apart

    def join(self) -> None:
        """Wait until every job has ended its run."""
        self._scheduler.shutdown(wait=True)

    def _difference(self) -> timedelta:
        return self._wall() - datetime.fromtimestamp(self._steady(), UTC)
