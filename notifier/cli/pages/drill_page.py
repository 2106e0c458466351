"""A drill becomes one HTML page with a chart. It loads nothing, and the same drill gives the same bytes."""

from zoneinfo import ZoneInfo

from markupsafe import Markup

from notifier.cli.pages.charts import columns
from notifier.cli.pages.drill_words import drill_words
from notifier.cli.pages.page_words import page_words
from notifier.cli.pages.report_page import asset, highest_of, page_template, share_cell, spans_cell
from notifier.cli.shown.shares import interval_text
from notifier.model.drills import DrillReport


def drill_page(report: DrillReport, *, company: str, locale: str = "en") -> str:
    """The page, in the language of `locale` where it is one of the page's."""
    language, words = drill_words(locale)
    zone = ZoneInfo(report.timezone)
    return page_template("drill.html.j2").render(
        language=language,
        words=words,
        company=company,
        report=report,
        played=words["played"].format(f"{report.began_at.astimezone(zone):%Y-%m-%d %H:%M}"),
        chart=_chart(report, zone),
        hour=lambda at: words["the_day"] if at is None else f"{at.astimezone(zone):%H:%M}",
        shares=lambda share: share_cell(share, words),
        spans=lambda spans: spans_cell(spans, words, locale),
        interval=interval_text,
        why=lambda name: words.get(name) or page_words(locale).verdict_word(name),
        style=Markup(asset("preview.css") + asset("report.css")),  # noqa: S704 - files of ours
    )


def _chart(report: DrillReport, zone: ZoneInfo) -> Markup | None:
    rows = [(f"{hour.begins_at.astimezone(zone):%H}", float(hour.present)) for hour in report.hours]
    if not any(value for _, value in rows):
        return None
    return Markup(columns(rows, highest=highest_of([value for _, value in rows])))  # noqa: S704 - leather escapes
