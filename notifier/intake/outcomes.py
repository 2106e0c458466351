"""A file with what became of rows in the end -> endings, that a replay's notices are held against.

It is a CSV or JSONL file with the columns of `OUTCOME`, or any file with a map for `entity: outcome`. A subject may
come on several lines: each contact or score is one. The lines of several files about one subject are one ending.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.intake.maps import MapFile
from notifier.intake.parsing import ImportContext, Reading, RowParser
from notifier.intake.sources import NOTE_COLUMNS, Source
from notifier.model.columns import UtcTime
from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.schema import Entity, Field
from notifier.model.simulated import Contacted, Ending
from notifier.model.types import ValueType

NAME = "outcome"
_TYPES: Mapping[str, tuple[Any, ValueType]] = {
    "subject": (sa.String(), ValueType.STRING),
    "due_at": (UtcTime(), ValueType.TIMESTAMP),
    "came_at": (UtcTime(), ValueType.TIMESTAMP),
    "late": (sa.Boolean(), ValueType.BOOL),
    "score": (sa.Integer(), ValueType.INT),
    "contact_at": (UtcTime(), ValueType.TIMESTAMP),
}
OUTCOME = Entity(
    name=NAME,
    table=sa.Table(
        NAME,
        sa.MetaData(),
        *(sa.Column(name, kind, nullable=name != "subject") for name, (kind, _) in _TYPES.items()),
    ),
    fields={name: Field(name=name, type=of, nullable=name != "subject") for name, (_, of) in _TYPES.items()},
    relations={},
    key_columns=(),
)
"""What a file of outcomes may say: it is in no database."""


class OutcomeParser(RowParser):
    """Reads rows of outcomes; the subject identifies one."""

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns that identify a row."""
        return ("subject",)


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """What a file of outcomes says."""

    rows: Sequence[Mapping[str, Any]]
    problems: Sequence[Problem] = ()


def with_outcomes(context: ImportContext) -> ImportContext:
    """The same, where a map may also be for outcomes."""
    return replace(context, schema=replace(context.schema, entities={**context.schema.entities, NAME: OUTCOME}))


def read_outcomes(source: Source, context: ImportContext, map_file: MapFile | None = None) -> Outcomes:
    """The rows of a file. Raises ProblemsError when the file as a whole cannot be used."""
    parser = OutcomeParser(OUTCOME, with_outcomes(context), map_file.reading if map_file else Reading())
    rows: list[Mapping[str, Any]] = []
    problems: list[Problem] = []
    for batches in source.batches():
        problems += [Problem(Place(source.name, one.line), one.what) for one in batches.problems]
        for group in batches.groups:
            batch = group if map_file is None else map_file.rows.of(group)
            _refuse(source, parser, map_file, [name for name in batch.columns if name not in NOTE_COLUMNS])
            cells = batch.columns
            found: list[tuple[int, str, str]] = []
            if map_file is not None:
                cells, refused = map_file.apply(map_file.emptied(batch.columns))
                found = [(one.index, map_file.their_name(one.column), one.what) for one in refused]
            parsed = parser.parse(cells)
            found += [(one.index, one.column, one.what) for one in parsed.problems]
            found += [
                (index, "subject", f"'{row['subject']}' names no row; write it like order:O-1")
                for index, row in enumerate(parsed.rows())
                if row["subject"] is not None and ":" not in row["subject"]
            ]
            problems += [
                Problem(Place(source.name, batch.lines[index]), f"{column}: {what}") for index, column, what in found
            ]
            bad = {index for index, _, _ in found}
            rows += [row for index, row in enumerate(parsed.rows()) if index not in bad]
    return Outcomes(rows=rows, problems=problems)


def _refuse(source: Source, parser: RowParser, map_file: MapFile | None, theirs: Sequence[str]) -> None:
    if map_file is not None:
        wrong = map_file.unknown_columns(theirs, parser.columns)
        wrong = wrong or parser.missing_columns(map_file.our_columns(theirs))
    else:
        wrong = [parser.unknown_column(name) for name in theirs if name not in parser.columns]
        wrong = wrong or parser.missing_columns(theirs)
    if wrong:
        raise ProblemsError(Problem(Place(source.name), what) for what in wrong)


def endings(rows: Iterable[Mapping[str, Any]], since: datetime, until: datetime) -> dict[str, Ending]:
    """What became of each subject of the time from `since` until `until` (aware UTC), as it was known at its end.

    Of that time is what was due in it, or, where nobody says when it was due, what somebody wrote of in it. What was
    written later is not known yet.
    What says itself whether it was late is believed; else it was late if it came after it was due, or was due and has
    not come.
    """
    found: dict[str, Ending] = {}
    for row in rows:
        before = found.get(row["subject"], Ending(subject=row["subject"]))
        contacts = before.contacts
        if row.get("score") is not None or row.get("contact_at") is not None:
            contacts = (*contacts, Contacted(at=row.get("contact_at"), score=row.get("score")))
        found[row["subject"]] = Ending(
            subject=row["subject"],
            due_at=row.get("due_at") or before.due_at,
            came_at=row.get("came_at") or before.came_at,
            late=row["late"] if row.get("late") is not None else before.late,
            contacts=contacts,
        )
    known = {name: replace(each, contacts=_until(each.contacts, until)) for name, each in found.items()}
    return {
        name: each if each.late is not None else replace(each, late=_late(each, until))
        for name, each in known.items()
        if _is_of(each, since, until)
    }


def _until(contacts: Sequence[Contacted], until: datetime) -> Sequence[Contacted]:
    return tuple(contact for contact in contacts if contact.at is None or contact.at < until)


def _is_of(ending: Ending, since: datetime, until: datetime) -> bool:
    if ending.due_at is not None:
        return since <= ending.due_at < until
    instants = [contact.at for contact in ending.contacts if contact.at is not None]
    return not instants or any(since <= at < until for at in instants)


def _late(ending: Ending, until: datetime) -> bool | None:
    if ending.due_at is None:
        return None
    if ending.came_at is not None:
        return ending.came_at > ending.due_at
    return True if ending.due_at < until else None
