"""Change sets (`{"at": …, "set": {…}, "delete": {…}}`), become rows of state.

They come from an events file, the demo, `promise add` or `POST /v1/promises`.

A change set is a unit: either all of it is written, or none of it and its problems are reported.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifier.intake.bad_rows import BadRows
from notifier.intake.columns import CellDoubt, is_empty
from notifier.intake.instants import instant
from notifier.intake.parsing import ImportContext, RowParser, importable
from notifier.intake.repeats import Counting, joined
from notifier.intake.report import DanglingLog, ImportReport, ProblemLog
from notifier.intake.sources import LineProblem, Source, flat_row
from notifier.intake.superseding import refused_supersedes
from notifier.model.problems import Place, Problem, ProblemsError, did_you_mean
from notifier.model.writers import Writer
from notifier.rules.checked_rules import PROMISE
from notifier.store.state.changes import DeleteCounts, delete_rows, merge_rows
from notifier.store.state.merging import WriteCounts
from notifier.store.state.provenance import savepoint, sign
from notifier.store.state.site_days import refresh_site_days

KEYS = ("at", "set", "delete")

PlaceOf = Callable[[str, int], Place]
"""The place of a row of an entity, by its position in the change set."""


@dataclass(frozen=True, kw_only=True)
class ChangeSet:
    """Rows to write and ids to delete at one instant, by entity; the values of rows are not parsed yet."""

    at: datetime
    set: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    delete: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What became of a change set."""

    counts: WriteCounts = field(default_factory=WriteCounts)
    deleted: DeleteCounts = field(default_factory=DeleteCounts)


def apply_change_set(
    connection: sa.Connection,
    change_set: ChangeSet,
    context: ImportContext,
    *,
    place: Place | None = None,
    place_of: PlaceOf | None = None,
    baseline: bool = False,
    dangling: DanglingLog | None = None,
    doubts: list[CellDoubt] | None = None,
) -> Applied:
    """Write a change set, dated by its own `at`, in the caller's transaction.

    `doubts` is filled with what is doubtful. Raises ProblemsError with every problem, at `place`, or where `place_of`
    says that its row is, each naming its row: `appointment A-1: starts_at: …`. The caller must then roll back
    (`import_events` uses a savepoint for each change set).
    """
    place = place or Place("change set")
    rows = read_rows(change_set.set, context, place, doubts, place_of)
    unknown = [name for name in change_set.delete if name not in importable(context.schema)]
    if unknown:
        raise ProblemsError(_unknown_entity(name, context, place) for name in unknown)
    both = [
        Problem(place, f"{name} {row['id']} is in 'set' and in 'delete'; leave one of them, or write two change sets")
        for name, typed in rows.items()
        for row in typed
        if row["id"] in change_set.delete.get(name, ())
    ]
    if both:
        raise ProblemsError(both)
    counts, deleted = WriteCounts(), DeleteCounts()
    lacking: list[Problem] = []
    if doubts is not None and PROMISE in rows:
        doubts += _superseding_nothing(connection, rows[PROMISE], context)
    for name, typed in rows.items():
        written, incomplete = merge_rows(
            connection,
            context.schema.entities[name],
            typed,
            change_set.at,
            baseline=baseline,
            loaded=dangling.note if dangling else None,
        )
        counts += written
        lacking += [
            Problem(
                _place_of_id(change_set, name, row_id, place_of) or place,
                f"{name} {row_id} is not there yet, and a new one needs {', '.join(needed)}",
            )
            for row_id, needed in incomplete.items()
        ]
    if lacking:
        raise ProblemsError(lacking)
    for name, ids in change_set.delete.items():
        deleted += delete_rows(connection, name, ids, change_set.at, baseline=baseline)
    if "site" in change_set.set or "site" in change_set.delete:
        refresh_site_days(connection, context.hours, change_set.at, baseline=baseline)
    return Applied(counts=counts, deleted=deleted)


