"""What a daemon does once in a while: it learns how long things take, and writes the pages of reports.

Whether it is time is read from what is there, the newest learning or the page's own file. So a daemon that starts anew,
a run that is repeated, and daemons that share their jobs do it no more often, and one that was away does it at once.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog

from notifier.drafting.ruleset import Ruleset
from notifier.model.clock import Clock
from notifier.rules.checked import Project
from notifier.rules.expressions import Forecast
from notifier.store.regular_learning import learn_due

log = structlog.get_logger()

SECONDS = 300.0
"""Pause between two looks whether it is time. An alarm about silent work waits three times as long."""
GENERATOR = 'name="generator" content="notifier report'
"""What every page of a report has near its beginning."""
LOOKED_AT = 65_536
"""Bytes in which that stands."""

Taught = Callable[[Project], Sequence[tuple[Forecast, Sequence[int]]]]
"""What a project has to be learned, with the probabilities of each; nothing where no rule or check forecasts."""


@dataclass(frozen=True, kw_only=True)
class Lessons:
    """Learns anew `every` so often, by the rules that are in force."""

    database: sa.Engine
    clock: Clock
    ruleset: Callable[[], Ruleset]
    taught: Taught
    every: timedelta

    def look(self) -> None:
        """Learn what is due. Raises StoreError."""
        project = self.ruleset().project
        found = learn_due(self.database, project.schema, self.taught(project), now=self.clock(), every=self.every)
        if found:
            log.info("learning.done", forecasts=len(found), cases=sum(learning.cases for learning in found))


@dataclass(frozen=True, kw_only=True)
class PageMaker:
    """What makes the pages of these names, by the rules in force, as of an instant. It may raise StoreError."""

    names: Sequence[str]
    make: Callable[[Ruleset, datetime], Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class DailyPages:
    """Pages in `folder`, each written anew by the first look after `at` of a day in `zone`."""

    folder: Path
    at: time
    zone: ZoneInfo
    clock: Clock
    ruleset: Callable[[], Ruleset]
    pages: PageMaker

    def look(self) -> None:
        """Write the pages where one of them is due. What is in the way is logged, and tried again at the next look."""
        now = self.clock()
        due_at = self._last_due(now)
        try:
            if all(_written_since(self.folder / name, due_at) for name in self.pages.names):
                return
            self.folder.mkdir(parents=True, exist_ok=True)
            for name, page in self.pages.make(self.ruleset(), now).items():
                _write(self.folder / name, page, now)
        except OSError as error:
            self._in_the_way(error)
        else:
            log.info("reports.written", folder=str(self.folder), pages=len(self.pages.names))

    def _in_the_way(self, error: OSError) -> None:
        log.error("reports.not_written", folder=str(self.folder), error=error.strerror or str(error))

    def _last_due(self, now: datetime) -> datetime:
        """The last instant that is not after `now` at which the clocks of the zone showed `at`."""
        today = now.astimezone(self.zone).date()
        moments = (datetime.combine(today - timedelta(days=ago), self.at, self.zone).astimezone(UTC) for ago in (0, 1))
        return next(moment for moment in moments if moment <= now)


def _written_since(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime >= moment.timestamp()
    except FileNotFoundError:
        return False


def _write(path: Path, page: str, now: datetime) -> None:
    """Whole or not at all, and never over a file that is no report's. Its time is that of the daemon's clock."""
    if path.exists():
        with path.open("rb") as there:
            if GENERATOR not in there.read(LOOKED_AT).decode("utf-8", errors="replace"):
                raise FileExistsError(None, f"{path} is there already, and is no page of a report; move it away")
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(page, encoding="utf-8")
    os.utime(fresh, (now.timestamp(), now.timestamp()))
    fresh.replace(path)
