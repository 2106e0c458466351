"""One pass of one check: which promises to compare, and what happened to their contradictions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState
from notifier.model.opened_together import OpenedTogether
from notifier.model.reading import StateReader
from notifier.promises.assess import ContradictionChange, Event, FactRow, PromiseFacts, assess, joined
from notifier.promises.check_query import CheckQuery
from notifier.promises.found_rows import read_fact, read_promise
from notifier.promises.opening_together import Moulds
from notifier.promises.records import PromiseRow, as_one, said_once
from notifier.rules.checked_checks import Check

CHUNK_SIZE = 5_000
"""Promises compared in one chunk, which bounds memory."""
TOGETHER = 50
"""From so many promises of a chunk on, what opens is opened together; fewer are told of one by one in any case."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What happened in one chunk."""

    changes: tuple[ContradictionChange, ...] = ()
    together: OpenedTogether | None = None

    def all(self) -> tuple[ContradictionChange, ...]:
        """Those that opened together, too."""
        opened = () if self.together is None else self.together.all()
        return (*self.changes, *(ContradictionChange(event=Event.OPENED, contradiction=each) for each in opened))


def run_check(
    check: Check,
    query: CheckQuery,
    reader: StateReader,
    *,
    now: datetime,
    since: datetime | None,
    full: bool = False,
    chunk_size: int = CHUNK_SIZE,
    at_least: int = TOGETHER,
) -> Iterator[Found]:
    """What happened since the pass at `since`, in chunks that can be committed one by one; empty ones are left out.

    A full pass compares every promise instead of those that a change or the clock touched, and finds the same.
    """
    times = {"now": now, "since": since or now}
    if full or since is None:
        promises = reader.ids(query.disagreeing_ids(), times)
        known = reader.contradictions(check.name)
        promises |= {contradiction.promise_id for contradiction in known if contradiction.state in HOLDING}
        promises |= reader.contradictions_due(check.name, now)
    else:
        promises = reader.contradictions_due(check.name, now)
        due = query.due_ids()
        promises |= set() if due is None else reader.ids(due, times)
        if query.entities & reader.changed_entities():
            promises |= reader.ids(query.changed_ids(), times)
    ordered, done = sorted(promises), set[str]()
    moulds = Moulds(query) if query.opens_together else None
    for start in range(0, len(ordered), chunk_size):
        chunk = [promise for promise in ordered[start : start + chunk_size] if promise not in done]
        together = None
        if moulds is not None and len(chunk) >= at_least:
            together, chunk = _opened(moulds, query, reader, chunk, now=now, since=since, done=done)
        said = gather(check, query, reader, chunk, now=now, done=done)
        changes = tuple(change for each in said for change in _changes(check, each, now, since))
        if changes or together:
            yield Found(changes=changes, together=together or None)


def _opened(
    moulds: Moulds,
    query: CheckQuery,
    reader: StateReader,
    promises: Sequence[str],
    *,
    now: datetime,
    since: datetime | None,
    done: set[str],
) -> tuple[OpenedTogether, list[str]]:
    """What opens together of these promises, which are in order, and those that are to be decided one by one."""
    check = query.check
    ids, linked, _ = _together(check, query, reader, promises)
    asked = promises if len(ids) == len(promises) else sorted(ids)
    unread = reader.unread(query.disagreeing(), {"now": now, "promises": asked})
    opened, others = moulds.opened(unread, linked, now)

    def unpacked(names: Collection[str]) -> list[Contradiction]:
        said = gather(check, query, reader, names, now=now)
        return [change.contradiction for each in said for change in _changes(check, each, now, since)]

    done |= ids - set(others) - linked
    assert check.against is not None, "facts are of an entity"
    together = OpenedTogether(
        check=check.name,
        topic=check.topic,
        topic_type=check.topic_type,
        fact_type=check.against,
        owner=check.owner,
        severity=check.severity,
        now=now,
        columns=opened,
        unpack=unpacked,
    )
    return together, sorted({*others, *linked})


@dataclass(frozen=True, kw_only=True)
class Said:
    """One promise with its facts, and the contradictions that are known of its records."""

    facts: PromiseFacts
    known: Contradiction | None
    doubles: tuple[Contradiction, ...] = ()
    """Others that hold, from when it was not known that their promise is this one."""


def gather(
    check: Check,
    query: CheckQuery,
    reader: StateReader,
    promises: Collection[str],
    *,
    now: datetime,
    done: set[str] | None = None,
) -> list[Said]:
    """What these promises are, with all their records, and what is known about each at `now`.

    A promise that no row contradicts and that had no contradiction is left out: most need not even be read. What was
    read is added to `done`.
    """
    if not promises:
        return []
    ids, linked, known = _together(check, query, reader, promises)
    if done is not None:
        done |= ids
    disagreeing: dict[str, list[FactRow]] = defaultdict(list)
    for row in reader.rows(query.disagreeing(), {"now": now, "promises": sorted(ids)}):
        disagreeing[row.promise_id].append(read_fact(query.check, row))
    sought = sorted(linked | disagreeing.keys())
    if not sought:
        return []
    stored = [read_promise(query.check, row) for row in reader.rows(query.promises(), {"now": now, "promises": sought})]
    groups = said_once(stored)
    holders = _holders(check, groups, known.values())
    found = [
        _said(check, records, holders.get(index, []), disagreeing, now)
        for index, records in enumerate(groups)
        if index in holders or any(row.id in disagreeing for row in records)
    ]
    found += [
        Said(facts=PromiseFacts(promise_id=each.promise_id, promise=None), known=each) for each in holders.get(None, [])
    ]
    return _with_members(query, reader, found, now)


