"""When what a moment hangs on came to be: its rows, and the value of its anchor.

The business's own instant counts where a row has one: an order that was placed on Monday and imported on Friday came to
be on Monday. Else it is the first write of the row, dated by its `--at`. A row of a baseline, and the `given` of a
scenario, were there before. An anchor came with its row unless a later write changed it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import InstantIn
from notifier.evaluation.emitter import Emitter
from notifier.model.columns import UtcTime
from notifier.model.types import ValueType
from notifier.rules.checked_rules import Moment, Rule
from notifier.rules.expressions import Column, Expression, RowName

OWN_INSTANT: Mapping[str, str] = {
    "order": "placed_at",
    "appointment": "booked_at",
    "promise": "made_at",
    "contact": "at",
    "feedback": "at",
    "consent": "at",
}
"""The column in which the business says itself when a row came to be; where it may be empty, the first write counts."""


@dataclass(frozen=True)
class Birth:
    """A row that came to be, or a column of it that was set later."""

    row: Expression
    column: str | None = None


def births_of(rule: Rule, moment: Moment) -> tuple[Birth, ...]:
    """Everything that had to come to be before the moment could be."""
    rows: list[Expression] = [
        RowName(type=ValueType.ENTITY, entity=entity, name=name) for name, entity in rule.names.items()
    ]
    anchor = moment.anchor
    if not isinstance(anchor, Column):  # a field of the business's own counts as set with its row
        return tuple(Birth(row) for row in rows)
    return (*(Birth(row) for row in dict.fromkeys([*rows, anchor.row])), Birth(anchor.row, anchor.field.name))


def came_to_be(birth: Birth, emitter: Emitter) -> sa.ColumnElement[Any]:
    """The instant, in SQL; null where it is not known, or where there is no such row."""
    columns = emitter.row(birth.row).c
    if birth.column is not None:
        return InstantIn(columns.set_at, sa.literal_column(f"'{birth.column}'", sa.String()))
    own = OWN_INSTANT.get(birth.row.entity or "")
    if own is None:
        return columns.born_at
    return sa.func.coalesce(columns[own], columns.born_at, type_=UtcTime()) if columns[own].nullable else columns[own]
