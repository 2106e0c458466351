"""One life of the daemon in a process of its own: `notifier run` on a project folder, with a fault waiting in it.

Lives are forked from a server process that imported everything once (multiprocessing's forkserver), so a death costs a
tenth of a second instead of two. A fork has no thread, no connection and no loop yet: what it does from then on is what
`notifier run` does.
"""

import multiprocessing
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from notifier.logs import configure_logs
from notifier.wiring import open_house
from tests.crash.faults import Fault, Journal, Trap
from tests.support.world_clock import WorldClock

FORKSERVER = multiprocessing.get_context("forkserver")
# The last two are imported by the first message, the rest by this module.
FORKSERVER.set_forkserver_preload([__name__, "notifier.delivery.twilio_client", "phonenumbers.data.region_CO"])


@dataclass(frozen=True, kw_only=True)
class Life:
    """What a process is born with."""

    number: int
    folder: Path
    clock: WorldClock
    journal: Path
    fault: Fault | None = None

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
    with life.log.open("w", buffering=1) as log:
        configure_logs(level="info", json=True, stream=log)
        house = open_house(life.folder, clock=life.clock)
        Trap(life.number, life.fault, Journal(life.journal)).arm(house.database)
        house.run()
        house.close()
