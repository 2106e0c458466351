"""What is published and what is so, as a JSON document."""

from typing_extensions import TypedDict

from notifier.answers.audit import Audit, Difference


class DifferenceDocument(TypedDict):
    """One published claim, and one value of the state that is another."""

    file: str
    """Below the project folder."""
    line: int
    published: str
    """The entry of `rules/published.yaml`."""
    name: str
    """What the page calls it."""
    topic: str
    said: str
    actual: str
    rows: int
    """How many rows have the value of the state; of opening hours, on how many of the coming 60 days they differ."""
    example: str
    """One of the rows: `charge:X-9`"""
    hurts: bool
    """Whether the customer is worse off than what is published."""
    owner: str | None
    details: list[str]
    """Of opening hours: on which days, and how."""


class AuditProblemDocument(TypedDict):
    """What could not be read or compared."""

    file: str
    line: int
    problem: str


class AuditDocument(TypedDict):
    """`promises audit --json`."""

    claims: int
    """How many were compared."""
    differences: list[DifferenceDocument]
    problems: list[AuditProblemDocument]


def audit_document(audit: Audit) -> AuditDocument:
    """`promises audit --json`."""
    return {
        "claims": audit.claims,
        "differences": [_difference(each) for each in audit.differences],
        "problems": [
            {"file": each.place.file, "line": each.place.line, "problem": each.what} for each in audit.problems
        ],
    }


def _difference(difference: Difference) -> DifferenceDocument:
    return {
        "file": difference.place.file,
        "line": difference.place.line,
        "published": difference.published,
        "name": difference.name,
        "topic": difference.topic,
        "said": difference.said,
        "actual": difference.actual,
        "rows": difference.rows,
        "example": difference.example,
        "hurts": difference.hurts,
        "owner": difference.owner,
        "details": list(difference.details),
    }
