"""What a replay found, as JSON documents. Each rate has the cases that it is of, and its interval."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NotRequired

from typing_extensions import TypedDict

from notifier.answers.documents.learning import ShareDocument, share_document
from notifier.answers.documents.reports import SpansDocument, spans_document
from notifier.answers.documents.values import Instant, MoneyDocument, money_document
from notifier.model.instants import utc_text
from notifier.model.replays_compared import Comparison
from notifier.model.simulated import CheckFound, Mean, Outcome, Rightness, RuleTold, Simulation


class RuleToldDocument(TypedDict):
    """What one rule told, or all together."""

    rule: str
    """`total` for all."""
    verdicts: dict[str, int]
    """How many notices, corrections and follow-ups ended in which state; those that never came are not named."""
    told: int
    customers: int
    """Distinct customers who were told."""
    sms: int
    segments: int
    """What the price of SMS is counted in."""
    emails: int
    whatsapps: int
    cost: list[MoneyDocument]
    """By currency, of the messages whose price is known."""


class DayToldDocument(TypedDict):
    """One local day on which something was decided."""

    day: str
    """`2017-11-24`, in the zone of the replay."""
    told: int
    verdicts: dict[str, int]
    """By state, of what was decided that day."""


class PeakDocument(TypedDict):
    """The hour in which most messages went out."""

    begins_at: Instant
    messages: int


class MostToldDocument(TypedDict):
    """A customer who was told often."""

    customer: str
    told: int


class CheckFoundDocument(TypedDict):
    """What one check found."""

    check: str
    states: dict[str, int]
    """How many contradictions ended in which state."""
    before: ShareDocument
    """Of those that say when the customer would find out: how many were found before."""
    lead: SpansDocument
    """From when it was found until the customer would find out, of those."""


class WithheldDocument(TypedDict):
    """A column that was not read before the row's last change, because nothing says when it became known."""

    entity: str
    column: str
    rows: int
    """How many rows had a value that was kept back."""


class MeanDocument(TypedDict):
    """An average with its cases."""

    count: int
    mean: float | None
    low: float | None
    """The lower end of the 95 % interval; null for fewer than twenty cases."""
    high: float | None


class RightnessDocument(TypedDict):
    """How right notices were."""

    precision: ShareDocument
    """Of the rows that were told about and whose end is known: how many were late."""
    recall: ShareDocument
    """Of the late rows: how many were told about before they were due."""
    lead: SpansDocument
    """From the first word until the row was due, of those."""
    before_contact: ShareDocument
    """Of the complaints: how many had a word of ours before."""
    contact_lead: SpansDocument
    """From that word until the complaint."""


class RuleRightnessDocument(RightnessDocument):
    """How right the notices of one rule were."""

    rule: str


class OutcomeDocument(TypedDict):
    """What the file of outcomes says, and how the notices look beside it."""

    rows: int
    """Rows of which something is known."""
    late: ShareDocument
    score_late: MeanDocument
    score_on_time: MeanDocument
    complaints: int
    complaint_score: int
    """The highest score that counts as a complaint."""
    broken_before: ShareDocument
    """Of the complaints about rows of which it is known: how many came after the promised time was over and the row had
    not come."""
    broken_lead: SpansDocument
    """From that time until the complaint."""
    total: RightnessDocument
    rules: list[RuleRightnessDocument]


class ReplayDocument(TypedDict):
    """What one replay found."""

    since: Instant
    until: Instant
    """Not included."""
    every_seconds: int
    """How often it looked at what came in; 0: at each instant at which something came."""
    timezone: str
    """IANA: whose days and hours are counted."""
    rows: int
    """Rows that were written, changed or deleted."""
    ticks: int
    """How often the clock stopped."""
    total: RuleToldDocument
    rules: list[RuleToldDocument]
    days: list[DayToldDocument]
    hours: list[int]
    """Messages by hour of the day, 24 of them."""
    peak: PeakDocument | None
    customers: list[MostToldDocument]
    """Who was told most often."""
    checks: list[CheckFoundDocument]
    alerts: dict[str, int]
    """Alerts by owner."""
    withheld: list[WithheldDocument]
    present_only: dict[str, int]
    """Rows of which only the present state is known, by entity: what was true of them then is not known."""
    left_out: dict[str, int]
    """Rows that were new and lacked what a new one needs, by entity."""
    outcome: OutcomeDocument | None
    """Null without --outcome."""
    falls_due_at: Instant | None
    """Where nobody was told: when something falls due after the end, within 31 days. A later --to plays it."""


