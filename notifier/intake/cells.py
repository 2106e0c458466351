"""One cell of an import -> one value of its column's type.

A cell is a text (CSV) or an already typed value (JSON, YAML). Every function raises ValueError with a sentence that
says what is wrong and how to write it; empty cells never get here. Callers cache functions whose results repeat within
a file, so these depend on nothing but their arguments.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from notifier.calendars.opening_hours import check_opening_hours
from notifier.model.problems import did_you_mean, one_of
from notifier.model.texts import foreign_in, without_unseen
from notifier.model.types import TopicType
from notifier.model.values import check_currency, parse_value

WHOLE_RANGE = range(-(2**31), 2**31)
"""The values that an integer column of PostgreSQL holds."""
TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

_UNAMBIGUOUS = re.compile(r"[0-9]{1,14}(\.[0-9]{1,2})?")
"""The usual amount: neither too precise nor a possible thousands separator, so `parse_value` has nothing to check."""

_ALL_UNAMBIGUOUS = re.compile(r"(?:(?:[0-9]{1,14}(?:\.[0-9]{1,2})?)?(?:\n|$))*")
"""The cells of a column, one per line, each empty or a usual amount."""

Cell = Any
"""A text of a file, or a value of JSON or YAML: str, int, Decimal, bool, datetime, date."""


def text(cell: Cell) -> str:
    """One line of text, without the marks of direction and others that nobody sees."""
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
            raise ValueError(f"'{start_of(value)}' holds a line break; write it on one line")
        if "\ud800" <= character <= "\udfff":
            raise ValueError("the text is not UTF-8; save the file as UTF-8")
        if character == "\t" and character not in allowed:
            raise ValueError("the text holds the control character U+0009; remove it")
    foreign = foreign_in(value)
    if foreign is not None:
        raise ValueError(f"the text holds {foreign}; remove it")
    return without_unseen(value).strip()


def start_of(value: str) -> str:
    """The start of a text, enough to recognise it in a sentence."""
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
