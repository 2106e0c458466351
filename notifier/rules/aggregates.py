"""What many rows say together: their average, the least and the greatest of their values, and what all have in common.

A sum is as old as the language and has its own node (`expressions.Sum`).
"""

from dataclasses import dataclass
from enum import StrEnum

from notifier.rules.expressions import EXACT_PLACES, Expression, Sum

AVERAGE_PLACES = EXACT_PLACES
"""Decimal places of an average of numbers; that of money has those of its currency."""


class Figure(StrEnum):
    """What is asked of the values of rows."""

    AVERAGE = "avg"
    LEAST = "min"
    GREATEST = "max"


@dataclass(frozen=True, kw_only=True)
class Aggregated(Expression):
    """One figure of the values of rows: an error where there is no row, or one of the values is null.

    An average is exact and then rounded, half away from zero: of money to the smallest unit of its currency, of other
    numbers to four places, of durations to the microsecond.
    """

    figure: Figure
    source: Expression
    variable: str
    value: Expression
    currency: Expression | None = None
    """Of the variable's row. It is an error where the rows have several; None where the values are no money."""


@dataclass(frozen=True, kw_only=True)
class Common(Expression):
    """The value that all rows have that have one; null where two differ, and where none has one."""

    source: Expression
    variable: str
    value: Expression


@dataclass(frozen=True, kw_only=True)
class Several(Common):
    """Two of the values where rows differ, the first and the last by their texts: `COP, USD`; null where all agree."""


def currency_seen(expression: Expression) -> Expression | None:
    """The currency of the rows of a sum, an average, a least or a greatest of money; None of anything else."""
    return expression.currency if isinstance(expression, Sum | Aggregated) else None
