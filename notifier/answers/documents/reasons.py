"""Why people got in touch, as JSON documents."""

from collections.abc import Mapping
from datetime import datetime

from typing_extensions import TypedDict

from notifier.answers.documents.learning import ShareDocument, share_document
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.model.instants import utc_text
from notifier.model.reasons import DecidedBy, Quadrant
from notifier.reasons.measuring import Measured
from notifier.store.reasons_learning import Drawn
from notifier.store.reports.reasons import ReasonFigures, ReasonReport
from notifier.store.training import Trained


class ReasonFiguresDocument(TypedDict):
    """One reason in a period."""

    reason: str
    """A key of rules/reasons.yaml, or `unclear`."""
    title: str | None
    """Null where the file has it no longer."""
    owner: str | None
    quadrant: Quadrant | None
    """What to do about it; null where the file does not say what it is for both sides."""
    share: ShareDocument
    """Of all contacts and feedback of the period."""
    precision: ShareDocument
    """Of the labels that were drawn by lot and read by people, how many were right."""
    unsure: bool
    """Fewer than 0.7 of them are right."""
    oldest: Instant
    examples: list[str]
    """In the words of customers, without names, addresses and numbers."""


class ReasonReportDocument(TypedDict):
    """Why people got in touch in a period."""

    at: Instant
    since: Instant | None
    until: Instant | None
    contacts: int
    """With feedback."""
    reasons: list[ReasonFiguresDocument]
    unclear: ReasonFiguresDocument | None
    too_much_is_unclear: bool
    """More than 15 % are."""
    not_looked_at: int


class DrawnDocument(TypedDict):
    """A contact to be read."""

    week: str
    entity: str
    id: str
    at: Instant
    text: str
    reason: str | None
    """What is said of it now; null where nothing has looked at it."""
    others: list[str]
    decided_by: DecidedBy | None
    decided_from: str | None
    """The phrase or the imported word that decided."""
    confidence: float | None
    """The model's own probability."""


class ClassifiedDocument(TypedDict):
    """What contacts got which reason."""

    at: Instant
    contacts: int
    reasons: dict[str, int]


class JudgedDocument(TypedDict):
    """One reason, of contacts that a model had not seen."""

    reason: str
    confirmed: int
    precision: ShareDocument
    recall: ShareDocument


class MeasuredDocument(TypedDict):
    """What a model said of contacts that it had not seen."""

    threshold: float
    answered: ShareDocument
    right: ShareDocument
    """Of those answered."""
    reasons: list[JudgedDocument]


class TrainedDocument(TypedDict):
    """A model that was learned, beside the one that is in use."""

    at: Instant
    confirmed: int
    taken: bool
    digest: str
    new: MeasuredDocument
    """Of all that is confirmed, each judged by a model that has not seen it."""
    compared: int
    """Contacts that were confirmed after the model in use was learned."""
    before: MeasuredDocument | None
    """The model in use, of those; null without one."""
    after: MeasuredDocument | None
    """The new one, of those."""


def reason_report_document(report: ReasonReport) -> ReasonReportDocument:
    """`reasons report --json`."""
    return {
        "at": utc_text(report.at),
        "since": instant_or_null(report.since),
        "until": instant_or_null(report.until),
        "contacts": report.whole,
        "reasons": [_figures(each) for each in report.reasons],
        "unclear": None if report.unclear is None else _figures(report.unclear),
        "too_much_is_unclear": report.too_much_is_unclear,
        "not_looked_at": report.not_looked_at,
    }


def _figures(figures: ReasonFigures) -> ReasonFiguresDocument:
    said = figures.said
    return {
        "reason": figures.reason,
        "title": None if said is None else said.title,
        "owner": None if said is None else said.owner,
        "quadrant": None if said is None else said.quadrant,
        "share": share_document(figures.share),
        "precision": share_document(figures.precision),
        "unsure": figures.is_unsure,
        "oldest": utc_text(figures.oldest),
        "examples": list(figures.examples),
    }


def drawn_document(drawn: Drawn, week: str) -> DrawnDocument:
    """`reasons draw --json`."""
    label = drawn.label
    return {
        "week": week,
        "entity": drawn.heard.entity,
        "id": drawn.heard.id,
        "at": utc_text(drawn.heard.at),
        "text": drawn.heard.text,
        "reason": None if label is None else label.reason,
        "others": [] if label is None else list(label.others),
        "decided_by": None if label is None else label.decided_by,
        "decided_from": None if label is None else label.decided_from,
        "confidence": None if label is None or label.confidence is None else round(label.confidence, 4),
    }


def measured_document(measured: Measured) -> MeasuredDocument:
    """One measurement of `reasons train --json`."""
    return {
        "threshold": round(measured.threshold, 4),
        "answered": share_document(measured.coverage),
        "right": share_document(measured.precision),
        "reasons": [
            {
                "reason": each.reason,
                "confirmed": each.confirmed,
                "precision": share_document(each.precision),
                "recall": share_document(each.recall),
            }
            for each in measured.rows
        ],
    }


def trained_document(trained: Trained, now: datetime, *, taken: bool) -> TrainedDocument:
    """`reasons train --json`."""
    return {
        "at": utc_text(now),
        "confirmed": len(trained.confirmed),
        "taken": taken,
        "digest": trained.model.digest,
        "new": measured_document(trained.new),
        "compared": trained.compared,
        "before": None if trained.before is None else measured_document(trained.before),
        "after": None if trained.after is None else measured_document(trained.after),
    }


def classified_document(counts: Mapping[str, int], now: datetime) -> ClassifiedDocument:
    """`reasons classify --json`: the most frequent reason first."""
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return {"at": utc_text(now), "contacts": sum(counts.values()), "reasons": dict(ranked)}
