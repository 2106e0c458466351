"""When a class of notices may go out at the recipient's place, and when next; and what may not wait for that.

Default, in the recipient's zone: safety always, every other class 08:00-20:00; `rules/policy.yaml` overrides by
country, class and channel.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifier.model.types import ChannelName, NoticeClass
from notifier.rules.checked import HOURS_BY_LAW, AllowedHours, Policy

DEFAULT_HOURS = AllowedHours(start=time(8), end=time(20))
ANY = "*"
WAKE_NOBODY = (ChannelName.EMAIL,)
"""Channels on which a message by night disturbs nobody."""
SMS_HOURS_FOR_EVERYTHING = ("EC",)
"""Countries where SMS of every class have hours, but of safety: an integrator in Ecuador takes them Mo-Fr 09:00-18:00
and cites ARCOTEL 2017-0143 (eclipsoft.com/condiciones-generales). In CO, MX, CL, PE, AR, ES, US, PR, BR, CR, PA, UY and
GB no hours of service and billing notices were found (November 2026; not legal advice)."""


def hours_for(policy: Policy, country: str, notice_class: NoticeClass, channel: ChannelName) -> AllowedHours | None:
    """The allowed hours; None means always. The nearest entry wins: country before channel before every country."""
    for key in (
        (country, notice_class, channel.value),
        (country, notice_class, ANY),
        (ANY, notice_class, channel.value),
        (ANY, notice_class, ANY),
    ):
        if key in policy.hours:
            return policy.hours[key]
    return None if notice_class is NoticeClass.SAFETY else DEFAULT_HOURS


def may_override(policy: Policy, country: str, notice_class: NoticeClass, channel: ChannelName) -> bool:
    """Whether a correction or follow-up that would come too late goes out on the channel in quiet hours.

    An entry for every country leaves out those where hours bind the class; an entry for such a country is its author's
    own word.
    """
    if notice_class in HOURS_BY_LAW:
        return False
    if channel in WAKE_NOBODY:
        return True
    bound = channel is ChannelName.SMS and country in SMS_HOURS_FOR_EVERYTHING
    countries = (country,) if bound else (country, ANY)
    return any((where, notice_class, on) in policy.overridden for where in countries for on in (channel.value, ANY))


def next_allowed(hours: AllowedHours | None, timezone: str, now: datetime) -> datetime:
    """The first instant at or after `now` (UTC) at which the local time lies in [start, end).

    `end` 00:00 means midnight; hours that span midnight (22:00-06:00) are allowed. Right across DST changes: an
    opening time that the clock skips is later by what was skipped.
    """
    if hours is None:
        return now
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    if _inside(hours, local.time()):
        return now
    opening = datetime.combine(local.date(), hours.start, tzinfo=zone)
    if opening <= local:
        opening = datetime.combine(local.date() + timedelta(days=1), hours.start, tzinfo=zone)
    return opening.astimezone(UTC)


def _inside(hours: AllowedHours, local: time) -> bool:
    if hours.start == hours.end:
        return True
    if hours.start < hours.end:
        return hours.start <= local < hours.end
    return local >= hours.start or local < hours.end
