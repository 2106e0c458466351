"""The report of contacts becomes tables; each rate stands beside what it is of."""

import math
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.reports import amounts_text, period_text
from notifier.cli.shown.shares import brief_share_text, share_text
from notifier.cli.shown.values import count_text, span_text
from notifier.model.contact_figures import ContactReport, OwnerCost, Week
from notifier.model.figures import Spans
from notifier.model.rates import Course, Rate, Trend

MOST_COURSES = 5
"""Reasons that the table of weeks has columns for."""


def contact_report_parts(report: ContactReport, timezone: str) -> Iterator[RenderableType]:
    """The whole report, from the reasons to the questions."""
    yield Text(f"Contacts {period_text(report.since, report.until, timezone)}", style="bold")
    yield Text("\n".join(total_lines(report)))
    if not report.total.contacts:
        return
    if report.by_reason:
        yield reason_table(report)
        yield Text("\n".join(legend_lines(report)), style="dim")
        yield week_table(report, timezone)
    if report.owners:
        yield _heading("What the contacts of each owner's reasons cost")
        yield owner_table(report.owners)
    yield from _sequels(report)
    yield from _after_notices(report)


def total_lines(report: ContactReport) -> list[str]:
    """What is true of all of them together."""
    total = report.total
    lines = [
        f"contacts: {total.contacts:,} of {count_text(total.customers, 'customer')}; feedback: "
        f"{report.feedback.part:,} of {report.feedback.whole:,} with a reason",
        f"per hundred {report.per.unit}s: {rate_text(total.rate)}{_no_base(report)}",
    ]
    if total.trend is not None:
        lines.append(f"trend: {trend_text(total.trend)}")
    lines.append(f"unclear: {share_text(report.unclear)}{_doubtful(report)}")
    within = span_text(report.again_within)
    lines.append(f"followed by another about the same within {within}: {share_text(total.again)}")
    return lines


def _no_base(report: ContactReport) -> str:
    if report.total.rate.base:
        return ""
    others = [each.value for each in type(report.per) if each is not report.per]
    return f" (no {report.per.value} in the period: --per {' or '.join(others)} counts by something else)"


def _doubtful(report: ContactReport) -> str:
    return ", MORE THAN 15 %: the ranking is doubtful (notifier reasons confirm)" if report.is_too_unclear else ""


def rate_text(rate: Rate) -> str:
    """`12.4 (124 of 1,000)`."""
    value = rate.per_hundred
    return "cannot be said" if value is None else f"{value:.1f} ({rate.count:,} of {rate.base:,})"


def trend_text(trend: Trend) -> str:
    """`rises: x1.40 (1.10-1.80), from 5.0 to 7.0 people per hundred, 12 weeks`."""
    earlier, later = trend.earlier.per_hundred, trend.later.per_hundred
    if trend.interval is None or earlier is None or later is None:
        people = trend.earlier.count + trend.later.count
        return f"cannot be said ({count_text(people, 'person', 'people')} in {trend.weeks} weeks)"
    return f"{_ratio(trend)}, from {earlier:.1f} to {later:.1f} people per hundred, {trend.weeks} weeks"


def _ratio(trend: Trend) -> str:
    if trend.interval is None or trend.ratio is None:
        return Course.UNKNOWN.value
    low, high = trend.interval
    end = "" if math.isinf(high) else f"{high:.2f}"
    ratio = "" if math.isinf(trend.ratio) else f"x{trend.ratio:.2f} "
    return f"{trend.course.value}: {ratio}({low:.2f}-{end})"


def reason_table(report: ContactReport) -> Listing:
    """One row for each reason."""
    orders = report.total.rate.base
    base = f"per 100 of {orders:,} {report.per.unit}s" if orders else f"per 100 {report.per.unit}s"
    table = Listing("reason", "contacts", "people", base, "trend of people", "again", "feedback")
    for each in report.by_reason:
        value = each.rate.per_hundred
        table.add(
            each.reason or "",
            f"{each.contacts:,}",
            f"{each.customers:,}",
            "" if value is None else f"{value:.2f}",
            "" if each.trend is None else _ratio(each.trend),
            brief_share_text(each.again),
            f"{each.feedback:,}" if each.feedback else "",
        )
    return table


