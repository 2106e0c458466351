"""What an import did, as a JSON document."""

from typing_extensions import TypedDict

from notifier.intake.report import Dangling, Doubts, ImportReport, RowProblem


class RowProblemDocument(TypedDict):
    """What is wrong with one row."""

    line: int | None
    """Null for a problem of the file as a whole."""
    column: str | None
    what: str


class DanglingDocument(TypedDict):
    """References to rows that are not there (yet): allowed, and read as null."""

    relation: str
    """`order.customer`"""
    count: int


class DoubtsDocument(TypedDict):
    """Cells of good rows that may mean something else than what was stored."""

    column: str
    what: str
    """Fits after the count: `to another country than the customer's`."""
    count: int
    examples: list[str]
    """The first three: `line 17 +576017455905`."""


class ImportDocument(TypedDict):
    """The outcome of one file."""

    file: str
    entity: str
    """The entity, or `events`."""
    read: int
    """Rows (of events: change sets) in the file, good and bad."""
    inserted: int
    updated: int
    unchanged: int
    ignored_older: int
    """Rows that were written later than the file says."""
    deleted: int
    not_yet: int
    """Rows that the map's `as_of` left out because they start later."""
    bad: int
    problems: list[RowProblemDocument]
    """The first thousand."""
    doubts: list[DoubtsDocument]
    not_there_yet: list[DanglingDocument]


def import_document(report: ImportReport) -> ImportDocument:
    """`import --json`."""
    counts = report.counts
    return {
        "file": report.file,
        "entity": report.entity,
        "read": report.read,
        "inserted": counts.inserted,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "ignored_older": counts.ignored_older,
        "deleted": report.deleted,
        "not_yet": report.not_yet,
        "bad": report.bad,
        "problems": [_problem(problem) for problem in report.problems],
        "doubts": [_doubts(each) for each in report.doubts],
        "not_there_yet": [_dangling(each) for each in report.dangling],
    }


def _problem(problem: RowProblem) -> RowProblemDocument:
    return {"line": problem.line, "column": problem.column, "what": problem.what}


def _dangling(dangling: Dangling) -> DanglingDocument:
    return {"relation": dangling.relation, "count": dangling.count}


def _doubts(doubts: Doubts) -> DoubtsDocument:
    return {
        "column": doubts.column,
        "what": doubts.what,
        "count": doubts.count,
        "examples": list(doubts.examples),
    }
