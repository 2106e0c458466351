"""Drafts as JSON documents: what `preview --json` lists, and what a notice of the outbox says of its decision."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, cast

from typing_extensions import TypedDict

from notifier.answers.documents.values import (
    ClaimsDocument,
    Instant,
    MoneyDocument,
    claims_document,
    instant_or_null,
    money_document,
)
from notifier.model.notices import Claims, Draft, NoticeKind, NoticeState, ReasonCode, RenderedMessage
from notifier.model.types import ChannelName, NoticeClass

VerdictWord = Literal["ready", "hold", "defer", "suppress", "expire", "cancel", "failed", "told"]

VERDICTS: Mapping[NoticeState, VerdictWord] = {
    NoticeState.READY: "ready",
    NoticeState.HELD: "hold",
    NoticeState.DEFERRED: "defer",
    NoticeState.SUPPRESSED: "suppress",
    NoticeState.EXPIRED: "expire",
    NoticeState.CANCELLED: "cancel",
    NoticeState.FAILED: "failed",
    NoticeState.TOLD: "told",
}
"""The words of the verdicts. `told` is no verdict of planning: it was told already."""


class MessageDocument(TypedDict):
    """One message of a draft, as the customer reads it."""

    channel: ChannelName
    to: str
    """The phone number or mail address; empty where it is not kept any longer."""
    subject: NotRequired[str]
    """Of a mail."""
    text: str
    """Empty where it is not kept any longer."""
    html: NotRequired[str]
    """Of a mail that has HTML."""
    calendar: NotRequired[str]
    """Of a mail that carries an entry for a calendar: iCalendar text."""
    encoding: NotRequired[Literal["GSM-7", "UCS-2"]]
    """Of an SMS."""
    segments: NotRequired[int]
    """Of an SMS: what its price is counted in."""
    cost: NotRequired[MoneyDocument]
    """Where the price of a segment is known."""
    sha256: str
    """Of the exact bytes that are handed over; of no bytes where they are not kept any longer."""


_Class = TypedDict("_Class", {"class": NoticeClass})
"""Apart from the class below, because a class body cannot declare a key named `class`."""


class Verdicted(_Class):
    """The first keys of a draft and of a notice: what is said to whom, and the verdict."""

    rule: str
    """The rule's name; for an alert, that of the rule or check that caused it."""
    subject: str
    """The row that it is about: `appointment:A-1`."""
    customer: str | None
    """Null where the rule's path to a customer is empty. For an alert, the owner."""
    verdict: VerdictWord
    reason: str
    """One sentence."""
    send_at: Instant | None
    """When it goes, or went; null where it does not."""
    claims: ClaimsDocument
    """The facts that it tells, by name."""


class Identified(TypedDict):
    """The keys of a draft and of a notice that follow their messages."""

    reason_code: ReasonCode
    kind: NoticeKind
    reference: str
    """What a caller reads out: `7K3QM-X9T2A`."""
    owner: str
    """The team that answers for it."""
    until: Instant | None
    """The last moment at which it still helps; null where none is set."""
    each: NotRequired[str]
    """The id of the second row, where the rule has `each`."""
    previous: NotRequired[ClaimsDocument]
    """Of a correction: what was told before."""


class HeldBy(TypedDict):
    """The last key of a draft and of a notice, where contradictions hold it."""

    contradictions: NotRequired[list[str]]
    """The ids of those that hold it."""


class WithheldBy(TypedDict):
    """The last key of a draft that a gate withheld."""

    gate: NotRequired[str]
    """The gate: `quiet_hours`, `contact_law`; `content` where the texts lack what the law wants in them."""


class PartOf(TypedDict):
    """The last key of a draft that is a part of the message of another one."""

    part_of: NotRequired[str]
    """The reference of that notice."""


class InShadow(TypedDict):
    """The last key of a draft of a rule in shadow."""

    shadow: NotRequired[bool]
    """True where its rule is in shadow: it is recorded, and goes nowhere."""


class DraftDocument(Verdicted, Identified, HeldBy, WithheldBy, PartOf, InShadow):
    """One notice that a tick would decide."""

    messages: list[MessageDocument]
    """Empty unless the verdict is `ready`."""


def draft_documents(drafts: Sequence[Draft]) -> list[DraftDocument]:
    """What `preview --json` lists. Who speaks has the rows of all that its message lists."""
    by_occurrence = {draft.occurrence: draft for draft in drafts}
    return [
        draft_document(draft, [by_occurrence[part] for part in sorted(draft.parts) if part in by_occurrence])
        for draft in drafts
    ]


def draft_document(draft: Draft, parts: Sequence[Draft] = ()) -> DraftDocument:
    """One item of `preview --json`. `parts`: the parts of its messages."""
    rows = [part.claims for part in parts if (part.rule, part.kind) == (draft.rule, draft.kind)]
    return {
        **verdicted(draft, rows),
        "messages": [message_document(message) for message in draft.messages],
        **identified(draft),
        **held_by(draft),
        **withheld_by(draft),
        **_part_of(draft),
        **_in_shadow(draft),
    }


def verdicted(draft: Draft, beside: Sequence[Claims] = ()) -> Verdicted:
    """The keys before the messages. `beside`: as `claims_document`."""
    return {
        "rule": draft.rule,
        "subject": f"{draft.subject_type}:{draft.subject_id}",
        "customer": draft.recipient_id,
        "class": draft.notice_class,
        "verdict": VERDICTS[draft.verdict.state],
        "reason": draft.verdict.reason.text,
        "send_at": instant_or_null(draft.verdict.send_at),
        "claims": claims_document(draft.claims, beside),
    }


def identified(draft: Draft) -> Identified:
    """The keys after the messages."""
    document: Identified = {
        "reason_code": draft.verdict.reason.code,
        "kind": draft.kind,
        "reference": draft.reference,
        "owner": draft.owner,
        "until": instant_or_null(draft.until),
    }
    if draft.each_id is not None:
        document["each"] = draft.each_id
    if draft.previous:
        document["previous"] = claims_document(draft.previous)
    return document


def held_by(draft: Draft) -> HeldBy:
    """The ids of the contradictions that hold it, where there are any."""
    return {"contradictions": list(draft.verdict.contradictions)} if draft.verdict.contradictions else {}


def withheld_by(draft: Draft) -> WithheldBy:
    """The gate that withheld it, where one did."""
    return {} if draft.verdict.gate is None else {"gate": draft.verdict.gate}


def _part_of(draft: Draft) -> PartOf:
    """The notice in whose message it is, where there is one."""
    voices = [voice for voice in draft.verdict.through.values() if voice.is_part]
    return {"part_of": voices[0].reference} if voices else {}


def _in_shadow(draft: Draft) -> InShadow:
    return {"shadow": True} if draft.shadow else {}


def message_document(message: RenderedMessage) -> MessageDocument:
    """One message, in the order in which a person reads it."""
    document: dict[str, Any] = {"channel": message.channel, "to": message.to}
    if message.subject is not None:
        document["subject"] = message.subject
    document["text"] = message.text
    if message.html is not None:
        document["html"] = message.html
    if message.calendar is not None:
        document["calendar"] = message.calendar
    if message.encoding is not None:
        document |= {"encoding": message.encoding, "segments": message.segments}
    if message.cost is not None:
        document["cost"] = money_document(message.cost, message.cost_currency)
    document["sha256"] = hashlib.sha256(message.payload).hexdigest()
    return cast(MessageDocument, document)  # mypy cannot follow keys that may be missing; the schema's test does
