"""Everything that is known of one person, as one JSON document."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from typing_extensions import TypedDict

from notifier.answers.documents.bounces import BounceDocument, bounce_document
from notifier.answers.documents.consent import ConsentDocument, consent_document
from notifier.answers.documents.contradictions import ContradictionDocument, contradiction_document
from notifier.answers.documents.interventions import InterventionDocument
from notifier.answers.documents.notices import NoticeDocument, notice_document
from notifier.answers.documents.suppressions import SuppressionDocument, suppression_document
from notifier.answers.documents.values import Instant
from notifier.answers.exports import Everything
from notifier.evaluation.reading import JsonScalar
from notifier.model.digests import canonical_number
from notifier.model.instants import utc_text
from notifier.model.reasons import DecidedBy
from notifier.model.receipts import ReceiptState
from notifier.model.types import ChannelName

CellDocument = str | int | bool | dict[str, JsonScalar] | None
"""One column of a row: instants in UTC and exact numbers are text."""


class AddressDocument(TypedDict):
    """Where the person is or was written to."""

    channel: ChannelName
    address: str


class ReceiptDocument(TypedDict):
    """What a provider said of one message."""

    at: Instant
    notice: str
    """The reference of the notice."""
    channel: ChannelName
    provider: str
    provider_id: str | None
    status: str
    """The provider's own word."""
    state: ReceiptState
    code: str | None
    meaning: str | None
    raw: dict[str, JsonScalar]
    """The ids and codes that came with it."""


class UnclaimedReplyDocument(TypedDict):
    """What was written from one of their addresses while no customer had it."""

    at: Instant
    channel: ChannelName
    address: str
    text: str


class DecisionDocument(InterventionDocument):
    """What one person decided about something of theirs."""

    about: str
    """`notice:…`, `contradiction:…`, `promise:…` or `consent:…`, with its id."""


class FormerValueDocument(TypedDict):
    """What stood in one of their rows before a write replaced it."""

    row: str
    """`charge:X-101`"""
    replaced_at: Instant
    values: dict[str, JsonScalar]
    """By column, as the database wrote them."""


class GivenReasonDocument(TypedDict):
    """Why one contact or feedback of theirs came, as it was decided once."""

    row: str
    """`contact:CT-81`"""
    reason: str
    """A key of rules/reasons.yaml, or `unclear`."""
    others: list[str]
    decided_by: DecidedBy
    decided_from: str
    """The phrase or the imported word that decided, or who did."""
    decided_at: Instant


class CustomerDocument(TypedDict):
    """All that the database holds of one person."""

    customer: str
    """The id."""
    exported_at: Instant
    addresses: list[AddressDocument]
    rows: dict[str, list[dict[str, CellDocument]]]
    """The rows of the state by entity: replies are in `contact`, what they were promised in `promise`."""
    notices: list[NoticeDocument]
    """What they were told or are to be told, oldest first, with texts and addresses."""
    alerts: list[NoticeDocument]
    """What owners were told about them. An alert may name other customers, too."""
    receipts: list[ReceiptDocument]
    unclaimed_replies: list[UnclaimedReplyDocument]
    bounces: list[BounceDocument]
    consent: list[ConsentDocument]
    """The consent ledger at their addresses."""
    suppressions: list[SuppressionDocument]
    contradictions: list[ContradictionDocument]
    decisions: list[DecisionDocument]
    former_values: list[FormerValueDocument]
    """What checks read of their rows before it was replaced, oldest first."""
    reasons: list[GivenReasonDocument]
    """Why they got in touch, as it was ever decided, oldest first."""


def customer_document(found: Everything) -> CustomerDocument:
    """`customer export --json`."""
    said = {each.address for each in found.entries}
    return {
        "customer": found.person.id,
        "exported_at": utc_text(found.at),
        "addresses": [{"channel": channel, "address": address} for channel, address in found.person.addresses],
        "rows": {entity: [_cells(row._asdict()) for row in rows] for entity, rows in found.rows.items()},
        "notices": [notice_document(record) for record in found.notices],
        "alerts": [notice_document(record) for record in found.alerts],
        "receipts": [_receipt(row) for row in found.receipts],
        "unclaimed_replies": [
            {"at": utc_text(row.at), "channel": ChannelName(row.channel), "address": row.address, "text": row.text}
            for row in found.replies
        ],
        "bounces": [bounce_document(bounce) for bounce in found.bounces],
        "consent": [
            consent_document(place, found.ledger, found.entries) for place in found.person.addresses if place in said
        ],
        "suppressions": [suppression_document(each) for each in found.suppressions],
        "contradictions": [contradiction_document(each) for each in found.contradictions],
        "decisions": [_decision(row) for row in found.decisions],
        "former_values": [
            {
                "row": f"{row.entity}:{row.row_id}",
                "replaced_at": utc_text(row.replaced_at),
                "values": row.written,
            }
            for row in found.former_values
        ],
        "reasons": [
            {
                "row": f"{each.entity}:{each.row_id}",
                "reason": each.reason,
                "others": list(each.others),
                "decided_by": each.decided_by,
                "decided_from": each.decided_from,
                "decided_at": utc_text(each.decided_at),
            }
            for each in found.reasons
        ],
    }


def _cells(row: Mapping[str, Any]) -> dict[str, CellDocument]:
    return {name: _cell(value) for name, value in row.items()}


def _cell(value: Any) -> CellDocument:
    match value:
        case datetime():
            return utc_text(value)
        case date():
            return value.isoformat()
        case Decimal():
            return canonical_number(value)
        case None | bool() | int() | str():
            return value
        case dict():
            return value
    return str(value)


def _receipt(row: sa.Row[Any]) -> ReceiptDocument:
    return {
        "at": utc_text(row.arrived_at),
        "notice": row.notice,
        "channel": ChannelName(row.channel),
        "provider": row.provider,
        "provider_id": row.provider_id,
        "status": row.status,
        "state": ReceiptState(row.state),
        "code": row.code,
        "meaning": row.meaning,
        "raw": row.raw,
    }


def _decision(row: sa.Row[Any]) -> DecisionDocument:
    return {
        "at": utc_text(row.at),
        "by": row.actor,
        "verb": row.verb,
        "reason": row.reason,
        "about": f"{row.object_type}:{row.object_id}",
    }
