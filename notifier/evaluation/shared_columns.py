"""Common subexpressions: what all rows of one subject share is computed once per subject, in a WITH clause.

A rule with `each`, or with many recipients, has a row for every order of a site; how many orders the site has is the
same for all of them. Both databases would count again for every row, which is quadratic in the orders of a site.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TypeGuard

import sqlalchemy as sa

from notifier.evaluation.dialects import Unsought
from notifier.evaluation.emitter import Emitter
from notifier.evaluation.values import SqlValue
from notifier.model.schema import Schema
from notifier.rules.aggregates import Aggregated, Common
from notifier.rules.expressions import All, Attribute, Column, Count, Exists, Expression, Filtered, RowName, Sum
from notifier.rules.row_paths import Ranked, picked

Questions = Exists | All | Count | Sum | Aggregated | Common | Column | Attribute
"""A field asks about many rows where it is one of the first or last of them."""


def add_shared(
    emitter: Emitter,
    schema: Schema,
    about: str,
    expressions: Iterable[Expression],
    chosen: Callable[[Emitter], Iterable[sa.ColumnElement[bool]]],
    *,
    answered: Collection[Expression] = (),
    sought: bool = True,
) -> None:
    """Has the emitter read from the WITH what these expressions ask about many rows but only the `about` row decides.

    `chosen` are conditions that narrow down the `about` rows to compute it for; the statement returns no others.
    `answered`: the emitter has the answers to these questions already. `sought`: the statement may start from it.
    """
    found = (question for expression in expressions for question in questions(expression, about))
    asked = dict.fromkeys(question for question in found if question not in answered)
    if not asked:
        return
    inner = Emitter(schema, {about: about})
    answers = {question: inner.emit(question) for question in asked}
    columns = [answer.sql.label(f"shared_{index}") for index, answer in enumerate(answers.values())]
    once = (
        sa.select(inner.root(about).c.id.label("id"), *columns)
        .select_from(inner.from_clause())
        .where(*chosen(inner))
        .cte("shared")
        .prefix_with("MATERIALIZED")  # or the databases inline it and compute it per row again
    )
    own = emitter.root(about).c.id
    met = (own if sought else Unsought(own, type_=sa.String())) == once.c.id
    emitter.join_computed(once, met, _read_from(once, answers))


def questions(expression: Expression, about: str) -> Iterator[Questions]:
    """The outermost exists, all, counts, sums and the like in the expression that depend only on the `about` row."""
    if _asks(expression) and _free(expression) == {about}:
        yield expression
        return
    for part in expression.parts:
        yield from questions(part, about)


def _asks(expression: Expression) -> TypeGuard[Questions]:
    match expression:
        case Exists() | All() | Count() | Sum() | Aggregated() | Common():
            return True
        case Column(row=path) | Attribute(row=path):
            return picked(path) is not None
    return False


def figures_in(expression: Expression, about: str) -> Iterator[Expression]:
    """The outermost parts of the expression that depend only on the `about` row, and ask about many rows."""
    if _free(expression) == {about} and next(questions(expression, about), None) is not None:
        yield expression
        return
    for part in expression.parts:
        yield from figures_in(part, about)


def is_of(expression: Expression, about: str) -> bool:
    """Whether the expression depends only on the `about` row, and asks nothing about many rows."""
    return _free(expression) == {about} and next(questions(expression, about), None) is None


def _free(expression: Expression) -> set[str]:
    """The names of the rows that the expression reads, without the variables that it binds itself."""
    match expression:
        case RowName(name=name):
            return {name}
        case Exists() | All() | Filtered():
            return _free(expression.source) | (_free(expression.condition) - {expression.variable})
        case Sum() | Aggregated() | Common():
            return _free(expression.source) | (_free(expression.value) - {expression.variable})
        case Ranked():
            return _free(expression.source) | (_free(expression.key) - {expression.variable})
    return {name for part in expression.parts for name in _free(part)}


def _read_from(once: sa.CTE, answers: Mapping[Questions, SqlValue]) -> Mapping[Expression, SqlValue]:
    read: dict[Expression, SqlValue] = {}
    for index, (question, answer) in enumerate(answers.items()):
        column = sa.type_coerce(once.c[f"shared_{index}"], answer.sql.type)
        read[question] = SqlValue(column, null=answer.null, error=answer.error, bound=answer.bound)
    return read
