"""Merges a batch of incoming rows: inserts, updates and their change records, by a handful of statements.

The batch is first loaded into a temporary table. The database then decides for all its rows together which are new,
changed, unchanged or older. Doing it row by row in Python costs several times as much.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import AMOUNT_SCALE, EPOCH, Amount, UtcTime, utc
from notifier.model.schema import Entity, Relation
from notifier.store.sql import rows_in
from notifier.store.state.merge_statements import AT, BASELINE, BORN, SIGNED, merge_statements
from notifier.store.state.provenance import signature_of
from notifier.store.tombstones import Tombstones

MICROSECOND = timedelta(microseconds=1)
AMOUNT_UNIT = Decimal(10) ** AMOUNT_SCALE


@dataclass(frozen=True, kw_only=True)
class WriteCounts:
    """What became of the rows of a write; the five add up to the rows given."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    ignored_older: int = 0
    """Rows whose stored version is newer than this write."""
    forgotten: int = 0
    """Rows of people who were forgotten: they are not written."""

    def __add__(self, other: "WriteCounts") -> "WriteCounts":
        return WriteCounts(
            inserted=self.inserted + other.inserted,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            ignored_older=self.ignored_older + other.ignored_older,
            forgotten=self.forgotten + other.forgotten,
        )

    @property
    def rows(self) -> int:
        """All rows that were given."""
        return self.inserted + self.updated + self.unchanged + self.ignored_older + self.forgotten


