"""What contacts cost, whom, and why, as a JSON document. Each rate has what it is of."""

import math

from typing_extensions import TypedDict

from notifier.answers.documents.learning import ShareDocument, share_document
from notifier.answers.documents.reports import SpansDocument, spans_document
from notifier.answers.documents.values import Instant, MoneyDocument, money_document
from notifier.model.contact_figures import ChannelFigures, ContactReport, Effort, OwnerCost, ReasonFigures
from notifier.model.instants import utc_text
from notifier.model.rates import Rate, Trend


class RateDocument(TypedDict):
    """A count per hundred of something."""

    count: int
    of: int
    """Orders, appointments or contracts, as `per` says."""
    per_hundred: float | None
    """To two places; null where there is nothing to count by."""


class TrendDocument(TypedDict):
    """People who got in touch per hundred, in the later half of the whole weeks and in the half before."""

    course: str
    """`rises`, `falls`, `steady`: neither is shown; `cannot be said`: fewer than 20 people, or 4 weeks."""
    weeks: int
    earlier: RateDocument
    later: RateDocument
    ratio: float | None
    """The later rate divided by the earlier one; null where it cannot be said, and where the earlier one is 0."""
    low: float | None
    """The 95 % interval of the ratio."""
    high: float | None
    """Null where it has no end."""


class WeekDocument(TypedDict):
    """One week of the report."""

    start: Instant
    end: Instant
    whole: bool
    """False for the one that the period cuts; it is in no trend."""
    of: int
    """Orders, appointments or contracts of it."""


class ReasonFiguresDocument(TypedDict):
    """The contacts of one reason."""

    reason: str | None
    """Its key; null for all of them."""
    title: str
    owner: str | None
    """Null for all, and where the file has the reason no more."""
    action: str | None
    """`eliminate`, `automate`, `simplify` or `leverage`; null where the file does not say what it is for both sides."""
    contacts: int
    customers: int
    feedback: int
    """Complaints, surveys and reviews: they are in no rate."""
    rate: RateDocument
    trend: TrendDocument | None
    """Null where no week has anything to count by."""
    again: ShareDocument
    """Of the contacts about something that is known, those that another one followed in time."""
    weeks: list[int]
    """Contacts of each week."""


class OwnerCostDocument(TypedDict):
    """What the contacts of one owner's reasons cost."""

    owner: str
    contacts: int
    minutes: int
    timed: int
    """The contacts that the minutes are of: their reasons say how long one takes."""
    amounts: list[MoneyDocument]
    priced: int
    """The contacts that the amounts are of."""


class SnowballDocument(TypedDict):
    """One thing about which one customer had to get in touch again and again."""

    customer: str
    about: str
    contacts: int
    channels: int
    first_at: Instant
    last_at: Instant


class ChannelFiguresDocument(TypedDict):
    """What became of the contacts of one reason on one channel."""

    reason: str
    channel: str
    solved: ShareDocument
    moved: ShareDocument
    """Those that the same person took to another channel in time."""
    to: dict[str, int]
    hole: bool
    """People want it there, and cannot do it."""


class CircleDocument(TypedDict):
    """A sequence of channels that came back to where it began."""

    path: list[str]
    matters: int
    customers: int
    of: int
    """Matters of more than one contact."""


class EffortDocument(TypedDict):
    """What customers had to do in episodes that began with one reason."""

    reason: str
    episodes: int
    going: int
    """Of these, those that may go on."""
    steps: float
    """On average, to two places, as questions and transfers."""
    questions: float
    transfers: float
    lasted: SpansDocument
    median_points: int
    """A point for each step, question, transfer and whole day."""
    ninetieth_points: int


class AfterNoticeDocument(TypedDict):
    """What customers did after a rule's notices."""

    rule: str
    replied: ShareDocument
    asked: ShareDocument


class QuestionDocument(TypedDict):
    """What customers wanted after a rule's notice."""

    rule: str
    reason: str
    contacts: int
    of: int
    """All contacts after the rule's notices."""


class ContactReportDocument(TypedDict):
    """What contacts cost, whom, and why."""

    at: Instant
    since: Instant
    until: Instant
    per: str
    """What contacts are counted by: `order`, `appointment` or `contract`."""
    again_within_seconds: int
    asked_within_seconds: int
    weeks: list[WeekDocument]
    total: ReasonFiguresDocument
    reasons: list[ReasonFiguresDocument]
    """The most frequent first."""
    feedback: ShareDocument
    """Of all complaints, surveys and reviews, those with a reason."""
    unclear: ShareDocument
    too_unclear: bool
    """More than 15 % have no reason: the ranking is doubtful."""
    owners: list[OwnerCostDocument]
    snowballs: list[SnowballDocument]
    channels: list[ChannelFiguresDocument]
    circles: list[CircleDocument]
    effort: list[EffortDocument]
    after_notices: list[AfterNoticeDocument]
    questions: list[QuestionDocument]


