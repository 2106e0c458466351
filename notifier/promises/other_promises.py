"""Promises held against promises: which of the others count, and which of two that disagree is the contradicted one.

Each pair is one contradiction, whichever was recorded first. Where the topic has a side that hurts the customer, the
promise is the better one of the two, and the other contradicts it; else the order of their values decides. So all
records of one promise, which have one value, stand on the same side. The earlier one is contradicted where only
currency or tax differ.
"""

from typing import Any

import sqlalchemy as sa

from notifier.evaluation.emitter import Emitter
from notifier.model.types import TopicType
from notifier.promises.compare_sql import compared_column
from notifier.promises.records import NOTICE
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import OTHER, PROMISE


def other_compared(check: Check, emitter: Emitter, *, same_subject: bool) -> list[sa.ColumnElement[bool]]:
    """The conditions on `other`: an open promise of the topic that stands, at the same time as the promise.

    `same_subject`: it was found by the id of the promise's subject, which may be that of a row of another kind.
    """
    promise, other = emitter.root(PROMISE), emitter.root(OTHER)
    assert check.other_not_superseded is not None
    return [
        # Of a topic there are many promises, of a subject few: no database may start from the topic.
        (other.c.topic if same_subject else _unsought(other)) == _unsought(promise),
        *([other.c.subject_type == promise.c.subject_type] if same_subject else []),
        other.c.state == "open",
        other.c.source != NOTICE,
        _is_contradicting(check, promise, other),
        *_overlap(promise, other),
        emitter.holds(check.other_not_superseded),
    ]


def _unsought(promise: sa.FromClause) -> sa.ColumnElement[str]:
    """The topic, so that no index leads to it.

    From the promise of an order to those of its contract, SQLite read all promises of the topic for each of them.
    """
    return sa.func.coalesce(promise.c.topic, sa.null())


def _overlap(promise: sa.FromClause, other: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    """There is a moment at which both are valid."""
    return [
        sa.or_(earlier.c.valid_until.is_(None), _begin(later) < earlier.c.valid_until)
        for earlier, later in ((promise, other), (other, promise))
    ]


def _begin(promise: sa.FromClause) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(promise.c.valid_from, promise.c.made_at)


def _is_contradicting(check: Check, promise: sa.FromClause, other: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether `other` is the one that contradicts: of two different promises, exactly one does."""
    later = sa.or_(
        other.c.made_at > promise.c.made_at,
        sa.and_(other.c.made_at == promise.c.made_at, other.c.id > promise.c.id),
    )
    column = _side(check)
    before, after = promise.c[column], other.c[column]
    worse = after < before if check.worse == "lower" else after > before
    return sa.or_(worse, sa.and_(after == before, later))


def _side(check: Check) -> str:
    """The column by which two promises are ordered: where one side is worse, the worse one lies there."""
    if check.topic_type is TopicType.WINDOW and check.worse == "higher":
        return "value_until"
    return compared_column(check.topic_type)
