"""What is wrong with an input, where, and what to do about it. Problems are collected and shown together."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from notifier.model.texts import sentence


@dataclass(frozen=True, order=True)
class Place:
    """A position in a file; line and column count from 1. `file` is relative to the project folder if it is inside."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def shifted(self, columns: int) -> "Place":
        """The place `columns` to the right on the same line."""
        return Place(self.file, self.line, self.column + columns)


@dataclass(frozen=True, order=True)
class Problem:
    """One fact that is wrong, with its place and, where there is one, the remedy."""

    place: Place
    what: str
    severity: str = "error"
    """`error` prevents the use of the thing at fault; `warning` does not; a `note` says what is well to know."""
    code: str = ""
    """Of a warning that can be hushed: by which name."""

    @property
    def is_error(self) -> bool:
        """Whether it prevents the use of the thing at fault."""
        return self.severity == "error"

    def __str__(self) -> str:
        label = "" if self.is_error else f"{self.severity}: "
        code = f" [{self.code}]" if self.code else ""
        return sentence(f"{self.place}: {label}{self.what}{code}")


class ProblemsError(Exception):
    """Carries every problem found; `problems` is sorted by place and never empty."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """`; did you mean 'status'?` when a known name is close, else the empty string."""
    close = difflib.get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""


def one_of(known: Sequence[str]) -> str:
    """The known names as a readable list: `sms, email`."""
    return ", ".join(known)
