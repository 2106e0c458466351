"""What rules in shadow would have told, as a JSON document."""

from typing_extensions import TypedDict

from notifier.answers.documents.learning import ShareDocument, share_document
from notifier.answers.documents.values import Instant, MoneyDocument, instant_or_null, money_document
from notifier.model.instants import utc_text
from notifier.model.notices import NoticeState
from notifier.model.shadow import ShadowFigures, ShadowReport


class OverlapDocument(TypedDict):
    """Another rule that told the same people within a day."""

    rule: str
    customers: int
    about_the_same: int
    """To how many of them about the very same row."""


class ShadowSampleDocument(TypedDict):
    """One message that would have gone."""

    reference: str
    customer: str | None
    subject: str
    at: Instant
    channel: str
    to: str
    text: str


class ShadowFiguresDocument(TypedDict):
    """One rule in shadow."""

    rule: str
    since: Instant | None
    """When it recorded something first; null where it has not."""
    told: int
    """Notices that would have been told for the first time."""
    customers: int
    corrections: int
    """Words that would have had to take back what was told."""
    follow_ups: int
    not_told: dict[NoticeState, int]
    """Those that would not have been told, by their state."""
    alerts: int
    """What its owner would have heard."""
    messages: dict[str, int]
    """By channel."""
    segments: int
    cost: list[MoneyDocument]
    came_true: ShareDocument | None
    """Of what is decided, what `came_true` of the rule says came true; null where the rule does not say it."""
    followed: ShareDocument
    """Of what would have been told, that of which a follow-up would have spoken."""
    corrected: ShareDocument
    """Of what would have been told, that which would have had to be taken back."""
    joined: int | None
    """Notices that would have gone in one message with one of a live rule; null where nothing goes together."""
    overlaps: list[OverlapDocument]
    samples: list[ShadowSampleDocument]


class ShadowReportDocument(TypedDict):
    """All rules that recorded something in shadow."""

    at: Instant
    rules: list[ShadowFiguresDocument]


def shadow_report_document(report: ShadowReport) -> ShadowReportDocument:
    """`report shadow --json`."""
    return {"at": utc_text(report.at), "rules": [_figures(each) for each in report.rules]}


def _figures(figures: ShadowFigures) -> ShadowFiguresDocument:
    return {
        "rule": figures.rule,
        "since": instant_or_null(figures.since),
        "told": figures.told,
        "customers": figures.customers,
        "corrections": figures.corrections,
        "follow_ups": figures.follow_ups,
        "not_told": {NoticeState(state): count for state, count in figures.not_told.items()},
        "alerts": figures.alerts,
        "messages": dict(figures.messages),
        "segments": figures.segments,
        "cost": [money_document(each.amount, each.currency) for each in figures.cost],
        "came_true": share_document(figures.came_true) if figures.has_outcome else None,
        "followed": share_document(figures.followed),
        "corrected": share_document(figures.corrected),
        "joined": figures.joined,
        "overlaps": [
            {"rule": each.rule, "customers": each.customers, "about_the_same": each.about_the_same}
            for each in figures.overlaps
        ],
        "samples": [
            {
                "reference": each.reference,
                "customer": each.recipient,
                "subject": each.subject,
                "at": utc_text(each.at),
                "channel": each.channel,
                "to": each.to,
                "text": each.text,
            }
            for each in figures.samples
        ],
    }
