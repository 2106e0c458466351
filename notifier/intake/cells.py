"""One cell of an import -> one value of its column's type.

A cell is a text (CSV) or an already typed value (JSON, YAML). Every function raises ValueError with a sentence that
says what is wrong and how to write it; empty cells never get here. Callers cache functions whose results repeat within
a file, so these depend on nothing but their arguments.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from notifier.calendars.opening_hours import check_opening_hours
from notifier.model import formats
from notifier.model.problems import did_you_mean, one_of
from notifier.model.schema import Field
from notifier.model.types import TopicType, ValueType
from notifier.model.values import canonical, check_currency, parse_value

INSTANT_EXAMPLE = "2026-03-05T10:00:00-05:00"
WHOLE_RANGE = range(-(2**31), 2**31)
"""The values that an integer column of PostgreSQL holds."""
AT_LEAST = {"daily_capacity": 0, "party_size": 1}
MULTILINE = frozenset({"text", "evidence", "reason"})
"""Columns with free text; in any other, a line break could slip into an address or a subject."""
TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

_UNAMBIGUOUS = re.compile(r"[0-9]{1,14}(\.[0-9]{1,2})?")
"""The usual amount: neither too precise nor a possible thousands separator, so `parse_value` has nothing to check."""

_ALL_UNAMBIGUOUS = re.compile(r"(?:(?:[0-9]{1,14}(?:\.[0-9]{1,2})?)?(?:\n|$))*")
"""The cells of a column, one per line, each empty or a usual amount."""

Cell = Any
"""A text of a file, or a value of JSON or YAML: str, int, Decimal, bool, datetime, date."""


def text(cell: Cell) -> str:
    """One line of text."""
    if cell.__class__ is str:  # the usual cell, a million times over
        value: str = cell.strip()
        if value.isprintable():
            return value
    return _text(cell, allowed="")


def plain_texts(cells: Sequence[Cell]) -> list[str | None]:
    """A whole column of usual texts, read in a fifth of the time; empty ones are null.

    Raises ValueError, TypeError or AttributeError where any cell is unusual: `text` then says what is wrong, if
    anything is.
    """
    values = [cell.strip() for cell in cells]
    if not "".join(values).isprintable():
        raise ValueError("some text is not printable")
    return [value or None for value in values]


def paragraphs(cell: Cell) -> str:
    """Text that may have several lines."""
    return _text(cell, allowed="\n\r\t")


def instant(cell: Cell, zone: ZoneInfo | None = None, local_time: time | None = None) -> datetime:
    """An instant in UTC; a wall clock needs `zone`.

    A wall time that a zone skips is read as if its clocks had not yet gone forward; one that repeats, as the first.
    `local_time` replaces the cell's time of day.
    """
    value = cell if isinstance(cell, datetime) else _wall_clock(cell)
    if value.tzinfo is None:
        if zone is None:
            raise ValueError(
                f"'{cell}' has no time zone; write it like {INSTANT_EXAMPLE}, or name the zone in the map ('zone')"
            )
        value = value.replace(tzinfo=zone)
    if local_time is not None:
        value = datetime.combine((value.astimezone(zone) if zone else value).date(), local_time, zone or value.tzinfo)
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"'{cell}' lies outside the calendar") from error


def plain_instants(cells: Sequence[Cell]) -> list[datetime | None]:
    """A whole column of instants with zones, read in a quarter of the time; empty cells are null.

    Raises ValueError, TypeError or OverflowError where any cell is unusual: `instant` then says what is wrong, if
    anything is.
    """
    read = datetime.fromisoformat
    values = [read(cell) if cell != "" else None for cell in cells]
    zones = {value.tzinfo for value in values if value is not None}
    if None in zones:
        raise ValueError("some instant has no zone")
    return values if zones <= {UTC} else [None if value is None else value.astimezone(UTC) for value in values]


def calendar_date(cell: Cell) -> str:
    """A date as `2026-12-24`; it is never converted between zones."""
    value = parse_value(TopicType.DATE, cell)
    assert isinstance(value, str)
    return value


def money(cell: Cell, currency: str) -> Decimal:
    """An exact amount of this currency."""
    if cell.__class__ is str and _UNAMBIGUOUS.fullmatch(cell):
        check_currency(currency)
        return Decimal(cell)
    value = parse_value(TopicType.MONEY, cell, currency)
    assert isinstance(value, Decimal)
    return value


def plain_amounts(cells: Sequence[Cell], currencies: Sequence[str | None]) -> list[Decimal | None]:
    """A whole column of usual amounts, read in a third of the time; empty cells are null.

    Raises ValueError, TypeError or ArithmeticError where any cell is unusual: `money` then says what is wrong, if
    anything is.
    """
    for currency in set(currencies):
        check_currency(currency or "")
    if not _ALL_UNAMBIGUOUS.fullmatch("\n".join(cells)):
        raise ValueError("some amount is written in an unusual way")
    return [Decimal(cell) if cell != "" else None for cell in cells]


def number(cell: Cell) -> Decimal:
    """An exact number."""
    value = parse_value(TopicType.NUMBER, cell)
    assert isinstance(value, Decimal)
    return value


def whole(cell: Cell) -> int:
    """A whole number."""
    value = number(cell)
    if value != int(value):
        raise ValueError(f"'{cell}' is not a whole number")
    if int(value) not in WHOLE_RANGE:
        raise ValueError(f"'{cell}' is too large")
    return int(value)


def truth(cell: Cell) -> bool:
    """true or false, 1 or 0, yes or no."""
    value = cell if isinstance(cell, bool) else TRUTHS.get(text(cell).lower())
    if value is None:
        raise ValueError(f"'{cell}' is neither true nor false")
    return value


def currency(cell: Cell) -> str:
    """An ISO 4217 code."""
    return check_currency(text(cell))


def opening_hours(cell: Cell) -> str:
    """Opening hours in OSM syntax, as they were written."""
    return check_opening_hours(text(cell))


def one_of_values(values: tuple[str, ...]) -> Callable[[Cell], str]:
    """The reader of a column that allows only these texts."""
    allowed = {str(value): str(value) for value in values}

    def read(cell: Cell) -> str:
        written = text(cell)
        if written not in allowed:
            raise ValueError(f"'{written}' is not one of {one_of(list(allowed))}{did_you_mean(written, allowed)}")
        return allowed[written]

    return read


def attribute(kind: ValueType, cell: Cell) -> str | int | bool:
    """A business's own field as JSON holds it: exact numbers, instants (UTC) and dates are texts."""
    match kind:
        case ValueType.BOOL:
            return truth(cell)
        case ValueType.INT:
            return whole(cell)
        case ValueType.DATE:
            return calendar_date(cell)
        case ValueType.TIMESTAMP:
            return canonical(TopicType.TIMESTAMP, instant(cell))
        case ValueType.STRING:
            return paragraphs(cell)
        case _:
            return canonical(TopicType.NUMBER, number(cell))


