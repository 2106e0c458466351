"""How scenarios went, as JSON documents."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant
from notifier.model.instants import utc_text
from notifier.model.scenario_results import Difference, ScenarioResult


class DifferenceDocument(TypedDict):
    """One thing that is not as a scenario expects."""

    at: Instant
    """The entry of the timeline whose `expect` it is about."""
    what: str
    """`notices`, `corrections`, `follow_ups`, `contradictions` or `alerts`."""
    expected: str | None
    """Null: nothing was expected there."""
    got: str | None
    """Null: nothing like it was seen."""
    why: list[str]


class ScenarioDocument(TypedDict):
    """How one scenario went."""

    file: str
    line: int
    scenario: str
    passed: bool
    ticks: int
    differences: list[DifferenceDocument]
    problems: list[str]
    """Why it could not be played to its end."""


def scenario_document(result: ScenarioResult) -> ScenarioDocument:
    """One item of `rules test --json`."""
    return {
        "file": result.file,
        "line": result.place.line,
        "scenario": result.name,
        "passed": result.passed,
        "ticks": result.ticks,
        "differences": [_difference(difference) for difference in result.differences],
        "problems": [str(problem) for problem in result.problems],
    }


def _difference(difference: Difference) -> DifferenceDocument:
    return {
        "at": utc_text(difference.at),
        "what": difference.what,
        "expected": difference.expected,
        "got": difference.got,
        "why": list(difference.why),
    }
