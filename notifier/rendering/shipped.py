"""The templates that come with the notifier: the layout of mails, alerts to owners, words that rules need not have."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from notifier.rules.shipped import shipped

LAYOUT = "layout.html.j2"

_ALERTS = Path(__file__).parent / "alerts"
_BUILT_IN = Path(__file__).parent / "built_in"


def with_layout(templates: Mapping[str, str]) -> Mapping[str, str]:
    """A project's template sources, with the shipped layout where the project has none."""
    return templates if LAYOUT in templates else {**templates, LAYOUT: _layout()}


@cache
def alert_templates() -> Mapping[str, str]:
    """The sources of the built-in alert templates, by path."""
    return _sources(_ALERTS)


@cache
def built_in_templates() -> Mapping[str, str]:
    """The sources of what customers hear where the rule has no follow-up for it, by path."""
    return _sources(_BUILT_IN)


def _sources(folder: Path) -> Mapping[str, str]:
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.j2"))}


@cache
def _layout() -> str:
    return (shipped() / "templates" / LAYOUT).read_text(encoding="utf-8")
