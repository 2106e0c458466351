"""What rules in shadow would have told becomes a page: how much, beside what, how right, and how it reads."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from notifier.cli.shown.reports import amounts_text
from notifier.cli.shown.shares import interval_text, share_text
from notifier.cli.shown.values import count_text, placed_text
from notifier.model.shadow import ShadowFigures, ShadowReport
from notifier.model.shares import Share


def shadow_report_parts(report: ShadowReport, timezone: str) -> Iterator[RenderableType]:
    """One paragraph a rule."""
    if not report.rules:
        yield Text("No rule is in shadow, and none has recorded anything (mode: shadow in the rule).")
    for index, figures in enumerate(report.rules):
        if index:
            yield Text()
        yield Text(figures.rule, style="bold")
        for line in _lines(figures, timezone):
            yield Text(f"  {line}")
        for sample in figures.samples:
            yield Text(f"  {sample.reference} {sample.channel} to {sample.to} ({sample.subject}):", style="dim")
            yield Padding(Text(sample.text.strip()), (0, 0, 0, 4))


def _lines(figures: ShadowFigures, timezone: str) -> Iterator[str]:
    if figures.since is None:
        yield "has recorded nothing yet"
        return
    yield f"since {placed_text(figures.since, timezone)}, and nobody heard of it"
    told = count_text(figures.told, "notice")
    yield f"would have told {told} to {count_text(figures.customers, 'customer')}"
    sent = ", ".join(f"{count:,} {channel}" for channel, count in figures.messages.items())
    if sent:
        segments = f" ({count_text(figures.segments, 'segment')})" if figures.segments else ""
        yield f"in {sent}{segments}{', ' + amounts_text(figures.cost) if figures.cost else ''}"
    if figures.not_told:
        apart = ", ".join(f"{count:,} {state}" for state, count in figures.not_told.items())
        yield f"would not have told: {apart}"
    if figures.has_outcome:
        yield f"came true: {_rated(figures.came_true)}"
    elif figures.told:
        yield "came true: nobody knows; say with came_true in the rule what it means"
    yield f"taken back by a correction: {_rated(figures.corrected)}"
    if figures.follow_ups:
        yield f"followed up: {_rated(figures.followed)}"
    if figures.alerts:
        yield f"its owner would have had {count_text(figures.alerts, 'alert')}"
    if figures.joined:
        yield f"{figures.joined:,} of them in one message with what live rules told (merge)"
    for each in figures.overlaps:
        same = f", {each.about_the_same:,} about the same row" if each.about_the_same else ""
        yield f"within a day {each.rule} told {count_text(each.customers, 'customer')} of these{same}"


def _rated(share: Share) -> str:
    interval = interval_text(share)
    return f"{share_text(share)}, 95 %: {interval}" if interval else share_text(share)
