"""Computes the days of sites from opening hours, public holidays and the exceptions of `rules/hours.yaml`.

A day's `kind` is relative to the site's ordinary week. Wall clock becomes instants here, so that days are right across
changes of daylight saving time. Only sites for which something changed since the last run are computed again.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from notifier.calendars.opening_hours import DAY, DayHours, Rules, Span, hours_on, parse_opening_hours
from notifier.calendars.public_holidays import holiday_names
from notifier.rules.checked import HoursException
from notifier.store.sql import chunks, upsert
from notifier.store.state.changes import delete_where, write_rows
from notifier.store.state.merging import WriteCounts
from notifier.store.tables import DERIVATION, SITE, SITE_CALENDAR, SITE_DAY

DAYS_AHEAD = 60
WEEKS_AROUND = 4
"""Weeks before and after a day whose majority gives a weekday's ordinary hours: so a season is ordinary, and a single
dated rule (`Dec 24 08:00-14:00`) is not."""

_CALENDARS = sa.select(SITE_CALENDAR)
_SITES = sa.select(SITE.c.id, SITE.c.timezone, SITE.c.country, SITE.c.subdivision, SITE.c.opening_hours).order_by(
    SITE.c.id
)
NAME = "site_days"
_LAST_RUN = sa.select(DERIVATION.c.digest).where(DERIVATION.c.name == NAME)
READING = 2
"""Counts the changes of how hours and holidays are read: after one, all days are computed again."""


@dataclass(frozen=True, kw_only=True)
class SiteHours:
    """What the days of a site depend on. `timezone` is IANA, `country` ISO 3166, `opening_hours` OSM syntax."""

    id: str
    timezone: str
    country: str
    subdivision: str | None
    opening_hours: str


def site_days(
    site: SiteHours,
    exceptions: Sequence[HoursException],
    first_day: date,
    *,
    days: int = DAYS_AHEAD,
    holidays: Mapping[date, str] | None = None,
) -> list[dict[str, Any]]:
    """The `site_day` rows of the days from `first_day` on.

    `holidays` are the public holidays by date; None takes those of the site's country and subdivision. Of several
    exceptions for a date the last one counts. If a day is open past midnight, its `closes_at` is on the next date. An
    hour that nobody can know is null, and a day with such hours is `normal`: nothing is known to be different.
    Raises ValueError when hours cannot be read.
    """
    zone = ZoneInfo(site.timezone)
    rules = parse_opening_hours(site.opening_hours)
    known = _holidays_around(site, first_day, days) if holidays is None else holidays
    changed = {
        on: exception for exception in exceptions if exception.concerns(site.id, site.country) for on in exception.dates
    }
    rows = []
    for offset in range(days):
        day = first_day + offset * DAY
        exception = changed.get(day)
        hours = hours_on(day, rules, known, instead=None if exception is None else exception.hours)
        reason = (exception.reason if exception is not None else None) or known.get(day)
        rows.append(_row(site.id, day, zone, hours, _kind(hours, _ordinary(rules, day)), reason))
    return rows


def refresh_site_days(
    connection: sa.Connection, exceptions: Sequence[HoursException], now: datetime, *, baseline: bool = False
) -> WriteCounts:
    """Bring `site_day` up to date at `now`, in the caller's transaction.

    Deletes days before yesterday, and those of deleted sites. An unchanged day leaves no change record. Sites whose
    hours, zone, holidays, exceptions and local date are the same as in the last run are skipped.
    """
    known, sites = _known_digests(connection), _sites(connection)
    counts = WriteCounts()
    for site, concerning, today, digest in _outdated(sites, exceptions, now, known):
        counts += write_rows(connection, "site_day", site_days(site, concerning, today), now, baseline=baseline)
        over = sa.and_(SITE_DAY.c.site_id == site.id, SITE_DAY.c.date < (today - DAY).isoformat())
        delete_where(connection, "site_day", over, now, baseline=baseline)
        calendar = {"site_id": site.id, "digest": digest}
        connection.execute(upsert(SITE_CALENDAR, connection, names=calendar), calendar)
    for gone in chunks(_gone(connection, known)):
        delete_where(connection, "site_day", SITE_DAY.c.site_id.in_(gone), now, baseline=baseline)
        connection.execute(sa.delete(SITE_CALENDAR).where(SITE_CALENDAR.c.site_id.in_(gone)))
    run = {"name": NAME, "digest": _run(sites, exceptions, now)}
    connection.execute(upsert(DERIVATION, connection, names=run), run)
    return counts


def site_days_are_current(
    connection: sa.Connection,
    exceptions: Sequence[HoursException],
    now: datetime,
    *,
    changed: Set[str] | None = None,
) -> bool:
    """Whether `refresh_site_days` would have nothing to do.

    `changed`: the entities of which rows changed. Where no site did, the last run says until when its days are right;
    to look at each of a thousand sites would take 40 ms of each tick.
    """
    if changed is not None and SITE.name not in changed:
        return _is_of_last_run(connection.scalar(_LAST_RUN), exceptions, now)
    known, sites = _known_digests(connection), _sites(connection)
    return known.keys() <= {site.id for site in sites} and next(_outdated(sites, exceptions, now, known), None) is None


def _run(sites: Sequence[SiteHours], exceptions: Sequence[HoursException], now: datetime) -> str:
    """What a run leaves behind: from which files, and from when until when no site has another date."""
    zones = {ZoneInfo(site.timezone) for site in sites} or {ZoneInfo("UTC")}
    midnights = [datetime.combine(now.astimezone(zone).date() + DAY, time(), tzinfo=zone) for zone in zones]
    return f"{_of_files(tuple(exceptions))} {now.timestamp()} {min(midnights).timestamp()}"


def _is_of_last_run(run: str | None, exceptions: Sequence[HoursException], now: datetime) -> bool:
    if run is None:
        return False
    files, since, until = run.split()
    return files == _of_files(tuple(exceptions)) and float(since) <= now.timestamp() < float(until)


@lru_cache(maxsize=16)
def _of_files(exceptions: tuple[HoursException, ...]) -> str:
    """What days depend on besides the sites; another version of the library may know other holidays."""
    changed = [(one.sites, one.dates, one.hours, one.reason, one.country) for one in exceptions]
    return hashlib.sha256(f"({READING}, {version('holidays')}, {changed!r})".encode()).hexdigest()


def _known_digests(connection: sa.Connection) -> Mapping[str, str]:
    return {row.site_id: row.digest for row in connection.execute(_CALENDARS)}


def _sites(connection: sa.Connection) -> Sequence[SiteHours]:
    return [SiteHours(**row._mapping) for row in connection.execute(_SITES)]


def _outdated(
    sites: Sequence[SiteHours], exceptions: Sequence[HoursException], now: datetime, known: Mapping[str, str]
) -> Iterator[tuple[SiteHours, Sequence[HoursException], date, str]]:
    """Each site whose days must be computed again, with its exceptions, local date and new digest."""
    for site in sites:
        today = now.astimezone(ZoneInfo(site.timezone)).date()
        concerning = [one for one in exceptions if one.concerns(site.id, site.country)]
        digest = _digest(site, concerning, today)
        if known.get(site.id) != digest:
            yield site, concerning, today, digest


def _gone(connection: sa.Connection, known: Mapping[str, str]) -> list[str]:
    """Deleted sites that still have days."""
    return sorted(set(known) - set(connection.execute(sa.select(SITE.c.id)).scalars()))


def _years(first_day: date, days: int) -> range:
    return range(first_day.year, (first_day + days * DAY).year + 1)


def _holidays_around(site: SiteHours, first_day: date, days: int) -> dict[date, str]:
    return _holidays(site.country, site.subdivision, _years(first_day, days))


def _holidays(country: str, subdivision: str | None, years: range) -> dict[date, str]:
    return {on: name for year in years for on, name in holiday_names(country, subdivision, year).items()}


@lru_cache(maxsize=256)
def _holidays_text(country: str, subdivision: str | None, years: range) -> str:
    """All holidays as text, cached: every tick compares it for every site."""
    return repr(sorted(_holidays(country, subdivision, years).items()))


@lru_cache(maxsize=100_000)
def _ordinary(rules: Rules, day: date) -> tuple[Span, ...]:
    """The site's hours on most of the same weekdays around the day; a tie goes to the day's own hours."""
    around = Counter(_clock(rules, day + weeks * 7 * DAY) for weeks in range(-WEEKS_AROUND, WEEKS_AROUND + 1))
    usual, times = around.most_common(1)[0]
    if times == around[_clock(rules, day)]:
        return rules.on(day, is_holiday=False)
    midnight = datetime.combine(day, time())
    return tuple((midnight + start, midnight + end) for start, end in usual)


@lru_cache(maxsize=100_000)
def _clock(rules: Rules, day: date) -> tuple[tuple[timedelta, timedelta], ...]:
    """The hours of a date that is no holiday, from its midnight on."""
    midnight = datetime.combine(day, time())
    return tuple((start - midnight, end - midnight) for start, end in rules.on(day, is_holiday=False))


def _kind(hours: DayHours, ordinary: Sequence[Span]) -> str:
    """`reduced` if the site is closed at any time at which it is ordinarily open: that is what disappoints."""
    if hours.unknown or hours.spans == tuple(ordinary):
        return "normal"
    if not hours.spans:
        return "closed"
    lost = sum((_uncovered(span, hours.spans) for span in ordinary), timedelta())
    return "reduced" if lost else "extended"


def _uncovered(span: Span, by: Sequence[Span]) -> timedelta:
    start, end = span
    covered = sum((max(min(end, stop) - max(start, begin), timedelta()) for begin, stop in by), timedelta())
    return (end - start) - covered


def _row(site_id: str, day: date, zone: ZoneInfo, hours: DayHours, kind: str, reason: str | None) -> dict[str, Any]:
    midnight = datetime.combine(day, time())
    return {
        "id": f"{site_id}/{day.isoformat()}",
        "site_id": site_id,
        "date": day.isoformat(),
        "starts_at": _instant(midnight, zone),
        "ends_at": _instant(midnight + DAY, zone),
        "kind": kind,
        "opens_at": _instant(hours.spans[0][0], zone) if hours.opens_known else None,
        "closes_at": _instant(hours.spans[-1][1], zone) if hours.closes_known else None,
        "reason": reason,
    }


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _digest(site: SiteHours, exceptions: Sequence[HoursException], today: date) -> str:
    holidays = _holidays_text(site.country, site.subdivision, _years(today, DAYS_AHEAD))
    changed = [(sorted(one.dates), one.hours, one.reason) for one in exceptions]
    text = f"({READING}, {sorted(vars(site).items())!r}, {holidays}, {changed!r}, {today!r})"
    return hashlib.sha256(text.encode()).hexdigest()
