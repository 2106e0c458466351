"""Reports as JSON documents. Each share has the cases that it is of, and its interval."""

from collections.abc import Sequence
from datetime import timedelta

from typing_extensions import TypedDict

from notifier.answers.documents.avoided import SparedDocument, spared_document
from notifier.answers.documents.learning import ShareDocument, share_document
from notifier.answers.documents.values import Instant, MoneyDocument, instant_or_null, money_document
from notifier.model.figures import (
    Amount,
    Group,
    PromiseFigures,
    PromiseReport,
    RuleFigures,
    ServiceReport,
    Spans,
    Spread,
    ValueAtRisk,
)
from notifier.model.instants import utc_text


class SpansDocument(TypedDict):
    """How long something took."""

    count: int
    """The cases behind the figures."""
    tenth_seconds: int | None
    """A tenth of the cases took no longer; null where there is no case."""
    median_seconds: int | None
    ninetieth_seconds: int | None


class OutcomesDocument(TypedDict):
    """How many promises had which outcome."""

    kept: int
    broken: int
    open: int
    """Their time is not over, or a contradiction is open: they are in no rate."""
    waived: int
    withdrawn: int
    unwatched: int
    """No check is about their topic, so nobody knows."""


class CaughtDocument(TypedDict):
    """Contradictions by whether they were found in time."""

    before: int
    """Found before they surfaced."""
    after: int
    """Found when the customer could already see them."""
    share: ShareDocument


class PromiseFiguresDocument(TypedDict):
    """One group of promises."""

    group: dict[str, str | None]
    """The values that it is made by; null for rows that have none."""
    outcomes: OutcomesDocument
    kept_rate: ShareDocument
    """Kept, of those that were kept or broken."""
    caught: CaughtDocument
    lead: SpansDocument
    """From when a contradiction was found until it surfaced, of those found before."""
    own_word: SpansDocument
    """From when it was found until the company's first word to the customer about it."""
    no_word: int
    """Contradictions of which the company told the customer nothing."""
    company_first: ShareDocument
    """Of the contradictions about which anybody spoke, those of which the company spoke first."""
    silent_sufferers: int
    """Broken promises about which nobody ever said a word."""


class ChannelRateDocument(TypedDict):
    """The kept rate of one channel."""

    channel: str
    kept_rate: ShareDocument


class SpreadDocument(TypedDict):
    """How far the kept rates of channels lie apart."""

    lowest: ChannelRateDocument
    highest: ChannelRateDocument
    points: float
    alarm: bool
    """They lie ten points or more apart, and their 95 % intervals do not touch."""


class ValueAtRiskDocument(TypedDict):
    """What the customers with a broken or endangered promise pay, and what is lost if some of them leave."""

    customers: int
    contracts: int
    monthly: list[MoneyDocument]
    """The last recurring charge of each such contract, added up by currency."""
    assumed_months: int
    assumed_leaving: str
    """The share of them that is assumed to leave: `0.2`."""
    at_stake: list[MoneyDocument]
    """Monthly, times the months."""
    expected_loss: list[MoneyDocument]
    """The assumed share of what is at stake."""


class SilentDocument(TypedDict):
    """A customer whose promise was broken, and about which nobody said a word."""

    customer: str
    contradiction: str
    subject: str
    """`contract:K-1`."""


class PromiseReportDocument(TypedDict):
    """What became of promises."""

    at: Instant
    since: Instant | None
    """Promises made, and contradictions found, from then on; null: from the first on."""
    until: Instant | None
    by: list[str]
    total: PromiseFiguresDocument
    groups: list[PromiseFiguresDocument]
    """Empty where nothing is said by what."""
    spread_of_channels: SpreadDocument | None
    """Null where the rates of fewer than two channels can be said."""
    value_at_risk: ValueAtRiskDocument
    avoided: list[SparedDocument]
    """What contradictions that were settled in time spared the company."""
    silent_sufferers: list[SilentDocument]
    """The first hundred, the oldest first."""


class RuleFiguresDocument(TypedDict):
    """One group of notices."""

    group: dict[str, str | None]
    notices: int
    """Told, corrections and follow-ups included."""
    told: int
    """Told for the first time."""
    customers: int
    per_customer: float | None
    """Notices per customer who got any, to two places."""
    not_told: dict[str, int]
    """By state."""
    lead: SpansDocument
    """From when it was told until the moment that it warned of."""
    company_first: ShareDocument
    """Told, and the customer had not written or called in the week before."""
    came_true: ShareDocument | None
    """Of what was told and is decided, what came true; null where no rule of the group has `came_true`."""