def _superseding_nothing(
    connection: sa.Connection, rows: Sequence[Mapping[str, Any]], context: ImportContext
) -> list[CellDoubt]:
    names = ("id", "replaces", "source", "topic")
    columns = {name: [row.get(name) for row in rows] for name in names}
    return list(refused_supersedes(connection, columns, [True] * len(rows), context.supersedes))


def read_rows(
    given: Mapping[str, Sequence[Mapping[str, Any]]],
    context: ImportContext,
    place: Place,
    doubts: list[CellDoubt] | None = None,
    place_of: PlaceOf | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """The rows, typed and complete, by entity. Raises ProblemsError with every problem."""
    problems: list[Problem] = []
    typed: dict[str, list[dict[str, Any]]] = {}
    for name, rows in given.items():
        if name not in importable(context.schema):
            problems.append(_unknown_entity(name, context, place))
            continue
        parser = RowParser(context.schema.entities[name], context)
        places = [place if place_of is None else place_of(name, position) for position in range(len(rows))]
        typed[name] = _read_entity(parser, rows, places, problems, doubts)
    if problems:
        raise ProblemsError(problems)
    return typed


def read_change_set(document: Any, place: Place) -> ChangeSet:
    """The change set in a JSON or YAML value. Raises ProblemsError when it has the wrong shape."""
    if not isinstance(document, dict):
        raise ProblemsError([Problem(place, "a change set is a mapping with 'at', 'set' and 'delete'")])
    problems = [
        Problem(place, f"unknown key '{key}' in a change set{did_you_mean(str(key), KEYS)}; it has at, set and delete")
        for key in document
        if key not in KEYS
    ]
    at: datetime | None = None
    try:
        at = instant(document["at"])
    except KeyError:
        problems.append(Problem(place, "a change set needs 'at': the instant of the change"))
    except ValueError as error:
        problems.append(Problem(place, f"at: {error}"))
    rows, ids = document.get("set") or {}, document.get("delete") or {}
    if not _is_lists_of(rows, dict):
        problems.append(Problem(place, '\'set\' holds lists of rows by entity: {"order": [{"id": "O-1"}]}'))
    if not _is_lists_of(ids, str):
        problems.append(Problem(place, '\'delete\' holds lists of ids by entity: {"order": ["O-1"]}'))
    if problems or at is None:
        raise ProblemsError(problems)
    return ChangeSet(at=at, set=rows, delete=ids)


def import_events(
    connection: sa.Connection,
    source: Source,
    context: ImportContext,
    *,
    baseline: bool = False,
    errors: Path | None = None,
    writer: Writer | None = None,
) -> ImportReport:
    """Apply the change sets of a JSONL file, one per line, in the caller's transaction; bad ones are skipped entirely.

    Raises ProblemsError when the file cannot be used at all.
    """
    if not source.is_jsonl:
        raise ProblemsError([Problem(Place(source.name), "events are JSON, one change set a line")])
    if writer is not None:
        sign(connection, writer, context.watched)
    counts, deleted, read = WriteCounts(), DeleteCounts(), 0
    dangling = DanglingLog(context.tables)
    with BadRows(errors, header=()) as bad_rows:
        log = ProblemLog(source.name, bad_rows)
        for found in source.documents():
            read += 1
            if isinstance(found, LineProblem):
                log.bad_row(found.line, found.text, [(None, found.what)])
                continue
            line, document = found
            doubts: list[CellDoubt] = []
            try:
                with savepoint(connection):
                    change_set = read_change_set(document, Place(source.name, line))
                    applied = apply_change_set(
                        connection,
                        change_set,
                        context,
                        place=Place(source.name, line),
                        baseline=baseline,
                        dangling=dangling,
                        doubts=doubts,
                    )
            except ProblemsError as error:
                log.bad_row(line, document, [(None, problem.what) for problem in error.problems])
                continue
            for doubt in doubts:
                log.doubt(line, doubt.column, doubt)
            counts += applied.counts
            deleted += applied.deleted
        return ImportReport(
            file=source.name,
            entity="events",
            read=read,
            counts=counts,
            deleted=deleted.deleted,
            bad=log.bad,
            problems=log.problems,
            doubts=log.doubts,
            dangling=dangling.report(connection),
            errors_file=log.written,
        )


def _read_entity(
    parser: RowParser,
    rows: Sequence[Mapping[str, Any]],
    places: Sequence[Place],
    problems: list[Problem],
    doubts: list[CellDoubt] | None,
) -> list[dict[str, Any]]:
    """The typed rows in the given order; adds what is wrong to `problems`, and what is doubtful to `doubts`."""
    name = parser.entity.name
    alike: dict[tuple[str, ...], list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
    for position, flat in _joined(parser, [flat_row(dict(row)) for row in rows], places, problems):
        alike[tuple(sorted(flat))].append((position, flat))
    typed: dict[int, dict[str, Any]] = {}
    for columns, group in alike.items():
        wrong = [parser.unknown_column(one) for one in columns if one not in parser.columns]
        wrong = wrong or parser.missing_columns(columns)
        if wrong:
            problems += [Problem(places[at], f"{_named(name, row, at)}: {what}") for at, row in group for what in wrong]
            continue
        parsed = parser.parse({column: [row[column] for _, row in group] for column in columns})
        for problem in parsed.problems:
            at, row = group[problem.index]
            problems.append(Problem(places[at], f"{_named(name, row, at)}: {problem.column}: {problem.what}"))
        if doubts is not None:
            doubts += parsed.doubts
        for (position, _), row in zip(group, parsed.rows(), strict=True):
            typed[position] = row
    return [typed[position] for position in sorted(typed)]


def _joined(
    parser: RowParser, rows: Sequence[Mapping[str, Any]], places: Sequence[Place], problems: list[Problem]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows with their positions, those of one id as one row; adds a problem where they do not agree."""
    by_id: dict[object, list[int]] = {}
    for position, row in enumerate(rows):
        key = tuple(str(row.get(name)) for name in parser.key_columns)
        by_id.setdefault(key if all(row.get(name) for name in parser.key_columns) else position, []).append(position)
    for positions in by_id.values():
        first = positions[0]
        if len(positions) == 1:
            yield first, rows[first]
            continue
        row, disagreements = joined([rows[position] for position in positions], Counting.AGREE)
        for column in dict.fromkeys(one.column for one in disagreements):
            given = [rows[position].get(column) for position in positions]
            values = " and ".join(dict.fromkeys(f"'{value}'" for value in given if not is_empty(value)))
            what = f"{column}: {values} in one change set; leave one of them, or write two change sets"
            problems.append(Problem(places[first], f"{_named(parser.entity.name, row, first)}: {what}"))
        yield first, row


def _place_of_id(change_set: ChangeSet, entity: str, row_id: str, place_of: PlaceOf | None) -> Place | None:
    """Where the row of this id is; None where only the change set's place is known."""
    if place_of is None:
        return None
    positions = (at for at, row in enumerate(change_set.set[entity]) if str(row.get("id", "")).strip() == row_id)
    return next((place_of(entity, position) for position in positions), None)


def _named(entity: str, row: Mapping[str, Any], position: int) -> str:
    return f"{entity} {row['id']}" if row.get("id") else f"{entity}, row {position + 1}"


def _unknown_entity(name: str, context: ImportContext, place: Place) -> Problem:
    known = importable(context.schema)
    remedy = did_you_mean(name, known) or f"; one of {', '.join(known)}"
    return Problem(place, f"unknown entity '{name}'{remedy}")


def _is_lists_of(value: Any, kind: type[object]) -> bool:
    return isinstance(value, dict) and all(
        isinstance(items, list) and all(isinstance(item, kind) for item in items) for items in value.values()
    )
