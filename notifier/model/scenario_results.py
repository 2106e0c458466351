"""The results of scenarios: simulation makes them, people and programs are shown them."""

from dataclasses import dataclass
from datetime import datetime

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

    @property
    def passed(self) -> bool:
        """Everything was as expected."""
        return not self.differences and not self.problems
