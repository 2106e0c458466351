"""What holdouts show, and how large they have to be, as JSON documents."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from typing_extensions import TypedDict

from notifier.answers.documents.learning import ShareDocument, share_document
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.model.durations import duration_text
from notifier.model.holdout_figures import Finding, HoldoutFigures, HoldoutPlan
from notifier.model.instants import utc_text


class IntervalDocument(TypedDict):
    """A 95 % interval; of `harm` one of 99.99 %."""

    low: float
    high: float


class NeededDocument(TypedDict):
    """How many households show an effect."""

    base: float
    """The share that makes contact without the notice, as assumed."""
    households: int
    """On both sides together."""
    held_out: int
    weeks: int | None
    """At the present volume; null where nobody was told lately."""


class HoldoutDocument(TypedDict):
    """One holdout of a rule."""

    rule: str
    holdout: str
    share: str
    """`5%`: how many are not told."""
    until: str
    """The last day."""
    decided_by: str
    contacts: list[str]
    """The reasons of contacts that the notice is to spare."""
    within: str
    since: Instant | None
    """When the first was drawn; null where nobody was."""
    shown_from: Instant
    """From when on it says what it shows."""
    told_households: int
    held_out_households: int
    finding: Finding
    told: ShareDocument | None
    """Of those who were told, those with such a contact; null before `shown_from`."""
    held_out: ShareDocument | None
    difference: IntervalDocument | None
    """How much smaller the share with a contact is among those who were told."""
    avoided: IntervalDocument | None
    """Households that were spared a contact; null where that cannot be shown."""


class HoldoutPlanDocument(TypedDict):
    """How large a holdout has to be."""

    rule: str
    holdout: str
    share: str
    effect: float
    """Which share of the contacts the notice is to spare."""
    weekly: float
    """Households that were told, or held out, a week, over the last eight weeks at most."""
    measured: ShareDocument
    """Of these, those with such a contact."""
    needed: list[NeededDocument]


class HoldoutReportDocument(TypedDict):
    """The holdouts of all rules, or of one."""

    at: Instant
    holdouts: list[HoldoutDocument]
    plans: list[HoldoutPlanDocument]
    """With --plan, and then no holdouts."""


def holdout_report_document(
    figures: Sequence[HoldoutFigures], plans: Sequence[HoldoutPlan], now: datetime
) -> HoldoutReportDocument:
    """`report holdout --json`."""
    return {
        "at": utc_text(now),
        "holdouts": [_figures(each) for each in figures],
        "plans": [_plan(each) for each in plans],
    }


def _figures(figures: HoldoutFigures) -> HoldoutDocument:
    holdout = figures.holdout
    is_shown = figures.finding is not Finding.TOO_EARLY
    return {
        "rule": figures.rule,
        "holdout": holdout.name,
        "share": _percent(figures.holdout.share),
        "until": holdout.until.isoformat(),
        "decided_by": holdout.decided_by,
        "contacts": list(holdout.contacts),
        "within": duration_text(holdout.within),
        "since": instant_or_null(figures.since),
        "shown_from": utc_text(figures.shown_from),
        "told_households": figures.told.whole,
        "held_out_households": figures.held_out.whole,
        "finding": figures.finding,
        "told": share_document(figures.told) if is_shown else None,
        "held_out": share_document(figures.held_out) if is_shown else None,
        "difference": _interval(figures.interval),
        "avoided": _interval(figures.avoided),
    }


def _plan(plan: HoldoutPlan) -> HoldoutPlanDocument:
    return {
        "rule": plan.rule,
        "holdout": plan.holdout.name,
        "share": _percent(plan.holdout.share),
        "effect": plan.effect,
        "weekly": plan.weekly,
        "measured": share_document(plan.measured),
        "needed": [
            {"base": each.base, "households": each.customers, "held_out": each.held_out, "weeks": each.weeks}
            for each in plan.needed
        ],
    }


def _interval(found: tuple[float, float] | None) -> IntervalDocument | None:
    return None if found is None else {"low": found[0], "high": found[1]}


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"
