"""The results of scenarios: simulation makes them, people and programs are shown them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifier.model.problems import Place, Problem


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One difference from the expectation."""

    at: datetime
    """The timeline entry whose `expect` it is about (aware UTC)."""
    what: str
    """`notices`, `corrections`, `follow_ups`, `contradictions` or `alerts`."""
    expected: str | None
    """None: nothing was expected there."""
    got: str | None
    """None: nothing like it was seen."""
    why: tuple[str, ...]
    """Why they differ, each as one sentence or fact."""


@dataclass(frozen=True, kw_only=True)
class ScenarioResult:
    """The result of one scenario."""

    file: str
    """Relative to the project folder."""
    name: str
    place: Place
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Why it could not be played to its end."""
    ticks: int = 0
    seconds: float = 0.0
    """How long it took to play."""
    state: tuple[str, ...] = ()
    """How everything stood at the first difference, a line each; empty unless asked for."""

    @property
    def passed(self) -> bool:
        """Everything was as expected."""
        return not self.differences and not self.problems


class BlankKind(StrEnum):
    """What no scenario shows."""

    NEVER_SPEAKS = "never_speaks"
    """A rule that never tells anything, a check that never finds anything."""
    NEVER_SILENT = "never_silent"
    """There is no scenario with a row of it that expects silence."""
    NEVER_TRUE = "never_true"
    """A part of a clause that was true for no row."""
    NEVER_FALSE = "never_false"
    NEVER_PRINTED = "never_printed"
    """A branch of a text."""


@dataclass(frozen=True, kw_only=True)
class Blank:
    """One thing that no scenario shows."""

    kind: BlankKind
    of: str
    """The rule or check; of a branch, a rule that uses its text."""
    place: Place
    what: str
    """The part of the clause, or the branch, as its author wrote it; else the name again."""
    locale: str | None = None
    """Of a branch: that of its file."""


@dataclass(frozen=True, kw_only=True)
class CoverageReport:
    """How much of the rules scenarios show."""

    shown: int
    total: int
    """Two for each rule and check, two for each part of a clause, one for each branch of a text."""
    blanks: tuple[Blank, ...] = ()

    @property
    def share(self) -> int:
        """Percent, rounded down: 100 only where there is no blank."""
        return 100 * self.shown // self.total if self.total else 100
