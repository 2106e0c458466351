"""The pulse of a daemon: a small file that says of each job when it was last seen, for who asks whether all is well.

It is about the daemon alone. A database that is away is no reason to end a daemon, which goes on by itself once it is
back. Times are those of the steady clock, which all processes of a machine share: setting the wall clock makes nobody
look dead.
"""

import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from notifier.drivers.clock import steady_clock
from notifier.drivers.ticker import Job

log = structlog.get_logger()

EVERY = 5.0
"""Seconds between two beats."""
MISSED = 10
"""Intervals after which a job that did not begin again has stopped."""
AT_LEAST = 60.0
"""Seconds: a short interval is no reason to hurry a busy machine."""
LONGEST_RUN = 900.0
"""Seconds that a run may take: the first pass over millions of rows takes minutes."""


class Pulse:
    """Writes the file of one daemon, and tells systemd the same."""

    def __init__(self, file: Path, jobs: Sequence[Job], *, steady: Callable[[], float] = steady_clock) -> None:
        self._file = file
        self._jobs = jobs
        self._steady = steady
        self._beat_at: float | None = None
        self._failed = False

    def beat(self) -> None:
        """Say that the daemon lives, unless it said so a moment ago. A file that cannot be written is logged once."""
        now = self._steady()
        if self._beat_at is not None and now < self._beat_at + EVERY:
            return
        self._beat_at = now
        seen = {"pid": os.getpid(), "seen_at": now, "jobs": {job.name: _seen(job) for job in self._jobs}}
        if not list(ailments(seen, now)):
            tell_systemd("WATCHDOG=1")
        fresh = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            fresh.write_text(json.dumps(seen), encoding="utf-8")
            fresh.replace(self._file)
        except OSError as error:
            if not self._failed:
                log.warning("daemon.pulse_unwritable", file=str(self._file), error=error.strerror)
            self._failed = True

    def end(self) -> None:
        """The daemon ends as it should: nobody is to miss it."""
        self._file.unlink(missing_ok=True)


@dataclass(frozen=True)
class Health:
    """What the pulse file says."""

    pid: int | None
    ailments: tuple[str, ...]
    """What is wrong, a sentence each; none where all is well."""


def ask(file: Path, *, steady: Callable[[], float] = steady_clock) -> Health:
    """Ask the daemon of this pulse file how it is."""
    try:
        seen = json.loads(file.read_text(encoding="utf-8"))
        return Health(pid=int(seen["pid"]), ailments=tuple(ailments(seen, steady())))
    except FileNotFoundError:
        return Health(pid=None, ailments=(f"no daemon runs here: there is no {file}; start one with notifier run",))
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = getattr(error, "strerror", None) or "it is not what a daemon writes"
        return Health(pid=None, ailments=(f"the pulse {file} cannot be read: {why}",))


def ailments(seen: Mapping[str, object], now: float) -> Iterator[str]:
    """What is wrong with the daemon that wrote this."""
    silent = now - float(str(seen["seen_at"]))
    if not 0 <= silent <= AT_LEAST:  # before: the machine was started anew, and its steady clock with it
        yield f"the daemon (process {seen['pid']}) has not been heard of for {_long(silent)}; start it again"
        return
    jobs = seen["jobs"]
    assert isinstance(jobs, dict)
    for name, (seen_at, runs, seconds) in jobs.items():
        age = now - seen_at
        if runs and age > max(LONGEST_RUN, MISSED * seconds):
            yield f"{name} began {_long(age)} ago and has not ended; restart the daemon and look at its log"
        if not runs and age > max(AT_LEAST, MISSED * seconds):
            yield f"{name} has not begun for {_long(age)}; restart the daemon and look at its log"


def tell_systemd(state: str) -> None:
    """Tell the service manager, where one listens (sd_notify(3)). It is never a reason to fail."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
            there.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
    except OSError as error:
        log.debug("daemon.systemd_silent", error=error.strerror)


def _seen(job: Job) -> list[object]:
    return [job.seen_at, job.runs, job.seconds]


def _long(seconds: float) -> str:
    return "a while" if seconds < 0 else f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
