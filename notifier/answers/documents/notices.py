"""Notices of the outbox as JSON documents: the draft as it was decided, and what became of it."""

from collections.abc import Sequence
from typing import NotRequired

from typing_extensions import TypedDict

from notifier.answers.documents.drafts import (
    HeldBy,
    Identified,
    MessageDocument,
    Verdicted,
    held_by,
    identified,
    message_document,
    verdicted,
)
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.answers.records import MessageRecord, NoticeRecord
from notifier.model.instants import utc_text
from notifier.model.notices import MessageState, NoticeState
from notifier.model.types import ChannelName


class QueuedMessageDocument(MessageDocument):
    """One message of a notice, and its delivery state."""

    state: MessageState
    attempts: int
    started_at: Instant | None
    """When the last attempt to hand it over began."""
    provider: str | None
    """Who accepted it."""
    provider_id: str | None
    """What the provider calls it."""
    accepted_at: Instant | None
    error: str | None
    """What went wrong last."""


class ThroughDocument(TypedDict):
    """A notice that speaks for another one, at an address that both customers share, or that has it as a part of its
    message; or one that is spoken for."""

    reference: str
    customer: str | None
    channels: list[ChannelName]
    part: NotRequired[bool]
    """True: both are in one message to one customer."""


class Outcome(TypedDict):
    """What became of a notice."""

    state: NoticeState
    live: bool
    """False: it went, or would go, into the sandbox."""
    decided_at: Instant
    changed_at: Instant
    told_at: Instant | None
    """Of a notice that is told through another one: when that one was told."""
    spent: bool
    """Whether it is never told again."""
    approved: bool
    """Whether a person let it pass its rule's limit."""
    released: bool
    """Whether a person lifted the hold of its contradictions."""


class Shared(TypedDict):
    """The keys of a notice at an address that several customers share, or in one message with others."""

    through: NotRequired[list[ThroughDocument]]
    """The notices that speak for it."""
    speaks_for: NotRequired[list[ThroughDocument]]
    """The notices that are told through it."""


class RecordDocument(Verdicted, Identified, Outcome, Shared):
    """A notice with its messages, and without what holds it."""

    messages: list[QueuedMessageDocument]
    """All that were made for it, cancelled ones too."""


class NoticeDocument(RecordDocument, HeldBy):
    """One notice, correction, follow-up or alert."""


def notice_document(record: NoticeRecord) -> NoticeDocument:
    """One item of `notices list --json`, and `notices show --json`."""
    return {**record_document(record), **held_by(record.draft)}


def record_document(record: NoticeRecord) -> RecordDocument:
    """What a notice says of itself, wherever it is shown."""
    return {
        **verdicted(record.draft),
        "messages": [_message(each) for each in record.messages],
        **identified(record.draft),
        "state": record.draft.verdict.state,
        "live": record.live,
        "decided_at": utc_text(record.decided_at),
        "changed_at": utc_text(record.changed_at),
        "told_at": instant_or_null(record.told_at),
        "spent": record.draft.spent,
        "approved": record.approved,
        "released": record.released,
        **_shared(record),
    }


def _shared(record: NoticeRecord) -> Shared:
    document: Shared = {}
    if record.through:
        document["through"] = [
            _through(each.voice.reference, each.voice.recipient_id, [each.channel], is_part=each.voice.is_part)
            for each in record.through
        ]
    if record.speaks_for:
        document["speaks_for"] = [
            _through(each.reference, each.recipient_id, each.channels, is_part=each.is_part)
            for each in record.speaks_for
        ]
    return document


def _through(
    reference: str, customer: str | None, channels: Sequence[ChannelName], *, is_part: bool
) -> ThroughDocument:
    document: ThroughDocument = {"reference": reference, "customer": customer, "channels": list(channels)}
    return {**document, "part": True} if is_part else document


def _message(record: MessageRecord) -> QueuedMessageDocument:
    return {
        **message_document(record.message),
        "state": record.state,
        "attempts": record.attempts,
        "started_at": instant_or_null(record.started_at),
        "provider": record.provider,
        "provider_id": record.provider_id,
        "accepted_at": instant_or_null(record.accepted_at),
        "error": record.error,
    }