class DifferenceDocument(TypedDict):
    """What a plan changes for one rule, or in total."""

    rule: str
    """`total` for all."""
    told: int
    """How many more with the plan than without it; negative where fewer."""
    customers: int
    segments: int
    cost: list[MoneyDocument]
    earlier: SpansDocument
    """Of what is told with the plan and without it: how many are told earlier with it, and by how long."""
    later: SpansDocument


class PlanDocument(TypedDict):
    """The same history with other rules."""

    without: list[str]
    """Rules that were left out."""
    added: list[str]
    """Rules that were added or replaced."""
    replay: ReplayDocument
    differences: list[DifferenceDocument]
    """Of the rules that differ, the total last."""


class SimulationDocument(TypedDict):
    """A replay, and another one with a plan."""

    replay: ReplayDocument
    """With the rules as they are."""
    plan: NotRequired[PlanDocument]
    """With --without or --with."""


def simulation_document(simulation: Simulation, comparison: Comparison | None = None) -> SimulationDocument:
    """What `simulate --json` prints."""
    document: SimulationDocument = {"replay": replay_document(simulation)}
    if comparison is not None:
        document["plan"] = {
            "without": list(comparison.without),
            "added": list(comparison.added),
            "replay": replay_document(comparison.planned),
            "differences": [
                {
                    "rule": each.rule,
                    "told": each.told,
                    "customers": each.customers,
                    "segments": each.segments,
                    "cost": _money(each.cost),
                    "earlier": spans_document(each.earlier),
                    "later": spans_document(each.later),
                }
                for each in comparison.differences
            ],
        }
    return document


def replay_document(found: Simulation) -> ReplayDocument:
    """One replay."""
    peak = found.peak
    return {
        "since": utc_text(found.since),
        "until": utc_text(found.until),
        "every_seconds": found.every_seconds,
        "timezone": found.timezone,
        "rows": found.rows,
        "ticks": found.ticks,
        "total": _rule(found.total),
        "rules": [_rule(each) for each in found.rules],
        "days": [{"day": each.day, "told": each.told, "verdicts": dict(each.verdicts)} for each in found.days],
        "hours": list(found.hours),
        "peak": None if peak is None else {"begins_at": utc_text(peak.begins_at), "messages": peak.messages},
        "customers": [{"customer": name, "told": told} for name, told in found.customers],
        "checks": [_check(each) for each in found.checks],
        "alerts": dict(found.alerts),
        "withheld": [{"entity": one.entity, "column": one.column, "rows": one.rows} for one in found.withheld],
        "present_only": dict(found.present_only),
        "left_out": dict(found.left_out),
        "outcome": None if found.outcome is None else _outcome(found.outcome),
        "falls_due_at": None if found.falls_due_at is None else utc_text(found.falls_due_at),
    }


def _rule(told: RuleTold) -> RuleToldDocument:
    return {
        "rule": told.rule,
        "verdicts": dict(told.verdicts),
        "told": told.told,
        "customers": told.customers,
        "sms": told.sms,
        "segments": told.segments,
        "emails": told.emails,
        "whatsapps": told.whatsapps,
        "cost": _money(told.cost),
    }


def _money(cost: Mapping[str, Decimal]) -> list[MoneyDocument]:
    return [money_document(amount, currency) for currency, amount in sorted(cost.items())]


def _check(found: CheckFound) -> CheckFoundDocument:
    return {
        "check": found.check,
        "states": dict(found.states),
        "before": share_document(found.before),
        "lead": spans_document(found.lead),
    }


def _outcome(outcome: Outcome) -> OutcomeDocument:
    return {
        "rows": outcome.rows,
        "late": share_document(outcome.late),
        "score_late": _mean(outcome.score_late),
        "score_on_time": _mean(outcome.score_on_time),
        "complaints": outcome.complaints,
        "complaint_score": outcome.complaint_score,
        "broken_before": share_document(outcome.broken_before),
        "broken_lead": spans_document(outcome.broken_lead),
        "total": _rightness(outcome.all_rules),
        "rules": _rightnesses(outcome.rules),
    }


def _rightnesses(rules: Mapping[str, Rightness]) -> list[RuleRightnessDocument]:
    return [{"rule": name, **_rightness(of)} for name, of in rules.items()]


def _rightness(of: Rightness) -> RightnessDocument:
    return {
        "precision": share_document(of.precision),
        "recall": share_document(of.recall),
        "lead": spans_document(of.lead),
        "before_contact": share_document(of.before_contact),
        "contact_lead": spans_document(of.contact_lead),
    }


def _mean(mean: Mean) -> MeanDocument:
    value, low, high = (None if each is None else round(each, 4) for each in (mean.value, mean.low, mean.high))
    return {"count": mean.count, "mean": value, "low": low, "high": high}
