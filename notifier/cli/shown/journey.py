"""The map of the journey as tables: the red points first, then who owns what, and what nobody reaches."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.reports import period_text
from notifier.cli.shown.values import count_text
from notifier.model.touchpoints import FailureFigures, Heard, JourneyReport, TouchpointFigures

MOST_RED = 20
"""Red points of the table: the JSON document and the page have all."""
SCORED = "red: contacts and feedback x severity (1 to 5) x how often each matter was brought up"
NAMES = "names of rules, checks and reasons, and why a failure is accepted: --json or --html FILE"


def journey_parts(report: JourneyReport, timezone: str) -> Iterator[RenderableType]:
    """The whole report."""
    yield Text(f"The journey {period_text(report.since, report.until, timezone)}", style="bold")
    red = report.red_points
    if red:
        yield red_table(red[:MOST_RED])
        more = len(red) - MOST_RED
        yield Text(f"{SCORED}{f'; {more} more: --json' if more > 0 else ''}", style="dim")
    else:
        yield Text("nobody said anything about what is foreseen to fail")
    yield map_table(report)
    yield Text(NAMES, style="dim")
    yield Text("\n".join(ending_lines(report)))


def red_table(red: list[tuple[TouchpointFigures, FailureFigures]]) -> Listing:
    """One row for each red point, the reddest first."""
    table = Listing("red point", "red", "said", "severity", "per matter", "what is done")
    for point, failure in red:
        table.add(
            f"{point.id}: {failure.failure}",
            f"{failure.score:,.0f}",
            said_text(failure.heard),
            str(failure.severity),
            f"{failure.heard.repetition:.2f} of {failure.heard.matters:,}",
            done_text(failure),
        )
    return table


def map_table(report: JourneyReport) -> Listing:
    """One row for each touchpoint, in the order of the journey."""
    table = Listing("touchpoint", "owner", "systems", "reached by", "said", "red")
    for point in report.touchpoints:
        table.add(
            "\n".join([point.id, *([stage] if (stage := report.stages.get(point.stage or "")) else [])]),
            point.owner or "nobody",
            ", ".join(point.systems),
            reached_text(point),
            f"{point.heard.total:,}",
            f"{point.score:,.0f}",
        )
    return table


def reached_text(point: TouchpointFigures) -> str:
    """`2 rules: told 41`, `1 rule in shadow`, `no rule`."""
    speaking = len(point.rules) - len(point.silent)
    if speaking:
        return f"{count_text(speaking, 'rule')}: told {point.told:,}"
    return f"{count_text(len(point.silent), 'rule')} in shadow" if point.silent else "no rule"


def said_text(heard: Heard) -> str:
    """`32 contacts, 4 feedback`."""
    parts = [count_text(heard.contacts, "contact")] if heard.contacts or not heard.feedback else []
    return ", ".join([*parts, *([f"{heard.feedback:,} feedback"] if heard.feedback else [])])


def done_text(failure: FailureFigures) -> str:
    """`1 rule: told 40, 2 checks: found 3`, `accepted`."""
    parts = [f"{count_text(len(failure.rules), 'rule')}: told {failure.told:,}"] if failure.rules else []
    parts += [f"{count_text(len(failure.checks), 'check')}: found {failure.found:,}"] if failure.checks else []
    return ", ".join(parts) or "accepted"


def ending_lines(report: JourneyReport) -> list[str]:
    """What the map does not reach, and what is not on it."""
    unreached = ", ".join(point.id for point in report.unreached)
    elsewhere = [f"{name} ({said_text(heard)})" for name, heard in report.elsewhere.items()]
    return [
        f"no rule tells customers anything at: {unreached or 'every touchpoint is reached'}",
        f"reasons at no touchpoint: {', '.join(elsewhere) or 'none'}",
        f"rules at no touchpoint: {', '.join(report.rules_elsewhere) or 'none'}",
        f"checks at no foreseen failure: {', '.join(report.checks_elsewhere) or 'none'}",
        f"in no figure, because nobody knows the reason yet: {count_text(report.unclear, 'contact')}",
    ]
