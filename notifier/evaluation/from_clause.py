"""The FROM clause of one query level: its tables, in the order in which they can be joined."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import Unsought
from notifier.model.schema import Relation, Side


@dataclass
class Level:
    """A SELECT under construction: the statement itself, or one subquery of it."""

    tables: list[sa.FromClause] = field(default_factory=list)
    joins: list[tuple[sa.FromClause, sa.ColumnElement[bool] | None, bool]] = field(default_factory=list)
    """(table, join condition or None for a cross join, whether it is an outer join)"""
    to_one: dict[tuple[sa.FromClause, Relation], "JoinedRow"] = field(default_factory=dict)
    """The joined row of each (table, to-one relation): each is joined once."""

    def add(self, table: sa.FromClause, on: sa.ColumnElement[bool] | None = None, *, optional: bool = False) -> None:
        """Joins a table; the first one is the table the others are joined to."""
        self.tables.append(table)
        self.joins.append((table, on, optional))

    def from_clause(self) -> sa.FromClause:
        """The tables, joined."""
        clause: sa.FromClause = self.joins[0][0]
        for table, on, optional in self.joins[1:]:
            clause = clause.join(table, sa.true() if on is None else on, isouter=optional)
        return clause

    def any(self, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        """Whether a row fulfils all the conditions."""
        return sa.exists(self._select(sa.literal_column("1"), conditions))

    def scalar(self, value: sa.ColumnElement[Any], *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
        """An aggregate over the rows that fulfil all the conditions."""
        return self._select(value, conditions).scalar_subquery()

    def rows(
        self,
        table: sa.FromClause,
        conditions: Sequence[sa.ColumnElement[bool]],
        order: Sequence[sa.ColumnElement[Any]],
        count: int,
    ) -> sa.Select[Any]:
        """The first rows of the table, in this order, of those that fulfil all the conditions."""
        return self.rows_of([*table.c], conditions, order, count)

    def rows_of(
        self,
        columns: Sequence[sa.ColumnElement[Any]],
        conditions: Sequence[sa.ColumnElement[bool]],
        order: Sequence[sa.ColumnElement[Any]],
        count: int,
    ) -> sa.Select[Any]:
        """These columns of the first rows, in this order, that fulfil all the conditions."""
        limit: sa.ColumnElement[int] = sa.literal_column(str(count))
        select = sa.select(*columns).select_from(self.from_clause()).where(*conditions)
        return select.order_by(*order).limit(limit).correlate_except(*self.tables)

    def _select(self, value: sa.ColumnElement[Any], conditions: tuple[sa.ColumnElement[bool], ...]) -> sa.Select[Any]:
        # Select from this level's own tables only; those of outer levels stay correlated.
        return sa.select(value).select_from(self.from_clause()).where(*conditions).correlate_except(*self.tables)


@dataclass(frozen=True, kw_only=True)
class JoinedRow:
    """A joined row that expressions may read, and the level that joins it."""

    table: sa.FromClause
    level: Level
    optional: bool = False
    """Outer-joined: all its columns are null where there is no row."""
    reached_by: frozenset[str] = frozenset()
    """In a subquery, its columns by which it is found from the row before. Empty elsewhere."""

    def column(self, name: str) -> sa.ColumnElement[Any]:
        """The column, for a condition on it.

        A subquery is asked for each row of the statement around it, so it must start from that row. Without statistics
        SQLite may take the index on another column instead, such as a zone, and read half of the table each time.
        """
        column = self.table.c[name]
        if not self.reached_by or name in self.reached_by or not self._is_sought_by(name):
            return column
        return Unsought(column, type_=column.type)

    def _is_sought_by(self, name: str) -> bool:
        """Whether an index begins with the column, and none goes on with it where the row is found."""
        assert isinstance(self.table, sa.Alias)
        table = self.table.element
        assert isinstance(table, sa.Table)
        indexes = [[column.name for column in index.columns] for index in table.indexes]
        goes_on = self.level.tables[0] is self.table and any(
            led[0] in self.reached_by and name in led[1:2] for led in indexes
        )
        return not goes_on and any(led[0] == name for led in indexes)


def meets(
    relation: Relation, source: sa.FromClause, target: sa.FromClause, *, sought: bool = True
) -> sa.ColumnElement[bool]:
    """The join condition between a row of the relation's source and one of its target.

    Where either of two keys may match, both are columns of the target, so that each can use its own index. `sought`:
    whether the target's indexes are to be used at all.
    """

    def of_target(name: str) -> sa.ColumnElement[Any]:
        return target.c[name] if sought else Unsought(target.c[name], type_=target.c[name].type)

    first, *others = (source.c[ours] == of_target(theirs) for ours, theirs in relation.keys)
    if relation.decided_by is not None:
        ours, theirs = relation.keys[0]
        decisive = source.c[ours] if relation.decided_by is Side.SOURCE else target.c[theirs]
        # No index is to be used for it: many rows may name nothing there.
        undecided = Unsought(decisive, type_=sa.String()).is_(None)
        others = [sa.and_(other, undecided) for other in others]
    conditions = [sa.or_(first, *others)]
    for table, discriminator in ((source, relation.source_where), (target, relation.target_where)):
        if discriminator is not None:
            column, value = discriminator
            conditions.append(table.c[column] == sa.literal(value, sa.String))
    return sa.and_(*conditions)
