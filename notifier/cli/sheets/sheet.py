"""A sheet: a title, some facts, and sections of lines. It is built once, and printed or shown as a page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Tone(StrEnum):
    """How a line's tag is coloured, on a terminal and on a page."""

    PLAIN = "plain"
    GOOD = "good"
    WAITING = "waiting"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing: a tag, when, what, and what to do about it. Empty texts are left out."""

    text: str
    tag: str = ""
    tone: Tone = Tone.PLAIN
    when: str = ""
    more: Sequence[str] = ()
    """Lines below it, less loud."""
    command: str = ""
    """The command that deals with it, as it is typed."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """Lines under a heading."""

    title: str
    lines: Sequence[Line] = ()
    empty: str = ""
    """What stands there where there is no line; a section with neither is left out."""
    count: int | None = None
    """How many there are, where not all are shown."""
    note: str = ""
    """Below the lines: how many more there are, and which command shows them."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The whole."""

    kind: str
    """The command that made it: `brief`."""
    language: str
    title: str
    subtitle: str = ""
    facts: Sequence[tuple[str, str]] = ()
    """(label, value): who, or the totals."""
    sections: Sequence[Section] = field(default_factory=tuple)
    footer: str = ""

    @property
    def shown(self) -> Sequence[Section]:
        """The sections that have something to say."""
        return [section for section in self.sections if section.lines or section.empty]
