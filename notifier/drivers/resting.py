"""When a set of files has rested: it stayed as it is for a while, so nobody is in the middle of saving it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from notifier.rules.file_set import FileSet, Fingerprint, fingerprint, newest_change, read_file_set

PATIENCE = 6
"""How many times the rest a one-shot command waits for files that keep changing."""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """The clocks by which files rest. `wall` says when they were saved; only `steady` counts what goes by."""

    steady: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    waiting: Callable[[float], object] = float
    """Called with the seconds before a wait, so that a person knows why nothing happens; by default nobody is told."""


class RestingFolder:
    """One project folder, looked at again and again."""

    def __init__(self, folder: Path, rest_seconds: float, watch: Watch) -> None:
        self._folder = folder
        self._rest = rest_seconds
        self._watch = watch
        self._seen: Fingerprint | None = None
        self._since = 0.0
        self._given = False

    def settled(self) -> FileSet | None:
        """The set as soon as it has rested, for who can wait; None where it keeps changing.

        Files that were saved long ago have rested at the first look. A time of saving that lies in the future (the
        clock of a file server) says nothing: then two looks count.
        """
        for _ in range(PATIENCE):
            seen = fingerprint(self._folder)
            age = self._watch.wall() - newest_change(self._folder)
            if age < self._rest:
                wait = self._rest - max(age, 0)
                self._watch.waiting(wait)
                self._watch.sleep(wait)
            if (files := self._read(seen)) is not None:
                return files
        return None

    def changed(self) -> FileSet | None:
        """The set, once for each change, at the first look at which it has rested; None at all other looks."""
        seen = fingerprint(self._folder)
        if seen != self._seen:
            self._seen, self._since, self._given = seen, self._watch.steady(), False
        if self._given or self._watch.steady() - self._since < self._rest:
            return None
        return self._read(seen)

    def give_again(self) -> None:
        """What was given last could not be used: the next look gives it again."""
        self._given = False

    def now(self) -> FileSet | None:
        """The set as it is, rested or not; None where it changes while it is read, again and again."""
        for _ in range(PATIENCE):
            if (files := self._read(fingerprint(self._folder))) is not None:
                return files
        return None

    def _read(self, seen: Fingerprint) -> FileSet | None:
        """The set, if it is as it was seen before and after it is read."""
        files = read_file_set(self._folder)
        if fingerprint(self._folder) != seen:
            return None
        if seen != self._seen:
            self._seen, self._since = seen, self._watch.steady()
        self._given = True
        return files
