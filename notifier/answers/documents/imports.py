"""What an import did, as a JSON document."""

from typing_extensions import TypedDict

from notifier.intake.report import Dangling, Doubts, ImportReport, RowProblem


class RowProblemDocument(TypedDict):
    """What is wrong with one row, or with many in the same way."""

    line: int | None
    """Null for a problem of the file as a whole."""
    column: str | None
    what: str
    count: int
    """How many rows have it: 1, or more than three where the problem is told once for all of them."""
    examples: list[str]
    """The first three where it is told once: `line 17 'sent'`."""


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
    """The outcome of one file for one entity."""

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
    forgotten: int
    """Rows of people who were forgotten: they are not written."""
    deleted: int
    not_yet: int
    """Rows that the map's `as_of` left out because they start later."""
    left_out: int
    """Lines that the map's `rows` leave out."""
    repeated: int
    """Lines that say again what an earlier line of the file says of the same row."""
    bad: int
    strays: int
    """Those of the bad rows that look like no rows at all: without an id, or with nothing else."""
    kept: int
    """The rows that a snapshot lacks, where they are too many to be deleted."""
    problems: list[RowProblemDocument]
    """The first thousand kinds, by line."""
    doubts: list[DoubtsDocument]
    not_there_yet: list[DanglingDocument]


def import_document(report: ImportReport) -> ImportDocument:
    """`import --json`; of `import all`, one an entity."""
    counts = report.counts
    return {
        "file": report.file,
        "entity": report.entity,
        "read": report.read,
        "inserted": counts.inserted,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "ignored_older": counts.ignored_older,
        "forgotten": counts.forgotten,
        "deleted": report.deleted,
        "not_yet": report.not_yet,
        "left_out": report.left_out,
        "repeated": report.repeated,
        "bad": report.bad,
        "strays": report.strays,
        "kept": report.kept,
        "problems": [_problem(problem) for problem in report.problems],
        "doubts": [_doubts(each) for each in report.doubts],
        "not_there_yet": [_dangling(each) for each in report.dangling],
    }


def _problem(problem: RowProblem) -> RowProblemDocument:
    return {
        "line": problem.line,
        "column": problem.column,
        "what": problem.what,
        "count": problem.count,
        "examples": list(problem.examples),
    }


def _dangling(dangling: Dangling) -> DanglingDocument:
    return {"relation": dangling.relation, "count": dangling.count}


def _doubts(doubts: Doubts) -> DoubtsDocument:
    return {
        "column": doubts.column,
        "what": doubts.what,
        "count": doubts.count,
        "examples": list(doubts.examples),
    }
