"""Counts of recent rows -> one grouped subquery over the recent rows, for all rows of a rule.

`site.orders.filter(o, o.placed_at > now - 24h).size()`, emitted per site, reads all orders the site ever had. One
grouped subquery over all sites reads only the orders of the last day, by an index, however long the history is.
"""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from notifier.evaluation.dialects import Unsought
from notifier.evaluation.emitter import Emitter
from notifier.evaluation.values import MOST_ROWS, SqlValue
from notifier.model.schema import Schema
from notifier.rules.expressions import And, Column, Comparison, Count, Expression, Filtered, Flip, Related, RowName

RECENT = (Comparison.GREATER, Comparison.GREATER_OR_EQUAL)


def add_recent_counts(emitter: Emitter, schema: Schema, about: str, expressions: Iterable[Expression]) -> None:
    """Has the emitter read every such count of the `about` row from a joined subquery."""
    counts = dict.fromkeys(count for expression in expressions for count in _counts(expression, about))
    for index, count in enumerate(counts):
        assert isinstance(count.source, Filtered)
        recent = _grouped(count.source, schema, f"recent_{index}")
        if recent is not None:
            number = sa.func.coalesce(recent.c.number, 0, type_=sa.BigInteger())
            met = recent.c.id == emitter.root(about).c.id
            emitter.join_computed(recent, met, {count: SqlValue(number, bound=MOST_ROWS)}, optional=True)


def _counts(expression: Expression, about: str) -> Iterator[Count]:
    for node in expression.walk():
        match node:
            case Count(
                source=Filtered(source=Related(source=RowName(name=name)) as rows, condition=condition) as chosen
            ):
                if name == about and _one_to_many(rows) and _is_recent(condition, chosen.variable):
                    yield node


def _one_to_many(rows: Related) -> bool:
    """Each row belongs to at most one `about` row, by a column of its own."""
    relation = rows.relation
    return relation.many and len(relation.keys) == 1 and relation.keys[0][0] == "id" and relation.target_where is None


def _is_recent(condition: Expression, variable: str) -> bool:
    """It requires an instant of the row itself to be recent, and reads no other row."""
    if any(isinstance(node, RowName) and node.name != variable for node in condition.walk()):
        return False
    clauses = condition.operands if isinstance(condition, And) else (condition,)
    return any(
        isinstance(clause, Flip)
        and clause.operator in RECENT
        and isinstance(clause.path, Column)
        and isinstance(clause.path.row, RowName)
        for clause in clauses
    )


def _grouped(chosen: Filtered, schema: Schema, name: str) -> sa.Subquery | None:
    """The number of chosen rows by the row they belong to; None where a row could make the count an error."""
    assert isinstance(chosen.source, Related)
    inner = Emitter(schema, {chosen.variable: chosen.source.relation.target})
    condition = inner.emit(chosen.condition)
    if condition.fallible:
        return None
    row = inner.root(chosen.variable)
    belongs_to = row.c[chosen.source.relation.keys[0][1]]
    return (
        sa.select(belongs_to.label("id"), sa.func.count().label("number"))
        .where(inner.holds(chosen.condition))
        .select_from(inner.from_clause())
        .group_by(Unsought(belongs_to))  # or SQLite scans all of history in the order of this column
        .subquery(name)
    )
