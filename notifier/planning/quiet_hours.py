"""When a class of notices may go out at the recipient's place, and when next.

Default, in the recipient's zone: safety always, every other class 08:00-20:00; `rules/policy.yaml` overrides by
country, class and channel.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifier.model.types import ChannelName, NoticeClass
from notifier.rules.checked import AllowedHours, Policy

DEFAULT_HOURS = AllowedHours(start=time(8), end=time(20))
ANY = "*"


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
