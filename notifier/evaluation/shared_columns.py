"""What all rows of one subject share -> one column of a WITH, so that it is worked out once for each subject.

A rule with `each`, or with many recipients, has a row for every order of a site; how many orders the site has is the
same for all of them. Both databases would count again for every row: a square of the orders of a site.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import sqlalchemy as sa

from notifier.evaluation.emitter import Emitter
from notifier.evaluation.values import SqlValue
from notifier.model.schema import Schema
from notifier.rules.expressions import All, Count, Exists, Expression, Filtered, RowName, Sum

Questions = Exists | All | Count | Sum


def add_shared(
    emitter: Emitter,
    schema: Schema,
    about: str,
    expressions: Iterable[Expression],
    chosen: Callable[[Emitter], Iterable[sa.ColumnElement[bool]]],
) -> None:
    """Has the emitter look up what these expressions ask about many rows for the sake of the `about` row alone.

    `chosen` says for which rows of the `about` table there is any need; the statement finds no others.
    """
    asked = dict.fromkeys(question for expression in expressions for question in questions(expression, about))
    if not asked:
        return
    inner = Emitter(schema, {about: about})
    answers = {question: inner.emit(question) for question in asked}
    columns = [answer.sql.label(f"shared_{place}") for place, answer in enumerate(answers.values())]
    once = (
        sa.select(inner.root(about).c.id.label("id"), *columns)
        .select_from(inner.from_clause())
        .where(*chosen(inner))
        .cte("shared")
        .prefix_with("MATERIALIZED")  # neither database may put it back into the rows
    )
    emitter.look_up(once, emitter.root(about).c.id == once.c.id, _read_from(once, answers))


def questions(expression: Expression, about: str) -> Iterator[Questions]:
    """The outermost exists, all, counts and sums below the expression that depend on nothing but the `about` row."""
    if isinstance(expression, Exists | All | Count | Sum) and _free(expression) == {about}:
        yield expression
        return
    for part in expression.parts:
        yield from questions(part, about)


def is_of(expression: Expression, about: str) -> bool:
    """Whether the expression depends on nothing but the `about` row, and asks nothing about many rows."""
    return _free(expression) == {about} and next(questions(expression, about), None) is None


def _free(expression: Expression) -> set[str]:
    """The rows that the expression is about, without the variables that it brings itself."""
    match expression:
        case RowName(name=name):
            return {name}
        case Exists() | All() | Filtered():
            return _free(expression.source) | (_free(expression.condition) - {expression.variable})
        case Sum():
            return _free(expression.source) | (_free(expression.value) - {expression.variable})
    return {name for part in expression.parts for name in _free(part)}


def _read_from(once: sa.CTE, answers: Mapping[Questions, SqlValue]) -> Mapping[Expression, SqlValue]:
    read: dict[Expression, SqlValue] = {}
    for place, (question, answer) in enumerate(answers.items()):
        column = sa.type_coerce(once.c[f"shared_{place}"], answer.sql.type)
        read[question] = SqlValue(column, null=answer.null, error=answer.error, bound=answer.bound)
    return read