def legend_lines(report: ContactReport) -> list[str]:
    """What the keys of the reasons mean, in the words of reasons.yaml; what to do about each, and whose it is."""
    lines = []
    for each in report.by_reason:
        reason = report.reasons.get(each.reason or "")
        if reason is None:
            lines.append(f"{each.reason}: no longer in reasons.yaml")
        else:
            what = "" if reason.quadrant is None else f"{reason.quadrant.value}, "
            lines.append(f"{each.reason}: {reason.title} ({what}{reason.owner})")
    return [*lines, "(a of b): too few to say a rate"]


def week_table(report: ContactReport, timezone: str) -> Listing:
    """One row for each week: all contacts per hundred, and those of the most frequent reasons."""
    most = list(report.by_reason[:MOST_COURSES])
    table = Listing("week of", f"{report.per.value}s", "contacts", "per 100", *(each.reason or "" for each in most))
    for index, week in enumerate(report.weeks):
        rate = report.total.weeks[index]
        value = rate.per_hundred
        table.add(
            _week_text(week, timezone),
            f"{week.base:,}",
            f"{rate.count:,}",
            "" if value is None else f"{value:.1f}",
            *(f"{each.weeks[index].count:,}" for each in most),
        )
    return table


def _week_text(week: Week, timezone: str) -> str:
    return f"{week.start.astimezone(ZoneInfo(timezone)):%Y-%m-%d}" + ("" if week.whole else ", not whole")


def owner_table(costs: Sequence[OwnerCost]) -> Listing:
    """One row for each owner."""
    table = Listing("owner", "contacts", "hours", "money")
    for each in costs:
        hours = f"{each.minutes / 60:,.1f} of {each.timed:,}" if each.timed else ""
        money = f"{amounts_text(each.amounts)} of {each.priced:,}" if each.priced else ""
        table.add(each.owner, f"{each.contacts:,}", hours, money)
    return table


def _sequels(report: ContactReport) -> Iterator[RenderableType]:
    if report.snowballs:
        yield _heading("Contacts that bring contacts")
        table = Listing("customer", "about", "contacts", "channels", "in")
        for ball in report.snowballs:
            length = span_text(ball.last_at - ball.first_at)
            table.add(ball.customer, ball.about, f"{ball.contacts:,}", f"{ball.channels}", length)
        yield table
    if report.holes:
        yield _heading("What people want and cannot do on a channel")
        holes = Listing("reason", "channel", "solved there", "moved on", "to")
        for hole in report.holes:
            to = ", ".join(f"{channel} {count:,}" for channel, count in hole.to.items())
            solved, moved = brief_share_text(hole.solved), brief_share_text(hole.moved)
            holes.add(hole.reason, hole.channel, solved, moved, to)
        yield holes
    if report.circles:
        yield _heading("Channels that lead back")
        for circle in report.circles:
            who = count_text(circle.customers, "customer")
            several = count_text(circle.of, "matter")
            yield Text(
                f"  {' > '.join(circle.path)}: {circle.matters:,} of {several} with more than one contact, {who}"
            )
    if report.effort:
        yield _heading("What an episode asks of the customer")
        columns = ("episodes", "steps", "questions", "transfers", "lasts, 90 %", "points", "points, 90 %")
        efforts = Listing("begins with", *columns)
        for each in report.effort:
            efforts.add(
                each.reason,
                f"{each.episodes:,}" + (f", {each.going:,} going on" if each.going else ""),
                f"{each.steps:.1f}",
                f"{each.questions:.1f}",
                f"{each.transfers:.1f}",
                _longest(each.lasted),
                f"{each.median_points}",
                f"{each.ninetieth_points}",
            )
        yield efforts


def _longest(spans: Spans) -> str:
    """Nine of ten episodes were over by then: most have one contact, and a median would say nothing."""
    return "" if spans.ninetieth is None else f"{span_text(spans.ninetieth)} of {spans.count:,}"


def _after_notices(report: ContactReport) -> Iterator[RenderableType]:
    if report.after_notices:
        within = span_text(report.asked_within)
        yield _heading(f"After our notices, within {within}")
        table = Listing("rule", "wrote back", "got in touch")
        for each in report.after_notices:
            table.add(each.rule, brief_share_text(each.replied), brief_share_text(each.asked))
        yield table
    if report.questions:
        yield _heading("What those notices should have answered")
        questions = Listing("rule", "reason", "contacts")
        for asked in report.questions:
            questions.add(asked.rule, asked.reason, f"{asked.contacts:,} of {asked.of:,}")
        yield questions


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")
