"""A page of a timeline as a JSON document."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant
from notifier.answers.speech import Speech
from notifier.answers.timeline import Order, Timeline
from notifier.answers.timeline_entries import Entry, Value
from notifier.answers.timeline_sources import EntryKind
from notifier.answers.timeline_words import sentence
from notifier.model.instants import utc_text
from notifier.model.types import TopicType


class TopicValueDocument(TypedDict):
    """A value of a promise or of a fact."""

    topic: str
    type: TopicType
    value: str | None
    """The canonical text of the type: `79900`, `true`, `2026-03-05T15:00:00Z`; null: nothing happened yet."""
    currency: str | None


class ArrivalDocument(TypedDict):
    """What became of one message."""

    channel: str
    state: str


class TimelineEntryDocument(TypedDict):
    """One thing that happened between the company and the customer. What a kind does not have is null."""

    at: Instant
    kind: EntryKind
    id: str
    """Of the promise, notice, receipt, contact, contradiction or decision."""
    what: str
    """The whole in one sentence, in English."""
    about: str | None
    """The row that it is about: `contract:K-1`."""
    by: str | None
    """Who promised, wrote or decided; of what was found, its owner."""
    channel: str | None
    direction: str | None
    """Of a contact: `inbound` or `outbound`."""
    state: str | None
    source: str | None
    """Of a promise: `sales`, `contract`, …; of a word about consent, where it came from."""
    rule: str | None
    """The rule of a notice, the check of a contradiction, the class that consent is about."""
    reference: str | None
    """What a caller reads out: of a notice, or the contradiction's id."""
    promised: TopicValueDocument | None
    actual: TopicValueDocument | None
    text: str | None
    """What was said or written, in its own words; or why."""
    evidence: str | None
    arrived: list[ArrivalDocument]
    """Of what was told: each message that was handed over."""


class TimelineDocument(TypedDict):
    """One page of a timeline."""

    customer: str
    order: Order
    entries: list[TimelineEntryDocument]
    next: str | None
    """What to give as `--after` for the next page; null at the end."""


def timeline_document(found: Timeline, speech: Speech) -> TimelineDocument:
    """`timeline --json`."""
    return {
        "customer": found.customer_id,
        "order": found.order,
        "entries": [entry_document(entry, speech) for entry in found.entries],
        "next": found.next,
    }


def entry_document(entry: Entry, speech: Speech) -> TimelineEntryDocument:
    """One entry."""
    return {
        "at": utc_text(entry.at),
        "kind": entry.kind,
        "id": entry.id,
        "what": sentence(entry, speech),
        "about": entry.about,
        "by": entry.by,
        "channel": entry.channel,
        "direction": entry.direction,
        "state": entry.state,
        "source": entry.source,
        "rule": entry.rule,
        "reference": entry.reference,
        "promised": value_document(entry.promised),
        "actual": value_document(entry.actual),
        "text": entry.text,
        "evidence": entry.evidence,
        "arrived": [{"channel": channel, "state": state} for channel, state in entry.arrived],
    }


def value_document(value: Value | None) -> TopicValueDocument | None:
    """A value, where there is one."""
    if value is None:
        return None
    return {"topic": value.topic, "type": value.type, "value": value.text, "currency": value.currency}
