"""Amounts that are compared with a figure of other rows, which may be in another currency: what an author should fix.

A figure of rows in several currencies is an error at evaluation. One of rows that all have another currency than the
amount is a number like any other: 90,000 pesos are more than 1.3 times 55 dollars.
"""

from collections.abc import Iterator

from notifier.model.problems import Problem
from notifier.model.types import ValueType
from notifier.rules.aggregates import Aggregated, currency_seen
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Condition, Rule
from notifier.rules.expressions import Column, Compare, Comparison, Expression, RowName, Sum
from notifier.rules.row_paths import Ranked, picked

CURRENCY = "currency"
OTHER_CURRENCY = "other_currency"


def other_currencies(asking: Rule | Check) -> Iterator[Problem]:
    """The conditions whose figure no currency bounds."""
    for condition in _conditions(asking):
        for part in condition.expression.walk():
            if not isinstance(part, Compare):
                continue
            amount = next((each for side in (part.left, part.right) for each in _amounts(side)), None)
            figure = next((each for each in _figures(part) if not _is_bound(each.source)), None)
            if amount is None or figure is None:
                continue
            row = amount.row.name if isinstance(amount.row, RowName) else amount.row.text
            name, its = f"{row}.{amount.field.name}", f"{figure.variable}.{CURRENCY}"
            yield Problem(
                condition.place,
                f"{name} may be compared with an amount in another currency; "
                f"add '{its} == {row}.{CURRENCY}' to the filter of its rows",
                "warning",
                code=OTHER_CURRENCY,
            )


def _conditions(asking: Rule | Check) -> tuple[Condition, ...]:
    if isinstance(asking, Check):
        return asking.when
    return (*asking.when, *asking.unless)


def _figures(part: Expression) -> Iterator[Sum | Aggregated | Ranked]:
    """The figures of money in it, and the rows of which an amount is read that an order picked."""
    for each in part.walk():
        if isinstance(each, Sum | Aggregated) and currency_seen(each) is not None:
            yield each
        elif isinstance(each, Column) and each.type is ValueType.MONEY and (one := picked(each.row)) is not None:
            yield one


def _amounts(side: Expression) -> Iterator[Column]:
    """The amounts of rows on a side, outside of its figures."""
    if isinstance(side, Sum | Aggregated):
        return
    if isinstance(side, Column) and side.type is ValueType.MONEY:
        if picked(side.row) is None:
            yield side
        return
    for part in side.parts:
        yield from _amounts(part)


def _is_bound(source: Expression) -> bool:
    """Whether the rows are chosen by their currency."""
    return any(
        isinstance(part, Compare)
        and part.operator is Comparison.EQUAL
        and any(isinstance(each, Column) and each.field.name == CURRENCY for each in (part.left, part.right))
        for part in source.walk()
    )
