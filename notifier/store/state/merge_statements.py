"""An entity and the columns of a batch -> the statements that merge such a batch.

They are built once for all batches with the same columns. SQLAlchemy's cache of compiled statements is keyed by the
table object, so with a new temporary table for each batch, every statement would be compiled again, and would evict the
statements of the rules from that cache.

Parameters: `merged_at` (aware UTC), the date of the write; `as_baseline`, whether the changes cause no notices;
`came_to_be`, the date of new rows, null where they were there before; `signed_by`, what writes them, null for nobody.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import UtcTime
from notifier.model.schema import Entity, entities
from notifier.model.state import Change
from notifier.store.sql import table_of
from notifier.store.state.provenance import LINE, SOURCE, former_columns, stored_text
from notifier.store.tables import FORMER_VALUE

AT = sa.bindparam("merged_at", type_=UtcTime())
BORN = sa.bindparam("came_to_be", type_=UtcTime())
SIGNED = sa.bindparam("signed_by", type_=sa.BigInteger())
BASELINE = sa.bindparam("as_baseline", type_=sa.Boolean())
CHANGE_COLUMNS = ["entity", "row_id", "old_keys", "new_keys", "at", "baseline"]
COMPUTED_ENTITIES = ("site_day",)
"""Entities whose rows nobody writes: a day was there before it was computed."""
MOST_KEPT = 256
"""Cached sets of columns: files have a handful; each row of a change set may have its own."""


@lru_cache(maxsize=MOST_KEPT)
def merge_statements(
    entity: str, columns: tuple[str, ...], dialect: str, kept: tuple[str, ...] | None = None
) -> "MergeStatements":
    """The statements for batches of the entity with these columns, `id` among them.

    Former values of `kept` are kept, and who wrote them is named only by what replaces them; None: whoever wrote last.
    """
    return MergeStatements(entities()[entity], columns, dialect, kept)


class MergeStatements:
    """All statements for a batch in the temporary table `incoming`."""

    def __init__(
        self, entity: Entity, columns: tuple[str, ...], dialect: str, kept: tuple[str, ...] | None = None
    ) -> None:
        self._entity = entity
        self._table = entity.table
        self._columns = columns
        self._given = [name for name in columns if name not in ("id", LINE)]
        self._watches, self._kept = kept is not None, kept or ()
        self._dialect = dialect
        types = [sa.Column(name, self._table.c[name].type) for name in columns]
        # A name of its own for each set of columns: so the table can stay for the next batch of the connection.
        named = f"incoming_{entity.name}_{blake2b(repr(columns).encode(), digest_size=6).hexdigest()}"
        self.incoming = sa.Table(named, sa.MetaData(), *types, prefixes=["TEMPORARY"])
        self._same = self._table.c.id == self.incoming.c.id
        self._known = self.incoming.join(self._table, self._same)
        self.new = ~sa.exists().where(self._same).correlate(self.incoming)
        """Condition: a loaded row is not in the table yet."""

    # Counting

    @cached_property
    def count_known(self) -> sa.Select[Any]:
        return sa.select(sa.func.count()).select_from(self._known)

    @cached_property
    def count_older(self) -> sa.Select[Any]:
        return sa.select(sa.func.count()).select_from(self._known).where(~self._not_older)

    @cached_property
    def select_new(self) -> sa.Select[Any]:
        """The ids of the loaded rows that are new."""
        return sa.select(self.incoming.c.id).where(self.new)

    @cached_property
    def leave_out_new(self) -> sa.Delete:
        return sa.delete(self.incoming).where(self.new)

    # Existing rows

    @cached_property
    def record_updates(self) -> sa.Insert:
        changed = sa.select(*self._change(old=self._keys(self._table), new=self._keys_after())).select_from(self._known)
        return self._recording(changed.where(self._not_older, self._differs))

    @cached_property
    def update_changed(self) -> sa.Update:
        values: dict[str, Any] = {name: self.incoming.c[name] for name in self._given}
        if "status" in values and "status_since" in self._table.c:
            before = self._table.c.status
            values["status_since"] = sa.case(
                (before.is_distinct_from(self.incoming.c.status), AT), else_=self._table.c.status_since
            )
        values["written_at"] = AT
        values |= self._signature()
        values.update(self._set_instants())
        return sa.update(self._table).values(values).where(self._same, self._not_older, self._differs)

    @cached_property
    def keep_former(self) -> sa.Insert:
        """Keep the values that a check reads and that are about to be replaced."""
        stored = (
            sa.literal(self._entity.name, sa.String()),
            self._table.c.id,
            self._table.c[SOURCE],
            self._table.c[LINE],
            AT,
            SIGNED,
            sa.literal(False, sa.Boolean()),
            kept_values(self._table, self._kept, self._dialect),
        )
        changed = sa.select(*stored).select_from(self._known).where(self._not_older, self._watched_differ)
        return sa.insert(FORMER_VALUE).from_select(former_columns(), changed, include_defaults=False)

    @cached_property
    def touch_unchanged(self) -> sa.Update:
        written_at = self._table.c.written_at
        earlier = sa.or_(written_at.is_(None), written_at < AT)
        return sa.update(self._table).values(written_at=AT).where(self._same, earlier)

    # New rows: `…_all` where the whole batch is new, `…_new` for the new rows of it

    @cached_property
    def record_all(self) -> sa.Insert:
        return self._recording(self._inserted_changes)

    @cached_property
    def record_new(self) -> sa.Insert:
        return self._recording(self._inserted_changes.where(self.new))

    @cached_property
    def insert_all(self) -> sa.Insert:
        return self._insert(sa.true())

    @cached_property
    def insert_new(self) -> sa.Insert:
        return self._insert(self.new)

    # Parts

    @cached_property
    def _not_older(self) -> sa.ColumnElement[bool]:
        written_at = self._table.c.written_at
        return sa.or_(written_at.is_(None), written_at <= AT)

    @cached_property
    def _differs(self) -> sa.ColumnElement[bool]:
        return sa.or_(sa.false(), *(_differ(self._table.c[name], self.incoming.c[name]) for name in self._given))

    @cached_property
    def _inserted_changes(self) -> sa.Select[Any]:
        return sa.select(*self._change(old=sa.null(), new=self._keys(self.incoming))).select_from(self.incoming)

    def _insert(self, chosen: sa.ColumnElement[bool]) -> sa.Insert:
        values: dict[str, Any] = {name: self.incoming.c[name] for name in self._columns}
        for column in self._table.columns:
            if column.default is not None and column.name not in values:
                values[column.name] = sa.literal(column.default.arg, column.type)  # type: ignore[attr-defined] # a scalar default
        if "status_since" in self._table.c:
            values["status_since"] = AT
        values["written_at"] = AT
        values[SOURCE] = SIGNED
        values["born_at"] = sa.null() if self._entity.name in COMPUTED_ENTITIES else BORN
        rows = sa.select(*values.values()).select_from(self.incoming).where(chosen)
        insert = sa.insert(self._table).from_select(list(values), rows, include_defaults=False)
        return insert.execution_options(preserve_rowcount=True)

    @property
    def _watched_differ(self) -> sa.ColumnElement[bool]:
        return sa.or_(sa.false(), *(_differ(self._table.c[name], self.incoming.c[name]) for name in self._kept))

    def _signature(self) -> dict[str, Any]:
        """Who wrote what checks read: another value beside it says nothing of them."""
        line = self.incoming.c[LINE] if LINE in self._columns else sa.null()
        signed: dict[str, Any] = {SOURCE: SIGNED, LINE: line}
        if not self._watches:
            return signed
        if not self._kept:
            return {}
        changed = self._watched_differ
        return {name: sa.case((changed, value), else_=self._table.c[name]) for name, value in signed.items()}

    def _set_instants(self) -> dict[str, Any]:
        """`set_at` with the instants that this write changes, where it changes any."""
        instants = [name for name in self._given if isinstance(self._table.c[name].type, UtcTime)]
        if not instants:
            return {}
        stored = self._table.c.set_at
        changes = {name: _differ(self._table.c[name], self.incoming.c[name]) for name in instants}
        document = json_merged(self._dialect, stored, changes, AT)
        return {"set_at": sa.case((sa.or_(*changes.values()), document), else_=stored)}

    def _keys(self, source: sa.FromClause) -> sa.ColumnElement[Any]:
        """The relation columns of a row as a JSON object, with null for those that `source` lacks."""
        pairs: list[tuple[str, sa.ColumnElement[Any]]] = [
            (name, source.c[name] if name in source.c else sa.null()) for name in self._entity.key_columns
        ]
        return json_object(self._dialect, pairs)

    def _keys_after(self) -> sa.ColumnElement[Any]:
        """The relation columns of an updated row: the incoming values, else the stored ones."""
        pairs: list[tuple[str, sa.ColumnElement[Any]]] = [
            (name, (self.incoming if name in self._columns else self._table).c[name])
            for name in self._entity.key_columns
        ]
        return json_object(self._dialect, pairs)

    def _change(self, *, old: sa.ColumnElement[Any], new: sa.ColumnElement[Any]) -> list[sa.ColumnElement[Any]]:
        return [sa.literal(self._entity.name, sa.String()), self.incoming.c.id, old, new, AT, BASELINE]

    def _recording(self, rows: sa.Select[Any]) -> sa.Insert:
        insert = sa.insert(table_of(Change)).from_select(CHANGE_COLUMNS, rows, include_defaults=False)
        return insert.execution_options(preserve_rowcount=True)


def json_object(dialect: str, pairs: Sequence[tuple[str, sa.ColumnElement[Any]]]) -> sa.ColumnElement[Any]:
    """A JSON object of columns, built in the database."""
    arguments = [part for name, value in pairs for part in (sa.literal_column(f"'{name}'"), value)]
    build = sa.func.json_object if dialect == "sqlite" else sa.func.json_build_object
    return build(*arguments, type_=sa.JSON())


def kept_values(table: sa.Table, columns: Sequence[str], dialect: str) -> sa.ColumnElement[Any]:
    """The stored values of these columns as a document."""
    pairs = [(name, stored_text(table.c[name], dialect)) for name in columns]
    return json_object(dialect, pairs)


def json_merged(
    dialect: str,
    stored: sa.ColumnElement[Any],
    changes: Mapping[str, sa.ColumnElement[bool]],
    value: sa.ColumnElement[Any],
) -> sa.ColumnElement[Any]:
    """The stored JSON object with this value under each name whose condition holds."""
    if dialect == "sqlite":
        document: sa.ColumnElement[Any] = sa.func.coalesce(stored, sa.literal_column("'{}'"))
        for name, changed in changes.items():
            one = sa.func.json_object(sa.literal_column(f"'{name}'"), value)
            document = sa.func.json_patch(document, sa.case((changed, one), else_=sa.literal_column("'{}'")))
        return sa.type_coerce(document, stored.type)
    from sqlalchemy.dialects.postgresql import JSONB  # slow to import, and SQLite needs none of it

    nothing: sa.ColumnElement[Any] = sa.literal_column("CAST('{}' AS JSONB)")
    merged: sa.ColumnElement[Any] = sa.func.coalesce(sa.cast(stored, JSONB), nothing)
    for name, changed in changes.items():
        one = sa.func.jsonb_build_object(sa.literal_column(f"'{name}'"), sa.cast(value, UtcTime()))
        merged = merged.op("||")(sa.case((changed, one), else_=nothing))
    return sa.cast(merged, sa.JSON(none_as_null=True))


def _differ(old: sa.ColumnElement[Any], new: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Null-safe inequality; JSON compares as canonical text, because PostgreSQL's json type has no equality."""
    if isinstance(old.type, sa.JSON):
        old, new = sa.cast(old, sa.Text()), sa.cast(new, sa.Text())
    return old.is_distinct_from(new)
