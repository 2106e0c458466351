"""What a process remembers of its own passes, and writes down now and then: so that any of them can say it of all.

The pulse (`drivers.pulse`) says it to who asks on this machine; this is for who watches over several.
"""

import socket
import threading
from datetime import datetime

import sqlalchemy as sa

from notifier.model.clock import Clock
from notifier.model.processes import Process
from notifier.store.last_passes import note_passes

SECONDS = 15.0
"""Between two writings: often enough for an alarm after minutes, seldom enough for a disk."""


class Passes:
    """The passes of this process. May be used from several threads."""

    def __init__(self, database: sa.Engine, clock: Clock, *, live: bool, host: str | None = None) -> None:
        self._database = database
        self._clock = clock
        self._live = live
        self._host = host or socket.gethostname()
        self._lock = threading.Lock()
        self._ended: dict[Process, datetime] = {}

    def ended(self, process: Process) -> None:
        """A pass ended without a failure."""
        with self._lock:
            self._ended[process] = self._clock()

    def write_one(self, process: Process) -> None:
        """A pass ended; write it down now. Raises StoreError where that cannot be done."""
        self.ended(process)
        self.write()

    def write(self) -> None:
        """Write down what ended since the last time. Raises StoreError where that fails: it is written later."""
        with self._lock:
            passes = dict(self._ended)
        if not passes:
            return
        with self._database.begin() as connection:
            note_passes(connection, passes, host=self._host, live=self._live)
        with self._lock:
            self._ended = {process: at for process, at in self._ended.items() if passes.get(process) != at}
