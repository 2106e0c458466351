"""What holdouts show, and how large they have to be, as people read it: never a difference that may be chance."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from notifier.cli.shown.shares import interval_text, share_text
from notifier.cli.shown.values import placed_text
from notifier.model.durations import duration_text
from notifier.model.holdout_figures import Finding, HoldoutFigures, HoldoutPlan
from notifier.model.shares import FEWEST, Share

NONE = "No rule has a holdout (holdout in the rule: see the book, changing rules)."


def holdout_report_parts(figures: Sequence[HoldoutFigures], timezone: str) -> Iterator[RenderableType]:
    """One paragraph a rule."""
    if not figures:
        yield Text(NONE)
    for index, each in enumerate(figures):
        if index:
            yield Text()
        yield Text(each.rule, style="bold")
        for line in _lines(each, timezone):
            yield Text(f"  {line}")


def _lines(figures: HoldoutFigures, timezone: str) -> Iterator[str]:
    holdout = figures.holdout
    share = f"{(holdout.share * 100).normalize():f} %"
    yield f"{share} are not told until {holdout.until}, decided by {holdout.decided_by}"
    if figures.since is None:
        yield "nobody was drawn yet"
        return
    told, held_out = figures.told, figures.held_out
    yield f"since {placed_text(figures.since, timezone)}: told {told.whole:,}, not told {held_out.whole:,}"
    if figures.finding is Finding.TOO_EARLY:
        yield f"what it shows is said once, from {placed_text(figures.shown_from, timezone)} on"
        return
    if figures.finding is Finding.HARM:
        yield "stopped for harm: everybody is told from now on; remove the holdout"
    reasons = ", ".join(holdout.contacts)
    yield f"contact within {duration_text(holdout.within)} for {reasons}:"
    yield f"  told: {_rated(told)}"
    yield f"  not told: {_rated(held_out)}"
    yield _found(figures)


def _found(figures: HoldoutFigures) -> str:
    between = figures.interval
    if between is None or figures.finding is Finding.CANNOT_BE_SHOWN:
        few = min(figures.told.whole, figures.held_out.whole) < FEWEST
        why = f"fewer than {FEWEST} on one side" if few else f"the difference may be none ({_points(between)})"
        return f"contacts avoided: cannot be shown: {why}"
    if figures.finding is Finding.HARM:
        return f"those who were not told made contact more often: {_points(between, '99.99')}"
    if figures.finding is Finding.MORE:
        return f"those who were told made contact more often: {_points((-between[1], -between[0]))}"
    assert figures.avoided is not None
    low, high = figures.avoided
    return (
        f"contacts avoided: {low:,.0f} to {high:,.0f} of {figures.told.whole:,} households that were told "
        f"({_points(between)})"
    )


def _points(between: tuple[float, float] | None, sure: str = "95") -> str:
    return "" if between is None else f"{between[0] * 100:.1f} to {between[1] * 100:.1f} points, {sure} %"


def _rated(share: Share) -> str:
    interval = interval_text(share)
    return f"{share_text(share)}, 95 %: {interval}" if interval else share_text(share)


def holdout_plan_parts(plans: Sequence[HoldoutPlan]) -> Iterator[RenderableType]:
    """One paragraph a rule, a line for each share that may make contact without the notice."""
    if not plans:
        yield Text(NONE)
    for index, plan in enumerate(plans):
        if index:
            yield Text()
        yield Text(plan.rule, style="bold")
        for line in _plan_lines(plan):
            yield Text(f"  {line}")


def _plan_lines(plan: HoldoutPlan) -> Iterator[str]:
    share = f"{(plan.holdout.share * 100).normalize():f} %"
    yield (
        f"to see in four of five cases that the notice spares {plan.effect * 100:.0f} % of contacts, "
        f"with {share} not told:"
    )
    for each in plan.needed:
        weeks = "nobody was told lately" if each.weeks is None else _weeks(each.weeks)
        yield (
            f"  if {each.base * 100:.0f} % make contact without it: {each.customers:,} households, "
            f"{each.held_out:,} of them not told; {weeks}"
        )
    within = duration_text(plan.holdout.within)
    yield f"told lately: {plan.weekly:,.1f} households a week; contact within {within}: {_rated(plan.measured)}"


def _weeks(weeks: int) -> str:
    return "1 week at the present volume" if weeks == 1 else f"{weeks:,} weeks at the present volume"
