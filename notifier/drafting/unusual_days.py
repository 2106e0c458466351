"""A day on which more people get in touch than chance explains: its owner hears of it while it goes on, once.

Looked at are today and yesterday, whose contacts may come in a file at night. The baseline of a day is made of the same
weekday in the weeks before: holidays, days with a known incident and days that were alerted lately are left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from notifier.calendars.public_holidays import holiday_names
from notifier.drafting.alert_drafts import alert_draft
from notifier.drafting.ruleset import UNKNOWN_ZONE, Ruleset
from notifier.model.alerts import SAMPLES
from notifier.model.batches import Batch
from notifier.model.listening_alerts import UnusualDayAlert
from notifier.model.notices import Draft
from notifier.model.reading import StateReader
from notifier.model.unusual_days import LOOKED_BACK, NEW_NORMAL, DaysWatched, KnownIncident, Usual, usual
from notifier.planning.occurrences import mode

ALL = ""
"""Stands for all contacts together, whatever their reason."""
KIND = "listening"
"""Of its batches."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class _Day:
    """What was counted on one day."""

    day: date
    since: datetime
    until: datetime
    counts: Mapping[str, int]
    """By reason, and under `ALL` of all."""


def unusual_days(ruleset: Ruleset, reader: StateReader, now: datetime, *, live: bool) -> Iterator[Batch]:
    """One batch for each day and reason that is unusual, and of which nobody has heard."""
    watched = ruleset.project.unusual_days
    if watched is None:
        return
    watch = _Watch(ruleset, reader, watched, now, live=live)
    today = now.astimezone(watch.zone).date()
    for day in (today - _DAY, today):
        drafts = tuple(watch.alerts(day))
        if drafts:
            yield Batch(kind=KIND, name="unusual days", drafts=drafts)


class _Watch:
    def __init__(
        self, ruleset: Ruleset, reader: StateReader, watched: DaysWatched, now: datetime, *, live: bool
    ) -> None:
        self._ruleset, self._reader, self._watched, self._now, self._live = ruleset, reader, watched, now, live
        self.zone = ZoneInfo(ruleset.defaults.timezone or UNKNOWN_ZONE)
        reasons = ruleset.project.reasons
        self._reasons = [name for name in watched.only or reasons if name in reasons]
        self._probability = watched.probability(len(self._reasons) + 1)

    def alerts(self, day: date) -> Iterator[Draft]:
        """Of one day: first the reasons, and only where none of them is unusual, all contacts together."""
        found = self._counted(day)
        many = [name for name in [*self._reasons, ALL] if found.counts.get(name, 0) >= self._watched.fewest]
        if not many:
            return
        known = self._reader.alerts_known([self._occurrence(name, day) for name in [*self._reasons, ALL]])
        waiting = [name for name in many if self._occurrence(name, day) not in known]
        if not waiting:
            return
        before = self._before(day)
        said = bool(known)
        for name in waiting:
            if name == ALL and said:
                return
            days = self._usual(name, day, before)
            limit = None if days is None else days.limit(self._probability)
            if days is not None and limit is not None and found.counts[name] > limit:
                said = True
                yield self._alert(name, found, days, limit)

    def _counted(self, day: date) -> _Day:
        since, until = self._start(day), self._start(day + _DAY)
        counts = self._reader.contacts_counted(since, min(until, self._now + timedelta(microseconds=1)))
        return _Day(day=day, since=since, until=until, counts={**counts, ALL: sum(counts.values())})

    def _before(self, day: date) -> Sequence[tuple[date, Mapping[str, int]]]:
        """Every day of the weeks before that is no holiday, with its counts."""
        looked_back = [(each, counts) for each, counts in self._kept if day - LOOKED_BACK * 7 * _DAY <= each < day]
        first = next((index for index, (_, counts) in enumerate(looked_back) if counts), len(looked_back))
        holidays = self._holidays({each.year for each, _ in looked_back})
        return [
            (each, {**counts, ALL: sum(counts.values())})
            for each, counts in looked_back[first:]  # nothing was kept before
            if each not in holidays
        ]

    @cached_property
    def _kept(self) -> Sequence[tuple[date, Mapping[str, int]]]:
        """Every day before today that belongs to the weeks before today or yesterday, with its counts."""
        today = self._now.astimezone(self.zone).date()
        days = [today - back * _DAY for back in range(LOOKED_BACK * 7 + 1, 0, -1)]
        edges = [*(self._start(each) for each in days), self._start(today)]
        return list(zip(days, self._reader.contacts_of_days(edges, self._now), strict=True))

    def _usual(self, name: str, day: date, before: Sequence[tuple[date, Mapping[str, int]]]) -> Usual | None:
        """What is usual; where incidents leave too few days, they are usual, too."""
        lately = [each for each, _ in before if each > day - NEW_NORMAL]
        alerted = self._reader.alerts_known([self._occurrence(name, each) for each in lately])
        counts = {each: of_day.get(name, 0) for each, of_day in before if self._occurrence(name, each) not in alerted}
        quiet = {each: count for each, count in counts.items() if not self._incidents_on(each)}
        return usual(quiet, day) or usual(counts, day)

    def _incidents_on(self, day: date) -> tuple[KnownIncident, ...]:
        start, end = self._start(day), self._start(day + _DAY)
        return tuple(
            each
            for each in self._incidents
            if each.started_at < end and (each.ended_at is None or each.ended_at >= start)
        )

    @cached_property
    def _incidents(self) -> Sequence[KnownIncident]:
        """All that may matter to a baseline, or to the days that are looked at."""
        first = self._now.astimezone(self.zone).date() - (LOOKED_BACK * 7 + 1) * _DAY
        return self._reader.incidents_known(self._start(first), self._now + _DAY)

    def _holidays(self, years: set[int]) -> set[date]:
        country, project = self._ruleset.defaults.country, self._ruleset.project
        decreed = {day for change in project.hours if change.concerns(None, country) for day in change.dates}
        return decreed.union(*(holiday_names(country, None, year).keys() for year in years))

    def _start(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone)

    def _occurrence(self, name: str, day: date) -> str:
        return f"{mode(self._live)}|alert|unusual day|{name}|{day}"

    def _alert(self, name: str, found: _Day, days: Usual, limit: int) -> Draft:
        reason = self._ruleset.project.reasons.get(name)
        count = found.counts[name]
        return alert_draft(
            self._ruleset,
            self._reader,
            occurrence=self._occurrence(name, found.day),
            cause="unusual-day",
            subject=("reason", name or "all"),
            owner=self._watched.owner if reason is None else reason.owner,
            alert=UnusualDayAlert(
                reason=None if reason is None else name,
                title="" if reason is None else reason.title,
                day=found.day,
                count=count,
                usual=days,
                limit=limit,
                samples=tuple(
                    self._reader.contacts_sampled(None if name == ALL else name, found.since, found.until, SAMPLES)
                ),
                incidents=self._incidents_on(found.day),
            ),
            why=f"{count} contacts of {name or 'all reasons'} on {found.day}, at most {limit} are usual",
            now=self._now,
        )
