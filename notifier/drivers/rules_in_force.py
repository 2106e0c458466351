"""The project folder as it was when it last made sense: edits are taken up while the daemon runs, broken ones are not.

A rule file with an error keeps the last good version in force, so a slip of the pen at night silences nobody.
"""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import structlog

from notifier.drafting.ruleset import Ruleset

log = structlog.get_logger()

FOLDERS = ("rules", "templates")

Fingerprint = frozenset[tuple[str, int, int]]
"""(path, time of the last change in ns, size) of every file."""


class RulesInForce:
    """Loads the folder once, and again when a file of it was added, changed or removed."""

    def __init__(self, folder: Path, load: Callable[[Path], Ruleset]) -> None:
        """`load` reads the folder; the ruleset's project lists its problems, and holds what has none."""
        self._lock = threading.Lock()
        self._folder = folder
        self._load = load
        self._seen = fingerprint(folder)
        self._ruleset = load(folder)
        self._report(self._ruleset)

    def ruleset(self) -> Ruleset:
        """The ruleset of the newest version without an error; where none was, of what has none in the newest.

        One that stays in force in place of a newer version with errors names that version in `edited`.

        May be called from several threads.
        """
        with self._lock:
            seen = fingerprint(self._folder)
            if seen != self._seen:
                self._seen = seen
                self._take_up(self._load(self._folder))
            return self._ruleset

    def _take_up(self, loaded: Ruleset) -> None:
        if self._report(loaded) and not self._ruleset.project.has_errors:
            log.warning("rules.kept", reason="the new version has errors; the last good one stays in force")
            self._ruleset = replace(self._ruleset, edited=loaded.project)
            return
        self._ruleset = loaded
        log.info("rules.reloaded", rules=len(loaded.project.rules), checks=len(loaded.project.checks))

    def _report(self, ruleset: Ruleset) -> bool:
        """Whether it has errors; each is logged."""
        errors = ruleset.project.errors
        for problem in errors:
            log.error("rules.problem", place=str(problem.place), problem=problem.what)
        return bool(errors)


def fingerprint(folder: Path) -> Fingerprint:
    """What tells whether a file of the project was added, changed or removed."""
    seen = set()
    for path in (path for name in FOLDERS for path in (folder / name).rglob("*")):
        with contextlib.suppress(FileNotFoundError):  # an editor replaces files while we look
            if path.is_file():
                stat = path.stat()
                seen.add((str(path), stat.st_mtime_ns, stat.st_size))
    return frozenset(seen)
