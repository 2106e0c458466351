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

    Known where moment and `until` are times of day counted from the same anchor, and where they are counted from the
    beginning or end of a day of a site's calendar, which is midnight there.
    """
    return [problem for rule in project.rules.values() for problem in _of_rule(rule, project.policy)]


def _of_rule(rule: Rule, policy: Policy) -> Iterator[Problem]:
    countries = sorted({key[0].split("-")[0] for key in (*policy.hours, *policy.contact.terms)} | {ANY})
    for moment in rule.at:
        window = _window(moment, rule.until)
        if window is None:
            continue
        closed = [country for country in countries if not _speaks(rule, policy, country, window)]
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
