"""One promise, the facts about it and its known contradiction -> the contradiction's next state.

Pure: the same facts give the same state, whether a change or a full pass led here. The rules, in the order of
"What a check means" (design.md):

- A row that surfaced before the previous pass and was not a member then is history: it is too late to warn of it.
- The deadline is the earliest `surfaces_at` of the members that have not surfaced; with none left, it has lapsed.
- A waived pair of values is not a disagreement as long as both values stay the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState, Member, OtherWord
from notifier.model.digests import reference, references
from notifier.model.instants import minute_text
from notifier.promises.compare import ComparedValue, disagree
from notifier.promises.records import PromiseRow
from notifier.promises.wording import in_words, pair_of, sentence
from notifier.rules.checked_checks import Check

_NEVER = datetime.max.replace(tzinfo=UTC)


class Event(StrEnum):
    """What happened to a contradiction."""

    OPENED = "opened"
    REOPENED = "reopened"
    CHANGED = "changed"
    """It continues, with other values, members or another deadline."""
    SETTLED = "settled"
    WAIVED = "waived"
    """The facts are back at values that a person waived."""
    LAPSED = "lapsed"


_ENDS = {
    Event.SETTLED: ContradictionState.SETTLED,
    Event.WAIVED: ContradictionState.WAIVED,
    Event.LAPSED: ContradictionState.LAPSED,
}


@dataclass(frozen=True, kw_only=True)
class ContradictionChange:
    """A contradiction as it is now, with its reason, and what happened to it."""

    event: Event
    contradiction: Contradiction


@dataclass(frozen=True, kw_only=True)
class FactRow:
    """A row that a promise is compared with. For a check with `kept_when` there is no row: entity and id are empty."""

    entity: str = ""
    id: str = ""
    value: ComparedValue
    surfaces_at: datetime | None
    is_kept: bool = False
    """For a check with `kept_when`: the promise was kept, so this is no contradiction."""
    said: OtherWord | None = None
    """For a row that is a promise itself: who made it."""

    @property
    def key(self) -> tuple[str, str]:
        """Identifies the row."""
        return self.entity, self.id


@dataclass(frozen=True, kw_only=True)
class PromiseFacts:
    """All that is known about one promise at `now`."""

    promise_id: str
    """The record that its contradiction is, or would be, named after."""
    promise: PromiseRow | None
    """As it is now, in any state, with what all its records know; None when it was deleted."""
    records: tuple[PromiseRow, ...] = ()
    """Its records that are compared, the earliest first."""
    disagreeing: tuple[FactRow, ...] = ()
    """Rows for which `when` holds and the promise is valid; rows that agree may be among them."""
    members: tuple[FactRow, ...] = ()
    """The known members as they are now, whatever `when` says; those deleted or no longer related are missing."""


def contradiction_id(check: str, promise_id: str) -> str:
    """The id of a (check, promise) pair: `X-7K3QM-X9T2A`. A promise deleted and imported again gets the same one."""
    return f"X-{reference(_pair(check, promise_id))}"


def contradiction_ids(check: str, promise_ids: Iterable[str]) -> list[str]:
    """The same of each of these promises."""
    return [f"X-{name}" for name in references([_pair(check, each) for each in promise_ids])]


def _pair(check: str, promise_id: str) -> str:
    return f"contradiction:{check}:{promise_id}"


def assess(
    check: Check, facts: PromiseFacts, known: Contradiction | None, *, now: datetime, since: datetime | None
) -> ContradictionChange | None:
    """The next state of the promise's contradiction; None when nothing changes.

    `since` is the previous pass, None when there was none.
    """
    living = known if known is not None and known.state in HOLDING else None
    promise = facts.promise
    ending = known if known is not None and (living is not None or waiver_is_over(known, now)) else None
    if promise is None or (over := promise.not_compared(check)):
        deleted = "the promise" if check.implied is None else f"the {check.implied.entity}"
        reason = f"{deleted} was deleted" if promise is None else over
        return None if ending is None else _ended(ending, Event.SETTLED, reason, now)
    promised = promise.promised(check)
    disagreeing = _disagreeing(check, promised, [*facts.disagreeing, *(facts.members if living else ())])
    waived = set() if known is None else accepted_pairs(known, now)
    members = set() if living is None else member_keys(check, living)
    rows = [
        fact
        for fact in disagreeing
        if pair_of(promised, fact.value) not in waived and (fact.key in members or not _is_history(fact, now, since))
    ]
    if ending is not None and living is None and not rows:
        return _ended(ending, Event.SETTLED, "the two sides agree again; the waiver is over", now)
    if living is not None and not rows:
        if any(pair_of(promised, fact.value) in waived for fact in disagreeing):
            return _ended(living, Event.WAIVED, "the facts are back at values that were waived", now)
        settled = _ended(living, Event.SETTLED, _why_settled(check, promised, facts, living), now)
        in_time = living.surfaces_at is None or now < living.surfaces_at
        spared = replace(settled.contradiction, avoided=check.avoids if in_time else None)
        return replace(settled, contradiction=spared)
    coming = [fact for fact in rows if fact.surfaces_at is None or fact.surfaces_at > now]
    if coming:
        return _going_on(_described(check, facts, promised, coming[0], rows, now), known, living)
    if rows and not (known is not None and known.state is ContradictionState.LAPSED):
        lapsed = _carried(_described(check, facts, promised, rows[0], rows, now), known, living)
        surfaced = minute_text(lapsed.surfaces_at) if lapsed.surfaces_at else "once"
        return _ended(lapsed, Event.LAPSED, f"it surfaced at {surfaced}: {lapsed.reason}", now)
    return None


def accepted_pairs(known: Contradiction, now: datetime) -> set[str]:
    """The pairs of values that a person accepted, as long as that holds."""
    if known.waived_pair is None or (known.waived_until is not None and known.waived_until <= now):
        return set()
    return set(known.waived_pair.split("\n"))


def waiver_is_over(known: Contradiction, now: datetime) -> bool:
    """Whether it is waived, and the time of that has come to its end."""
    over = known.waived_until is not None and known.waived_until <= now
    return over and known.state is ContradictionState.WAIVED


def joined(double: Contradiction, into: str, *, now: datetime) -> ContradictionChange:
    """The end of a contradiction whose promise turned out to be the one of another; that goes on."""
    ended = _ended(double, Event.SETTLED, f"it is the same promise as in {into}, which goes on", now)
    return replace(ended, contradiction=replace(ended.contradiction, records=()))


def disagreeing_rows(check: Check, facts: PromiseFacts) -> list[FactRow]:
    """The rows that disagree now, the earliest to surface first; empty where the promise is no longer compared."""
    if facts.promise is None or facts.promise.not_compared(check):
        return []
    return _disagreeing(check, facts.promise.promised(check), [*facts.disagreeing, *facts.members])


def _disagreeing(check: Check, promised: ComparedValue, facts: Iterable[FactRow]) -> list[FactRow]:
    """The facts that disagree, each row once, the earliest to surface first."""
    faced = (_facing(fact, promised) for fact in facts)
    unique = {fact.key: fact for fact in faced if not fact.id or disagree(check, promised, fact.value)}
    return sorted(unique.values(), key=lambda fact: (fact.surfaces_at or _NEVER, fact.key))


def _facing(fact: FactRow, promised: ComparedValue) -> FactRow:
    value = fact.value.facing(promised) if fact.value.summands else fact.value
    return fact if value is fact.value else replace(fact, value=value)


def member_keys(check: Check, known: Contradiction) -> set[tuple[str, str]]:
    """The keys of the facts that the contradiction is made of."""
    if check.kept_when:
        return {("", "")}
    return {(member.fact_type, member.fact_id) for member in known.members}


def _is_history(fact: FactRow, now: datetime, since: datetime | None) -> bool:
    """It surfaced before the previous pass."""
    if fact.surfaces_at is None or fact.surfaces_at > now:
        return False
    return since is None or fact.surfaces_at <= since


def _described(
    check: Check, facts: PromiseFacts, promised: ComparedValue, first: FactRow, rows: list[FactRow], now: datetime
) -> Contradiction:
    """A newly opened contradiction of these rows; `first` is the one that surfaces next."""
    promise = facts.promise
    assert promise is not None, "what was deleted contradicts nothing"
    described = Contradiction(
        id=contradiction_id(check.name, facts.promise_id),
        check=check.name,
        promise_id=facts.promise_id,
        subject_type=promise.subject_type,
        subject_id=promise.subject_id,
        customer_id=promise.customer_id,
        topic=check.topic,
        topic_type=check.topic_type,
        promised=promise.value,
        currency=promised.currency,
        tax_included=promised.tax_included,
        actual=first.value.text,
        actual_currency=first.value.currency,
        actual_tax_included=first.value.tax_included,
        promised_by=promise.made_by or promise.source,
        promised_at=promise.made_at,
        evidence=promise.evidence,
        source=promise.source if check.implied is None else None,
        surfaces_at=first.surfaces_at,
        owner=check.owner,
        severity=check.severity,
        state=ContradictionState.OPEN,
        opened_at=now,
        changed_at=now,
        members=tuple(_member(fact) for fact in sorted(rows, key=lambda fact: fact.key) if fact.id),
        records=tuple(row.record for row in sorted(facts.records, key=lambda row: row.id) if check.implied is None),
    )
    return described.changed(reason=sentence(described))


def _carried(described: Contradiction, known: Contradiction | None, living: Contradiction | None) -> Contradiction:
    """With what carries over: the waiver always, state and `opened_at` only while it has been open."""
    if known is None:
        return described
    lasting = described.changed(
        waived_pair=known.waived_pair,
        waived_until=known.waived_until,
        alerted=known.alerted,
        group_id=known.group_id,
        version=known.version,
    )
    if living is None:
        return lasting
    return lasting.changed(
        state=living.state,
        opened_at=living.opened_at,
        acknowledged_at=living.acknowledged_at,
        acknowledged_by=living.acknowledged_by,
        steps_from=living.steps_from,
        steps_said=living.steps_said,
    )


def _going_on(
    described: Contradiction, known: Contradiction | None, living: Contradiction | None
) -> ContradictionChange | None:
    carried = _carried(described, known, living)
    if living is None:
        return ContradictionChange(event=Event.OPENED if known is None else Event.REOPENED, contradiction=carried)
    if carried.changed(reason=living.reason, changed_at=living.changed_at) == living:
        return None
    return ContradictionChange(event=Event.CHANGED, contradiction=carried)


def _member(fact: FactRow) -> Member:
    text = fact.value.text
    assert text is not None, "a row without a value contradicts nothing"
    return Member(
        fact_type=fact.entity,
        fact_id=fact.id,
        actual=text,
        surfaces_at=fact.surfaces_at,
        currency=fact.value.currency,
        tax_included=fact.value.tax_included,
        summands=fact.value.summands,
        said=fact.said,
    )


def _ended(contradiction: Contradiction, event: Event, reason: str, now: datetime) -> ContradictionChange:
    state = _ENDS[event]
    return ContradictionChange(
        event=event, contradiction=contradiction.changed(state=state, reason=reason, changed_at=now)
    )


def _why_settled(check: Check, promised: ComparedValue, facts: PromiseFacts, known: Contradiction) -> str:
    if check.kept_when:
        return "the promise was kept, or is due later"
    now_there = {fact.key: fact for fact in facts.members}
    sentences = []
    for member in known.members:
        fact = now_there.get((member.fact_type, member.fact_id))
        row = f"{member.fact_type} {member.fact_id}"
        if fact is None and check.of_promises:
            sentences.append(f"{row} no longer stands beside it")
        elif fact is None:
            sentences.append(f"{row} is gone, or the promise no longer covers it")
        elif fact.value.value is None:
            sentences.append(f"{row} has no value any more")
        else:
            said, is_now = in_words(check.topic, promised), in_words(check.topic, fact.value)
            sentences.append(
                f"{row} is {is_now}, as promised" if said == is_now else f"{row} is {is_now} and agrees with {said}"
            )
    return "; ".join(sentences)
