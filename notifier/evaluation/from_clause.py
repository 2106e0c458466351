"""The tables of one query level: what it selects from, in the order in which each table can be reached."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from notifier.model.schema import Relation


@dataclass
class Level:
    """A SELECT under construction: the statement itself, or one subquery of it."""

    tables: list[sa.FromClause] = field(default_factory=list)
    joins: list[tuple[sa.FromClause, sa.ColumnElement[bool] | None, bool]] = field(default_factory=list)
    """Table, how it meets the tables before it (None: not at all), whether it may be missing."""
    to_one: dict[tuple[sa.FromClause, Relation], "JoinedRow"] = field(default_factory=dict)
    """The row that a to-one relation leads to from a table, each joined once."""

    def add(self, table: sa.FromClause, on: sa.ColumnElement[bool] | None = None, *, optional: bool = False) -> None:
        """Joins a table; the first one is what the others are joined to."""
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

    def _select(self, value: sa.ColumnElement[Any], conditions: tuple[sa.ColumnElement[bool], ...]) -> sa.Select[Any]:
        # Names of outer levels stay what they are there; only this level's own tables are selected from.
        return sa.select(value).select_from(self.from_clause()).where(*conditions).correlate_except(*self.tables)


@dataclass(frozen=True, kw_only=True)
class JoinedRow:
    """A row that expressions may look at, and the level whose tables it belongs to."""

    table: sa.FromClause
    level: Level
    optional: bool = False
    """It may be missing: all its columns are null then."""


def meets(relation: Relation, source: sa.FromClause, target: sa.FromClause) -> sa.ColumnElement[bool]:
    """How a row of the relation's source meets a row of its target.

    Where any of two keys may meet, both are columns of the target, so that each has its index to use.
    """
    by_any_key = sa.or_(*(source.c[from_column] == target.c[to_column] for from_column, to_column in relation.keys))
    conditions = [by_any_key]
    for table, discriminator in ((source, relation.source_where), (target, relation.target_where)):
        if discriminator is not None:
            column, value = discriminator
            conditions.append(table.c[column] == sa.literal(value, sa.String))
    return sa.and_(*conditions)
