"""What SQLite lacks and PostgreSQL has, in Python: exact quotients and sums, clocks in zones, checked attributes.

NULL in, or a result that cannot be computed, gives NULL. No function raises, so no statement aborts.
"""

import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from notifier.evaluation.dialects import INT64
from notifier.model.columns import EPOCH, microseconds


def register_functions(connection: sqlite3.Connection) -> None:
    """Register the functions that the constructs of `dialects.py` call; once for each connection."""
    for name, operands, function in _FUNCTIONS:
        connection.create_function(name, operands, function, deterministic=True)
    connection.create_aggregate("notifier_sum", 1, _ExactSum)  # type: ignore[arg-type]  # finalize may return None
    connection.create_aggregate("notifier_average", 3, _Average)  # type: ignore[arg-type]  # as above


_zone = lru_cache(maxsize=64)(ZoneInfo)


def _fits(number: int) -> int | None:
    return number if -INT64 - 1 <= number <= INT64 else None


def _fitting(number: object) -> int | None:
    return number if isinstance(number, int) else None


def _quotient(dividend: object, divisor: object, dividend_grows: int, divisor_grows: int) -> int | None:
    if not isinstance(dividend, int) or not isinstance(divisor, int) or divisor == 0:
        return None
    quotient = abs(dividend) * dividend_grows // (abs(divisor) * divisor_grows)
    return _fits(quotient if (dividend < 0) == (divisor < 0) else -quotient)


CLOCK_PARTS: dict[str, Callable[[datetime], int]] = {
    "year": lambda local: local.year,
    "month": lambda local: local.month,
    "day": lambda local: local.day,
    "dow": lambda local: local.isoweekday() % 7,
    "doy": lambda local: local.timetuple().tm_yday,
    "hour": lambda local: local.hour,
    "minute": lambda local: local.minute,
    "second": lambda local: local.second,
}
"""PostgreSQL's names of the parts of an instant."""


def _clock(instant: int | None, zone: str, part: str) -> int | None:
    return None if instant is None else CLOCK_PARTS[part](_local(instant, zone))


def _local_instant(instant: int | None, clock: str, zone: str | None, days: int) -> int | None:
    if instant is None or zone is None:
        return None
    try:
        day = _local(instant, zone).date() + timedelta(days=days)
        moment = datetime.combine(day, time.fromisoformat(clock), tzinfo=_zone(zone))
        return microseconds(moment.astimezone(UTC) - EPOCH)
    except OverflowError:  # beyond the year 9999, or before the year 1
        return None


def _local(instant: int, zone: str) -> datetime:
    return (EPOCH + timedelta(microseconds=instant)).astimezone(_zone(zone))


_NUMBER = re.compile(r"-?\d{1,14}(\.\d+)?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")


def _number(stored: object, scale: int) -> int | None:
    written = str(stored)
    if isinstance(stored, bool) or not _NUMBER.fullmatch(written):
        return None
    scaled = Decimal(written).scaleb(scale)
    return int(scaled) if scaled == scaled.to_integral_value() else None


def _instant(stored: object) -> int | None:
    if not isinstance(stored, str) or not _INSTANT.fullmatch(stored):
        return None
    return microseconds(datetime.fromisoformat(stored) - EPOCH)


class _ExactSum:
    def __init__(self) -> None:
        self._sum: int | None = 0

    def step(self, value: object) -> None:
        self._sum = self._sum + value if isinstance(value, int) and self._sum is not None else None

    def finalize(self) -> int | None:
        return None if self._sum is None else _fits(self._sum)


class _Average:
    def __init__(self) -> None:
        self._sum: int | None = 0
        self._count = 0
        self._unit = self._divisor = 1

    def step(self, value: object, unit: int, shrinks: int) -> None:
        self._sum = self._sum + value if isinstance(value, int) and self._sum is not None else None
        self._count += 1
        self._unit, self._divisor = unit, unit * shrinks

    def finalize(self) -> int | None:
        if self._sum is None or not self._count:
            return None
        divisor = 2 * self._count * self._divisor
        rounded = (2 * abs(self._sum) + divisor // 2) // divisor * self._unit
        return _fits(rounded if self._sum >= 0 else -rounded)


_FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("notifier_fitting", 1, _fitting),
    ("notifier_quotient", 4, _quotient),
    ("notifier_clock", 3, _clock),
    ("notifier_local_instant", 4, _local_instant),
    ("notifier_number", 2, _number),
    ("notifier_instant", 1, _instant),
)
