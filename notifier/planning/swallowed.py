"""Moments at which a rule never speaks, because quiet hours or contact law are closed until its `until`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from notifier.model.problems import Problem
from notifier.planning.quiet_hours import ANY, first_common, hours_for, next_allowed, opens
from notifier.rules.checked import Policy, Project
from notifier.rules.checked_rules import DayKind, Moment, Rule
from notifier.rules.expressions import Column

ZONE = "America/Chicago"
"""Any zone does: what is compared is what a clock shows."""
DAYS = tuple(date(2026, 2, 2) + timedelta(days=n) for n in range(14))
"""Two ordinary weeks: a day that is a holiday somewhere has a twin that is none."""


def swallowed_moments(project: Project) -> list[Problem]:
    """A warning for each moment of which the policy lets nothing through before `until`, in all countries or in some.

    Known where moment and `until` are counted from the same anchor and one of them, or both, is a time of day; and
    where they are counted from the beginning or end of a day of a site's calendar, which is midnight there. Where only
    one of them is a time of day, whatever time the anchor has must be swallowed.
    """
    return [problem for rule in project.rules.values() for problem in _of_rule(rule, project.policy)]


def _of_rule(rule: Rule, policy: Policy) -> Iterator[Problem]:
    countries = sorted({key[0].split("-")[0] for key in (*policy.hours, *policy.contact.terms)} | {ANY})
    for moment in rule.at:
        windows = _windows(moment, rule.until)
        if not windows:
            continue
        closed = [country for country in countries if not any(_speaks(rule, policy, country, each) for each in windows)]
        if not closed:
            continue
        where = "" if closed == countries or ANY in closed else f" in {', '.join(closed)}"
        end = f"'{rule.until.text}'" if rule.until is not None else "its anchor"
        yield Problem(
            moment.place,
            f"quiet hours or contact law are closed from '{moment.text}' to {end}{where}: "
            f"no {rule.notice_class} notice goes out then; speak earlier, or let it help longer",
            severity="warning",
            code="swallowed",
        )


class _Window(NamedTuple):
    """Times of day, and how many days they are from the anchor's day."""

    first: int
    start: time
    last: int
    end: time


MIDNIGHTS = {"starts_at": 0, "ends_at": 1}
"""The instants of a day of a site's calendar that are midnight there, with the days since it began."""


CLOCKS = tuple(time(minute // 60, minute % 60) for minute in range(0, 24 * 60, 30))
"""The times that an anchor is taken to have."""


def _windows(at: Moment, until: Moment | None) -> list[_Window]:
    """The windows that there may be, by the time of the anchor where that matters; empty where that cannot be known."""
    if until is None or _in_calendar(at) is not None or (at.local_time is None) == (until.local_time is None):
        window = _window(at, until)
        return [] if window is None else [window]
    if at.anchor != until.anchor or {at.counted, until.counted} != {DayKind.CALENDAR}:
        return []
    found = []
    for clock in CLOCKS:
        begins, ends = _counted_from(clock, at), _counted_from(clock, until)
        if begins < ends:
            found.append(_Window(*begins, *ends))
    return found


def _counted_from(clock: time, moment: Moment) -> tuple[int, time]:
    """The day, counted from the anchor's, and the time at which the moment is where the anchor is at this time."""
    instant = datetime.combine(DAYS[0], clock) + moment.offset
    day = (instant.date() - DAYS[0]).days
    return (day, instant.time()) if moment.local_time is None else (day + moment.days, moment.local_time)


def _window(at: Moment, until: Moment | None) -> _Window | None:
    """The days from the anchor's day, and the times, of beginning and end; None where that cannot be known."""
    begins = _in_calendar(at)
    if until is None:
        ends = _in_calendar(replace(at, offset=timedelta(0), days=0, local_time=None)) if at.before else None
    else:
        ends = _in_calendar(until)
    if begins is not None and ends is not None:
        return _Window(*begins, *ends) if begins < ends else None
    if until is None or at.local_time is None or until.local_time is None:
        return None
    counted = {at.counted, until.counted} == {DayKind.CALENDAR}
    if not counted or at.anchor != until.anchor or at.offset != until.offset:
        return None
    if (at.days, at.local_time) >= (until.days, until.local_time):
        return None  # said already: it never speaks at all
    return _Window(at.days, at.local_time, until.days, until.local_time)


def _in_calendar(moment: Moment) -> tuple[int, time] | None:
    """The day, counted from the site's day, and the time at which it is, where the anchor is a midnight of that."""
    anchor = moment.anchor
    if not isinstance(anchor, Column) or anchor.row.entity != "site_day" or anchor.field.name not in MIDNIGHTS:
        return None
    since, day = datetime.combine(DAYS[0], time()), MIDNIGHTS[anchor.field.name]
    instant = since + timedelta(days=day) + moment.offset
    if moment.local_time is not None:
        if moment.counted is not DayKind.CALENDAR:
            return None
        return (instant.date() - DAYS[0]).days + moment.days, moment.local_time
    return (instant.date() - DAYS[0]).days, instant.time()


def _speaks(rule: Rule, policy: Policy, country: str, window: _Window) -> bool:
    """Whether the window lets some channel speak on some day."""
    zone = ZoneInfo(ZONE)
    for day in DAYS:
        begins = datetime.combine(day + timedelta(days=window.first), window.start, tzinfo=zone).astimezone(UTC)
        ends = datetime.combine(day + timedelta(days=window.last), window.end, tzinfo=zone).astimezone(UTC)
        for channel in rule.channels:
            hours = hours_for(policy, country, rule.notice_class, channel)
            lawful = partial(opens, policy, country, rule.notice_class, channel, ZONE)
            if first_common([partial(next_allowed, hours, ZONE), lawful], begins) < ends:
                return True
    return False
