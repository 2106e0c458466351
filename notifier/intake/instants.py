"""One cell of an import -> an instant or a date.

Many programs write a mere date as an instant at midnight, most of them in UTC. Read as the instant, it is the day
before everywhere west of Greenwich.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from notifier.intake.cells import Cell, start_of, text
from notifier.model.types import TopicType
from notifier.model.values import parse_value
from notifier.model.windows import Window, window_between

MIDNIGHT = time()
INSTANT_EXAMPLE = "2026-03-05T10:00:00-05:00"

_SERIAL = re.compile(r"[2-6]\d{4}(\.\d+)?")
"""A day as spreadsheets count them, from 1954 to 2091, with its time as a fraction."""
_SERIAL_START = date(1899, 12, 30)
EARLIEST = 1900
"""Programs write an instant before this year for an empty cell: 0001-01-01T00:00:00Z."""
_COMPACT_DATE = 8
"""The digits of 20260305."""


class Midnight(StrEnum):
    """What midnight in UTC stands for: many programs write a mere date as 2026-03-05T00:00:00Z."""

    DATE = "date"
    INSTANT = "instant"
    UNKNOWN = "unknown"
    """It may be either in this column; such cells are refused."""


def instant(
    cell: Cell, zone: ZoneInfo | None = None, local_time: time | None = None, midnight: Midnight | None = None
) -> datetime:
    """An instant in UTC; a wall clock needs `zone`.

    A wall time that a zone skips is read as if its clocks had not yet gone forward; one that repeats, as the first.
    `local_time` replaces the cell's time of day: of a cell at midnight on the date as it is written, of any other on
    the date in `zone`. `midnight` is what the map says of the column; where it says nothing, midnight is a date for a
    `local_time`, and an instant otherwise.
    """
    value = wall_clock(cell)
    try:
        if value.tzinfo is None:
            if zone is None:
                raise ValueError(
                    f"'{cell}' has no time zone; write it like {INSTANT_EXAMPLE}, or name the zone in the map ('zone')"
                )
            value = value.replace(tzinfo=zone)
        elif midnight is Midnight.UNKNOWN and may_be_either(value, zone, local_time):
            raise ValueError(_either(cell, value, zone))
        elif (day := _day_meant(value, local_time, midnight)) is not None:
            value = datetime.combine(day, MIDNIGHT, zone or value.tzinfo)
        if local_time is not None:
            there = value.astimezone(zone) if zone else value
            value = datetime.combine(there.date(), local_time, there.tzinfo)
        value = value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"'{cell}' lies outside the calendar") from error
    if value.year < EARLIEST:
        remedy = "leave the cell empty, or name what is in it in a map ('empty')"
        raise ValueError(f"'{cell}' lies before {EARLIEST}, as a program writes an empty cell; {remedy}")
    return value


def window(text: str, zone: ZoneInfo | None = None) -> Window:
    """Two instants with a slash between them; `2026-03-17` is the whole day, `2026-03-17/2026-03-19` are three.

    A wall clock and a day need `zone`. Raises ValueError with a sentence.
    """
    first, slash, second = (part.strip() for part in text.partition("/"))
    starts_at, ends_at = _begin_and_end(first, zone)
    if slash:
        _, ends_at = _begin_and_end(second, zone)
    return window_between(starts_at, ends_at, text)


def _begin_and_end(part: str, zone: ZoneInfo | None) -> tuple[datetime, datetime]:
    """The beginning and the end of a day; an instant is both."""
    try:
        day = date.fromisoformat(part)
    except ValueError:
        moment = instant(part, zone)
        return moment, moment
    return instant(part, zone), instant((day + timedelta(days=1)).isoformat(), zone)


def plain_instants(cells: Sequence[Cell]) -> list[datetime | None]:
    """A whole column of instants with zones, read in a quarter of the time; empty cells are null.

    Raises ValueError, TypeError or OverflowError where any cell is unusual: `instant` then says what is wrong, if
    anything is.
    """
    read = datetime.fromisoformat
    values = [read(cell) if cell != "" else None for cell in cells]
    if min(filter(None, cells), default="2") < str(EARLIEST):
        raise ValueError("some instant is of no year of ours")
    zones = {value.tzinfo for value in values if value is not None}
    if None in zones:
        raise ValueError("some instant has no zone")
    return values if zones <= {UTC} else [None if value is None else value.astimezone(UTC) for value in values]


def may_be_either(value: datetime, zone: ZoneInfo | None, local_time: time | None = None) -> bool:
    """Whether an instant at midnight in UTC reads differently in `zone` where a date is meant."""
    if zone is None or value.year < EARLIEST or not at_utc_midnight(value):
        return False
    there = value.astimezone(zone)
    return there.time() != MIDNIGHT if local_time is None else there.date() != value.astimezone(UTC).date()


def at_utc_midnight(value: datetime) -> bool:
    """Whether an aware instant lies at midnight in UTC."""
    return value.astimezone(UTC).time() == MIDNIGHT


def calendar_date(cell: Cell) -> str:
    """A date as `2026-12-24`; it is never converted between zones. Midnight stands for its date as it is written."""
    value = parse_value(TopicType.DATE, _without_midnight(cell))
    assert isinstance(value, str)
    return value


def wall_clock(cell: Cell) -> datetime:
    """What a cell says, with its zone only where the cell has one."""
    if isinstance(cell, datetime):
        return cell
    written = cell if cell.__class__ is str else text(cell)
    try:
        value = datetime.fromisoformat(written)
    except ValueError:
        written = text(cell)
    else:
        if value.tzinfo is not None or not written.isdecimal() or len(written) == _COMPACT_DATE:
            return value
    # A number of seconds can look like a date of the Middle Ages.
    if (written.isdecimal() and len(written) != _COMPACT_DATE) or _SERIAL.fullmatch(written):
        raise ValueError(
            f"'{written}' is a number{_counted_day(written)}, not an instant; write it like {INSTANT_EXAMPLE}"
        )
    try:
        return datetime.fromisoformat(written)
    except ValueError as error:
        why = f" ({error})" if "must be in" in str(error) or "out of range" in str(error) else ""
        raise ValueError(f"'{start_of(written)}' is not an instant{why}; write it like {INSTANT_EXAMPLE}") from error


def _counted_day(number: str) -> str:
    """What a number in the place of an instant may be."""
    if _SERIAL.fullmatch(number):
        day = _SERIAL_START + timedelta(days=int(number.partition(".")[0]))
        return f", as a spreadsheet counts days (perhaps {day.isoformat()})"
    return {10: ", perhaps of seconds since 1970", 13: ", perhaps of milliseconds since 1970"}.get(len(number), "")


def _written_day(value: datetime) -> date | None:
    """The date of an instant that is written at midnight."""
    return value.date() if value.time() == MIDNIGHT else None


def _day_meant(value: datetime, local_time: time | None, midnight: Midnight | None) -> date | None:
    """The date that an aware instant stands for; None where the instant itself is meant."""
    if midnight is Midnight.INSTANT or (midnight is not Midnight.DATE and local_time is None):
        return None
    if midnight is Midnight.DATE and at_utc_midnight(value):
        return value.astimezone(UTC).date()
    return _written_day(value)


def _either(cell: Cell, value: datetime, zone: ZoneInfo | None) -> str:
    day, there = value.astimezone(UTC), value.astimezone(zone)
    return (
        f"'{cell}' may be the date {day:%Y-%m-%d}, or {there:%Y-%m-%d %H:%M} in {zone}; "
        "say which in the map (midnight: date, or midnight: instant)"
    )


def _without_midnight(cell: Cell) -> Cell:
    """The date of an instant at midnight, as it is written; any other cell as it is."""
    try:
        value = cell if isinstance(cell, datetime) else datetime.fromisoformat(text(cell))
    except ValueError:
        return cell
    return _written_day(value) or cell