class ServiceReportDocument(TypedDict):
    """What was told, how early, and whether it was right."""

    at: Instant
    since: Instant | None
    until: Instant | None
    by: list[str]
    groups: list[RuleFiguresDocument]


def promise_report_document(report: PromiseReport) -> PromiseReportDocument:
    """The whole report."""
    return {
        "at": utc_text(report.at),
        "since": instant_or_null(report.since),
        "until": instant_or_null(report.until),
        "by": list(report.by),
        "total": _figures(report.total, ()),
        "groups": [_figures(figures, report.by) for figures in report.groups],
        "spread_of_channels": None if report.spread is None else _spread(report.spread),
        "value_at_risk": _value_at_risk(report.value_at_risk),
        "avoided": [spared_document(each) for each in report.avoided],
        "silent_sufferers": [
            {"customer": customer, "contradiction": contradiction, "subject": subject}
            for customer, contradiction, subject in report.silent
        ],
    }


def service_report_document(report: ServiceReport) -> ServiceReportDocument:
    """The whole report."""
    return {
        "at": utc_text(report.at),
        "since": instant_or_null(report.since),
        "until": instant_or_null(report.until),
        "by": list(report.by),
        "groups": [_rule_figures(figures, report.by) for figures in report.groups],
    }


def _figures(figures: PromiseFigures, by: Sequence[str]) -> PromiseFiguresDocument:
    counts = figures.outcomes
    return {
        "group": _group(figures.group, by),
        "outcomes": {
            "kept": counts.get("kept", 0),
            "broken": counts.get("broken", 0),
            "open": counts.get("open", 0),
            "waived": counts.get("waived", 0),
            "withdrawn": counts.get("withdrawn", 0),
            "unwatched": counts.get("unwatched", 0),
        },
        "kept_rate": share_document(figures.kept),
        "caught": {
            "before": figures.caught_before,
            "after": figures.caught_after,
            "share": share_document(figures.caught),
        },
        "lead": spans_document(figures.lead),
        "own_word": spans_document(figures.own_word),
        "no_word": figures.no_word,
        "company_first": share_document(figures.company_first),
        "silent_sufferers": figures.silent,
    }


def _rule_figures(figures: RuleFigures, by: Sequence[str]) -> RuleFiguresDocument:
    per_customer = figures.per_customer
    return {
        "group": _group(figures.group, by),
        "notices": figures.notices,
        "told": figures.told,
        "customers": figures.customers,
        "per_customer": None if per_customer is None else round(per_customer, 2),
        "not_told": dict(figures.not_told),
        "lead": spans_document(figures.lead),
        "company_first": share_document(figures.company_first),
        "came_true": share_document(figures.came_true) if figures.has_outcome else None,
    }


def _group(group: Group, by: Sequence[str]) -> dict[str, str | None]:
    return {name: value or None for name, value in zip(by, group, strict=True)}


def spans_document(spans: Spans) -> SpansDocument:
    """The deciles in whole seconds."""
    return {
        "count": spans.count,
        "tenth_seconds": _seconds(spans.tenth),
        "median_seconds": _seconds(spans.median),
        "ninetieth_seconds": _seconds(spans.ninetieth),
    }


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds())


def _spread(spread: Spread) -> SpreadDocument:
    lowest, highest = spread.lowest, spread.highest
    return {
        "lowest": {"channel": lowest[0], "kept_rate": share_document(lowest[1])},
        "highest": {"channel": highest[0], "kept_rate": share_document(highest[1])},
        "points": round(spread.points, 1),
        "alarm": spread.alarm,
    }


def _value_at_risk(value: ValueAtRisk) -> ValueAtRiskDocument:
    return {
        "customers": value.customers,
        "contracts": value.contracts,
        "monthly": _amounts(value.monthly),
        "assumed_months": value.months,
        "assumed_leaving": f"{value.leaving.normalize():f}",
        "at_stake": _amounts(value.at_stake),
        "expected_loss": _amounts(value.expected_loss),
    }


def _amounts(amounts: Sequence[Amount]) -> list[MoneyDocument]:
    return [money_document(each.amount, each.currency) for each in amounts]
