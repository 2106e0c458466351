"""Reverse lookups: from changed rows back to the rows of a rule that depend on them.

A changed row matters to the rows that reach it now and to those that reached it before the change: its old and new
keys find both. Every statement here is a plain chain of indexed joins. Alternatives are separate SELECTs in a UNION,
because an OR across tables makes both databases scan whole tables.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from notifier.evaluation import values
from notifier.evaluation.lists import in_values
from notifier.evaluation.paths import Due, Way
from notifier.model.columns import UtcTime
from notifier.model.schema import Relation, Schema
from notifier.model.state import Change, KeptChange
from notifier.rules.expressions import Attribute

Ids = sa.Select[tuple[str]]
Columns = Callable[[str], Sequence[sa.ColumnElement[Any]]]

_CHANGE = sa.inspect(Change).local_table
_KEPT = sa.inspect(KeptChange).local_table


@dataclass(frozen=True, kw_only=True)
class Origin:
    """A point of a reverse walk: a table, the values that its columns may have, and the conditions on its rows."""

    table: sa.FromClause
    columns: Columns
    where: tuple[sa.ColumnElement[bool], ...] = ()
    read_from: Callable[[str], "Origin"] | None = None
    """For columns that are read from another table: the origin of the column of this name."""
    dated: sa.ColumnElement[Any] | None = None
    """An instant that is selected along with the ids that the walk finds."""
    row: sa.ColumnElement[Any] | None = None
    """The id of a row on the way that is selected along."""

    def of_column(self, name: str) -> "Origin":
        """The origin of the values of this column."""
        return self if self.read_from is None else self.read_from(name)


def rows_with_id(schema: Schema, entity: str, value: sa.ColumnElement[str]) -> Origin:
    """The row of the entity that has this id."""
    table = schema.entities[entity].table.alias()
    return Origin(table=table, columns=lambda name: [table.c[name]], where=(table.c.id == value,))


def rows_among(schema: Schema, entity: str, bind_name: str) -> Origin:
    """The rows of the entity whose ids are bound as a list of this name."""
    table = schema.entities[entity].table.alias()
    return Origin(table=table, columns=lambda name: [table.c[name]], where=(in_values(table.c.id, bind_name),))


def changed_rows(
    entity: str,
    *,
    baseline: bool | None = None,
    kept: bool = False,
    only_moved: bool = False,
    with_row: bool = False,
) -> Origin:
    """Rows of the entity with an unconsumed change, by their old and new keys; deleted rows too.

    `baseline` selects the changes loaded with `--baseline` (True), each with the date of its load, or the others
    (False); None takes both. `kept`: the changes that are kept for those that could not see them. `only_moved`: those
    that are related to other rows than before. `with_row`: the id of the changed row is selected along.
    """
    change = (_KEPT if kept else _CHANGE).alias()
    where = [change.c.entity == sa.literal(entity, sa.String)]
    if only_moved:
        where.append(has_moved(change))
    if baseline is not None:
        where.append(change.c.baseline == (sa.true() if baseline else sa.false()))
    dated = change.c.at if baseline else None
    row = change.c.row_id if with_row else None
    ids = Origin(table=change, columns=lambda _: [change.c.row_id], where=tuple(where), dated=dated, row=row)
    return replace(ids, read_from=lambda name: ids if name == "id" else _changed_keys(change, name, ids))


def _changed_keys(change: sa.FromClause, name: str, ids: Origin) -> Origin:
    """The old and new values of a key column, without duplicates: many changed rows may share one value."""
    beside = _beside(ids)
    old, new = (change.c[keys][name].as_string().label("key") for keys in ("old_keys", "new_keys"))
    moved = sa.select(old, *beside).where(*ids.where, has_moved(change))  # keys rarely change
    keys = sa.union(sa.select(new, *beside).where(*ids.where), moved).subquery()
    return Origin(
        table=keys,
        columns=lambda _: [keys.c.key],
        dated=None if ids.dated is None else keys.c.at,
        row=None if ids.row is None else keys.c.row_id,
    )


def has_moved(change: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether a changed row has other keys than before, or is new, or gone: the JSON texts show it, not parsed."""
    return sa.cast(change.c.old_keys, sa.Text).is_distinct_from(sa.cast(change.c.new_keys, sa.Text))


def due_rows(
    schema: Schema,
    due: Due,
    after: sa.ColumnElement[Any],
    until: sa.ColumnElement[Any],
    among: Origin | None = None,
) -> Origin:
    """Rows for which something falls due in [`after`, `until`], found by an index. `among`: of these rows alone."""
    table = schema.entities[due.column.row.entity or ""].table.alias() if among is None else among.table
    column = due_column(due, table)
    window = (
        column >= shifted(after, due, earlier=True),
        column <= shifted(until, due, earlier=False),
    )
    where = window if among is None else (*window, *among.where)
    return Origin(table=table, columns=lambda name: [table.c[name]], where=where)


