"""The weekly draw: which contacts a person reads, so that how often labels are right is known and not believed."""

import hashlib
import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.model.columns import utc

DRAWN = 30
"""Contacts of a week that a person reads."""
_WEEK = re.compile(r"(\d{4})-W(\d{2})")


def week_of(instant: datetime, timezone: str) -> str:
    """The ISO week in which an instant lies, in this zone: `2026-W49`."""
    year, week, _ = instant.astimezone(ZoneInfo(timezone)).isocalendar()
    return f"{year}-W{week:02}"


def last_week(now: datetime, timezone: str) -> str:
    """The last whole week before `now`."""
    return week_of(now - timedelta(days=7), timezone)


def span_of(week: str, timezone: str) -> tuple[datetime, datetime]:
    """The instants at which the week begins and ends (aware UTC). Raises ValueError for what is no week."""
    written = _WEEK.fullmatch(week.strip())
    if written is None:
        raise ValueError(f"'{week}' is no week; write it like 2026-W49")
    try:
        monday = date.fromisocalendar(int(written[1]), int(written[2]), 1)
    except ValueError as error:
        raise ValueError(f"'{week}' is no week: {written[1]} has fewer") from error
    zone = ZoneInfo(timezone)
    begins, ends = (datetime.combine(day, datetime.min.time(), zone) for day in (monday, monday + timedelta(days=7)))
    return utc(begins), utc(ends)


def drawn(week: str, rows: Collection[tuple[str, str]], count: int = DRAWN) -> list[tuple[str, str]]:
    """So many of these (entity, id) by lot: the same for the same week, whoever asks and however often.

    A row that is imported late may push another one out; what was read of it counts all the same.
    """
    return sorted(rows, key=lambda row: hashlib.sha256("\0".join((week, *row)).encode()).digest())[:count]
