"""How scenarios went, as JSON documents."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant
from notifier.model.instants import utc_text
from notifier.model.scenario_results import CoverageReport, Difference, ScenarioResult


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
    state: list[str]
    """With --debug: how everything stood at the first difference, a line each."""


class BlankDocument(TypedDict):
    """One thing that no scenario shows."""

    blank: str
    """`never_speaks`, `never_silent`, `never_true`, `never_false` or `never_printed`."""
    of: str
    """The rule or check; of a branch, a rule that uses its text."""
    file: str
    line: int
    what: str
    """The part of the clause, or the branch of the text, as it is written; else the name of the rule or check."""
    locale: str | None
    """Of a branch: that of its file."""


class CoverageDocument(TypedDict):
    """How much of the rules, checks and texts scenarios show."""

    shown: int
    total: int
    percent: int
    """Rounded down."""
    blanks: list[BlankDocument]


class CoveredDocument(TypedDict):
    """What `rules test --coverage --json` prints."""

    scenarios: list[ScenarioDocument]
    coverage: CoverageDocument


def coverage_document(report: CoverageReport) -> CoverageDocument:
    """`coverage` of `rules test --coverage --json`."""
    return {
        "shown": report.shown,
        "total": report.total,
        "percent": report.share,
        "blanks": [
            {
                "blank": blank.kind,
                "of": blank.of,
                "file": blank.place.file,
                "line": blank.place.line,
                "what": blank.what,
                "locale": blank.locale,
            }
            for blank in report.blanks
        ],
    }


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
        "state": list(result.state),
    }


def _difference(difference: Difference) -> DifferenceDocument:
    return {
        "at": utc_text(difference.at),
        "what": difference.what,
        "expected": difference.expected,
        "got": difference.got,
        "why": list(difference.why),
    }
