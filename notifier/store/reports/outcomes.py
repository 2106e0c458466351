"""What became of a promise: the one place where it is defined (decision 0026).

Nothing is stored: an outcome follows from the promise, its contradictions, and what was put to the test until `now`. So
it is the same after any history, and a check that is edited changes the outcomes of the past, too.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.emitter import NOW
from notifier.model.contradictions import HOLDING, ContradictionState
from notifier.promises.check_query import CheckQuery
from notifier.store.tables import CONTRADICTION, PROMISE, PROMISE_RECORD


class Outcome(StrEnum):
    """What became of a promise until `now`."""

    KEPT = "kept"
    """It was put to the test and held, or its time is over and nothing contradicted it; or its system says so."""
    BROKEN = "broken"
    """A contradiction of it surfaced: the customer could see it; or its system says so."""
    OPEN = "open"
    """Its time is not over and nothing was put to the test yet, or a contradiction of it is open."""
    WAIVED = "waived"
    """A person decided that what contradicts it does not matter."""
    WITHDRAWN = "withdrawn"
    """It was withdrawn, or another promise is in its place."""
    UNWATCHED = "unwatched"
    """No check is about its topic, so nobody knows."""


def promises_with_outcome(checks: Collection[CheckQuery]) -> sa.Subquery:
    """Every promise that is no notice of ours, with its columns and its `outcome`. Parameter: `now`."""
    said = PROMISE.alias("said")  # the statements of checks call theirs `promise`
    found = _contradicted()
    watched = sorted(
        {query.check.topic for query in checks if query.check.implied is None and not query.check.of_promises}
    )
    over = sa.func.coalesce(said.c.due_at, said.c.valid_until) <= NOW
    # Looked up one by one, and only where nothing else decides: most promises have a fact that says it at once.
    tested = [
        (sa.and_(said.c.topic == query.check.topic, surfaced), Outcome.KEPT.value)
        for query in checks
        if (surfaced := query.surfaced(said)) is not None
    ]
    outcome = sa.case(
        (said.c.state.in_(("withdrawn", "superseded")), Outcome.WITHDRAWN.value),
        (said.c.state == "broken", Outcome.BROKEN.value),
        (said.c.state == "kept", Outcome.KEPT.value),
        (found.c.lapsed == 1, Outcome.BROKEN.value),
        (found.c.holding == 1, Outcome.OPEN.value),
        (found.c.waived == 1, Outcome.WAIVED.value),
        (said.c.topic.not_in(watched), Outcome.UNWATCHED.value),
        (over, Outcome.KEPT.value),
        *tested,
        else_=Outcome.OPEN.value,
    )
    joined = said.outerjoin(found, found.c.promise_id == said.c.id)
    columns = [column for column in said.c if column.name not in ("attributes", "set_at")]
    chosen = sa.select(*columns, outcome.label("outcome")).select_from(joined)
    return chosen.where(said.c.source != "notice").subquery("promised")


def _contradicted() -> sa.Subquery:
    """Of each promise that was ever contradicted: whether one of them lapsed, is open, or was waived."""

    def any_in(*states: ContradictionState) -> sa.ColumnElement[Any]:
        return sa.func.max(sa.case((CONTRADICTION.c.state.in_(states), 1), else_=0))

    return (
        sa.select(
            PROMISE_RECORD.c.promise_id,
            any_in(ContradictionState.LAPSED).label("lapsed"),
            any_in(*HOLDING).label("holding"),
            any_in(ContradictionState.WAIVED).label("waived"),
        )
        .join(CONTRADICTION, CONTRADICTION.c.id == PROMISE_RECORD.c.contradiction_id)
        .group_by(PROMISE_RECORD.c.promise_id)
        .subquery("contradicted")
    )