class Merge:
    """Writes batches of rows of one entity with the same columns, dated `at`, in one transaction.

    `columns` includes `id`. Other columns keep their values; in a new row they get their default, or null. `existing`:
    rows that are new here were there before, as those of a baseline. Rows of people who were forgotten are left out:
    every row of state comes through here.
    """

    def __init__(
        self,
        connection: sa.Connection,
        entity: Entity,
        columns: Sequence[str],
        at: datetime,
        *,
        baseline: bool,
        existing: bool = False,
    ) -> None:
        self._connection = connection
        self.entity = entity
        self.at, self.baseline, self.existing = at, baseline, existing
        self._table = entity.table
        self._columns = tuple(columns)
        self._signature = signature_of(connection)
        self._kept = None if self._signature is None else self._signature.kept(entity.name, columns)
        self._dated = {AT.key: at}
        self._recorded = {AT.key: at, BASELINE.key: baseline}
        self._statements = merge_statements(entity.name, self._columns, connection.dialect.name, self._kept)
        self._incoming = self._statements.incoming
        # Dropped and made anew for each batch, it would have SQLite prepare every statement of the connection again.
        self._connection.execute(sa.schema.CreateTable(self._incoming, if_not_exists=True))
        self._tombstones = Tombstones(connection, entity)
        self._forgotten = 0
        self._loaded = 0
        """Rows in the temporary table."""
        self._any_new = True
        """Whether any of them may be new."""
        self._binders = [_binder(self._table.c[name].type, connection.dialect) for name in columns]

    @property
    def connection(self) -> sa.Connection:
        """What it writes through."""
        return self._connection

    @property
    def incoming(self) -> sa.Table:
        """The temporary table of the batch."""
        return self._incoming

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the batches."""
        return self._columns

    @property
    def required(self) -> tuple[str, ...]:
        """The required columns of a new row that the batches lack."""
        return tuple(
            column.name
            for column in self._table.columns
            if not column.nullable and column.default is None and column.name not in self._columns
        )

    def load(self, cells: Sequence[Sequence[Any]]) -> None:
        """Load the batch: one sequence of values per column, in the order of `columns`. Ids must be distinct.

        `attributes` are merged into the stored ones: absent keys are kept, None removes a key.
        """
        cells, self._forgotten = self._tombstones.without(self._columns, cells)
        if "attributes" in self._columns:
            cells = self._with_stored_attributes(cells)
        bound = [bind(values) for bind, values in zip(self._binders, cells, strict=True)]
        rows = list(zip(*bound, strict=True))
        self._loaded, self._any_new = len(rows), True
        self._connection.execute(sa.delete(self._incoming))
        if not rows:
            return
        if self._connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(self._columns))
            self._connection.exec_driver_sql(f"INSERT INTO {self._incoming.name} VALUES ({marks})", rows)  # noqa: S608 - names from the schema
            return
        driver = self._connection.connection.cursor()
        with driver.copy(f"COPY {self._incoming.name} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def incomplete(self) -> list[str]:
        """Removes loaded rows that are new but lack a required column; returns their ids."""
        if not self.required:
            return []
        ids = list(self._connection.scalars(self._statements.select_new))
        if ids:
            self._connection.execute(self._statements.leave_out_new)
        self._loaded, self._any_new = self._loaded - len(ids), False
        return ids

    def write(self) -> WriteCounts:
        """Merge the loaded rows into the table and record every change."""
        run, do = self._connection.execute, self._statements
        loaded = self._loaded
        known = run(do.count_known).scalar_one() if self._any_new else loaded
        older = updated = inserted = 0
        if known:
            older = run(do.count_older, self._dated).scalar_one()
            updated = run(do.record_updates, self._recorded).rowcount
            if updated:
                signed = self._signed()
                if self._kept:
                    run(do.keep_former, signed)
                run(do.update_changed, signed)
            if known > older + updated:
                run(do.touch_unchanged, self._dated)
        if loaded > known:
            # A first load need not probe for each row twice more.
            record, insert = (do.record_new, do.insert_new) if known else (do.record_all, do.insert_all)
            run(record, self._recorded)
            born = None if self.baseline or self.existing else self.at
            inserted = run(insert, {**self._signed(), BORN.key: born}).rowcount
        return WriteCounts(
            inserted=inserted,
            updated=updated,
            unchanged=known - older - updated,
            ignored_older=older,
            forgotten=self._forgotten,
        )

    def _signed(self) -> dict[str, Any]:
        """For rows that are written; who signs has a row of its own from the first of them on."""
        signed = None if self._signature is None else self._signature.number(self._connection)
        return {**self._dated, SIGNED.key: signed}

    def dangling(self, relation: Relation, target: sa.Table, *, most: int) -> tuple[list[str], int]:
        """Dangling ids of a to-one relation in the loaded rows: at most `most` of them, and how many distinct ones."""
        column = relation.keys[0][0]
        if column not in self._columns:
            return [], 0
        value = self._incoming.c[column]
        chosen = [value.is_not(None), ~sa.exists().where(target.c.id == value)]
        if relation.source_where is not None:
            name, kind = relation.source_where
            chosen.append(self._incoming.c[name] == kind)
        count = self._connection.execute(sa.select(sa.func.count(value.distinct())).where(*chosen)).scalar_one()
        if not count or not most:
            return [], count
        return list(self._connection.scalars(sa.select(value).where(*chosen).distinct().limit(most))), count

    def _with_stored_attributes(self, cells: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
        ids = cells[self._columns.index("id")]
        at = self._columns.index("attributes")
        select = sa.select(self._table.c.id, self._table.c.attributes)
        stored = {row.id: row.attributes for row in rows_in(self._connection, select, self._table.c.id, set(ids))}
        overlaid = [{**(stored.get(row_id) or {}), **(new or {})} for row_id, new in zip(ids, cells[at], strict=True)]
        kept = [{name: value for name, value in one.items() if value is not None} or None for one in overlaid]
        return [*cells[:at], kept, *cells[at + 1 :]]


def _binder(column_type: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Converts a column of Python values into what the driver stores."""
    # These give the same as the types' own conversions in a fifth of the time, or imports would spend most of theirs on
    # instants.
    if isinstance(column_type, UtcTime):
        return _microseconds if dialect.name == "sqlite" else _in_utc
    if isinstance(column_type, Amount) and dialect.name == "sqlite":
        return _smallest_places
    bind = column_type.dialect_impl(dialect).bind_processor(dialect)
    if bind is None:
        return _as_they_are
    return lambda values: [None if value is None else bind(value) for value in values]


def _microseconds(instants: Sequence[datetime | None]) -> Sequence[int | None]:
    return [None if instant is None else (instant - EPOCH) // MICROSECOND for instant in instants]


def _in_utc(instants: Sequence[datetime | None]) -> Sequence[datetime | None]:
    return [instant if instant is None or instant.tzinfo is UTC else utc(instant) for instant in instants]


def _smallest_places(amounts: Sequence[Decimal | None]) -> Sequence[int | None]:
    scaled = [None if amount is None else Decimal(amount) * AMOUNT_UNIT for amount in amounts]
    whole = [None if amount is None else int(amount) for amount in scaled]
    if whole != scaled:
        raise ValueError(f"an amount has more than {AMOUNT_SCALE} decimal places")
    return whole


def _as_they_are(values: Sequence[Any]) -> Sequence[Any]:
    return values
