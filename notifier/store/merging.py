"""A batch of incoming rows becomes inserts, updates and their change records, by a handful of statements.

The batch is first put into a temporary table; what is new, changed, the same or older is then decided inside the
database, for all rows of the batch at once. Row by row in Python the same costs several times as much.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import EPOCH, UtcTime
from notifier.model.schema import Entity, Relation
from notifier.model.state import Change
from notifier.store.sql import rows_in, table_of

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class WriteCounts:
    """What became of the rows of a write; the four add up to the rows given."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    ignored_older: int = 0
    """Written later already: what came now is older news."""

    def __add__(self, other: "WriteCounts") -> "WriteCounts":
        return WriteCounts(
            inserted=self.inserted + other.inserted,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            ignored_older=self.ignored_older + other.ignored_older,
        )

    @property
    def rows(self) -> int:
        """All rows that were given."""
        return self.inserted + self.updated + self.unchanged + self.ignored_older


class Merge:
    """Writes batches of rows of one entity that all give the same columns, dated `at`, within one transaction.

    `columns` holds `id`; columns it lacks stay untouched, in a new row they get their default or null.
    """

    def __init__(
        self, connection: sa.Connection, entity: Entity, columns: Sequence[str], at: datetime, *, baseline: bool
    ) -> None:
        self._connection = connection
        self.entity = entity
        self._table = entity.table
        self._columns = tuple(columns)
        self._given = [name for name in columns if name != "id"]
        self._at = sa.literal(at, UtcTime())
        self._baseline = sa.literal(baseline, sa.Boolean())
        self._incoming = self._create_incoming()
        self._binders = [_binder(self._table.c[name].type, connection.dialect) for name in columns]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the batches give."""
        return self._columns

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that a new row needs and this batch does not give."""
        return tuple(
            column.name
            for column in self._table.columns
            if not column.nullable and column.default is None and column.name not in self._columns
        )

    def load(self, cells: Sequence[Sequence[Any]]) -> None:
        """Put the batch in place: one sequence of values a column, in the order of `columns`. Ids are distinct.

        `attributes` are laid over the stored ones: absent keys stay, a None takes its key away.
        """
        if "attributes" in self._columns:
            cells = self._with_stored_attributes(cells)
        bound = [
            values if bind is None else [None if value is None else bind(value) for value in values]
            for bind, values in zip(self._binders, cells, strict=True)
        ]
        rows = list(zip(*bound, strict=True))
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
        """The ids of the loaded rows that are new but lack a required column. They are taken out of the batch."""
        if not self.required:
            return []
        missing = ~self._exists
        ids = list(self._connection.scalars(sa.select(self._incoming.c.id).where(missing)))
        self._connection.execute(sa.delete(self._incoming).where(missing))
        return ids

    def write(self) -> WriteCounts:
        """Merge the loaded rows into the table and record every change."""
        run = self._connection.execute
        loaded = run(sa.select(sa.func.count()).select_from(self._incoming)).scalar_one()
        known = run(self._count_known).scalar_one()
        older = updated = inserted = 0
        if known:
            older = run(self._count_older).scalar_one()
            updated = run(self._record_updates).rowcount
            if updated:
                run(self._update_changed)
            if known > older + updated:
                run(self._touch_unchanged)
        if loaded > known:
            new = ~self._exists if known else sa.true()  # a first load need not look for each row twice more
            run(self._record_inserts(new))
            inserted = run(self._insert(new)).rowcount
        return WriteCounts(inserted=inserted, updated=updated, unchanged=known - older - updated, ignored_older=older)

    def dangling(self, relation: Relation, target: sa.Table, *, most: int) -> tuple[list[str], int]:
        """How many different ids the loaded rows give for a to-one relation that are not there, and `most` of them."""
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

    def _create_incoming(self) -> sa.Table:
        columns = [sa.Column(name, self._table.c[name].type) for name in self._columns]
        incoming = sa.Table(f"incoming_{self.entity.name}", sa.MetaData(), *columns, prefixes=["TEMPORARY"])
        self._connection.execute(sa.schema.DropTable(incoming, if_exists=True))
        self._connection.execute(sa.schema.CreateTable(incoming))
        return incoming

    @cached_property
    def _same(self) -> sa.ColumnElement[bool]:
        return self._table.c.id == self._incoming.c.id

    @cached_property
    def _exists(self) -> sa.ColumnElement[bool]:
        return sa.exists().where(self._same).correlate(self._incoming)

    @cached_property
    def _not_older(self) -> sa.ColumnElement[bool]:
        written_at = self._table.c.written_at
        return sa.or_(written_at.is_(None), written_at <= self._at)

    @cached_property
    def _differs(self) -> sa.ColumnElement[bool]:
        return sa.or_(sa.false(), *(_differ(self._table.c[name], self._incoming.c[name]) for name in self._given))

    @cached_property
    def _count_older(self) -> sa.Select[Any]:
        joined = self._incoming.join(self._table, self._same)
        return sa.select(sa.func.count()).select_from(joined).where(~self._not_older)

    @cached_property
    def _count_known(self) -> sa.Select[Any]:
        return sa.select(sa.func.count()).select_from(self._incoming.join(self._table, self._same))

    @cached_property
    def _record_updates(self) -> sa.Insert:
        changed = sa.select(*self._change(old=self._keys(self._table), new=self._keys_after())).select_from(
            self._incoming.join(self._table, self._same)
        )
        return self._recording(changed.where(self._not_older, self._differs))

    @cached_property
    def _update_changed(self) -> sa.Update:
        values: dict[str, Any] = {name: self._incoming.c[name] for name in self._given}
        if "status" in values and "status_since" in self._table.c:
            before = self._table.c.status
            values["status_since"] = sa.case(
                (before.is_distinct_from(self._incoming.c.status), self._at), else_=self._table.c.status_since
            )
        values["written_at"] = self._at
        return sa.update(self._table).values(values).where(self._same, self._not_older, self._differs)

    @cached_property
    def _touch_unchanged(self) -> sa.Update:
        written_at = self._table.c.written_at
        earlier = sa.or_(written_at.is_(None), written_at < self._at)
        return sa.update(self._table).values(written_at=self._at).where(self._same, earlier)

    def _record_inserts(self, new: sa.ColumnElement[bool]) -> sa.Insert:
        rows = sa.select(*self._change(old=sa.null(), new=self._keys(self._incoming))).select_from(self._incoming)
        return self._recording(rows.where(new))

    def _insert(self, new: sa.ColumnElement[bool]) -> sa.Insert:
        values: dict[str, Any] = {name: self._incoming.c[name] for name in self._columns}
        for column in self._table.columns:
            if column.default is not None and column.name not in values:
                values[column.name] = sa.literal(column.default.arg, column.type)  # type: ignore[attr-defined] # a scalar default
        if "status_since" in self._table.c:
            values["status_since"] = self._at
        values["written_at"] = self._at
        rows = sa.select(*values.values()).select_from(self._incoming).where(new)
        insert = sa.insert(self._table).from_select(list(values), rows, include_defaults=False)
        return insert.execution_options(preserve_rowcount=True)

    def _keys(self, source: sa.FromClause) -> sa.ColumnElement[Any]:
        """The relation columns of a row as a JSON object; null for those that `source` does not have."""
        pairs: list[tuple[str, sa.ColumnElement[Any]]] = [
            (name, source.c[name] if name in source.c else sa.null()) for name in self.entity.key_columns
        ]
        return json_object(self._connection.dialect, pairs)

    def _keys_after(self) -> sa.ColumnElement[Any]:
        """The relation columns of an updated row: as they came, else as they were."""
        pairs: list[tuple[str, sa.ColumnElement[Any]]] = [
            (name, (self._incoming if name in self._columns else self._table).c[name])
            for name in self.entity.key_columns
        ]
        return json_object(self._connection.dialect, pairs)

    def _change(self, *, old: sa.ColumnElement[Any], new: sa.ColumnElement[Any]) -> list[sa.ColumnElement[Any]]:
        return [sa.literal(self.entity.name, sa.String()), self._incoming.c.id, old, new, self._at, self._baseline]

    def _recording(self, rows: sa.Select[Any]) -> sa.Insert:
        insert = sa.insert(table_of(Change)).from_select(CHANGE_COLUMNS, rows, include_defaults=False)
        return insert.execution_options(preserve_rowcount=True)


CHANGE_COLUMNS = ["entity", "row_id", "old_keys", "new_keys", "at", "baseline"]


def json_object(dialect: sa.Dialect, pairs: Sequence[tuple[str, sa.ColumnElement[Any]]]) -> sa.ColumnElement[Any]:
    """A JSON object of columns, built in the database."""
    arguments = [part for name, value in pairs for part in (sa.literal_column(f"'{name}'"), value)]
    build = sa.func.json_object if dialect.name == "sqlite" else sa.func.json_build_object
    return build(*arguments, type_=sa.JSON())


def _differ(old: sa.ColumnElement[Any], new: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Null-safe inequality; JSON documents compare as their canonical text, for PostgreSQL's json has no equality."""
    if isinstance(old.type, sa.JSON):
        old, new = sa.cast(old, sa.Text()), sa.cast(new, sa.Text())
    return old.is_distinct_from(new)


def _binder(column_type: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """What turns a Python value of the type into what the driver stores, or None where it stays as it is."""
    if isinstance(column_type, UtcTime) and dialect.name == "sqlite":
        return _microseconds  # as UtcTime does, in a fifth of the time: imports spend most of theirs on instants
    return column_type.dialect_impl(dialect).bind_processor(dialect)


def _microseconds(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND
