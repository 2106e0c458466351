"""Writes and deletes rows of business state, and records every real change for the next tick.

A row and its change are written in one transaction. An unchanged row leaves no record; a write older than the stored
row is ignored. Rows are typed already (`intake.parsing` reads them from files).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from notifier.model.columns import UtcTime
from notifier.model.schema import Entity, entities
from notifier.model.state import Change
from notifier.store.sql import chunks, table_of
from notifier.store.state.cancellations import hear_cancellations
from notifier.store.state.merge_statements import CHANGE_COLUMNS, json_object, kept_values
from notifier.store.state.merging import Merge, WriteCounts
from notifier.store.state.provenance import LINE, SOURCE, former_columns, signature_of
from notifier.store.tables import FORMER_VALUE

Row = TypeVar("Row")

BATCH = 5_000
"""Rows merged per batch: enough to amortise the statements, few enough to fit into the processor's cache."""


class IncompleteRowsError(ValueError):
    """New rows lack a required column; the caller must roll back."""

    def __init__(self, entity: str, ids: Sequence[str], required: Sequence[str]) -> None:
        self.ids = tuple(ids)
        shown = ", ".join(self.ids[:5]) + (", …" if len(self.ids) > 5 else "")
        super().__init__(
            f"{entity} {shown} {'is' if len(self.ids) == 1 else 'are'} not there yet, "
            f"and a new {entity} needs {', '.join(required)}"
        )


@dataclass(frozen=True, kw_only=True)
class DeleteCounts:
    """What became of the ids given to a delete."""

    deleted: int = 0
    missing: int = 0
    ignored_older: int = 0

    def __add__(self, other: "DeleteCounts") -> "DeleteCounts":
        return DeleteCounts(
            deleted=self.deleted + other.deleted,
            missing=self.missing + other.missing,
            ignored_older=self.ignored_older + other.ignored_older,
        )


def write_rows(
    connection: sa.Connection,
    entity: str,
    rows: Iterable[Mapping[str, Any]],
    at: datetime,
    *,
    baseline: bool = False,
    existing: bool = False,
) -> WriteCounts:
    """Insert or update rows by id, dated `at`; columns that a row lacks stay untouched.

    Values have the columns' Python types; `attributes` is merged into the stored mapping (None removes an attribute).
    Of rows with the same id, the last wins. `existing`: rows that are new here were there before. Raises
    IncompleteRowsError for a new row that lacks a required column.
    """
    written, incomplete = merge_rows(connection, entities()[entity], rows, at, baseline=baseline, existing=existing)
    if incomplete:
        required = sorted({name for lacking in incomplete.values() for name in lacking})
        raise IncompleteRowsError(entity, list(incomplete), required)
    return written


def merge_rows(
    connection: sa.Connection,
    entity: Entity,
    rows: Iterable[Mapping[str, Any]],
    at: datetime,
    *,
    baseline: bool,
    existing: bool = False,
    loaded: Callable[[Merge], None] | None = None,
) -> tuple[WriteCounts, dict[str, Sequence[str]]]:
    """As `write_rows`, but new rows that lack required columns are skipped and returned: id -> those columns.

    `loaded` is called for each batch before it is written.
    """
    written = WriteCounts()
    incomplete: dict[str, Sequence[str]] = {}
    for batch in chunks(rows, BATCH):
        for distinct in rounds(batch, [row["id"] for row in batch]):
            alike = defaultdict(list)
            for row in distinct:
                alike[tuple(sorted(row))].append(row)
            for columns, group in alike.items():
                merge = Merge(connection, entity, columns, at, baseline=baseline, existing=existing)
                merge.load([[row[name] for row in group] for name in columns])
                incomplete |= dict.fromkeys(merge.incomplete(), merge.required)
                if loaded is not None:
                    loaded(merge)
                written += merge.write()
                hear_cancellations(merge)
    return written, incomplete


def delete_rows(
    connection: sa.Connection, entity: str, ids: Collection[str], at: datetime, *, baseline: bool = False
) -> DeleteCounts:
    """Delete rows by id, dated `at`. Counts ids that do not exist; a row written after `at` is kept."""
    known = entities()[entity]
    counted = DeleteCounts()
    for chunk in chunks(dict.fromkeys(ids), 500):
        chosen = known.table.c.id.in_(chunk)
        there = connection.execute(sa.select(sa.func.count()).select_from(known.table).where(chosen)).scalar_one()
        deleted = delete_where(connection, entity, chosen, at, baseline=baseline)
        counted += DeleteCounts(deleted=deleted, missing=len(chunk) - there, ignored_older=there - deleted)
    return counted


def delete_where(
    connection: sa.Connection, entity: str, chosen: sa.ColumnElement[bool], at: datetime, *, baseline: bool = False
) -> int:
    """Delete the chosen rows that were not written after `at`, and record each; returns how many."""
    known = entities()[entity]
    table = known.table
    leaving = _leaving(table, chosen, at)
    old_keys = json_object(connection.dialect.name, [(name, table.c[name]) for name in known.key_columns])
    change = (
        sa.literal(entity, sa.String()),
        table.c.id,
        old_keys,
        sa.null(),
        sa.literal(at, UtcTime()),
        sa.literal(baseline, sa.Boolean()),
    )
    recording = sa.insert(table_of(Change)).from_select(
        CHANGE_COLUMNS, sa.select(*change).where(leaving), include_defaults=False
    )
    if connection.execute(recording.execution_options(preserve_rowcount=True)).rowcount:
        _keep_former(connection, known, leaving, at)
    return connection.execute(sa.delete(table).where(leaving)).rowcount


def _keep_former(connection: sa.Connection, known: Entity, leaving: sa.ColumnElement[bool], at: datetime) -> None:
    """Keep what a check read in rows that go away."""
    signature = signature_of(connection)
    kept = None if signature is None else signature.kept(known.name, known.table.c.keys())
    if signature is None or not kept:
        return
    stored = (
        sa.literal(known.name, sa.String()),
        known.table.c.id,
        known.table.c[SOURCE],
        known.table.c[LINE],
        sa.literal(at, UtcTime()),
        sa.literal(signature.number(connection), sa.BigInteger()),
        sa.literal(True, sa.Boolean()),
        kept_values(known.table, kept, connection.dialect.name),
    )
    rows = sa.select(*stored).where(leaving)
    connection.execute(sa.insert(FORMER_VALUE).from_select(former_columns(), rows, include_defaults=False))


def count_where(connection: sa.Connection, entity: str, chosen: sa.ColumnElement[bool], at: datetime) -> int:
    """How many rows `delete_where` would delete."""
    table = entities()[entity].table
    counting = sa.select(sa.func.count()).select_from(table).where(_leaving(table, chosen, at))
    return connection.execute(counting).scalar_one()


def touch_where(connection: sa.Connection, entity: str, chosen: sa.ColumnElement[bool], at: datetime) -> int:
    """Record a change of the chosen rows without changing them, so that the next tick evaluates their dependents;
    returns how many."""
    known = entities()[entity]
    keys = json_object(connection.dialect.name, [(name, known.table.c[name]) for name in known.key_columns])
    change = (
        sa.literal(entity, sa.String()),
        known.table.c.id,
        keys,
        keys,
        sa.literal(at, UtcTime()),
        sa.literal(False, sa.Boolean()),
    )
    recording = sa.insert(table_of(Change)).from_select(
        CHANGE_COLUMNS, sa.select(*change).where(chosen), include_defaults=False
    )
    return connection.execute(recording).rowcount


def _leaving(table: sa.Table, chosen: sa.ColumnElement[bool], at: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(chosen, sa.or_(table.c.written_at.is_(None), table.c.written_at <= at))


def rounds(rows: Sequence[Row], ids: Sequence[str]) -> Iterator[list[Row]]:
    """The rows in lists with distinct ids: the second row of an id is in the second list, as if written later."""
    if len(set(ids)) == len(ids):
        yield list(rows)
        return
    seen: Counter[str] = Counter()
    lists: list[list[Row]] = []
    for row, row_id in zip(rows, ids, strict=True):
        if seen[row_id] == len(lists):
            lists.append([])
        lists[seen[row_id]].append(row)
        seen[row_id] += 1
    yield from lists
