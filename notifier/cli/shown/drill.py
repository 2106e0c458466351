"""A drill becomes tables: whom the day touches, who hears of it, and what it needs."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.reports import spans_text
from notifier.cli.shown.shares import interval_text, share_text
from notifier.cli.shown.values import count_text, placed_text
from notifier.model.drills import DrillReport, Need, Reached


def drill_parts(report: DrillReport) -> Iterator[RenderableType]:
    """The whole of it, without the plan and with it."""
    where = "" if report.site is None else f" at {report.site}"
    yield Text(f"{report.name}: {report.day}{where} ({report.timezone})", style="bold")
    yield Text(f"played from {placed_text(report.began_at, report.timezone)}; nothing was sent or written")
    rows, customers = count_text(report.rows, "row"), count_text(report.customers, "customer")
    yield Text(f"it touches {rows} of {customers}; {report.people:,} people are expected")
    yield Text("\n".join(reached_lines(report.now, "as it is" if report.planned is not None else "")))
    if report.planned is not None:
        changes = [f"without {name}" for name in report.without] + [f"with {name}" for name in report.added]
        yield Text("\n".join(reached_lines(report.planned, f"with the plan ({', '.join(changes)})")))
    if report.told:
        yield Text(f"told by then: {', '.join(f'{rule} {count:,}' for rule, count in report.told.items())}")
    if any(hour.present for hour in report.hours):
        yield hours_table(report)
    if report.needs:
        yield needs_table(report)
        yield Text("\n".join(_lacking_lines(report)), style="bold" if report.is_short else "")


def reached_lines(reached: Reached, which: str) -> list[str]:
    """`of the affected customers 81.0 % of 200 hear of it before, 95 %: 75.0-86.0 %, median 1 day 4 h`."""
    interval = interval_text(reached.told)
    head = f"{which}: " if which else ""
    told = f"{head}hear of it before it touches them: {share_text(reached.told)}"
    lines = [f"{told}{f' (95 %: {interval})' if interval else ''}, {spans_text(reached.lead)} before"]
    if reached.rules:
        lines.append(f"  by {', '.join(f'{rule} {count:,}' for rule, count in reached.rules.items())}")
    if reached.not_told:
        lines.append(f"  do not: {', '.join(f'{why} {count:,}' for why, count in reached.not_told.items())}")
    return lines


def hours_table(report: DrillReport) -> Listing:
    """The hours in which somebody is there."""
    zone = ZoneInfo(report.timezone)
    table = Listing("hour", "arriving", "there")
    for hour in report.hours:
        if hour.present:
            table.add(f"{hour.begins_at.astimezone(zone):%H:%M}", f"{hour.arriving:,}", f"{hour.present:,}")
    return table


def needs_table(report: DrillReport) -> Listing:
    """What is needed, and what there is."""
    table = Listing("need", "needed", "at", "have", "short", "with the plan", "short then")
    for need in report.needs:
        table.add(
            need.name,
            f"{need.needed:,}",
            _hour(need, report.timezone),
            f"{need.have:,}",
            _short(need.short, need.hours_short, need),
            f"{need.planned:,}",
            _short(need.short_planned, need.hours_short_planned, need),
        )
    return table


def _hour(need: Need, timezone: str) -> str:
    return "the day" if need.at is None else f"{need.at.astimezone(ZoneInfo(timezone)):%H:%M}"


def _short(lacking: int, hours: int, need: Need) -> str:
    if not lacking:
        return ""
    return f"{lacking:,}" if need.at is None else f"{lacking:,} ({count_text(hours, 'hour')})"


def _lacking_lines(report: DrillReport) -> Iterator[str]:
    """What is lacking, and who is to know."""
    lacking = [need for need in report.needs if need.short or need.short_planned]
    if not lacking:
        yield "there is enough of everything"
    for need in lacking:
        who = "" if need.owner is None else f", {need.owner} sees to it"
        if need.short_planned:
            yield f"SHORT also with the plan: {need.short_planned:,} of {need.needed:,} {need.name}{who}"
        else:
            yield f"short without the plan: {need.short:,} of {need.needed:,} {need.name}{who}; enough with it"
