"""Where output goes: results to stdout, problems and progress to stderr, JSON without decoration."""

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from notifier.model.texts import shown

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 100
"""Lines longer than this are hard to read, whatever the terminal offers."""


def out() -> "Console":
    """The console for results: as wide as the terminal (also when piped into a pager), or as COLUMNS says."""
    console = _escaping()(highlight=False)
    console.width = min(console.width, WIDEST)
    return console


def err() -> "Console":
    """The console for progress."""
    return _escaping()(stderr=True, highlight=False)


@cache
def _escaping() -> "type[Console]":
    """A console that shows what nobody sees as `\\u202e`, wherever in a table or a card it stands: no text that was
    entered moves the cursor, hides a line or turns figures around."""
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class Escaping(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
            for segment in super().render(renderable, options):
                if segment.control or segment.text.isprintable():
                    yield segment
                else:
                    yield Segment(shown(segment.text, lines=True), segment.style)

    return Escaping


def print_text(text: str) -> None:
    """A sentence, or a result that programs read: just as it is, whatever the width of the terminal."""
    sys.stdout.write(f"{shown(text, lines=True)}\n")


def print_json(document: object) -> None:
    """A document of `answers.documents`, for programs."""
    from notifier.answers.documents.values import json_text

    sys.stdout.write(f"{json_text(document)}\n")


def print_problems(problems: Iterable[object]) -> None:
    """Problems on stderr, one a line: `file:line:column: what`."""
    for problem in problems:
        sys.stderr.write(f"{shown(str(problem), lines=True)}\n")
