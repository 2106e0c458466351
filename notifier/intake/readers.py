"""A column of an entity -> the reader of its cells."""

from collections.abc import Callable
from typing import Any

from notifier.intake.cells import (
    Cell,
    currency,
    number,
    one_of_values,
    opening_hours,
    paragraphs,
    text,
    truth,
    whole,
)
from notifier.intake.instants import calendar_date, instant
from notifier.model import formats
from notifier.model.schema import Field
from notifier.model.types import TopicType, ValueType
from notifier.model.values import canonical

AT_LEAST = {"daily_capacity": 0, "party_size": 1}
MULTILINE = frozenset({"text", "evidence", "reason"})
"""Columns with free text; in any other, a line break could slip into an address or a subject."""

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