NAMED: dict[str, Callable[[Cell], Any]] = {
    "currency": currency,
    "email": lambda cell: formats.email_address(text(cell)),
    "timezone": lambda cell: formats.zone_name(text(cell)),
    "locale": lambda cell: formats.locale_name(text(cell)),
    "country": lambda cell: formats.country_code(text(cell)),
    "opening_hours": opening_hours,
}
"""Readers of columns whose name says more than their type."""


def reader_of(field: Field) -> Callable[[Cell], Any]:
    """The reader of a column for which the cell is enough; instants, money and phones need more."""
    if field.values:
        return one_of_values(field.values)
    if field.name in NAMED:
        return NAMED[field.name]
    match field.type:
        case ValueType.BOOL:
            return truth
        case ValueType.INT:
            return _bounded(field.name)
        case ValueType.DATE:
            return calendar_date
        case ValueType.DECIMAL:
            return number
        case ValueType.TIMESTAMP:
            return instant
        case _:
            return paragraphs if field.name in MULTILINE else text


def _bounded(name: str) -> Callable[[Cell], int]:
    least = AT_LEAST.get(name)

    def read(cell: Cell) -> int:
        value = whole(cell)
        if least is not None and value < least:
            raise ValueError(f"{value} is less than {least}")
        return value

    return read if least is not None else whole


def _text(cell: Cell, *, allowed: str) -> str:
    if not isinstance(cell, str):
        if isinstance(cell, bool) or not isinstance(cell, int | Decimal | date):
            raise ValueError(f"{_kind(cell)} is not a text")  # noqa: TRY004 - callers report every bad cell as ValueError
        return cell.isoformat() if isinstance(cell, date) else str(cell)
    value = cell.strip()
    if value.isprintable():
        return value
    for character in value:
        if character in "\r\n" and character not in allowed:
            raise ValueError(f"'{_start(value)}' holds a line break; write it on one line")
        if "\ud800" <= character <= "\udfff":
            raise ValueError("the text is not UTF-8; save the file as UTF-8")
        if (character < " " or "\x7f" <= character <= "\x9f") and character not in allowed:
            raise ValueError(f"the text holds the control character U+{ord(character):04X}; remove it")
    return value


def _wall_clock(cell: Cell) -> datetime:
    written = cell if cell.__class__ is str else text(cell)
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        written = text(cell)
    try:
        return datetime.fromisoformat(written)
    except ValueError as error:
        why = f" ({error})" if "must be in" in str(error) or "out of range" in str(error) else ""
        raise ValueError(f"'{_start(written)}' is not an instant{why}; write it like {INSTANT_EXAMPLE}") from error


def _start(value: str) -> str:
    return "".join(value.splitlines()[:1])[:40] + ("…" if len(value) > 40 or "\n" in value or "\r" in value else "")


def _kind(cell: Cell) -> str:
    match cell:
        case bool():
            return f"the truth value {str(cell).lower()}"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case timedelta() | float():
            return f"the {type(cell).__name__} {cell}"
        case _:
            return f"a value of type {type(cell).__name__}"
