"""All whom one incident touched, as a JSON document."""

from typing_extensions import TypedDict

from notifier.answers.documents.learning import ShareDocument, share_document
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.model.instants import utc_text
from notifier.store.reports.affected import Affected, AffectedRow, RemedyKind, WordKind


class WordDocument(TypedDict):
    """What they heard first since it began."""

    kind: WordKind
    at: Instant


class RemedyDocument(TypedDict):
    """What they got first since it began."""

    kind: RemedyKind
    at: Instant


class AffectedRowDocument(TypedDict):
    """One contract."""

    contract: str
    customer: str
    name: str | None
    word: WordDocument | None
    """Null: nobody told them."""
    remedy: RemedyDocument | None
    """Null: they got nothing."""


class AffectedDocument(TypedDict):
    """One incident."""

    at: Instant
    incident: str
    kind: str
    status: str
    zone: str | None
    site: str | None
    started_at: Instant
    ended_at: Instant | None
    customers: int
    word: ShareDocument
    """Of its contracts."""
    remedy: ShareDocument
    left_over: int
    """Contracts without a word, or without a remedy."""
    contracts: list[AffectedRowDocument]
    """All; those that are left over first."""


def affected_document(found: Affected) -> AffectedDocument:
    """`report affected --json`."""
    return {
        "at": utc_text(found.now),
        "incident": found.incident,
        "kind": found.kind,
        "status": found.status,
        "zone": found.zone,
        "site": found.site,
        "started_at": utc_text(found.started_at),
        "ended_at": instant_or_null(found.ended_at),
        "customers": found.customers,
        "word": share_document(found.word),
        "remedy": share_document(found.remedy),
        "left_over": len(found.left_over),
        "contracts": [_row(row) for row in found.rows],
    }


def _row(row: AffectedRow) -> AffectedRowDocument:
    return {
        "contract": row.contract,
        "customer": row.customer,
        "name": row.name,
        "word": None if row.word is None or row.word_at is None else {"kind": row.word, "at": utc_text(row.word_at)},
        "remedy": None
        if row.remedy is None or row.remedy_at is None
        else {"kind": row.remedy, "at": utc_text(row.remedy_at)},
    }
