"""A rule as it was in force at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.model.rescues import Rescue


@dataclass(frozen=True, kw_only=True)
class RuleVersion:
    """One version of a rule, with all that a reader needs to judge what it told."""

    rule: str
    digest: str
    at: datetime
    """The instant that was asked about."""
    since: datetime | None
    """When the set of files with it was put in force; None where the files of the folder are not in force yet."""
    until: datetime | None
    """When another set took its place; None where none has."""
    how: str | None
    """`first`, `rested` or `asked`."""
    by: str | None
    place: str
    """File and line."""
    source: str
    """The rule as its author wrote it."""
    texts: Mapping[str, str]
    """Path below `templates/` -> the text."""
    plan: tuple[tuple[str, str, timedelta | None], ...]
    """What the company does besides speaking, who does it, and within what time."""
    rescue: Rescue | None
    """What is offered when it goes wrong."""
    owner: str
    mode: str
