"""What an amount comes with: the currency of its row, or of its rows, and whether it includes tax."""

from collections.abc import Callable

from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules.aggregates import Aggregated, Common
from notifier.rules.expressions import Arithmetic, Attribute, Choice, Column, Expression, Negative, Sum

TAX_INCLUDED_COLUMN = "tax_included"


Amount = Column | Attribute | Sum | Aggregated


def currency_of(expression: Expression, schema: Schema) -> Expression | None:
    """The currency of the only row with money in the value, or of the rows of its only sum, average and the like.

    None where there is none, or several. Of rows with several currencies it is null.
    """
    return _companion(expression, schema, _currency)


def tax_included_of(expression: Expression, schema: Schema) -> Expression | None:
    """Likewise whether the amount includes tax."""
    return _companion(expression, schema, _tax_included)


def _currency(amount: Column | Attribute, schema: Schema) -> Expression | None:
    if isinstance(amount, Attribute):
        return amount.currency
    return _beside(amount, amount.field.currency, schema)


def _tax_included(amount: Column | Attribute, schema: Schema) -> Expression | None:
    return None if isinstance(amount, Attribute) else _beside(amount, TAX_INCLUDED_COLUMN, schema)


def _beside(amount: Column, name: str | None, schema: Schema) -> Expression | None:
    """The column of this name of the same row."""
    fields = schema.entities[amount.row.entity or ""].fields
    return None if name is None or name not in fields else Column.of(amount.row, fields[name])


def _companion(
    expression: Expression, schema: Schema, of: Callable[[Column | Attribute, Schema], Expression | None]
) -> Expression | None:
    """What every amount in the value comes with, if it is one and the same."""
    companions: set[Expression | None] = set()
    for amount in _amounts(expression):
        if isinstance(amount, Column | Attribute):
            companions.add(of(amount, schema))
        else:
            of_rows = _companion(amount.value, schema, of)
            companions.add(None if of_rows is None else _common(amount, of_rows))
    return companions.pop() if len(companions) == 1 else None


def _common(amount: Sum | Aggregated, of_rows: Expression) -> Common:
    return Common(type=of_rows.type, source=amount.source, variable=amount.variable, value=of_rows)


def _amounts(expression: Expression) -> list[Amount]:
    """The fields of money, and the sums and the like of money, that the value is calculated from."""
    match expression:
        case Column(type=ValueType.MONEY) | Attribute(type=ValueType.MONEY):
            return [expression]
        case Sum(type=ValueType.MONEY) | Aggregated(type=ValueType.MONEY):
            return [expression]
        case Arithmetic(left=left, right=right):
            return _amounts(left) + _amounts(right)
        case Choice(if_true=one, if_false=other):
            return _amounts(one) + _amounts(other)
        case Negative(operand=operand):
            return _amounts(operand)
        case _:
            return []
