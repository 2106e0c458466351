"""Where output goes: results to stdout, problems and progress to stderr, JSON without decoration."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 100
"""Lines longer than this are hard to read, whatever the terminal offers."""


def out() -> "Console":
    """The console for results: as wide as the terminal (also when piped into a pager), or as COLUMNS says."""
    from rich.console import Console

    console = Console(highlight=False)
    console.width = min(console.width, WIDEST)
    return console


def err() -> "Console":
    """The console for progress."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def print_text(text: str) -> None:
    """A sentence, or a result that programs read: just as it is, whatever the width of the terminal."""
    sys.stdout.write(f"{text}\n")


def print_json(document: object) -> None:
    """A document of `answers.documents`, for programs."""
    from notifier.answers.documents.values import json_text

    print_text(json_text(document))


def print_problems(problems: Iterable[object]) -> None:
    """Problems on stderr, one a line: `file:line:column: what`."""
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
