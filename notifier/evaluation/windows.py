"""The anchors of one row -> the windows in which its rule speaks: exact, zones and clock changes included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.evaluation.day_counts import CountDays, calendar_days, reach
from notifier.rules.checked_rules import Moment, Rule

AFTER = timedelta(hours=24)
"""How long a window stays open after `at` where the rule has neither `until` nor an anchor ahead."""
LOCAL_SLACK = timedelta(hours=28)
"""The most a time of day can be from where elapsed time leads: a day, a change of the clocks on the way, and a time of
day that the clocks skip (two hours each at most, at Troll)."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """When a moment speaks: `at <= now < until`. Without `at` in the rule, all are None but a stated `until`."""

    ordinal: int = 0
    anchor: datetime | None = None
    at: datetime | None = None
    until: datetime | None = None

    def contains(self, now: datetime) -> bool:
        """Whether it is time to speak."""
        return (self.at is None or self.at <= now) and (self.until is None or now < self.until)

    def ended(self, since: datetime, now: datetime) -> bool:
        """Whether it was open, and closed in (`since`, `now`]."""
        return self.until is not None and since < self.until <= now and (self.at is None or self.at < self.until)


def windows(
    rule: Rule,
    anchors: Sequence[datetime | None],
    until_anchor: datetime | None,
    zone: str,
    count_days: CountDays = calendar_days,
) -> list[Window]:
    """The windows of a row, by time; none where the anchors are null, or their moments unknown.

    The window of one moment ends where that of the next begins; the last ends at `until`.
    """
    until = None
    if rule.until is not None:
        until = None if until_anchor is None else instant(rule.until, until_anchor, zone, count_days)
        if until is None:
            return []
    if not rule.at:
        return [Window(until=until)]
    begins = sorted(
        (at, ordinal, anchor)
        for ordinal, (moment, anchor) in enumerate(zip(rule.at, anchors, strict=True))
        if anchor is not None and (at := instant(moment, anchor, zone, count_days)) is not None
    )
    found: list[Window] = []
    for index, (at, ordinal, anchor) in enumerate(begins):
        end = until if until is not None else default_until(rule.at[ordinal], at, anchor)
        if index + 1 < len(begins):
            following = begins[index + 1][0]
            end = following if until is None else min(following, until)
        found.append(Window(ordinal=ordinal, anchor=anchor, at=at, until=end))
    return found


def default_until(moment: Moment, at: datetime, anchor: datetime) -> datetime:
    """The end of a window without `until`: the anchor for `before`, else 24 h after its begin."""
    return anchor if moment.before else at + AFTER


def instant(moment: Moment, anchor: datetime, zone: str, count_days: CountDays = calendar_days) -> datetime | None:
    """When the moment is (aware UTC); None where its day is unknown.

    A time of day that the clocks skip is taken as if they had not changed yet (02:30 becomes 03:30); one that they show
    twice is the first of the two.
    """
    reached = anchor + moment.offset
    if moment.local_time is None:
        return reached
    local = ZoneInfo(zone)
    day = count_days(moment.counted, reached.astimezone(local).date(), moment.days)
    return None if day is None else datetime.combine(day, moment.local_time, tzinfo=local).astimezone(UTC)


def distance(moment: Moment) -> timedelta:
    """About how far the instant is from its anchor; exactly, without a time of day."""
    return moment.offset + timedelta(days=moment.days)


def slack(moment: Moment) -> timedelta:
    """How far the instant can be from anchor + distance."""
    if moment.local_time is None:
        return timedelta(0)
    return LOCAL_SLACK + timedelta(days=reach(moment.counted, abs(moment.days)) - abs(moment.days))
