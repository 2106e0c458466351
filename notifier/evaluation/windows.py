"""The anchors of one row -> the windows in which its rule speaks: exact, zones and clock changes included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.rules.checked import Moment, Rule

AFTER = timedelta(hours=24)
"""How long a window stays open after `at` where the rule has neither `until` nor an anchor ahead."""
LOCAL_SLACK = timedelta(hours=26)
"""More than the longest local day (25 h where clocks go back): the most a time of day can be from its anchor."""


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


def windows(rule: Rule, anchors: Sequence[datetime | None], until_anchor: datetime | None, zone: str) -> list[Window]:
    """The windows of a row, by time; none where the anchors are null.

    The window of one moment ends where that of the next begins; the last ends at `until`.
    """
    if rule.until is not None and until_anchor is None:
        return []
    until = None if rule.until is None or until_anchor is None else instant(rule.until, until_anchor, zone)
    if not rule.at:
        return [Window(until=until)]
    begins = sorted(
        (instant(moment, anchor, zone), ordinal, anchor)
        for ordinal, (moment, anchor) in enumerate(zip(rule.at, anchors, strict=True))
        if anchor is not None
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


def instant(moment: Moment, anchor: datetime, zone: str) -> datetime:
    """When the moment is (aware UTC). A time of day that the clocks skip is taken as if they had not changed yet."""
    reached = anchor + moment.offset
    if moment.local_time is None:
        return reached
    local = ZoneInfo(zone)
    return datetime.combine(reached.astimezone(local).date(), moment.local_time, tzinfo=local).astimezone(UTC)
