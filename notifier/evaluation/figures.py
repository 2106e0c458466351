"""Which rows of a site a rule asks for, as the indexes that lead to them.

`site.orders.filter(o, o.status == 'held').size()` is asked again whenever an order of the site changes. The index on
the site's id leads to every order that the site ever had; one on the site's id and the status, to those that count.
Other rows belong to a customer or a contract, who have few.
"""

from collections.abc import Iterable, Iterator

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
    for kind in ((In, Compare), (Flip,)):
        yield from list(_columns([clause for clause in clauses if isinstance(clause, kind)], variable))[:1]


def _columns(clauses: Iterable[Expression], variable: str) -> Iterator[str]:
    for clause in clauses:
        match clause:
            case In(operand=Column(row=RowName(name=name), field=column)):
                pass
            case Compare(operator=Comparison.EQUAL, left=Column(row=RowName(name=name), field=column), right=Literal()):
                pass
            case Flip(path=Column(row=RowName(name=name), field=column)):
                pass
            case _:
                continue
        if name == variable:
            yield column.name