def contact_report_document(report: ContactReport) -> ContactReportDocument:
    """The whole report."""
    return {
        "at": utc_text(report.at),
        "since": utc_text(report.since),
        "until": utc_text(report.until),
        "per": report.per.value,
        "again_within_seconds": int(report.again_within.total_seconds()),
        "asked_within_seconds": int(report.asked_within.total_seconds()),
        "weeks": [
            {"start": utc_text(each.start), "end": utc_text(each.end), "whole": each.whole, "of": each.base}
            for each in report.weeks
        ],
        "total": _reason(report, report.total),
        "reasons": [_reason(report, each) for each in report.by_reason],
        "feedback": share_document(report.feedback),
        "unclear": share_document(report.unclear),
        "too_unclear": report.is_too_unclear,
        "owners": [_owner(each) for each in report.owners],
        "snowballs": [
            {
                "customer": each.customer,
                "about": each.about,
                "contacts": each.contacts,
                "channels": each.channels,
                "first_at": utc_text(each.first_at),
                "last_at": utc_text(each.last_at),
            }
            for each in report.snowballs
        ],
        "channels": [_channel(each) for each in report.channels],
        "circles": [
            {"path": list(each.path), "matters": each.matters, "customers": each.customers, "of": each.of}
            for each in report.circles
        ],
        "effort": [_effort(each) for each in report.effort],
        "after_notices": [
            {"rule": each.rule, "replied": share_document(each.replied), "asked": share_document(each.asked)}
            for each in report.after_notices
        ],
        "questions": [
            {"rule": each.rule, "reason": each.reason, "contacts": each.contacts, "of": each.of}
            for each in report.questions
        ],
    }


def _reason(report: ContactReport, figures: ReasonFigures) -> ReasonFiguresDocument:
    reason = report.reasons.get(figures.reason or "")
    quadrant = None if reason is None else reason.quadrant
    return {
        "reason": figures.reason,
        "title": "all" if figures.reason is None else report.title(figures.reason),
        "owner": None if reason is None else reason.owner,
        "action": None if quadrant is None else quadrant.value,
        "contacts": figures.contacts,
        "customers": figures.customers,
        "feedback": figures.feedback,
        "rate": _rate(figures.rate),
        "trend": None if figures.trend is None else _trend(figures.trend),
        "again": share_document(figures.again),
        "weeks": [week.count for week in figures.weeks],
    }


def _rate(rate: Rate) -> RateDocument:
    value = rate.per_hundred
    return {"count": rate.count, "of": rate.base, "per_hundred": None if value is None else round(value, 2)}


def _trend(trend: Trend) -> TrendDocument:
    low, high = trend.interval or (None, None)
    return {
        "course": trend.course.value,
        "weeks": trend.weeks,
        "earlier": _rate(trend.earlier),
        "later": _rate(trend.later),
        "ratio": _finite(trend.ratio),
        "low": _finite(low),
        "high": _finite(high),
    }


def _finite(value: float | None) -> float | None:
    """JSON has no infinity."""
    return None if value is None or math.isinf(value) else round(value, 3)


def _owner(cost: OwnerCost) -> OwnerCostDocument:
    return {
        "owner": cost.owner,
        "contacts": cost.contacts,
        "minutes": cost.minutes,
        "timed": cost.timed,
        "amounts": [money_document(each.amount, each.currency) for each in cost.amounts],
        "priced": cost.priced,
    }


def _channel(figures: ChannelFigures) -> ChannelFiguresDocument:
    return {
        "reason": figures.reason,
        "channel": figures.channel,
        "solved": share_document(figures.solved),
        "moved": share_document(figures.moved),
        "to": dict(figures.to),
        "hole": figures.is_hole,
    }


def _effort(effort: Effort) -> EffortDocument:
    return {
        "reason": effort.reason,
        "episodes": effort.episodes,
        "going": effort.going,
        "steps": round(effort.steps, 2),
        "questions": round(effort.questions, 2),
        "transfers": round(effort.transfers, 2),
        "lasted": spans_document(effort.lasted),
        "median_points": effort.median_points,
        "ninetieth_points": effort.ninetieth_points,
    }
