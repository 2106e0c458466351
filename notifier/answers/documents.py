"""Drafts and notices as JSON documents: the outside contract of every `--json` (design.md, "Commands").

Stable and byte-deterministic: keys in a fixed order, instants as ISO 8601 UTC with `Z`, amounts of money as text with
their currency beside them, never as floating point.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from notifier.model.digests import canonical_number
from notifier.model.instants import utc_text
from notifier.model.notices import Claims, ClaimValue, Draft, NoticeState, RenderedMessage
from notifier.model.types import TopicType

if TYPE_CHECKING:
    from notifier.answers.records import NoticeRecord
    from notifier.store.outbox.suppressions import Suppression

Document = dict[str, Any]

VERDICTS: Mapping[NoticeState, str] = {
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


def json_text(document: object) -> str:
    """The document as indented JSON; letters stay letters."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)


def instant(value: datetime | None) -> str | None:
    """ISO 8601 in UTC: `2026-03-05T15:00:00Z`."""
    return None if value is None else utc_text(value)


def draft_document(draft: Draft) -> Document:
    """One item of `preview --json`."""
    document: Document = {
        "rule": draft.rule,
        "subject": f"{draft.subject_type}:{draft.subject_id}",
        "customer": draft.recipient_id,
        "class": draft.notice_class.value,
        "verdict": VERDICTS[draft.verdict.state],
        "reason": draft.verdict.reason.text,
        "send_at": instant(draft.verdict.send_at),
        "claims": claims_document(draft.claims),
        "messages": [message_document(message) for message in draft.messages],
        "reason_code": draft.verdict.reason.code.value,
        "kind": draft.kind.value,
        "reference": draft.reference,
        "owner": draft.owner,
        "until": instant(draft.until),
    }
    if draft.each_id is not None:
        document["each"] = draft.each_id
    if draft.verdict.contradictions:
        document["contradictions"] = list(draft.verdict.contradictions)
    if draft.previous:
        document["previous"] = claims_document(draft.previous)
    return document


def message_document(message: RenderedMessage) -> Document:
    """One message of a draft. `sha256` is that of the exact bytes that are handed over."""
    document: Document = {"channel": message.channel.value, "to": message.to}
    if message.subject is not None:
        document["subject"] = message.subject
    document["text"] = message.text
    if message.html is not None:
        document["html"] = message.html
    if message.encoding is not None:
        document |= {"encoding": message.encoding, "segments": message.segments}
    if message.cost is not None:
        document["cost"] = {"amount": canonical_number(message.cost), "currency": message.cost_currency}
    document["sha256"] = hashlib.sha256(message.payload).hexdigest()
    return document


def claims_document(claims: Claims) -> Document:
    """The claims by name, as plain JSON values."""
    return {name: _claim(claim) for name, claim in claims.items()}


def _claim(claim: ClaimValue) -> Any:
    """Money is an object of amount and currency; a number is a JSON number; a duration is seconds as text (`3600s`)."""
    value = claim.value
    match claim.type, value:
        case TopicType.MONEY, Decimal():
            return {"amount": canonical_number(value), "currency": claim.currency}
        case TopicType.DURATION, Decimal():
            return f"{canonical_number(value)}s"
        case _, Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case _, datetime():
            return instant(value)
    return value


def record_document(record: "NoticeRecord") -> Document:
    """One item of `notices --json`: a draft as it was decided, and what became of it."""
    document = draft_document(record.draft)
    document |= {
        "state": record.draft.verdict.state.value,
        "live": record.live,
        "decided_at": instant(record.decided_at),
        "changed_at": instant(record.changed_at),
        "told_at": instant(record.told_at),
        "spent": record.draft.spent,
        "approved": record.approved,
        "released": record.released,
    }
    document["messages"] = [
        message_document(each.message)
        | {
            "state": each.state.value,
            "attempts": each.attempts,
            "started_at": instant(each.started_at),
            "provider": each.provider,
            "provider_id": each.provider_id,
            "accepted_at": instant(each.accepted_at),
            "error": each.error,
        }
        for each in record.messages
    ]
    return document


def suppression_document(suppression: "Suppression") -> Document:
    """One item of `suppressions list --json`."""
    return {
        "channel": suppression.channel.value,
        "address": suppression.address,
        "reason": suppression.reason,
        "since": instant(suppression.since),
        "notice": suppression.reference,
        "recipient": suppression.recipient_id,
    }
