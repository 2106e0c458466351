"""What somebody said to a customer is written down as a promise; what was said by mistake is withdrawn.

Both are deeds of people, so each leaves an intervention: who did it, and why.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.intake.events import ChangeSet, apply_change_set
from notifier.intake.parsing import ImportContext
from notifier.model.digests import uuid7
from notifier.model.problems import Place, Problem, ProblemsError
from notifier.store.interventions import RefusedError, intervene
from notifier.store.state.changes import write_rows
from notifier.store.tables import PROMISE

WITHDRAWABLE = ("open", "broken")


def add_promise(
    connection: sa.Connection,
    context: ImportContext,
    promise: Mapping[str, Any],
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> str:
    """Record a promise and return its id.

    `promise` has the columns of a promise import as people write them (`subject: contract:K-1`, `topic`, `value`,
    `currency`, …); without `id` it gets one, without `made_at` it was made now. The value is read by its topic's type.
    Raises ProblemsError for what cannot be read, and RefusedError when the id is taken or actor or reason is missing.
    """
    given = {name: value for name, value in promise.items() if value is not None}
    promise_id = str(given.setdefault("id", f"P-{uuid7(now)}"))
    given.setdefault("made_at", now)
    if state_of(connection, promise_id) is not None:
        raise RefusedError(f"there is a promise {promise_id} already; withdraw it, or give this one another id")
    intervene(connection, actor=actor, verb="add", object_type="promise", object_id=promise_id, reason=reason, at=now)
    apply_change_set(connection, ChangeSet(at=now, set={"promise": [given]}), context, place=Place("promise"))
    return promise_id


def withdraw_promise(connection: sa.Connection, promise_id: str, *, actor: str, reason: str, now: datetime) -> None:
    """Mark a promise as withdrawn: checks no longer compare it.

    Raises ProblemsError when there is no such promise, RefusedError when it is settled already or actor or reason is
    missing.
    """
    state = state_of(connection, promise_id)
    if state is None:
        raise ProblemsError([Problem(Place("promise"), f"there is no promise {promise_id}")])
    if state not in WITHDRAWABLE:
        raise RefusedError(f"the promise {promise_id} is {state} already")
    intervene(
        connection, actor=actor, verb="withdraw", object_type="promise", object_id=promise_id, reason=reason, at=now
    )
    counts = write_rows(connection, "promise", [{"id": promise_id, "state": "withdrawn"}], now)
    if counts.ignored_older:
        raise RefusedError(f"the promise {promise_id} was written with a later time; withdraw it after that")


def state_of(connection: sa.Connection, promise_id: str) -> str | None:
    """The state of a promise; None when there is no such promise."""
    return connection.execute(sa.select(PROMISE.c.state).where(PROMISE.c.id == promise_id)).scalar_one_or_none()
