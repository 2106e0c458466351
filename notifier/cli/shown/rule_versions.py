"""A rule as it was in force at a time, as a page."""

from collections.abc import Iterator
from datetime import timedelta

from rich.console import RenderableType
from rich.text import Text

from notifier.cli.shown.values import placed_text
from notifier.model.durations import duration_text
from notifier.model.rescues import Rescue
from notifier.model.rule_versions import RuleVersion

_HOW = {"first": "the first set", "rested": "its files had rested", "asked": "a person asked for it"}


def rule_version_parts(version: RuleVersion, timezone: str) -> Iterator[RenderableType]:
    """The version, its plan, its source and its texts."""
    yield Text(f"{version.rule} ({version.place}), version {version.digest[:12]}", style="bold")
    yield Text(_standing(version, timezone))
    if version.mode == "shadow":
        yield Text("in shadow: it tells nobody")
    yield Text(f"owner: {version.owner}")
    for do, owner, within in version.plan:
        yield Text(f"plan: {do} ({owner}{_within(within)})")
    yield from _rescue(version.rescue)
    yield Text()
    yield Text(version.source.rstrip())
    for path, text in version.texts.items():
        yield Text()
        yield Text(f"templates/{path}", style="bold")
        yield Text(text.rstrip())


def _rescue(rescue: Rescue | None) -> Iterator[RenderableType]:
    if rescue is None:
        return
    if not rescue.is_offered:
        yield Text(f"rescue: none because {rescue.none_because}")
        return
    for part, texts in (("admission", rescue.admission), ("remedy", rescue.remedy)):
        for language, text in texts.items():
            yield Text(f"rescue, {part}{f' ({language})' if language else ''}: {text}")
    yield Text(f"rescue, decided by: {rescue.decides or 'nobody is named'}{_within(rescue.by)}")


def _within(span: timedelta | None) -> str:
    return "" if span is None else f", within {duration_text(span)}"


def _standing(version: RuleVersion, timezone: str) -> str:
    if version.since is None:
        return "as the folder says it; nothing is in force yet"
    until = "" if version.until is None else f" until {placed_text(version.until, timezone)}"
    by = f" by {version.by}" if version.by else ""
    return f"in force from {placed_text(version.since, timezone)}{until} ({_HOW.get(version.how or '', '')}{by})"
