"""`charge.amount + charge.contract.charges.filter(c, …).sum(c, c.amount)`: a row together with others, as one sum."""

from dataclasses import replace

from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules.expressions import (
    Arithmetic,
    Column,
    Compare,
    Comparison,
    Expression,
    Filtered,
    Operator,
    Or,
    RowName,
    Sum,
)


def as_one_sum(actual: Expression, schema: Schema) -> Expression:
    """A row's own amount plus the same amount of others of its kind becomes one sum, in which the row counts once.

    It counts once also where the filter takes it in, so an author need not leave it out. Each comparison sees the rows
    of the sum, their currencies and taxes. Any other expression is returned as it is.
    """
    match actual:
        case Arithmetic(operator=Operator.PLUS, left=Column(row=RowName() as row) as own, right=Sum() as total):
            rows = total.source
        case _:
            return actual
    each = RowName(type=ValueType.ENTITY, entity=row.entity, name=total.variable)
    alike = isinstance(rows, Filtered) and rows.entity == row.entity and total.value == replace(own, row=each)
    if not alike or not isinstance(rows, Filtered) or row.entity is None:
        return actual
    key = schema.entities[row.entity].fields["id"]
    itself = Compare(
        type=ValueType.BOOL,
        operator=Comparison.EQUAL,
        left=Column(type=key.type, row=replace(each, name=rows.variable), field=key),
        right=Column(type=key.type, row=row, field=key),
    )
    either = Or(type=ValueType.BOOL, operands=(itself, rows.condition))
    return replace(total, source=replace(rows, condition=either), text=actual.text)
