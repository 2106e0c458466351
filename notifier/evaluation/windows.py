"""The anchors of one row -> the windows in which its rule speaks: exact, zones and clock changes included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.rules.checked import Moment, Rule

AFTER = timedelta(hours=24)
"""How long a notice helps when neither its rule nor its direction says so."""
LOCAL_SLACK = timedelta(hours=26)
"""A time of day lies at most one local day (25 h where clocks go back) from any instant of that day."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """When a moment speaks: `at <= now < until`. All three are None for a rule without `at`, `until` unless stated."""

    ordinal: int = 0
    anchor: datetime | None = None
    at: datetime | None = None
    until: datetime | None = None

    def contains(self, now: datetime) -> bool:
        """Whether it is time to speak."""
        return (self.at is None or self.at <= now) and (self.until is None or now < self.until)

    def ended(self, since: datetime, now: datetime) -> bool:
        """Whether it was open, and closed after `since` and not after `now`."""
        return self.until is not None and since < self.until <= now and (self.at is None or self.at < self.until)


def windows(rule: Rule, anchors: Sequence[datetime | None], until_anchor: datetime | None, zone: str) -> list[Window]:
    """The windows of a row by time; none where what they hang on is null.

    Several moments share the time between them: one ends where the next begins, the last at `until`.
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
    for turn, (at, ordinal, anchor) in enumerate(begins):
        end = until if until is not None else default_until(rule.at[ordinal], at, anchor)
        if turn + 1 < len(begins):
            following = begins[turn + 1][0]
            end = following if until is None else min(following, until)
        found.append(Window(ordinal=ordinal, anchor=anchor, at=at, until=end))
    return found


def default_until(moment: Moment, at: datetime, anchor: datetime) -> datetime:
    """The end of a window that no `until` ends: the anchor for `before`, else a day after its begin."""
    return anchor if moment.before else at + AFTER


def instant(moment: Moment, anchor: datetime, zone: str) -> datetime:
    """When the moment is (aware UTC). A time of day that the clocks skip is taken as if they had not changed yet."""
    reached = anchor + moment.offset
    if moment.local_time is None:
        return reached
    local = ZoneInfo(zone)
    return datetime.combine(reached.astimezone(local).date(), moment.local_time, tzinfo=local).astimezone(UTC)
