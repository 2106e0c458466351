"""The report of contacts becomes one HTML page with charts. It loads nothing; the same report gives the same bytes."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from markupsafe import Markup

from notifier.cli.pages.charts import bars, course
from notifier.cli.pages.contacts_words import WORDS
from notifier.cli.pages.report_page import MOST_BARS, asset, day_and_month, highest_of, page_template, share_cell
from notifier.model.contact_figures import ContactReport, ReasonFigures
from notifier.model.figures import Amount, Spans
from notifier.model.rates import Rate, Trend
from notifier.model.reasons import Quadrant
from notifier.model.texts import shown
from notifier.rendering.formats import format_duration, format_money, locale_of


def contacts_page(report: ContactReport, *, company: str, timezone: str, locale: str = "en") -> str:
    """The page of `report contacts`, in the language of `locale` where it is one of the page's."""
    language = locale.replace("_", "-").split("-")[0].lower()
    words = WORDS.get(language, WORDS["en"])
    named = [(report.title(each.reason or ""), float(each.contacts)) for each in report.by_reason if each.contacts]
    return page_template(
        "report_contacts.html.j2"
    ).render(
        words=words,
        language=language if language in WORDS else "en",
        company=company,
        style=Markup(asset("preview.css") + asset("report.css") + asset("contacts.css")),  # noqa: S704 - files of ours
        period=words["period"].format(_day(report.since, timezone), _instant(report.until, timezone)),
        made=words["made"].format(_instant(report.at, timezone)),
        report=report,
        per=words[report.per.value],
        by_week=_by_week(report, timezone, locale),
        by_reason=_image(named[:MOST_BARS]),
        quadrants=_quadrants(report),
        unanswered=[each for each in report.by_reason if each.contacts and _quadrant(report, each) is None],
        rates=lambda rate: _rate(rate, words),
        trends=lambda trend: _trend(trend, words),
        people=lambda trend: _people(trend, words),
        shares=lambda share: share_cell(share, words),
        lasting=lambda spans: _lasting(spans, words, locale),
        length=lambda length: _length(length, locale),
        money=lambda amounts: _money(amounts, locale),
        day=lambda instant: _day(instant, timezone),
    )


def _by_week(report: ContactReport, timezone: str, locale: str) -> Markup | None:
    """A line over the whole weeks that have a base; None for fewer than two, which make no line."""
    rates = [
        (week.start.astimezone(ZoneInfo(timezone)).date(), rate.per_hundred)
        for week, rate in zip(report.weeks, report.total.weeks, strict=True)
        if week.whole
    ]
    points = [(day, value) for day, value in rates if value is not None]
    if len(points) < 2:
        return None
    highest = highest_of([value for _, value in points])
    return Markup(course(points, highest=highest, named=lambda day: day_and_month(day, locale)))  # noqa: S704 - it escapes


def _image(rows: Sequence[tuple[str, float]]) -> Markup | None:
    if not rows:
        return None
    highest = highest_of([value for _, value in rows])
    return Markup(bars([(shown(label), value) for label, value in rows], highest=highest))  # noqa: S704 - it escapes


def _quadrant(report: ContactReport, figures: ReasonFigures) -> Quadrant | None:
    reason = report.reasons.get(figures.reason or "")
    return None if reason is None else reason.quadrant


def _quadrants(report: ContactReport) -> Mapping[str, Sequence[ReasonFigures]]:
    """The reasons with contacts, by what to do about them; each has its place on the page, with or without any."""
    return {
        quadrant.value: [each for each in report.by_reason if each.contacts and _quadrant(report, each) is quadrant]
        for quadrant in Quadrant
    }


def _rate(rate: Rate, words: Mapping[str, str]) -> str:
    value = rate.per_hundred
    return words["cannot be said"] if value is None else words["of"].format(f"{value:.2f}", f"{rate.base:,}")


def _trend(trend: Trend | None, words: Mapping[str, str]) -> str:
    if trend is None or trend.interval is None or trend.ratio is None:
        return words["cannot be said"]
    low, high = trend.interval
    ratio = "" if math.isinf(trend.ratio) else f" ×{trend.ratio:.2f}"
    end = "∞" if math.isinf(high) else f"{high:.2f}"
    return f"{words[trend.course.value]}{ratio} ({low:.2f}-{end})"


def _people(trend: Trend | None, words: Mapping[str, str]) -> str:
    if trend is None or trend.earlier.per_hundred is None or trend.later.per_hundred is None:
        return ""
    return words["people"].format(f"{trend.earlier.per_hundred:.2f}", f"{trend.later.per_hundred:.2f}")


def _money(amounts: Sequence[Amount], locale: str) -> str:
    """Amounts of several currencies are never added up."""
    return " + ".join(format_money(each.amount, each.currency, _locale(locale)) for each in amounts)


def _lasting(spans: Spans, words: Mapping[str, str], locale: str) -> str:
    """Nine of ten episodes were over by then: most have one contact, and a median would say nothing."""
    if spans.ninetieth is None:
        return words["nothing"]
    return words["of"].format(_length(spans.ninetieth, locale), f"{spans.count:,}")


def _length(length: timedelta, locale: str) -> str:
    unit = timedelta(hours=1) if length >= timedelta(days=1) else timedelta(minutes=1)
    return format_duration(Decimal(int((length // unit * unit).total_seconds())), _locale(locale), "short")


def _locale(name: str) -> Locale:
    return locale_of(name) or Locale("en")


def _day(instant: datetime, timezone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(timezone)):%Y-%m-%d}"


def _instant(instant: datetime, timezone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M} ({timezone})"
