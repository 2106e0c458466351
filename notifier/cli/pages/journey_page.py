"""The map of the journey becomes an HTML page with a heat map. It loads nothing; equal reports give equal bytes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from notifier.cli.pages.charts import Cell, heat_map
from notifier.cli.pages.journey_words import journey_words
from notifier.cli.pages.report_page import asset, page_template, share_cell
from notifier.cli.shown.shares import interval_text
from notifier.model.shares import Share
from notifier.model.texts import shown
from notifier.model.touchpoints import FailureFigures, Heard, JourneyReport, TouchpointFigures
from notifier.rules.journey import LEAST_SEVERE, MOST_SEVERE


def journey_page(report: JourneyReport, *, company: str, timezone: str, locale: str = "en") -> str:
    """The page, in the language of `locale` where it is one of the page's. Times are those of the IANA zone."""
    language, words = journey_words(locale)

    def instant(value: datetime) -> str:
        return f"{value.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M} ({timezone})"

    ends = [words[name].format(instant(end)) for name, end in (("since", report.since), ("until", report.until)) if end]
    return page_template("journey.html.j2").render(
        language=language,
        words=words,
        company=company,
        report=report,
        said=sum((point.heard for point in report.touchpoints), Heard()),
        period=" ".join(ends) or words["all_time"],
        made=words["made"].format(instant(report.at)),
        chart=_chart(report.touchpoints, words),
        stages=_stages(report, words),
        again=lambda heard: share_cell(_repeated(heard), {**words, "nothing": words["none"]}),
        interval=lambda heard: interval_text(_repeated(heard)),
        done=lambda failure: _done(failure, words),
        style=Markup(asset("preview.css") + asset("report.css")),  # noqa: S704 - files of ours
    )


def _repeated(heard: Heard) -> Share:
    return Share(part=heard.repeated, whole=heard.matters)


def _done(failure: FailureFigures, words: Mapping[str, str]) -> str:
    """What is done about it, or why it is accepted."""
    named = [words["rules"].format(", ".join(failure.rules))] if failure.rules else []
    named += [words["checks"].format(", ".join(failure.checks))] if failure.checks else []
    return "; ".join(named) or words["accepted"].format(failure.accepted)


def _stages(report: JourneyReport, words: Mapping[str, str]) -> list[tuple[str, list[TouchpointFigures]]]:
    """The touchpoints of each stage that has some, under its name."""
    found: dict[str, list[TouchpointFigures]] = {name: [] for name in report.stages.values()}
    for point in report.touchpoints:
        name = report.stages.get(point.stage or "", words["no_stage"] if report.stages else words["map"])
        found.setdefault(name, []).append(point)
    return [(name, points) for name, points in found.items() if points]


def _chart(points: Sequence[TouchpointFigures], words: Mapping[str, str]) -> Markup | None:
    """A row for each touchpoint with foreseen failures, a column for each severity; None where nobody said anything."""
    rows = {point.id: _label(point, points) for point in points if point.failures}
    by_cell: dict[tuple[str, int], list[FailureFigures]] = defaultdict(list)
    for point in points:
        for failure in point.failures:
            by_cell[point.id, failure.severity].append(failure)
    cells = []
    for (point_id, severity), failures in by_cell.items():
        heard = sum((each.heard for each in failures), Heard())
        text = words["cell"].format(f"{heard.total:,}", f"{heard.repetition:.1f}") if heard.total else "0"
        heat = sum(each.score for each in failures)
        cells.append(Cell(row=rows[point_id], column=str(severity), heat=heat, text=text))
    if not any(cell.heat for cell in cells):
        return None
    severities = [str(each) for each in range(LEAST_SEVERE, MOST_SEVERE + 1)]
    svg = heat_map(cells, list(rows.values()), severities, below=words["severity"])
    return Markup(svg)  # noqa: S704 - leather escapes what it prints


def _label(point: TouchpointFigures, points: Sequence[TouchpointFigures]) -> str:
    """The touchpoint's name where no other one begins the same; else its id, which is unique."""
    from notifier.cli.pages.charts import LONGEST_LABEL

    start = point.name[: LONGEST_LABEL - 1]
    unique = sum(other.name.startswith(start) for other in points) == 1
    return shown(point.name if unique else point.id)
