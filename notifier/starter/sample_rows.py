"""A checked rule -> rows for which it is true, as far as its conditions say what they want of one row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules.checked_rules import Rule
from notifier.rules.expressions import (
    And,
    Attribute,
    Column,
    Compare,
    Comparison,
    Expression,
    In,
    Literal,
    Not,
    Or,
    Related,
    RowName,
)
from notifier.starter.subjects import RELATED, Subject

Rows = dict[str, dict[str, object]]
"""One row of each entity that is needed, by entity; instants are still distances from the example's moment."""
_ABOVE, _BELOW = (Comparison.GREATER, Comparison.GREATER_OR_EQUAL), (Comparison.LESS, Comparison.LESS_OR_EQUAL)
_ANY: Mapping[ValueType, object] = {
    ValueType.STRING: "x",
    ValueType.BOOL: True,
    ValueType.INT: 1,
    ValueType.DECIMAL: 1,
    ValueType.MONEY: 1,
    ValueType.TIMESTAMP: timedelta(0),
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the examples are: the zone and the money of the project."""

    zone: ZoneInfo
    currency: str
    anchor: datetime
    """The moment that examples hang on, in the zone."""


def rows_for(rule: Rule, subject: Subject, examples: Mapping[str, str], schema: Schema) -> Rows:
    """Rows for which the rule's conditions hold. `examples` are values that a person gave: `order.total` -> `600`."""
    rows: Rows = {entity: dict(row) for entity, row in subject.beside.items()}
    rows[subject.entity] = dict(subject.row)
    for condition in rule.when:
        for column, value in _wanted(condition.expression):
            _put(rows, column, value)
    for moment in rule.at:
        anchor = moment.anchor
        if isinstance(anchor, Column) and isinstance(anchor.row, RowName) and anchor.row.entity in rows:
            rows[anchor.row.entity].setdefault(anchor.field.name, timedelta(0))
    for path, value in examples.items():
        entity, _, name = path.partition(".")
        row = rows.setdefault(entity, dict(RELATED.get(entity, {})))
        if name.startswith("attributes."):
            attributes = row.setdefault("attributes", {})
            assert isinstance(attributes, dict), "fields of one's own are a mapping"
            attributes[name.removeprefix("attributes.")] = value
        else:
            row[name] = value
            known = schema.entities[entity].fields if entity in schema.entities else {}
            if name in known and (currency := known[name].currency) is not None:
                row.setdefault(currency, "")
    return rows


def moves_of(rule: Rule, subject: Subject, rows: Rows) -> Mapping[str, object]:
    """What may change in the rule's row after it was told, so that a correction is due: a column that it claims.

    Nothing where no claim is plain, or the conditions ask for the same column.
    """
    own = [claim.expression for claim in rule.claims]
    claimed = {each.field.name: each for each in own if isinstance(each, Column) and isinstance(each.row, RowName)}
    moved = {name: value for name, value in subject.moves.items() if name in claimed}
    if not moved:
        asked = {node.field.name for when in rule.when for node in when.expression.walk() if isinstance(node, Column)}
        moved = dict(_raised({name: claimed[name] for name in claimed if name not in asked}, rows[subject.entity]))
    currencies = {claimed[name].field.currency for name in moved} - {None}
    return moved | {str(currency): "" for currency in currencies}


def _raised(columns: Mapping[str, Column], row: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The first amount of the row, one more."""
    for name, column in columns.items():
        value = row.get(name)
        if column.type is ValueType.MONEY and isinstance(value, int | Decimal):
            yield name, value + 1
            return


def _wanted(expression: Expression) -> Iterator[tuple[Column | Attribute, object]]:
    """Columns with a value that makes the expression true; nothing where none is plain."""
    match expression:
        case And(operands=operands):
            for operand in operands:
                yield from _wanted(operand)
        case Or(operands=(first, *_)):
            yield from _wanted(first)
        case Column() | Attribute():
            yield expression, True
        case Not(operand=Column() | Attribute() as column):
            yield column, False
        case In(operand=Column() | Attribute() as column, items=items):
            yield from ((column, item.value) for item in items[:1])
        case Compare(operator=operator, left=Column() | Attribute() as column, right=Literal(value=value)):
            yield from _compared(column, operator, value)
        case Compare(operator=operator, left=Literal(value=value), right=Column() | Attribute() as column):
            yield from _compared(column, operator.mirrored, value)
        case _:
            return


def _compared(
    column: Column | Attribute, operator: Comparison, value: object
) -> Iterator[tuple[Column | Attribute, object]]:
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if operator is Comparison.EQUAL:
        yield column, value
    elif operator is Comparison.UNEQUAL and value is None:
        yield column, _ANY.get(column.type)
    elif operator is Comparison.UNEQUAL and isinstance(value, bool):
        yield column, not value
    elif number and operator in (*_ABOVE, *_BELOW):
        assert isinstance(value, int | Decimal), "it is a number"
        yield column, value + 1 if operator in _ABOVE else value - 1


def _put(rows: Rows, column: Column | Attribute, value: object) -> None:
    """Write the value where the column is: in the rule's own row, or in one that it leads to."""
    entity = _entity_of(rows, column.row)
    if entity is None:
        return
    row = rows[entity]
    if isinstance(column, Attribute):
        attributes = row.setdefault("attributes", {})
        assert isinstance(attributes, dict), "fields of one's own are a mapping"
        attributes[column.name] = value
    elif not (value == _ANY.get(column.type) and row.get(column.field.name) is not None):
        row[column.field.name] = value
        if column.field.currency is not None:
            row.setdefault(column.field.currency, "")  # the project's


def _entity_of(rows: Rows, row: Expression) -> str | None:
    """The entity whose example row it is; a row that it leads to by an id is added."""
    if isinstance(row, RowName):
        return row.entity if row.entity in rows else None
    if not isinstance(row, Related) or not row.relation.finds_by_id or row.relation.target == "customer":
        return None
    source, target = _entity_of(rows, row.source), row.relation.target
    if source is None:
        return None
    if target not in rows:
        rows[target] = dict(RELATED.get(target, {}))
    rows[source].setdefault(row.relation.keys[0][0], LINK)
    return target


LINK = object()
"""Stands for the id of the row that a column leads to."""