def due_column(due: Due, table: sa.FromClause) -> sa.ColumnElement[Any]:
    """The timestamp column (or attribute) of `table` that the due instant is computed from."""
    if isinstance(due.column, Attribute):
        return values.attribute(table.c.attributes, due.column.name, due.column).sql
    return table.c[due.column.field.name]


def shifted(instant: sa.ColumnElement[Any], due: Due, *, earlier: bool) -> sa.ColumnElement[Any]:
    """The column value whose due instant is `instant`, widened by the slack on one side."""
    distance = -due.offset - due.slack if earlier else -due.offset + due.slack
    return values.later(instant, distance)


def dependents(schema: Schema, about: str, way: Way, origin: Origin) -> list[Ids]:
    """SELECTs, to be united, of the ids of all `about` rows from which the way leads to the origin's rows."""
    if not way:
        return [_ids(value, origin) for value in origin.columns("id")]
    found: list[Ids] = []
    *rest, relation = way
    for source_column, target_column in relation.keys:
        there = origin.of_column(target_column)
        for value in there.columns(target_column):
            if source_column == "id" and not rest:
                found.append(_ids(value, there))
            elif source_column == "id" and _only_id_matters(relation, rest):
                found += dependents(schema, about, tuple(rest), _with_id(value, there))
            else:
                found += dependents(
                    schema, about, tuple(rest), _step_back(schema, relation, source_column, value, there)
                )
    return found


def rows_on(schema: Schema, way: Way, origin: Origin) -> list[Origin]:
    """The rows at the start of the way that leads to the origin's rows, with the id of each selected along."""
    if not way:
        return [replace(origin, row=origin.columns("id")[0])]
    found: list[Origin] = []
    *rest, relation = way
    for source_column, target_column in relation.keys:
        there = origin.of_column(target_column)
        for value in there.columns(target_column):
            found += rows_on(schema, tuple(rest), _step_back(schema, relation, source_column, value, there))
    return found


def _only_id_matters(relation: Relation, rest: Sequence[Relation]) -> bool:
    """Whether only the id of the relation's source row is needed, so that the row itself need not be joined."""
    return relation.source_where is None and bool(rest) and all(target == "id" for _, target in rest[-1].keys)


def _with_id(value: sa.ColumnElement[Any], origin: Origin) -> Origin:
    """The row with this id, not joined. Where it does not exist, more rows are found than needed, which is harmless."""
    return replace(origin, columns=lambda _: [value], read_from=None)


def _step_back(schema: Schema, relation: Relation, column: str, value: sa.ColumnElement[Any], origin: Origin) -> Origin:
    """The rows of the relation's source that have the value in the column."""
    source = schema.entities[relation.source].table.alias()
    met = source.c[column] == value
    if relation.source_where is not None:
        discriminator, text = relation.source_where
        met = sa.and_(met, source.c[discriminator] == sa.literal(text, sa.String))
    return Origin(
        table=origin.table.join(source, met),
        columns=lambda name: [source.c[name]],
        where=origin.where,
        dated=origin.dated,
        row=origin.row,
    )


def united(selects: Sequence[sa.Select[Any]]) -> sa.Select[Any]:
    """The UNION of SELECTs of the same columns, without duplicates; empty where there are none."""
    if not selects:
        return sa.select(sa.literal(None, sa.String).label("id")).where(sa.false())
    return sa.select(sa.union(*selects).subquery()) if len(selects) > 1 else selects[0].distinct()


def instants_of(
    schema: Schema,
    due: Due,
    after: sa.ColumnElement[Any],
    until: sa.ColumnElement[Any],
    among: Origin | None = None,
) -> sa.Select[Any]:
    """The instants at which something falls due for any row, after `after` and not after `until`.

    `among`: of these rows alone.
    """
    table = schema.entities[due.column.row.entity or ""].table.alias() if among is None else among.table
    column = due_column(due, table)
    instant = values.later(column, due.offset)
    window = (column > shifted(after, due, earlier=True), column <= shifted(until, due, earlier=False))
    more = () if among is None else among.where
    return sa.select(sa.type_coerce(instant, UtcTime()).label("instant")).where(*window, *more)


def _ids(value: sa.ColumnElement[Any], origin: Origin) -> Ids:
    beside = _beside(origin)
    return sa.select(value.label("id"), *beside).select_from(origin.table).where(value.is_not(None), *origin.where)


def _beside(origin: Origin) -> list[sa.ColumnElement[Any]]:
    """What is selected along with an id."""
    named = (("at", origin.dated), ("row_id", origin.row))
    return [column.label(name) for name, column in named if column is not None]
