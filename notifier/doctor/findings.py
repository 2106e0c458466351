"""What an examination finds: values. Each says what is so, and where something is wrong what a person does about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    FINE = "fine"
    DOUBTFUL = "doubtful"
    """It works, perhaps not as intended."""
    WRONG = "wrong"
    """Something that is wanted does not work."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    about: str
    """`settings`, `database`, `twilio`…"""
    level: Level
    what: str
    """What is so, in a sentence without addresses and secrets."""
    remedy: str | None = None
    """What to do, unless it is fine."""


def fine(about: str, what: str) -> Finding:
    return Finding(about=about, level=Level.FINE, what=what)


def doubtful(about: str, what: str, remedy: str) -> Finding:
    return Finding(about=about, level=Level.DOUBTFUL, what=what, remedy=remedy)


def wrong(about: str, what: str, remedy: str) -> Finding:
    return Finding(about=about, level=Level.WRONG, what=what, remedy=remedy)
