"""What people decide about a contradiction: acknowledge it, resolve it, waive it. Each with a name and a reason.

Every decision is one transaction with its append-only record, and says in the contradiction why it is in its state.
"""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from notifier.decisions.promises import WITHDRAWABLE, state_of, withdraw_promise
from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState
from notifier.model.schema import Schema
from notifier.promises.assess import disagreeing_rows, member_keys
from notifier.promises.check_query import CheckQuery
from notifier.promises.checking import gather
from notifier.promises.wording import sentence, waivable_pairs
from notifier.rules.checked import Check
from notifier.store.contradictions import find, save
from notifier.store.interventions import RefusedError, intervene
from notifier.store.reader import Reader

OBJECT = "contradiction"
"""How the record of interventions calls it."""


def acknowledge(
    connection: sa.Connection, contradiction_id: str, *, by: str, reason: str, now: datetime
) -> Contradiction:
    """Its owner has seen it and works on it; what it holds stays held. Raises RefusedError unless it is open."""
    found = _existing(connection, contradiction_id)
    if found.state is not ContradictionState.OPEN:
        raise RefusedError(f"{found.id} is {found.state}; only an open contradiction can be acknowledged")
    return _decided(connection, found, ContradictionState.ACKNOWLEDGED, "acknowledge", by, reason, now)


def waive(connection: sa.Connection, contradiction_id: str, *, by: str, reason: str, now: datetime) -> Contradiction:
    """The difference is accepted, for just these values: another value on either side reopens it.

    Raises RefusedError for one that is settled or waived already.
    """
    found = _existing(connection, contradiction_id)
    if found.state not in (*HOLDING, ContradictionState.LAPSED):
        raise RefusedError(f"{found.id} is {found.state}; there is nothing to waive")
    pairs = set(waivable_pairs(found)) | set((found.waived_pair or "").split("\n")) - {""}
    waived = replace(found, waived_pair="\n".join(sorted(pairs)))
    return _decided(connection, waived, ContradictionState.WAIVED, "waive", by, reason, now)


def resolve(
    connection: sa.Connection,
    contradiction_id: str,
    check: Check | None,
    schema: Schema,
    *,
    keep_fact: bool,
    by: str,
    reason: str,
    now: datetime,
) -> Contradiction:
    """The two sides agree again, or (`keep_fact`) the fact stands and the promise is withdrawn.

    `check` is the contradiction's check, None when it has left the project. Raises RefusedError when it is settled
    already, and, without `keep_fact`, while a row still disagrees.
    """
    found = _existing(connection, contradiction_id)
    if found.state is ContradictionState.SETTLED:
        raise RefusedError(f"{found.id} is settled already: {found.reason}")
    if keep_fact:
        if state_of(connection, found.promise_id) in WITHDRAWABLE:
            withdraw_promise(connection, found.promise_id, actor=by, reason=f"{found.id}: {reason}", now=now)
        return _decided(connection, found, ContradictionState.SETTLED, "resolve, keeping the fact", by, reason, now)
    if check is not None and _still_disagrees(connection, found, check, schema, now):
        raise RefusedError(
            f"{found.id} cannot be resolved yet: {sentence(found)}. Correct the fact, or settle it with --keep fact, "
            "which withdraws the promise, or waive the difference"
        )
    return _decided(connection, found, ContradictionState.SETTLED, "resolve", by, reason, now)


def _existing(connection: sa.Connection, contradiction_id: str) -> Contradiction:
    found = find(connection, contradiction_id)
    if found is None:
        raise RefusedError(f"there is no contradiction {contradiction_id}; see notifier contradictions list")
    return found


def _still_disagrees(
    connection: sa.Connection, found: Contradiction, check: Check, schema: Schema, now: datetime
) -> bool:
    """Whether one of its rows, or one that is still to surface, disagrees with the promise as everything stands now."""
    reader, known = Reader(connection, live=False), {found.promise_id: found}
    members = member_keys(check, found)
    return any(
        fact.key in members or fact.surfaces_at is None or fact.surfaces_at > now
        for facts in gather(CheckQuery(check, schema), reader, [found.promise_id], known, now=now)
        for fact in disagreeing_rows(check, facts)
    )


def _decided(
    connection: sa.Connection,
    contradiction: Contradiction,
    state: ContradictionState,
    verb: str,
    by: str,
    reason: str,
    now: datetime,
) -> Contradiction:
    intervene(connection, actor=by, verb=verb, object_type=OBJECT, object_id=contradiction.id, reason=reason, at=now)
    decided = replace(contradiction, state=state, reason=f"{verb} by {by.strip()}: {reason.strip()}", changed_at=now)
    save(connection, [decided])
    return replace(decided, version=contradiction.version + 1)
