"""Jobs that are run again and again, each in a thread of its own, by the steady clock.

A run that is late still happens, once; a run that takes longer than its interval, or left work, is followed by the next
at once.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from notifier.drivers.clock import steady_clock


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

    def repeat(self, stop: threading.Event) -> None:
        """Run, until `stop` is set."""
        while not stop.is_set():
            began = self.seen_at = self.steady()
            self.runs = True
            more = self.work()
            self.runs = False
            self.seen_at = self.steady()
            if not more:
                stop.wait(max(began + self.seconds - self.seen_at, 0))


class Ticker:
    """Runs jobs from `start` on, until `stop` was set and `join` returned."""

    def __init__(self, jobs: tuple[Job, ...], stop: threading.Event) -> None:
        self._threads = [threading.Thread(target=job.repeat, args=(stop,), name=job.name, daemon=True) for job in jobs]

    def start(self) -> None:
        """Begin every job at once."""
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until every job has ended its run."""
        for thread in self._threads:
            thread.join()
