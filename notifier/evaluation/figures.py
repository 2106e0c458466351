"""Which rows of a site a rule asks for, as the indexes that lead to them.

`site.orders.filter(o, o.status == 'held').size()` is asked again whenever an order of the site changes. The index on
the site's id leads to every order that the site ever had; one on the site's id and the status, to those that count.
Other rows belong to a customer or a contract, who have few.
"""

from collections.abc import Iterable, Iterator

from notifier.model.types import ValueType
from notifier.rules.expressions import (
    And,
    Column,
    Compare,
    Comparison,
    Expression,
    Filtered,
    Flip,
    In,
    Literal,
    Related,
    RowName,
)

RANGES = (Comparison.LESS, Comparison.LESS_OR_EQUAL, Comparison.GREATER, Comparison.GREATER_OR_EQUAL)
UNBOUNDED = "site"
"""The entity to which ever more rows belong, as long as the business goes on."""


def indexed_figures(expressions: Iterable[Expression]) -> set[tuple[str, str, str]]:
    """(table, the column of the site's id, column): what rows of a site are chosen by, one value and one instant each.

    A third column would make the index larger and each write slower, and shorten little.
    """
    found: set[tuple[str, str, str]] = set()
    for expression in expressions:
        for node in expression.walk():
            match node:
                case Filtered(source=Related(relation=relation), variable=variable, condition=condition):
                    if relation.source == UNBOUNDED and relation.belongs_by_id and len(relation.keys) == 1:
                        ours = relation.keys[0][1]
                        found |= {(relation.target, ours, column) for column in _chosen_by(condition, variable)}
    return found


def _chosen_by(condition: Expression, variable: str) -> Iterator[str]:
    clauses = condition.operands if isinstance(condition, And) else (condition,)
    for found in (_values(clauses), _instants(clauses)):
        own = [column for column in found if isinstance(column.row, RowName) and column.row.name == variable]
        yield from [column.field.name for column in own[:1]]


def _values(clauses: Iterable[Expression]) -> Iterator[Column]:
    """The columns that have one of some values."""
    for clause in clauses:
        match clause:
            case In(operand=Column() as column):
                yield column
            case Compare(operator=Comparison.EQUAL, left=Column() as column, right=Literal()):
                yield column


def _instants(clauses: Iterable[Expression]) -> Iterator[Column]:
    """The columns that lie in a range of time: from or until some distance from `now`, or an instant of another row."""
    for clause in clauses:
        match clause:
            case Flip(path=Column() as column):
                yield column
            case Compare(operator=operator, left=left, right=right) if operator in RANGES:
                sides = [side for side in (left, right) if isinstance(side, Column)]
                yield from (side for side in sides if side.type is ValueType.TIMESTAMP)
