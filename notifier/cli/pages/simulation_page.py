"""A replay becomes one HTML page with charts. It loads nothing, and the same replay gives the same bytes."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from markupsafe import Markup

from notifier.cli.pages.charts import bars, columns, course
from notifier.cli.pages.page_words import page_words
from notifier.cli.pages.report_page import (
    asset,
    day_and_month,
    highest_of,
    page_template,
    share_cell,
    span_words,
    spans_cell,
)
from notifier.cli.pages.simulation_words import simulation_words
from notifier.cli.shown.shares import interval_text
from notifier.cli.shown.values import cost_text
from notifier.model.replays_compared import Comparison, Difference
from notifier.model.simulated import DayTold, Mean, Simulation
from notifier.model.texts import shown

MOST_DAYS = 92
"""Days that a chart shows one by one; a longer replay is shown by week."""
MOST_BARS = 30
"""Bars of one chart: of more, people read the table."""


def simulation_page(found: Simulation, comparison: Comparison | None, *, company: str, locale: str = "en") -> str:
    """The page, in the language of `locale` where it is one of the page's."""
    language, words = simulation_words(locale)
    zone = ZoneInfo(found.timezone)
    peak = found.peak
    return page_template("simulation.html.j2").render(
        language=language,
        words=words,
        company=company,
        found=found,
        plan=comparison,
        span=words["span"].format(*(f"{each.astimezone(zone):%Y-%m-%d %H:%M}" for each in (found.since, found.until))),
        peak=None
        if peak is None
        else words["peak"].format(f"{peak.messages:,}", f"{peak.begins_at.astimezone(zone):%Y-%m-%d %H:%M}"),
        falls_due=None
        if found.falls_due_at is None
        else words["falls_due"].format(f"{found.falls_due_at.astimezone(zone):%Y-%m-%d %H:%M}"),
        by_day=words["by_day" if len(found.days) <= MOST_DAYS else "by_week"],
        days_chart=_days_chart(found.days, locale),
        hours_chart=_hours_chart(found.hours),
        rules_chart=_bars([(each.rule, float(each.told)) for each in found.rules if each.told]),
        plan_chart=None if comparison is None else _plan_chart(comparison, words),
        style=Markup(asset("preview.css") + asset("report.css")),  # noqa: S704 - files of ours
        shares=lambda share: share_cell(share, words),
        interval=interval_text,
        spans=lambda spans: spans_cell(spans, words, locale),
        mean=lambda mean: _mean(mean, words),
        money=lambda cost: cost_text(dict(cost)) if cost else "",
        signed_money=_signed_money,
        moved=lambda difference: _moved(difference, words, locale),
        often=[(name, count) for name, count in found.customers if count > 1],
        verdicts=lambda verdicts: _verdicts(verdicts, locale),
    )


def _moved(difference: Difference, words: Mapping[str, str], locale: str) -> str:
    """What is told with the plan and without it, at another time."""
    moves = ((words["earlier_told"], difference.earlier), (words["later_told"], difference.later))
    return ", ".join(
        text.format(f"{of.count:,}", span_words(of.median, locale)) for text, of in moves if of.median is not None
    )


def _verdicts(verdicts: Mapping[str, int], locale: str) -> str:
    """What ended otherwise than told, in the page's language."""
    words = page_words(locale)
    return ", ".join(f"{count:,} {words.verdict_word(state)}" for state, count in verdicts.items() if state != "told")


def _days_chart(days: Sequence[DayTold], locale: str) -> Markup | None:
    """Told by day, or by week where there are many days; days without a notice are 0."""
    if not days:
        return None
    told = {date.fromisoformat(day.day): day.told for day in days}
    step = timedelta(days=1)
    if len(told) > MOST_DAYS:
        step, weeks = timedelta(days=7), dict[date, int]()
        for day, count in told.items():
            monday = day - timedelta(days=day.weekday())
            weeks[monday] = weeks.get(monday, 0) + count
        told = weeks
    day, last = min(told), max(told)
    rows: list[tuple[date, float]] = []
    while day <= last:
        rows.append((day, float(told.get(day, 0))))
        day += step
    if len(rows) < 2:
        return None
    highest = highest_of([value for _, value in rows])
    return _image(course(rows, highest=highest, named=lambda day: day_and_month(day, locale)))


def _hours_chart(hours: Sequence[int]) -> Markup | None:
    if not any(hours):
        return None
    rows = [(f"{hour:02}", float(count)) for hour, count in enumerate(hours)]
    return _image(columns(rows, highest=highest_of([value for _, value in rows])))


def _bars(rows: Sequence[tuple[str, float]]) -> Markup | None:
    chosen = sorted(rows, key=lambda row: -row[1])[:MOST_BARS]
    if not chosen:
        return None
    return _image(
        bars([(shown(label), value) for label, value in chosen], highest=highest_of([row[1] for row in rows]))
    )


def _plan_chart(comparison: Comparison, words: Mapping[str, str]) -> Markup | None:
    before = {each.rule: each.told for each in comparison.now.rules}
    after = {each.rule: each.told for each in comparison.planned.rules}
    names = [each.rule for each in comparison.differences[:-1]][: MOST_BARS // 2]
    rows = [
        (f"{name} ({words[which]})", float(of.get(name, 0)))
        for name in names
        for which, of in (("as_is", before), ("planned", after))
    ]
    if not any(value for _, value in rows):
        return None
    return _image(bars([(shown(label), value) for label, value in rows], highest=highest_of([row[1] for row in rows])))


def _image(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 - leather escapes what it prints


def _mean(mean: Mean, words: Mapping[str, str]) -> str:
    if mean.value is None:
        return words["nothing"]
    if mean.low is None or mean.high is None:
        return words["few"].format(f"{mean.value:.2f}", f"{mean.count:,}")
    return words["mean"].format(f"{mean.value:.2f}", f"{mean.count:,}", f"{mean.low:.2f}", f"{mean.high:.2f}")


def _signed_money(cost: Mapping[str, Decimal]) -> str:
    return " ".join(f"{currency} {amount:+,f}" for currency, amount in cost.items() if amount)
