"""A day on which more people get in touch than chance explains: its owner hears of it while it goes on, once.

Looked at are yesterday, whose contacts may come in a file at night, today, and what of today lies before the last whole
hour. The baseline is made of the same weekday in the weeks before, or of the same day of the months before: holidays,
days with a known incident and days that were alerted lately are left out.
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
from notifier.model.unusual_days import (
    LOOKED_BACK,
    MONTHS_BACK,
    NEW_NORMAL,
    DaysWatched,
    KnownIncident,
    Usual,
    day_of_month,
    usual,
    weekday,
)
from notifier.planning.occurrences import mode

ALL = ""
"""Stands for all contacts together, whatever their reason; those that follow the month are left out."""
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
    hour: time | None
    """The last whole hour of the day that goes on, in the company's zone; None for one that is over or just began."""
    by_hour: Mapping[str, int]
    """The counts until then."""


@dataclass(frozen=True, kw_only=True)
class _Before:
    """What was counted on one of the days before: on the whole day, and until the hour that is looked at."""

    day: date
    whole: Mapping[str, int]
    by_hour: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class _Unusual:
    """What is too many."""

    count: int
    usual: Usual
    limit: int
    by: time | None


def unusual_days(ruleset: Ruleset, reader: StateReader, now: datetime, *, live: bool) -> Iterator[Batch]:
    """One batch for each day and reason that is unusual, and of which nobody has heard."""
    watched = ruleset.project.unusual_days
    if watched is None:
        return
    watch = _Watch(ruleset, reader, watched, now, live=live)
    if watch.is_quiet():
        return
    for found in watch.days:
        drafts = tuple(watch.alerts(found))
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
        self._chances = watched.chances(len(self._reasons) + 1)

    @cached_property
    def days(self) -> Sequence[_Day]:
        """Yesterday and today, counted by one statement: each tick asks it, also where nothing has changed."""
        today = self._now.astimezone(self.zone).date()
        starts = [self._start(today + days * _DAY) for days in (-1, 0, 1)]
        soon = self._now + timedelta(microseconds=1)
        hour = time(self._now.astimezone(self.zone).hour) if soon < starts[-1] else time()
        has_hour = hour > time()
        edges = [*starts[:2], *([self._at(today, hour)] if has_hour else []), soon]
        yesterday, *spans = self._reader.contacts_by_span(edges)
        first = _Day(
            day=today - _DAY,
            since=starts[0],
            until=starts[1],
            counts=self._with_all(yesterday),
            hour=None,
            by_hour=self._with_all(),
        )
        last = _Day(
            day=today,
            since=starts[1],
            until=starts[2],
            counts=self._with_all(*spans),
            hour=hour if has_hour else None,
            by_hour=self._with_all(*spans[: int(has_hour)]),
        )
        return first, last

    def is_quiet(self) -> bool:
        """Whether so few got in touch on both days together that none of them can be unusual."""
        heard = sum(count for each in self.days for name, count in each.counts.items() if name != ALL)
        return heard < self._watched.fewest

    def alerts(self, found: _Day) -> Iterator[Draft]:
        """Of one day: first the reasons, and only where none of them is unusual, all contacts together."""
        day = found.day
        many = [name for name in [*self._reasons, ALL] if found.counts.get(name, 0) >= self._watched.fewest]
        if not many:
            return
        known = self._reader.alerts_known([self._occurrence(name, day) for name in [*self._reasons, ALL]])
        waiting = [name for name in many if self._occurrence(name, day) not in known]
        if not waiting:
            return
        monthly = set(waiting) & set(self._watched.monthly)
        before = self._before(found, LOOKED_BACK) if set(waiting) - monthly else ()
        months = self._before(found, MONTHS_BACK) if monthly else ()
        said = bool(known)
        for name in waiting:
            if name == ALL and said:
                return
            unusual = self._judged(name, found, months if name in monthly else before)
            if unusual is not None:
                said = True
                yield self._alert(name, found, unusual)

    def _before(self, found: _Day, looked_back: timedelta) -> Sequence[_Before]:
        """Every day before that is no holiday, with its counts."""
        days = [found.day - back * _DAY for back in range(looked_back.days, 0, -1)]
        hour = found.hour or time(23, 59)
        edges = [edge for each in days for edge in (self._start(each), self._at(each, hour))]
        counted = self._reader.contacts_of_days([*edges, found.since], self._now)
        halves = list(zip(counted[::2], counted[1::2], strict=True))
        first = next((index for index, both in enumerate(halves) if any(both)), len(days))  # nothing was kept before
        holidays = self._holidays({each.year for each in days})
        return [
            _Before(day=each, whole=self._with_all(early, late), by_hour=self._with_all(early))
            for each, (early, late) in zip(days[first:], halves[first:], strict=True)
            if each not in holidays
        ]

    def _judged(self, name: str, found: _Day, before: Sequence[_Before]) -> _Unusual | None:
        """The whole day first; then, of the day that goes on, what lies before the last whole hour."""
        whole, each_look = self._chances
        counts: list[tuple[int, Mapping[date, int], float, time | None]]
        counts = [(found.counts.get(name, 0), {each.day: each.whole.get(name, 0) for each in before}, whole, None)]
        if found.hour is not None:
            until_then = {each.day: each.by_hour.get(name, 0) for each in before}
            counts.append((found.by_hour.get(name, 0), until_then, each_look, found.hour))
        for count, known, chance, hour in counts:
            if count >= self._watched.fewest and (days := self._usual(name, found.day, known)) is not None:
                limit = days.limit(chance)
                if count > limit:
                    return _Unusual(count=count, usual=days, limit=limit, by=hour)
        return None

    def _usual(self, name: str, day: date, known: Mapping[date, int]) -> Usual | None:
        """What is usual; where incidents leave too few days, they are usual, too."""
        alike = day_of_month if name in self._watched.monthly else weekday
        lately = [each for each in known if each > day - NEW_NORMAL]
        alerted = self._reader.alerts_known([self._occurrence(name, each) for each in lately])
        counts = {each: count for each, count in known.items() if self._occurrence(name, each) not in alerted}
        quiet = {each: count for each, count in counts.items() if each not in self._disturbed}
        return usual(quiet, day, alike) or usual(counts, day, alike)

    def _incidents_on(self, day: date) -> tuple[KnownIncident, ...]:
        start, end = self._start(day), self._start(day + _DAY)
        return tuple(
            each
            for each in self._incidents
            if each.started_at < end and (each.ended_at is None or each.ended_at >= start)
        )

    @cached_property
    def _disturbed(self) -> frozenset[date]:
        """The days on which an incident was known: each incident is looked at once, and not again for each day."""
        today = self._now.astimezone(self.zone).date()
        found = set[date]()
        for each in self._incidents:
            first = max(each.started_at.astimezone(self.zone).date(), self._first)
            last = today if each.ended_at is None else min(each.ended_at.astimezone(self.zone).date(), today)
            found.update(first + days * _DAY for days in range((last - first).days + 1))
        return frozenset(found)

    @cached_property
    def _first(self) -> date:
        """The first day that any baseline may have."""
        back = MONTHS_BACK if self._watched.monthly else LOOKED_BACK
        return self._now.astimezone(self.zone).date() - back - _DAY

    @cached_property
    def _incidents(self) -> Sequence[KnownIncident]:
        """All that may matter to a baseline, or to the days that are looked at."""
        return self._reader.incidents_known(self._start(self._first), self._now + _DAY)

    def _holidays(self, years: set[int]) -> set[date]:
        country, project = self._ruleset.defaults.country, self._ruleset.project
        decreed = {day for change in project.hours if change.concerns(None, country) for day in change.dates}
        return decreed.union(*(holiday_names(country, None, year).keys() for year in years))

    def _start(self, day: date) -> datetime:
        return self._at(day, time())

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, tzinfo=self.zone)

    def _occurrence(self, name: str, day: date) -> str:
        return f"{mode(self._live)}|alert|unusual day|{name}|{day}"

    def _alert(self, name: str, found: _Day, unusual: _Unusual) -> Draft:
        reason = self._ruleset.project.reasons.get(name)
        by = "" if unusual.by is None else f" by {unusual.by:%H:%M}"
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
                count=unusual.count,
                usual=unusual.usual,
                limit=unusual.limit,
                by=unusual.by,
                monthly=name in self._watched.monthly,
                samples=tuple(
                    self._reader.contacts_sampled(None if name == ALL else name, found.since, found.until, SAMPLES)
                ),
                incidents=self._incidents_on(found.day),
            ),
            why=f"{unusual.count} contacts of {name or 'all reasons'} on {found.day}{by}, "
            f"at most {unusual.limit} are usual",
            now=self._now,
        )

    def _with_all(self, *counted: Mapping[str, int]) -> Mapping[str, int]:
        """The counts together, and under `ALL` of all reasons but those that follow the month: they have no weekday."""
        counts: dict[str, int] = {}  # not a Counter: each tick adds up those of sixteen weeks
        for each in counted:
            for name, count in each.items():
                counts[name] = counts.get(name, 0) + count
        monthly = sum(counts.get(name, 0) for name in self._watched.monthly)
        return {**counts, ALL: sum(counts.values()) - monthly}
