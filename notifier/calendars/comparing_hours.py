"""Two texts of opening hours -> by how much one promises more than the other, by what they mean.

`Mo-Fr 09:00-18:00` and `Mo,Tu,We,Th,Fr 09:00-18:00` mean the same. Compared are all days of a year, of every year that
either text names, as ordinary days and, where a text speaks of them, as public holidays. What nobody can know (a
comment, an end left open) counts as open.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import lru_cache

from notifier.calendars.opening_hours import DAY, parse_opening_hours

ORDINARY_YEAR = 2026
"""Any year does for hours that name none."""
_YEAR = re.compile(r"\b(20\d\d)\b")
_WHOLE_DAY = 24 * 60

Minutes = tuple[int, int]
"""From and to, in minutes since the beginning of a day."""


@lru_cache(maxsize=4096)
def most_minutes_missing(promised: str, actual: str) -> int:
    """The most minutes of a day that are open by the first text and not by the second; 0 where none is.

    A text that cannot be read misses a whole day, unless both are equal.
    """
    if promised == actual:
        return 0
    try:
        wide, narrow = parse_opening_hours(promised), parse_opening_hours(actual)
    except ValueError:
        return _WHOLE_DAY
    holidays = (False, True) if wide.know_holidays or narrow.know_holidays else (False,)
    most = 0
    for day in _days(promised, actual):
        for is_holiday in holidays:
            there = _spans(day, wide.on(day, is_holiday=is_holiday))
            here = _spans(day, narrow.on(day, is_holiday=is_holiday))
            most = max(most, _uncovered(there, here))
    return most


def _days(*texts: str) -> Iterator[date]:
    years = {ORDINARY_YEAR, *(int(year) for text in texts for year in _YEAR.findall(text))}
    for year in sorted(years):
        day = date(year, 1, 1)
        while day.year == year:
            yield day
            day += DAY


def _spans(day: date, spans: Sequence[tuple[datetime, datetime]]) -> list[Minutes]:
    midnight = datetime.combine(day, time())
    return [(_minutes(opens, midnight), _minutes(closes, midnight)) for opens, closes in spans]


def _minutes(moment: datetime, midnight: datetime) -> int:
    return int((moment - midnight).total_seconds()) // 60


def _uncovered(spans: Sequence[Minutes], by: Sequence[Minutes]) -> int:
    """The minutes of `spans` that are in none of the spans of `by`, which do not overlap among themselves."""
    whole = sum(end - start for start, end in spans)
    covered = sum(
        max(0, min(end, other_end) - max(start, other_start)) for start, end in spans for other_start, other_end in by
    )
    return whole - covered
