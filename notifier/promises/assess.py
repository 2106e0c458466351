"""One promise, the facts about it and what was known become the next state of its contradiction.

Pure: the same facts give the same state, whether a change or a full pass led here. The rules, in the order of
"What a check means" (design.md):

- A row that surfaced before the previous pass and was no member then is history: nobody can be warned of it any more.
- The deadline is the earliest `surfaces_at` of the members that have not surfaced; when none is left, it has lapsed.
- A waived pair of values is no disagreement, for as long as both values stay what they were.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState, Member
from notifier.model.digests import reference
from notifier.model.values import parse_canonical
from notifier.promises.compare import Value, disagreement
from notifier.rules.checked import Check

_NEVER = datetime.max.replace(tzinfo=UTC)


class Event(StrEnum):
    """What happened to a contradiction."""

    OPENED = "opened"
    REOPENED = "reopened"
    CHANGED = "changed"
    """It goes on with other values, members, or another deadline."""
    SETTLED = "settled"
    WAIVED = "waived"
    """The facts are back at values that a person waived."""
    LAPSED = "lapsed"


@dataclass(frozen=True, kw_only=True)
class ContradictionChange:
    """A contradiction as it is now, with its reason, and what happened to it."""

    event: Event
    contradiction: Contradiction


@dataclass(frozen=True, kw_only=True)
class PromiseRow:
    """A promise as stored."""

    id: str
    customer_id: str | None
    subject_type: str
    subject_id: str
    topic: str
    value: str
    """Canonical text of the topic's type."""
    currency: str | None
    tax_included: bool | None
    made_at: datetime
    made_by: str | None
    source: str
    evidence: str | None
    state: str

    def promised(self, check: Check) -> Value:
        """What was promised. Raises ValueError when the topic's type has changed since the promise was stored."""
        try:
            value = parse_canonical(check.topic_type, self.value)
        except ValueError as error:
            raise ValueError(f"promise {self.id}: {error}; import it again as {check.topic_type}") from error
        return Value(type=check.topic_type, value=value, currency=self.currency or None, tax_included=self.tax_included)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A row that a promise is compared with. For a promise that nothing keeps, entity and id are empty."""

    entity: str = ""
    id: str = ""
    value: Value
    surfaces_at: datetime | None

    @property
    def key(self) -> tuple[str, str]:
        """What tells the row from every other one."""
        return self.entity, self.id


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that is known about one promise at `now`."""

    promise_id: str
    promise: PromiseRow | None
    """As it is now, in whatever state; None when it was deleted."""
    disagreeing: tuple[Fact, ...] = ()
    """Rows for which `when` holds and the promise is valid; those that agree do no harm."""
    members: tuple[Fact, ...] = ()
    """The known members as they are now, whatever `when` says; deleted and unrelated ones are missing."""


def contradiction_id(check: str, promise_id: str) -> str:
    """The one id of a check and a promise: `X-7K3QM-X9T2A`. It outlives deletion and comes back with the promise."""
    return f"X-{reference(f'contradiction:{check}:{promise_id}')}"


def value_pair(contradiction: Contradiction) -> str:
    """`promised|actual` of the values it is about: what a waiver is bound to, and an owner is alerted of once."""
    actual = Value(
        type=contradiction.topic_type,
        value=None if contradiction.actual is None else parse_canonical(contradiction.topic_type, contradiction.actual),
        currency=contradiction.actual_currency,
        tax_included=contradiction.actual_tax_included,
    )
    return _pair(_promised(contradiction), actual)


def waivable_pairs(contradiction: Contradiction) -> tuple[str, ...]:
    """The pairs of all its members: what a person who waives it has seen."""
    promised = _promised(contradiction)
    actuals = [
        Value(
            type=contradiction.topic_type,
            value=parse_canonical(contradiction.topic_type, member.actual),
            currency=member.currency,
            tax_included=member.tax_included,
        )
        for member in contradiction.members
    ]
    return tuple(sorted({value_pair(contradiction), *(_pair(promised, actual) for actual in actuals)}))


def assess(
    check: Check, facts: Facts, known: Contradiction | None, *, now: datetime, since: datetime | None
) -> ContradictionChange | None:
    """The next state of the promise's contradiction; None when nothing changes.

    `since` is the previous pass, None when there was none.
    """
    alive = known is not None and known.state in HOLDING
    promise = facts.promise
    over = _no_longer_compared(check, promise)
    if promise is None or over is not None:
        return _settled(known, over or "the promise was deleted", now) if known is not None and alive else None
    promised = promise.promised(check)
    disagreeing = _disagreeing(check, promised, [*facts.disagreeing, *(facts.members if alive else ())])
    waived = set() if known is None or known.waived_pair is None else set(known.waived_pair.split("\n"))
    members = {("", "")} if check.kept_when else {(member.fact_type, member.fact_id) for member in _members(known)}
    rows = [
        fact
        for fact in disagreeing
        if _pair(promised, fact.value) not in waived
        and ((alive and fact.key in members) or not _is_history(fact, now, since))
    ]
    if known is not None and not rows:
        if not alive:
            return None
        if any(_pair(promised, fact.value) in waived for fact in disagreeing):
            reason = "the facts are back at values that were waived"
            return _ended(known, ContradictionState.WAIVED, Event.WAIVED, reason, now)
        return _settled(known, _why_settled(check, promised, facts, known), now)
    coming = [fact for fact in rows if not _surfaced(fact, now)]
    if not rows or (not coming and known is not None and known.state is ContradictionState.LAPSED):
        return None
    described = _described(check, promise, promised, coming or rows, rows, now)
    if not coming:
        lapsed = replace(_carried(described, known, alive), state=ContradictionState.LAPSED)
        return ContradictionChange(event=Event.LAPSED, contradiction=replace(lapsed, reason=_why_lapsed(lapsed)))
    if known is None:
        return ContradictionChange(event=Event.OPENED, contradiction=described)
    carried = _carried(described, known, alive)
    if not alive:
        return ContradictionChange(event=Event.REOPENED, contradiction=carried)
    same = replace(carried, reason=known.reason, changed_at=known.changed_at) == known
    return None if same else ContradictionChange(event=Event.CHANGED, contradiction=carried)


