"""Questions about recent rows -> one grouped subquery over the recent rows, for all rows of a rule.

`site.orders.filter(o, o.placed_at > now - 24h).size()`, emitted per site, reads all orders the site ever had, and
`exists` or `sum` of them asks each site. One grouped subquery over all sites reads only the orders of the last day, by
an index, however long the history is.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import Unsought, exact_sum
from notifier.evaluation.emitter import Emitter
from notifier.evaluation.groups import unless_several
from notifier.evaluation.values import LARGEST, MOST_ROWS, SqlValue, sql_type
from notifier.model.schema import Schema
from notifier.rules.expressions import (
    And,
    Column,
    Comparison,
    Count,
    Exists,
    Expression,
    Filtered,
    Flip,
    Related,
    RowName,
    Sum,
)

RECENT = (Comparison.GREATER, Comparison.GREATER_OR_EQUAL)
LATELY = timedelta(days=14)
"""How far back one read of all recent rows costs less than asking each row of the rule for its own."""

Question = Count | Exists | Sum


def add_recent(emitter: Emitter, schema: Schema, about: str, expressions: Iterable[Expression]) -> set[Expression]:
    """Has the emitter read such answers about the `about` row from joined subqueries.

    Returns the questions of which it need not ask anything else.
    """
    asked = dict.fromkeys(question for expression in expressions for question in _asked(expression, about))
    answered: set[Expression] = set()
    for index, question in enumerate(asked):
        recent = _Recent(question, schema, f"recent_{index}")
        if recent.is_exact or recent.is_exact_where_true:
            met = recent.table.c.id == emitter.root(about).c.id
            answer: dict[Expression, SqlValue] = {question: recent.answer}
            emitter.join_computed(
                recent.table,
                met,
                answer,
                optional=True,
                only_where_true=not recent.is_exact,
                zero_without=None if isinstance(question, Exists) else recent.table.c.id,
            )
            if recent.is_exact:
                answered.add(question)
    return answered


def _asked(expression: Expression, about: str) -> Iterator[Question]:
    for node in expression.walk():
        if isinstance(node, Count | Exists | Sum):
            rows, conditions = _chosen(node)
            variables = {variable for variable, _ in conditions}
            if rows is None or len(variables) != 1 or not _is_one_to_many_of(rows, about):
                continue
            clauses = [clause for _, condition in conditions for clause in _clauses(condition)]
            if _reads_only(node, conditions, *variables) and _are_recent(clauses, always=isinstance(node, Count)):
                yield node


def _chosen(question: Question) -> tuple[Related | None, list[tuple[str, Expression]]]:
    """The rows in question, and the conditions that pick some of them, each with the name of the row in it."""
    source, conditions = question.source, list[tuple[str, Expression]]()
    if isinstance(question, Exists):
        conditions.append((question.variable, question.condition))
    if isinstance(source, Filtered):
        conditions.append((source.variable, source.condition))
        source = source.source
    return (source if isinstance(source, Related) else None), conditions


def _clauses(condition: Expression) -> tuple[Expression, ...]:
    return condition.operands if isinstance(condition, And) else (condition,)


def _is_one_to_many_of(rows: Related, about: str) -> bool:
    """Each row belongs to at most one `about` row, by a column of its own."""
    relation = rows.relation
    if not (isinstance(rows.source, RowName) and rows.source.name == about and relation.many):
        return False
    return len(relation.keys) == 1 and relation.keys[0][0] == "id" and relation.target_where is None


def _reads_only(question: Question, conditions: list[tuple[str, Expression]], variable: str) -> bool:
    """Whether the conditions, and what is added up, read no other row."""
    read = [condition for _, condition in conditions]
    if isinstance(question, Sum):
        read.append(question.value)
        if question.variable != variable:
            return False
    return all(node.name == variable for each in read for node in each.walk() if isinstance(node, RowName))


def _are_recent(clauses: Iterable[Expression], *, always: bool) -> bool:
    """They require an instant of the row itself to be recent; a count is grouped however far back that reaches."""
    return any(
        isinstance(clause, Flip)
        and clause.operator in RECENT
        and isinstance(clause.path, Column)
        and isinstance(clause.path.row, RowName)
        and (always or -clause.offset <= LATELY)
        for clause in clauses
    )


class _Recent:
    """The recent rows of one question, by the row that they belong to, with its answer."""

    def __init__(self, question: Question, schema: Schema, name: str) -> None:
        rows, conditions = _chosen(question)
        assert rows is not None
        variable = conditions[0][0]
        inner = Emitter(schema, {variable: rows.relation.target})
        # A row that makes the question an error may be any row, however old.
        can_fail = [inner.emit(condition).fallible for _, condition in conditions]
        self.is_exact = not any(can_fail)
        self.is_exact_where_true = isinstance(question, Exists) and not any(can_fail[1:])
        belongs_to = inner.root(variable).c[rows.relation.keys[0][1]]
        found: list[sa.ColumnElement[Any]] = [belongs_to.label("id")]
        if isinstance(question, Sum):
            total = exact_sum(inner.emit(question.value).sql, question.scale, sql_type(question))
            if question.currency is not None:
                total = unless_several(total, inner.emit(question.currency).sql)
            found.append(total.label("total"))
        elif isinstance(question, Count):
            found.append(sa.func.count().label("number"))
        self.table = (
            sa.select(*found)
            .where(*(inner.holds(condition) for _, condition in conditions))
            .select_from(inner.from_clause())
            .group_by(Unsought(belongs_to))  # or SQLite scans all of history in the order of this column
            .subquery(name)
        )
        self.answer = self._answer(question)

    def _answer(self, question: Question) -> SqlValue:
        recent = self.table.c
        match question:
            case Count():
                return SqlValue(sa.func.coalesce(recent.number, 0, type_=sa.BigInteger()), bound=MOST_ROWS)
            case Exists():
                return SqlValue(recent.id.is_not(None))
        total = sa.case((recent.id.is_(None), sa.literal_column("0")), else_=recent.total)
        return SqlValue(sa.type_coerce(total, sql_type(question)), error=True, bound=LARGEST)
