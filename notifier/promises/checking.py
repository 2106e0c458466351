"""One pass of one check: which promises to compare, and what happened to their contradictions."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState
from notifier.model.reading import StateReader
from notifier.promises.assess import ContradictionChange, Event, FactRow, PromiseFacts, assess
from notifier.promises.check_query import CheckQuery
from notifier.rules.checked import Check

CHUNK_SIZE = 500
"""Promises compared in one chunk, which bounds memory."""


def run_check(
    check: Check,
    query: CheckQuery,
    reader: StateReader,
    *,
    now: datetime,
    since: datetime | None,
    full: bool = False,
    chunk_size: int = CHUNK_SIZE,
) -> Iterator[tuple[ContradictionChange, ...]]:
    """What happened since the pass at `since`, in chunks that can be committed one by one; empty ones are left out.

    A full pass compares every promise instead of those that a change or the clock touched, and finds the same.
    """
    times = {"now": now, "since": since or now}
    if full or since is None:
        promises = reader.ids(query.disagreeing_ids(), times)
        known = reader.contradictions(check.name)
        promises |= {contradiction.promise_id for contradiction in known if contradiction.state in HOLDING}
    else:
        promises = reader.contradictions_due(check.name, now)
        promises |= reader.ids(query.due_ids(), times)
        if query.entities & reader.changed_entities():
            promises |= reader.ids(query.changed_ids(), times)
    ordered = sorted(promises)
    for start in range(0, len(ordered), chunk_size):
        changes = assess_promises(check, query, reader, ordered[start : start + chunk_size], now=now, since=since)
        if changes:
            yield changes


def assess_promises(
    check: Check,
    query: CheckQuery,
    reader: StateReader,
    promises: Sequence[str],
    *,
    now: datetime,
    since: datetime | None,
) -> tuple[ContradictionChange, ...]:
    """What happened to the contradictions of these promises.

    A promise that no row contradicts and that had no contradiction is skipped: most need not even be read.
    """
    known = {contradiction.promise_id: contradiction for contradiction in reader.contradictions(check.name, promises)}
    gathered = gather(query, reader, promises, known, now=now, only_if_any=True)
    changes = (assess(check, facts, known.get(facts.promise_id), now=now, since=since) for facts in gathered)
    return tuple(change for change in changes if change is not None)


def gather(
    query: CheckQuery,
    reader: StateReader,
    promises: Sequence[str],
    known: Mapping[str, Contradiction],
    *,
    now: datetime,
    only_if_any: bool = False,
) -> Iterator[PromiseFacts]:
    """The facts about these promises at `now`, in their order.

    `only_if_any` leaves out promises that no row contradicts and that have no known contradiction.
    """
    disagreeing: dict[str, list[FactRow]] = defaultdict(list)
    for row in reader.rows(query.disagreeing(), {"now": now, "promises": list(promises)}):
        disagreeing[row.promise_id].append(query.read_fact(row))
    if only_if_any:
        promises = [promise for promise in promises if promise in disagreeing or promise in known]
    if not promises:
        return
    rows = reader.rows(query.promises(), {"promises": list(promises)})
    stored = {row.id: query.read_promise(row) for row in rows}
    members = _members(query, reader, known, now)
    for promise in promises:
        yield PromiseFacts(
            promise_id=promise,
            promise=stored.get(promise),
            disagreeing=tuple(disagreeing[promise]),
            members=tuple(members[promise]),
        )


def retired(check: str, reader: StateReader, *, now: datetime) -> tuple[ContradictionChange, ...]:
    """Settles the contradictions of a check that left the project: nothing else ever would."""
    return tuple(
        ContradictionChange(
            event=Event.SETTLED,
            contradiction=replace(
                contradiction,
                state=ContradictionState.SETTLED,
                reason=f"the check {check} is no longer in the rules",
                changed_at=now,
            ),
        )
        for contradiction in reader.contradictions(check)
        if contradiction.state in HOLDING
    )


def _members(
    query: CheckQuery, reader: StateReader, known: Mapping[str, Contradiction], now: datetime
) -> dict[str, list[FactRow]]:
    """The rows that are members of the known contradictions, as they are now, by promise."""
    members: dict[str, list[FactRow]] = defaultdict(list)
    expected = {
        (promise, member.fact_id) for promise, contradiction in known.items() for member in contradiction.members
    }
    statement = query.members()
    if statement is None or not expected:
        return members
    parameters = {
        "now": now,
        "promises": sorted({promise for promise, _ in expected}),
        "facts": sorted({fact for _, fact in expected}),
    }
    for row in reader.rows(statement, parameters):
        if (row.promise_id, row.fact_id) in expected:
            members[row.promise_id].append(query.read_fact(row))
    return members
