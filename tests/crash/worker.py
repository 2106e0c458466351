"""One life of the daemon in a process of its own: `notifier run` on a project folder, with a fault waiting in it.

Lives are forked from a server process that imported everything once (multiprocessing's forkserver), so a death costs a
tenth of a second instead of two. A fork has no thread, no connection and no loop yet: what it does from then on is what
`notifier run` does.
"""

import os
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

from notifier import helping, tick
from notifier.drafting.ruleset import DraftOptions
from notifier.drivers import daemon
from notifier.drivers.daemon import Daemon
from notifier.logs import configure_logs
from notifier.store import leading, portions
from notifier.wiring import open_house
from tests.crash.faults import Fault, Journal, Trap
from tests.support.forked import FORKSERVER, import_in_forkserver, look_for_garbage_seldom
from tests.support.kept import end_with_parent
from tests.support.parsing import share_nothing_more
from tests.support.world_clock import WorldClock

LIVES_LONG = "NOTIFIER_TEST_LIVES_LONG"
"""A variable by which lives keep nothing of files that changed, as the program by itself."""
import_in_forkserver(
    __name__, "phonenumbers.data.region_CO", "tests.crash.warm"
)  # the first message imports the second

PASSES = 0.5
"""Seconds between two writings of when passes ended, or a death there would be waited for."""
OURS = tuple(name for name in os.environ if name.startswith("NOTIFIER_"))
"""Settings of whoever runs the tests."""


class Job(StrEnum):
    """What a daemon does again and again; of several on one PostgreSQL, one evaluates."""

    EVALUATE = "_evaluate"
    DISPATCH = "_dispatch"


@dataclass(frozen=True, kw_only=True)
class Life:
    """What a process is born with."""

    number: int
    folder: Path
    clock: WorldClock
    journal: Path
    fault: Fault | None = None
    jobs: frozenset[Job] = frozenset(Job)
    cuts: bool = False
    """Whether passes are cut into the smallest portions, and leases of the evaluation end after seconds."""

    @property
    def log(self) -> Path:
        return self.folder / f"life-{self.number}.log"

    @property
    def is_at_work(self) -> bool:
        """Whether it came so far that it takes signals."""
        return self.log.exists() and "daemon.started" in self.log.read_text()

    def begin(self) -> BaseProcess:
        """The process, started. Its end is its exit code: 0, or minus the signal it died of."""
        process = FORKSERVER.Process(target=live, args=(self,))
        process.start()
        return process


def live(life: Life) -> None:
    """All that the process does."""
    if LIVES_LONG in os.environ:
        share_nothing_more()
    end_with_parent()
    look_for_garbage_seldom()
    for name in OURS:
        del os.environ[name]  # the project's settings are in its file
    with life.log.open("w", buffering=1) as log:
        configure_logs(level="info", json=True, stream=log)
        vars(daemon)["PASSES"] = PASSES  # a name that the daemon imports
        if life.cuts:
            for room in (tick, helping):
                vars(room)["DraftOptions"] = partial(DraftOptions, batch_size=1)
            vars(leading).update(LEASE=timedelta(seconds=3), RENEWED=0.5)
            vars(portions).update(PATIENCE=timedelta(seconds=2))
        house = open_house(life.folder, clock=life.clock)
        for job in frozenset(Job) - life.jobs:
            setattr(Daemon, job, lambda *_: None)
        Trap(life.number, life.fault, Journal(life.journal), life.clock).arm(house.database)
        house.run()
        house.close()
