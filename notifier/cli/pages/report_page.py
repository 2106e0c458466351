"""A report becomes one HTML page with charts. It loads nothing, and the same report gives the same bytes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from notifier.answers.speech import Speech, speech_for
from notifier.cli.pages.charts import bars
from notifier.cli.pages.report_words import report_words
from notifier.cli.shown.reports import group_text
from notifier.model.figures import Amount, Avoided, Group, PromiseReport, ServiceReport, Spans
from notifier.model.shares import Share
from notifier.model.texts import shown
from notifier.rendering.formats import format_duration, format_money, locale_of
from notifier.rendering.labels import Labels
from notifier.rendering.spoken_names import channel_name, row_name, source_name

MOST_BARS = 40
"""Bars of one chart: of more, people read the table."""
_WHOLE_ENDS = (5, 6, 8, 15)
"""Ends of short axes that leather divides into whole numbers; from there on it does so of itself."""


def promise_page(
    report: PromiseReport, *, company: str, timezone: str, locale: str = "en", labels: Labels | None = None
) -> str:
    """The page of `report promises`, in the language of `locale` where it is one of the page's. `labels` are what the
    project calls its topics."""
    language, words = report_words(locale)
    named = _group_names(report.by, speech_for(locale, timezone, labels))
    rates = [(named(each.group), each.kept) for each in report.groups]
    return page_template("report_promises.html.j2").render(
        _common(report.at, report.since, report.until, words, language, company, timezone, report.by),
        report=report,
        group_text=named,
        chart=_rate_chart(rates),
        shares=lambda share: share_cell(share, words),
        spans=lambda spans: spans_cell(spans, words, locale),
        row=lambda subject: row_name(subject, language),
        medium=lambda channel: channel_name(channel, language),
        money=lambda amounts: _money(amounts, locale),
        price=lambda spared: _price(spared, words, locale),
    )


def service_page(
    report: ServiceReport, *, company: str, timezone: str, locale: str = "en", labels: Labels | None = None
) -> str:
    """The page of `report service`."""
    language, words = report_words(locale)
    named = _group_names(report.by, speech_for(locale, timezone, labels))
    told = [(named(each.group), float(each.notices)) for each in report.groups if each.notices][:MOST_BARS]
    return page_template("report_service.html.j2").render(
        _common(report.at, report.since, report.until, words, language, company, timezone, report.by),
        report=report,
        group_text=named,
        chart=_image(told, highest_of([value for _, value in told])),
        shares=lambda share: share_cell(share, words),
        spans=lambda spans: spans_cell(spans, words, locale),
    )


_SAID: Mapping[str, Callable[[str, Speech], str]] = {
    "topic": lambda value, speech: speech.topic(value),
    "source": lambda value, speech: source_name(value, speech.language),
    "channel": lambda value, speech: channel_name(value, speech.language),
}


def _group_names(by: Sequence[str], speech: Speech) -> Callable[[Group], str]:
    """A group as a reader of the page says it: topic, source and channel by their words, the rest by its name."""

    def named(group: Group) -> str:
        return group_text(
            tuple(
                _SAID[name](value, speech) if value and name in _SAID else value
                for name, value in zip(by, group, strict=False)
            )
        )

    return named


def _price(spared: Avoided, words: Mapping[str, str], locale: str) -> str:
    if spared.amount is None or spared.currency is None:
        return words["no_cost"]
    return _money([Amount(amount=spared.amount, currency=spared.currency)], locale)


def _common(
    at: datetime,
    since: datetime | None,
    until: datetime | None,
    words: Mapping[str, str],
    language: str,
    company: str,
    timezone: str,
    by: Sequence[str],
) -> dict[str, object]:
    ends = [words[name].format(_instant(end, timezone)) for name, end in (("since", since), ("until", until)) if end]
    return {
        "words": words,
        "language": language,
        "company": company,
        "by": ", ".join(words[name] for name in by),
        "period": " ".join(ends) or words["all_time"],
        "made": words["made"].format(_instant(at, timezone)),
        "style": Markup(asset("preview.css") + asset("report.css")),  # noqa: S704 - files of ours
    }


def _rate_chart(rates: Sequence[tuple[str, Share]]) -> Markup | None:
    said = [(label, share.value * 100) for label, share in rates if share.value is not None]
    return _image(said[:MOST_BARS], 100)


def _image(rows: Sequence[tuple[str, float]], highest: float) -> Markup | None:
    """None where there is nothing to draw. leather escapes what it prints."""
    return Markup(bars([(shown(label), value) for label, value in rows], highest=highest)) if rows else None  # noqa: S704


def share_cell(share: Share, words: Mapping[str, str]) -> str:
    """`81.0 % of 200`; below twenty cases how many they are."""
    if not share.whole:
        return words["nothing"]
    if share.value is None:
        return words["too_few"].format(f"{share.part:,}", f"{share.whole:,}")
    return words["of"].format(f"{share.value * 100:.1f} %", f"{share.whole:,}")


def spans_cell(spans: Spans, words: Mapping[str, str], locale: str) -> str:
    """The median, with its cases."""
    if spans.median is None:
        return words["nothing"]
    return words["of"].format(span_words(spans.median, locale), f"{spans.count:,}")


def span_words(span: timedelta, locale: str) -> str:
    """`2 days, 8 hr`, as long as it is precise enough."""
    unit = timedelta(hours=1) if span >= timedelta(days=1) else timedelta(minutes=1)
    return format_duration(Decimal(int((span // unit * unit).total_seconds())), _locale(locale), "short")


def highest_of(values: Sequence[float]) -> float:
    """The end of an axis: a little above the highest value, and round. What is counted has no quarters on it."""
    most = int(max(values, default=0))
    step = 10 ** max(len(str(most)) - 1, 0)
    return float(next((end for end in _WHOLE_ENDS if end > most), (most // step + 1) * step))


def day_and_month(day: date, locale: str) -> str:
    """`Mar 5`: the number of a day says nothing without its month."""
    language = _locale(locale)
    return str(language.datetime_skeletons["MMMd"].apply(day, language))


def _money(amounts: Sequence[Amount], locale: str) -> str:
    """Amounts of several currencies are never added up."""
    return " + ".join(format_money(each.amount, each.currency, _locale(locale)) for each in amounts)


def _locale(name: str) -> Locale:
    return locale_of(name) or Locale("en")


def _instant(value: datetime, timezone: str) -> str:
    return f"{value.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M} ({timezone})"


@cache
def page_template(name: str) -> Template:
    """The template of a page of figures."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: shown(value, lines=True) if type(value) is str else value,
    )
    return environment.from_string(asset(name))


def asset(name: str) -> str:
    """A file beside this one."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
