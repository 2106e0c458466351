"""When a class of notices may go out at the recipient's place, and when next; and what may not wait for that.

Default, in the recipient's zone: safety always, every other class 08:00-20:00; `rules/policy.yaml` overrides by
country, class and channel.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from notifier.calendars.opening_hours import DAY, parse_opening_hours
from notifier.calendars.public_holidays import holiday_names
from notifier.model.types import TO_PHONES, ChannelName, NoticeClass
from notifier.rules.checked import HOURS_BY_LAW, AllowedHours, AllowedWeek, Policy

DEFAULT_HOURS = AllowedHours(start=time(8), end=time(20))
ANY = "*"
FARTHEST = 400
"""The days within which the next allowed hour is looked for."""
WAKE_NOBODY = (ChannelName.EMAIL,)
"""Channels on which a message by night disturbs nobody."""
SMS_HOURS_FOR_EVERYTHING = ("EC",)
"""Countries where SMS of every class have hours, but of safety: an integrator in Ecuador takes them Mo-Fr 09:00-18:00
and cites ARCOTEL 2017-0143 (eclipsoft.com/condiciones-generales). In CO, MX, CL, PE, AR, ES, US, PR, BR, CR, PA, UY and
GB no hours of service and billing notices were found (November 2026; not legal advice)."""


@dataclass(frozen=True, kw_only=True)
class AllowedIn:
    """Hours by weekday at one place, whose public holidays count: those of its country, and of its state."""

    week: AllowedWeek
    country: str
    subdivision: str | None = None
    decreed: tuple[date, ...] = ()

    def spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """What is allowed from this date on, on the wall clock; the end may be on the next date."""
        rules = parse_opening_hours(self.week.hours)
        if not rules.know_holidays:
            return rules.on(day, is_holiday=False)
        return rules.on(day, is_holiday=day in self.decreed or day in self._holidays(day.year))

    def _holidays(self, year: int) -> dict[date, str]:
        return holiday_names(self.country, self.subdivision, year)


def hours_for(
    policy: Policy, country: str, notice_class: NoticeClass, channel: ChannelName, subdivision: str | None = None
) -> AllowedHours | AllowedIn | None:
    """The allowed hours; None means always. The nearest entry wins: country before channel before every country."""
    for key in (
        (country, notice_class, channel.value),
        (country, notice_class, ANY),
        (ANY, notice_class, channel.value),
        (ANY, notice_class, ANY),
    ):
        hours = policy.hours.get(key)
        if isinstance(hours, AllowedWeek):
            decreed = policy.decreed.get(country, ())
            return AllowedIn(week=hours, country=country, subdivision=subdivision, decreed=decreed)
        if hours is not None:
            return hours
    return None if notice_class is NoticeClass.SAFETY else DEFAULT_HOURS


def opens(
    policy: Policy,
    country: str,
    notice_class: NoticeClass,
    channel: ChannelName,
    zone: str,
    now: datetime,
    subdivision: str | None = None,
) -> datetime:
    """The first instant at or after `now` at which the hours by law, and the project's own limits, allow it."""
    terms = policy.contact.of(country, notice_class, channel, subdivision)
    if not terms:
        return now
    there = partial(AllowedIn, country=country, subdivision=subdivision, decreed=policy.decreed.get(country, ()))
    weeks = [
        (there(week=AllowedWeek(hours=hours.hours)), where)
        for each in terms
        for hours in each.hours
        for where in ([zone] if hours.also_in is None else [zone, hours.also_in])
    ]
    return first_common([partial(next_allowed, week, where) for week, where in weeks], now)


def first_common(allowed: Sequence[Callable[[datetime], datetime]], now: datetime) -> datetime:
    """The first instant at or after `now` that all of these allow; `FARTHEST` days later where there is none.

    Each gives the first instant from one on that it allows. Nothing before the latest of them is allowed by all.
    """
    at = now
    while allowed and at < now + FARTHEST * DAY:
        later = max(of(at) for of in allowed)
        if later == at:
            return at
        at = later
    return at if not allowed else min(at, now + FARTHEST * DAY)


def may_override(policy: Policy, country: str, notice_class: NoticeClass, channel: ChannelName) -> bool:
    """Whether a correction or follow-up that would come too late goes out on the channel in quiet hours.

    An entry for every country leaves out those where hours bind the class; an entry for such a country is its author's
    own word.
    """
    if notice_class in HOURS_BY_LAW:
        return False
    if channel in WAKE_NOBODY:
        return True
    bound = channel in TO_PHONES and country in SMS_HOURS_FOR_EVERYTHING
    countries = (country,) if bound else (country, ANY)
    return any((where, notice_class, on) in policy.overridden for where in countries for on in (channel.value, ANY))


def next_allowed(hours: AllowedHours | AllowedIn | None, timezone: str, now: datetime) -> datetime:
    """The first instant at or after `now` (UTC) at which the local time lies in [start, end).

    `end` 00:00 means midnight; hours that span midnight (22:00-06:00) are allowed. Right across DST changes: an
    opening time that the clock skips is later by what was skipped, and one that it shows twice counts once.
    """
    if hours is None:
        return now
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone).replace(tzinfo=None)
    if isinstance(hours, AllowedIn):
        return _next_in_week(hours, zone, local, now)
    if _inside(hours, local.time()):
        return now
    opening = datetime.combine(local.date(), hours.start)
    return _comes(opening if opening > local else opening + DAY, zone, now)


def _next_in_week(hours: AllowedIn, zone: ZoneInfo, local: datetime, now: datetime) -> datetime:
    for start, end in _upcoming(hours, local.date()):
        if start <= local < end:
            return now
        if start > local:
            return _comes(start, zone, now)
    return now + timedelta(days=FARTHEST)


def _upcoming(hours: AllowedIn, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The allowed spans in order, from the night before this date on."""
    for offset in range(-1, FARTHEST):
        yield from hours.spans(day + offset * DAY)


def _comes(wall: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    """The first instant after `now` at which the clock shows this."""
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    return first if first > now else wall.replace(tzinfo=zone, fold=1).astimezone(UTC)


def _inside(hours: AllowedHours, local: time) -> bool:
    if hours.start == hours.end:
        return True
    if hours.start < hours.end:
        return hours.start <= local < hours.end
    return local >= hours.start or local < hours.end