def _no_longer_compared(check: Check, promise: PromiseRow | None) -> str | None:
    """Why the check does not look at this promise, as a sentence; None when it does."""
    if promise is None:
        return "the promise was deleted"
    if promise.state != "open":
        return f"the promise is {promise.state}"
    if promise.topic != check.topic:
        return f"the promise is about {promise.topic} now"
    return "the promise is a notice of our own" if promise.source == "notice" else None


def _disagreeing(check: Check, promised: Value, facts: Iterable[Fact]) -> list[Fact]:
    """Those that disagree, each row once, the earliest to surface first."""
    unique = {fact.key: fact for fact in facts if not fact.id or disagreement(check, promised, fact.value) is not None}
    return sorted(unique.values(), key=lambda fact: (fact.surfaces_at or _NEVER, fact.key))


def _surfaced(fact: Fact, now: datetime) -> bool:
    return fact.surfaces_at is not None and fact.surfaces_at <= now


def _is_history(fact: Fact, now: datetime, since: datetime | None) -> bool:
    if fact.surfaces_at is None or fact.surfaces_at > now:
        return False
    return since is None or fact.surfaces_at <= since


def _described(
    check: Check, promise: PromiseRow, promised: Value, coming: list[Fact], rows: list[Fact], now: datetime
) -> Contradiction:
    """A newly opened contradiction of these rows."""
    first = coming[0]
    return Contradiction(
        id=contradiction_id(check.name, promise.id),
        check=check.name,
        promise_id=promise.id,
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
        surfaces_at=first.surfaces_at,
        owner=check.owner,
        severity=check.severity,
        state=ContradictionState.OPEN,
        opened_at=now,
        changed_at=now,
        members=tuple(_member(fact) for fact in sorted(rows, key=lambda fact: fact.key) if fact.id),
        reason=_why_open(check, promise, promised, first, len(rows) - 1),
    )


def _carried(described: Contradiction, known: Contradiction | None, alive: bool) -> Contradiction:
    """With what lasts: the waiver always, the state and the opening only while it has been going on."""
    if known is None:
        return described
    lasting = replace(described, waived_pair=known.waived_pair, version=known.version)
    return replace(lasting, state=known.state, opened_at=known.opened_at) if alive else lasting


def _member(fact: Fact) -> Member:
    text = fact.value.text
    assert text is not None, "a row without a value contradicts nothing"
    return Member(
        fact_type=fact.entity,
        fact_id=fact.id,
        actual=text,
        surfaces_at=fact.surfaces_at,
        currency=fact.value.currency,
        tax_included=fact.value.tax_included,
    )


def _members(known: Contradiction | None) -> tuple[Member, ...]:
    return () if known is None else known.members


def _settled(known: Contradiction, reason: str, now: datetime) -> ContradictionChange:
    return _ended(known, ContradictionState.SETTLED, Event.SETTLED, reason, now)


def _ended(
    known: Contradiction, state: ContradictionState, event: Event, reason: str, now: datetime
) -> ContradictionChange:
    return ContradictionChange(event=event, contradiction=replace(known, state=state, reason=reason, changed_at=now))


def _why_open(check: Check, promise: PromiseRow, promised: Value, fact: Fact, others: int) -> str:
    maker = promise.made_by or promise.source
    if check.kept_when:
        return f"{check.topic} {promised.sentence}, promised by {maker}, is not kept yet"
    why = disagreement(check, promised, fact.value)
    more = f", and {others} more row{'s' if others > 1 else ''}" if others else ""
    return f"{fact.entity} {fact.id} {why} by {maker}{more}"


def _why_lapsed(contradiction: Contradiction) -> str:
    assert contradiction.surfaces_at is not None, "what never surfaces never lapses"
    return f"it surfaced at {contradiction.surfaces_at:%Y-%m-%d %H:%M} UTC: {contradiction.reason}"


def _why_settled(check: Check, promised: Value, facts: Facts, known: Contradiction) -> str:
    if check.kept_when:
        return "the promise was kept, or is due later"
    now_there = {fact.key: fact for fact in facts.members}
    sentences = []
    for member in known.members:
        fact = now_there.get((member.fact_type, member.fact_id))
        row = f"{member.fact_type} {member.fact_id}"
        if fact is None:
            sentences.append(f"{row} is gone, or the promise no longer covers it")
        elif fact.value.value is None:
            sentences.append(f"{row} has no value any more")
        else:
            sentences.append(f"{row} is {fact.value.sentence} and agrees with {promised.sentence}")
    return "; ".join(sentences)


def _promised(contradiction: Contradiction) -> Value:
    return Value(
        type=contradiction.topic_type,
        value=parse_canonical(contradiction.topic_type, contradiction.promised),
        currency=contradiction.currency,
        tax_included=contradiction.tax_included,
    )


def _pair(promised: Value, actual: Value) -> str:
    return f"{_one_line(promised.identity)}|{_one_line(actual.identity)}"


def _one_line(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("|", "\\p")