def _together(
    check: Check, query: CheckQuery, reader: StateReader, promises: Collection[str]
) -> tuple[set[str], set[str], dict[str, Contradiction]]:
    """The promises and all that may be records of the same ones; which of them are linked to another, or to a known
    contradiction; and those contradictions, by id."""
    ids, linked, known = set[str](), set[str](), dict[str, Contradiction]()
    new = sorted(promises)
    while new:
        ids.update(new)
        alike = query.alike()
        for row in () if alike is None else reader.rows(alike, {"promises": new}):
            linked |= {row.id, row.other}
        for contradiction in reader.contradictions(check.name, new):
            known[contradiction.id] = contradiction
            linked |= {contradiction.promise_id, *(record.promise_id for record in contradiction.records)}
        new = sorted(linked - ids)
    return ids, linked, known


Holders = dict[int | None, list[Contradiction]]


def _holders(check: Check, groups: Sequence[Sequence[PromiseRow]], known: Iterable[Contradiction]) -> Holders:
    """Which contradictions belong to each group, by its index; under None, those whose promises are gone.

    A contradiction stays with the promise that it is named after, while that is compared; else it goes with its other
    records. The first of a group is the one that goes on.
    """
    holders: Holders = defaultdict(list)
    of_promise = {row.id: index for index, records in enumerate(groups) for row in records}
    compared = {index for index, records in enumerate(groups) if _compared(check, records)}
    for contradiction in known:
        names = [contradiction.promise_id, *(record.promise_id for record in contradiction.records)]
        found = [of_promise[name] for name in names if name in of_promise]
        going_on = [index for index in found if index in compared]
        holders[next(iter(going_on or found), None)].append(contradiction)
    return {index: sorted(those, key=_precedence) for index, those in holders.items()}


def _precedence(contradiction: Contradiction) -> tuple[object, ...]:
    """Those that hold come first, then those that a person decided on; the id makes it the same in every pass."""
    return (
        contradiction.state not in HOLDING,
        not contradiction.records,
        contradiction.waived_pair is None,
        contradiction.state is ContradictionState.SETTLED,
        contradiction.id,
    )


def _compared(check: Check, records: Iterable[PromiseRow]) -> list[PromiseRow]:
    return [row for row in records if not row.not_compared(check)]


def _said(
    check: Check,
    records: Sequence[PromiseRow],
    holders: Sequence[Contradiction],
    disagreeing: Mapping[str, Sequence[FactRow]],
    now: datetime,
) -> Said:
    known = holders[0] if holders else None
    compared = _compared(check, records)
    if check.implied is not None:  # the state does not say since when; what counts is when it was first seen
        compared = [replace(row, made_at=now if known is None else known.promised_at) for row in compared]
    rows = [fact for row in compared for fact in disagreeing.get(row.id, ())]
    kept = any(fact.is_kept for fact in rows)
    facts = PromiseFacts(
        promise_id=known.promise_id if known is not None else (compared or records)[0].id,
        promise=as_one(compared) if compared else _named_after(known, records),
        records=tuple(compared),
        disagreeing=() if kept else tuple(rows),
    )
    return Said(facts=facts, known=known, doubles=tuple(each for each in holders[1:] if each.state in HOLDING))


def _named_after(known: Contradiction | None, records: Sequence[PromiseRow]) -> PromiseRow:
    """The record that is no longer compared, which says why."""
    return next((row for row in records if known is not None and row.id == known.promise_id), records[0])


def _changes(check: Check, said: Said, now: datetime, since: datetime | None) -> Iterator[ContradictionChange]:
    for double in said.doubles:
        assert said.known is not None, "what is double has another"
        yield joined(double, said.known.id, now=now)
    change = assess(check, said.facts, said.known, now=now, since=since)
    if change is not None:
        yield change


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


def _with_members(query: CheckQuery, reader: StateReader, said: Sequence[Said], now: datetime) -> list[Said]:
    """With the rows that are members of the known contradictions, as they are now."""
    expected = {
        (row.id, member.fact_id): index
        for index, each in enumerate(said)
        if each.known is not None
        for row in each.facts.records
        for member in each.known.members
    }
    statement = query.members()
    if statement is None or not expected:
        return list(said)
    parameters = {
        "now": now,
        "promises": sorted({promise for promise, _ in expected}),
        "facts": sorted({fact for _, fact in expected}),
    }
    members: dict[int, list[FactRow]] = defaultdict(list)
    for row in reader.rows(statement, parameters):
        index = expected.get((row.promise_id, row.fact_id))
        if index is not None:
            members[index].append(read_fact(query.check, row))
    return [replace(each, facts=replace(each.facts, members=tuple(members[index]))) for index, each in enumerate(said)]
