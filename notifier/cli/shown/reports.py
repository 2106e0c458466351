"""Reports become tables; each rate stands beside the cases that it is of."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.shares import brief_share_text, interval_text, share_text
from notifier.cli.shown.values import count_text, money_text, placed_text, span_text
from notifier.model.figures import (
    Amount,
    Avoided,
    Group,
    PromiseFigures,
    PromiseReport,
    ServiceReport,
    Spans,
    Spread,
    ValueAtRisk,
)

NOBODY = "-"
"""A group of rows that have no value."""
_APART = ("open", "waived", "withdrawn", "unwatched")


def promise_report_parts(report: PromiseReport, timezone: str) -> Iterator[RenderableType]:
    """The whole report, from the totals to those who said nothing."""
    yield Text(f"Promises {period_text(report.since, report.until, timezone)}", style="bold")
    yield Text("\n".join(total_lines(report.total)))
    if report.by and report.groups:
        yield promise_table(report)
        yield Text("(a of b): too few to say a rate", style="dim")
    yield Text("\n".join(ending_lines(report)))


def service_report_parts(report: ServiceReport, timezone: str) -> Iterator[RenderableType]:
    """One row for each group."""
    yield Text(f"Notices {period_text(report.since, report.until, timezone)}", style="bold")
    if report.groups:
        yield service_table(report)
    else:
        yield Text("none was decided")


def period_text(since: datetime | None, until: datetime | None, timezone: str) -> str:
    """`from … to …`, `until …`, `of all time`."""
    start = "" if since is None else f"from {placed_text(since, timezone)}"
    end = "" if until is None else f"before {placed_text(until, timezone)}"
    return " ".join(each for each in (start, end) if each) or "of all time"


def total_lines(total: PromiseFigures) -> list[str]:
    """What is true of all of them together."""
    apart = ", ".join(f"{total.outcomes[name]:,} {name}" for name in _APART if total.outcomes.get(name))
    return [
        f"kept: {_rated(total.kept.value is not None, share_text(total.kept), interval_text(total.kept))}",
        f"in no rate: {apart or 'none'}",
        f"contradictions found before they surfaced: {share_text(total.caught)}",
        f"lead of those: {spans_text(total.lead)}",
        f"first word to the customer after it was found: {spans_text(total.own_word)}; none said: {total.no_word:,}",
        f"the company spoke first: {share_text(total.company_first)}",
    ]


def _rated(said: bool, share: str, interval: str) -> str:
    return f"{share}, 95 %: {interval}" if said else share


def promise_table(report: PromiseReport) -> Listing:
    """One row for each group."""
    table = Listing(", ".join(report.by), "kept", "95 %", "open", "found before", "lead", "company first")
    for figures in report.groups:
        table.add(
            group_text(figures.group),
            brief_share_text(figures.kept),
            interval_text(figures.kept),
            f"{figures.outcomes.get('open', 0):,}",
            brief_share_text(figures.caught),
            median_text(figures.lead),
            brief_share_text(figures.company_first),
        )
    return table


def service_table(report: ServiceReport) -> Listing:
    """One row for each group."""
    table = Listing(", ".join(report.by) or "all", "told", "per customer", "lead", "before they asked", "came true")
    for figures in report.groups:
        each = figures.per_customer
        table.add(
            group_text(figures.group),
            f"{figures.notices:,}",
            "" if each is None else f"{each:.2f} of {figures.customers:,}",
            median_text(figures.lead),
            brief_share_text(figures.company_first),
            brief_share_text(figures.came_true) if figures.has_outcome else "",
        )
    return table


def group_text(group: Group) -> str:
    """`monthly_price, sales`."""
    return ", ".join(value or NOBODY for value in group) or "all"


def ending_lines(report: PromiseReport) -> list[str]:
    """Channels, value at risk, and the silent sufferers."""
    lines = [spread_text(report.spread), *value_lines(report.value_at_risk)]
    lines += [avoided_text(each) for each in report.avoided]
    lines.append(f"broken, and nobody said a word: {report.total.silent:,}")
    lines += [f"  {customer} about {subject} ({found})" for customer, found, subject in report.silent[:10]]
    return lines


def spread_text(spread: Spread | None) -> str:
    """`channels: web 81.0 % of 200, phone 96.0 % of 300: 15.0 points apart, ALARM`."""
    if spread is None:
        return "channels: the rates of fewer than two can be said, so nothing is said of how far they lie apart"
    ends = f"{spread.lowest[0]} {share_text(spread.lowest[1])}, {spread.highest[0]} {share_text(spread.highest[1])}"
    alarm = ", ALARM: their intervals do not touch" if spread.alarm else ""
    return f"channels: {ends}: {spread.points:.1f} points apart{alarm}"


def value_lines(value: ValueAtRisk) -> list[str]:
    """The value at risk, with what it supposes."""
    who = f"{count_text(value.customers, 'customer')} with a broken or endangered promise"
    if not value.monthly:
        return [f"value at risk: {who}, and no recurring charge of a contract of theirs is known"]
    monthly, loss = amounts_text(value.monthly), amounts_text(value.expected_loss)
    leaving = f"{value.leaving * 100:.3g} %"
    contracts = count_text(value.contracts, "contract")
    return [
        f"value at risk: {loss}, for {who}",
        f"  supposing: {contracts} that pay {monthly} a month, {value.months} months, {leaving} of them leave",
    ]


def avoided_text(found: Avoided) -> str:
    """`2 truck rolls avoided: COP 90,000, COP 45,000 each`; without a figure where nobody gave one."""
    said = f"{count_text(found.count, found.cost.replace('_', ' '))} avoided"
    if found.amount is None:
        return f"{said}; rules/policy.yaml gives no cost for '{found.cost}'"
    each = money_text(found.amount / found.count, found.currency)
    return f"{said}: {money_text(found.amount, found.currency)}, {each} each"


def amounts_text(amounts: Sequence[Amount]) -> str:
    """Amounts of several currencies are never added up."""
    return " and ".join(money_text(each.amount, each.currency) for each in amounts)


def median_text(spans: Spans) -> str:
    """`2 days 12 h of 40`."""
    return "" if spans.median is None else f"{span_text(spans.median)} of {spans.count:,}"


def spans_text(spans: Spans) -> str:
    """`median 2 days 12 h, a tenth within 3 h (of 40)`."""
    if spans.median is None or spans.tenth is None:
        return "none"
    return f"median {span_text(spans.median)}, a tenth within {span_text(spans.tenth)} (of {spans.count:,})"
