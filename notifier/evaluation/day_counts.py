"""Working days and opening days: which they are at a locality, and which one is reached by counting some of them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from notifier.calendars.opening_hours import DAY, hours_on, is_closed, parse_opening_hours
from notifier.calendars.public_holidays import holiday_names
from notifier.rules.checked import HoursException
from notifier.rules.checked_rules import DayKind

CountDays = Callable[[DayKind, date, int], date | None]
"""The day that is so many days of a kind after a day (before it, where negative); None where that is unknown."""

FRIDAY = 4


class Locality(NamedTuple):
    """Where days are counted: the row's site, else the recipient's country."""

    country: str
    subdivision: str | None = None
    site_id: str | None = None
    opening_hours: str | None = None


def calendar_days(kind: DayKind, start: date, days: int) -> date | None:
    """As `CountDays`, where nothing but calendar days is counted."""
    assert kind is DayKind.CALENDAR
    return start + timedelta(days=days)


def reach(kind: DayKind, days: int) -> int:
    """Within how many calendar days that many days of the kind are looked for: a site may be closed for a season."""
    match kind:
        case DayKind.CALENDAR:
            return days
        case DayKind.WORKING:
            return 2 * days + 30
        case DayKind.OPENING:
            return 7 * days + 60


class DayCounts:
    """Counts days by public holidays, opening hours and the changes of `rules/hours.yaml`. Answers are cached."""

    def __init__(self, changes: Sequence[HoursException] = ()) -> None:
        self._changes = tuple(changes)
        self._reached = lru_cache(maxsize=100_000)(self._count)
        self._counts = lru_cache(maxsize=100_000)(self._is_counted)

    def reached(self, locality: Locality, kind: DayKind, start: date, days: int) -> date | None:
        """The day that is `days` days of the kind from `start`, which itself is not counted; None where unknown."""
        if kind is DayKind.CALENDAR:
            return start + timedelta(days=days)
        return self._reached(locality, kind, start, days)

    def why_unknown(self, locality: Locality, kind: DayKind, days: int) -> str:
        """Why no such day is known."""
        if kind is DayKind.OPENING and locality.opening_hours is None:
            return "the row has no site, so its opening days are unknown"
        of = f"of site {locality.site_id}" if locality.site_id is not None else f"in {locality.country}"
        return f"there are no {abs(days)} {kind} days {of} within {reach(kind, abs(days))} days"

    def _count(self, locality: Locality, kind: DayKind, start: date, days: int) -> date | None:
        if kind is DayKind.OPENING and locality.opening_hours is None:
            return None
        step, left, day = DAY if days > 0 else -DAY, abs(days), start
        for _ in range(reach(kind, left)):
            day += step
            left -= self._counts(locality, kind, day)
            if not left:
                return day
        return None

    def _is_counted(self, locality: Locality, kind: DayKind, day: date) -> bool:
        holidays = holiday_names(locality.country, locality.subdivision, day.year)
        change = next((one for one in reversed(self._changes) if self._changes_day(one, locality, day)), None)
        instead = None if change is None else change.hours
        if kind is DayKind.WORKING:
            closed = instead is not None and is_closed(instead)
            return day.weekday() <= FRIDAY and day not in holidays and not closed
        around = holidays.keys() | holiday_names(locality.country, locality.subdivision, (day + DAY).year).keys()
        around |= holiday_names(locality.country, locality.subdivision, (day - DAY).year).keys()
        return hours_on(day, parse_opening_hours(locality.opening_hours or ""), around, instead).opens

    @staticmethod
    def _changes_day(change: HoursException, locality: Locality, day: date) -> bool:
        return day in change.dates and change.concerns(locality.site_id, locality.country)
