"""Contradictions as JSON documents. Values are canonical texts of the topic's type: `111860`, `true`, `3600s`."""

from collections.abc import Iterable

from typing_extensions import TypedDict

from notifier.answers.documents.interventions import InterventionDocument, intervention_document
from notifier.answers.documents.settling import SettlingDocument, settling_document
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.model.contradictions import Contradiction, ContradictionState, Member, OtherWord, PromiseRecord
from notifier.model.instants import utc_text
from notifier.model.settling import Settling
from notifier.model.types import TopicType
from notifier.store.interventions import Intervention


class SummandDocument(TypedDict):
    """One of the rows that a sum or a count is made of."""

    id: str
    amount: str | None
    """What it adds; null for a count."""
    currency: str | None
    tax_included: bool | None


class WordDocument(TypedDict):
    """Who made a promise that disagrees with the promise."""

    source: str
    by: str | None
    at: Instant
    evidence: str | None


class MemberDocument(TypedDict):
    """One row that disagrees with the promise."""

    fact: str
    """`charge:X-101`"""
    actual: str
    """Of a sum of several currencies, the total of one that was not promised: see `summands`."""
    currency: str | None
    tax_included: bool | None
    surfaces_at: Instant | None
    summands: list[SummandDocument]
    """The rows that `actual` adds up or counts; empty where it is the value of one row."""
    said: WordDocument | None
    """Where the row is a promise: who made it."""


class RecordDocument(TypedDict):
    """The promise as one system recorded it."""

    promise: str
    """The promise's id."""
    by: str
    at: Instant
    evidence: str | None


class ContradictionDocument(TypedDict):
    """One promise and what it disagrees with."""

    id: str
    """As it is read out: `X-7K3QM-X9T2A`."""
    check: str
    subject: str
    """What the promise is about: `contract:K-1`."""
    customer: str | None
    topic: str
    promised: str
    actual: str | None
    """The fact that surfaces next; null where the promise is broken by nothing happening."""
    promised_by: str
    surfaces_at: Instant | None
    """The deadline: when the customer would find out; null where that may be at any time."""
    owner: str
    severity: str
    state: ContradictionState
    reason: str
    """Why it is in this state, in one sentence."""
    type: TopicType
    """Of the promised and the actual value."""
    currency: str | None
    """Of the promised amount, ISO 4217."""
    tax_included: bool | None
    """Whether the promised amount includes tax; null: not known."""
    actual_currency: str | None
    actual_tax_included: bool | None
    promise: str | None
    """The promise's id; where several systems recorded it, that of the record that the contradiction was found for.
    Null where no promise was recorded, but the subject's own row says so."""
    promised_at: Instant
    """Where no promise was recorded: when the contradiction was first found."""
    evidence: str | None
    source: str | None
    """Of the promise: sales, quote, contract, …; null where no promise was recorded."""
    avoided: str | None
    """What its settling spared, once for each of its members: the name of a cost in rules/policy.yaml."""
    records: list[RecordDocument]
    """Every record of the promise, by id."""
    opened_at: Instant
    changed_at: Instant
    acknowledged_at: Instant | None
    """When somebody took it; null while nobody has."""
    acknowledged_by: str | None
    waived_until: Instant | None
    """When its waiver ends; null where that ends with one of its two values alone."""
    group: str | None
    """The flood in which it was found."""
    members: list[MemberDocument]
    """The rows that disagree."""


class ContradictionHistory(TypedDict):
    """What hangs on a contradiction, and what people did about it."""

    holds: list[str]
    """References of the notices that it holds."""
    waived_pairs: list[str]
    """`promised|actual`: the values that a person accepted."""
    interventions: list[InterventionDocument]
    settlings: list[SettlingDocument]
    """How people took it to an end, the oldest first."""


class ContradictionCardDocument(ContradictionDocument, ContradictionHistory):
    """One contradiction with its history."""


def contradiction_document(contradiction: Contradiction) -> ContradictionDocument:
    """One item of `contradictions list --json`."""
    return {
        "id": contradiction.id,
        "check": contradiction.check,
        "subject": f"{contradiction.subject_type}:{contradiction.subject_id}",
        "customer": contradiction.customer_id,
        "topic": contradiction.topic,
        "promised": contradiction.promised,
        "actual": contradiction.actual,
        "promised_by": contradiction.promised_by,
        "surfaces_at": instant_or_null(contradiction.surfaces_at),
        "owner": contradiction.owner,
        "severity": contradiction.severity,
        "state": contradiction.state,
        "reason": contradiction.reason,
        "type": contradiction.topic_type,
        "currency": contradiction.currency,
        "tax_included": contradiction.tax_included,
        "actual_currency": contradiction.actual_currency,
        "actual_tax_included": contradiction.actual_tax_included,
        "promise": contradiction.promise_id if contradiction.records else None,
        "promised_at": utc_text(contradiction.promised_at),
        "evidence": contradiction.evidence,
        "source": contradiction.source,
        "avoided": contradiction.avoided,
        "records": [_record(record) for record in contradiction.records],
        "opened_at": utc_text(contradiction.opened_at),
        "changed_at": utc_text(contradiction.changed_at),
        "acknowledged_at": instant_or_null(contradiction.acknowledged_at),
        "acknowledged_by": contradiction.acknowledged_by,
        "waived_until": instant_or_null(contradiction.waived_until),
        "group": contradiction.group_id,
        "members": [_member(member) for member in contradiction.members],
    }


def contradiction_card_document(
    contradiction: Contradiction,
    *,
    holds: Iterable[str],
    interventions: Iterable[Intervention],
    settlings: Iterable[Settling] = (),
) -> ContradictionCardDocument:
    """`contradictions show --json`; `holds` are the references of the notices that it holds."""
    return {
        **contradiction_document(contradiction),
        "holds": list(holds),
        "waived_pairs": contradiction.waived_pair.split("\n") if contradiction.waived_pair else [],
        "interventions": [intervention_document(each) for each in interventions],
        "settlings": [settling_document(each) for each in settlings],
    }


def _member(member: Member) -> MemberDocument:
    return {
        "fact": f"{member.fact_type}:{member.fact_id}",
        "actual": member.actual,
        "currency": member.currency,
        "tax_included": member.tax_included,
        "surfaces_at": instant_or_null(member.surfaces_at),
        "summands": [
            {"id": row.id, "amount": row.amount, "currency": row.currency, "tax_included": row.tax_included}
            for row in member.summands
        ],
        "said": None if member.said is None else _word(member.said),
    }


def _word(said: OtherWord) -> WordDocument:
    return {"source": said.source, "by": said.by, "at": utc_text(said.at), "evidence": said.evidence}


def _record(record: PromiseRecord) -> RecordDocument:
    return {
        "promise": record.promise_id,
        "by": record.promised_by,
        "at": utc_text(record.promised_at),
        "evidence": record.evidence,
    }
