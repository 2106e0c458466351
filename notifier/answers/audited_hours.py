"""The hours of a site as a page says them, and as its days will be: where they are apart, in words."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from notifier.calendars.opening_hours import DAY, DayHours, Span, hours_on, parse_opening_hours
from notifier.calendars.public_holidays import holiday_names
from notifier.rules.checked import HoursException
from notifier.store.tables import SITE

DAYS = 60
"""As many days as the state knows of its sites."""
_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(frozen=True, kw_only=True)
class SiteCalendar:
    """What the days of one site follow from."""

    id: str
    timezone: str
    country: str
    subdivision: str | None
    opening_hours: str
    exceptions: tuple[HoursException, ...]


@dataclass(frozen=True, kw_only=True)
class HoursApart:
    """On how many days hours are apart, in words, and whether somebody would stand before a closed door."""

    days: int
    sentences: tuple[str, ...]
    hurts: bool


def calendars_of(
    connection: sa.Connection, sites: Collection[str], exceptions: Sequence[HoursException]
) -> Mapping[str, SiteCalendar]:
    """The calendars of the sites that have opening hours, by id."""
    columns = (SITE.c.id, SITE.c.timezone, SITE.c.country, SITE.c.subdivision, SITE.c.opening_hours)
    select = sa.select(*columns).where(SITE.c.id.in_(sorted(sites)), SITE.c.opening_hours.is_not(None))
    return {
        row.id: SiteCalendar(
            **row._mapping, exceptions=tuple(one for one in exceptions if one.concerns(row.id, row.country))
        )
        for row in connection.execute(select)
    }


def hours_apart(published: str, site: SiteCalendar, today: date) -> HoursApart:
    """Compares `DAYS` days from `today` on, a date at the site. Raises ValueError where hours cannot be read."""
    page, state = parse_opening_hours(published), parse_opening_hours(site.opening_hours)
    years = range(today.year, (today + DAYS * DAY).year + 1)
    holidays = {on: name for year in years for on, name in holiday_names(site.country, site.subdivision, year).items()}
    changed = {on: one for one in site.exceptions for on in one.dates}
    weekly: dict[tuple[int, str, str], list[date]] = defaultdict(list)
    special: list[tuple[date, str, str, str]] = []
    hurts = False
    for day in (today + offset * DAY for offset in range(DAYS)):
        exception = changed.get(day)
        there = hours_on(day, page, holidays)
        here = hours_on(day, state, holidays, instead=None if exception is None else exception.hours)
        if there.unknown or here.unknown or there.spans == here.spans:
            continue
        hurts = hurts or _closed_in_between(there.spans, here.spans)
        said, actual = _written(there), _written(here)
        why = exception.reason if exception is not None else holidays.get(day)
        if exception is not None or day in holidays:
            special.append((day, said, actual, f" ({why})" if why else ""))
        else:
            weekly[day.weekday(), said, actual].append(day)
    sentences = [
        f"{_WEEKDAYS[weekday] if len(days) > 1 else days[0]}: published {said}, in the state {actual}"
        for (weekday, said, actual), days in sorted(weekly.items())
    ]
    sentences += [f"{day}{why}: published {said}, in the state {actual}" for day, said, actual, why in special]
    return HoursApart(days=sum(map(len, weekly.values())) + len(special), sentences=tuple(sentences), hurts=hurts)


def _closed_in_between(published: Sequence[Span], actual: Sequence[Span]) -> bool:
    """Whether it is closed at any time at which it is said to be open."""
    return any(
        end - start > sum((_common((start, end), span) for span in actual), timedelta()) for start, end in published
    )


def _common(one: Span, other: Span) -> timedelta:
    return max(min(one[1], other[1]) - max(one[0], other[0]), timedelta())


def _written(hours: DayHours) -> str:
    return ",".join(f"{start:%H:%M}-{_closing(end)}" for start, end in hours.spans) or "closed"


def _closing(end: datetime) -> str:
    return f"{end:%H:%M}" if end.time() != time() else "24:00"
