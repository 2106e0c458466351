"""The rows of one SELECT: its tables, how paths to rows are joined, and what is precomputed for them.

`emitter.py` emits the values of these rows. A path that is written twice is joined once.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import CodePoints, Unsought
from notifier.evaluation.from_clause import JoinedRow, Level, meets
from notifier.evaluation.values import SqlValue
from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules.checked_rules import Condition
from notifier.rules.expressions import Expression, Filtered, Related, RowName
from notifier.rules.row_paths import Ranked, Recipients


class RowEmitter(ABC):
    """Collects the joins of one SELECT (`from_clause()`).

    `roots` are the rows by name (name -> entity). The first is what is selected from; further ones are connected by
    `join` or `expand`.
    """

    def __init__(self, schema: Schema, roots: Mapping[str, str]) -> None:
        self._schema = schema
        self._level = Level()
        self._rows: dict[str, JoinedRow] = {}
        self._picked: dict[Ranked, JoinedRow] = {}
        self._aliases = 0
        self._computed: Mapping[Expression, SqlValue] = {}
        self._known_true: Mapping[Expression, sa.ColumnElement[bool]] = {}
        self._zero_without: Mapping[Expression, sa.ColumnElement[Any]] = {}
        for name, entity in roots.items():
            self.join(name, entity)

    @abstractmethod
    def emit(self, expression: Expression) -> SqlValue:
        """The value, and what its NULL would mean."""

    @abstractmethod
    def holds(self, condition: Condition | Expression) -> sa.ColumnElement[bool]:
        """True exactly where the condition is true; elsewhere false or NULL."""

    # The statement's tables

    def root(self, name: str) -> sa.FromClause:
        """The table of a named row."""
        return self._rows[name].table

    def join(self, name: str, entity: str, on: sa.ColumnElement[bool] | None = None, *, optional: bool = False) -> None:
        """Joins a named row; `on` is its join condition."""
        table = self._schema.entities[entity].table.alias(name)
        self._level.add(table, on, optional=optional)
        self._rows[name] = JoinedRow(table=table, level=self._level, optional=optional)

    def expand(self, path: Expression, name: str, *, sought: bool = True) -> list[sa.ColumnElement[bool]]:
        """Adds a row for every row at the end of the path, called `name`; returns the conditions of its filters.

        A to-many step without rows leaves nothing; a to-one step without a row leaves a row of nulls. `sought`: whether
        an index may lead from the row before to these rows, or some of them are found otherwise.
        """
        conditions: list[sa.ColumnElement[bool]] = []
        if isinstance(path, Recipients):
            self._rows[name] = self._joined_recipients(path, name, conditions)
        else:
            self._rows[name] = self._expanded(path, self._level, conditions, sought=sought)
        return conditions

    def row(self, path: Expression) -> sa.FromClause:
        """The table of the row at the end of a to-one path, joined if it is not yet."""
        return self._row(path).table

    def join_computed(
        self,
        table: sa.FromClause,
        on: sa.ColumnElement[bool],
        computed: Mapping[Expression, SqlValue],
        *,
        optional: bool = False,
        only_where_true: bool = False,
        zero_without: sa.ColumnElement[Any] | None = None,
    ) -> None:
        """Joins a table of precomputed expressions; from here on they are read from it instead of being emitted.

        `only_where_true`: only where it is asked whether they are true; the table does not tell false from an error.
        `zero_without`: a column of the table that is null where it has no row, and the expressions are 0.
        """
        if zero_without is not None:
            self._zero_without = {**self._zero_without, **dict.fromkeys(computed, zero_without)}
        self._level.add(table, on, optional=optional)
        if only_where_true:
            self._known_true = {**self._known_true, **{each: value.sql for each, value in computed.items()}}
        else:
            self._computed = {**self._computed, **computed}

    def reaches(self, path: Expression) -> sa.ColumnElement[bool]:
        """Whether there is any row at the end of a to-many path."""
        level, conditions = Level(), list[sa.ColumnElement[bool]]()
        self._expanded(path, level, conditions)
        return level.any(*conditions)

    def from_clause(self) -> sa.FromClause:
        """All tables, joined. Call it after everything has been emitted."""
        return self._level.from_clause()

    # Rows

    def _row(self, path: Expression) -> JoinedRow:
        if isinstance(path, RowName):
            return self._rows[path.name]
        if isinstance(path, Ranked):
            return self._picked[path]
        assert isinstance(path, Related)
        source = self._row(path.source)
        step = (source.table, path.relation)
        if step not in source.level.to_one:
            table = self._alias(path.relation.target)
            source.level.add(table, meets(path.relation, source.table, table), optional=True)
            source.level.to_one[step] = JoinedRow(table=table, level=source.level, optional=True)
        return source.level.to_one[step]

    def _alias(self, entity: str) -> sa.FromClause:
        return self._schema.entities[entity].table.alias(f"{entity}_{self._number()}")

    def _number(self) -> int:
        self._aliases += 1
        return self._aliases

    def _expanded(
        self, path: Expression, level: Level, conditions: list[sa.ColumnElement[bool]], *, sought: bool = True
    ) -> JoinedRow:
        """The joined row for each row of the path; its tables are added to `level`. `sought`: as `expand`."""
        if path.type is ValueType.ENTITY:
            return self._row(path)
        if isinstance(path, Ranked):
            return self._ranked(path, level)
        if isinstance(path, Filtered):
            row = self._expanded(path.source, level, conditions, sought=sought)
            with self._bound(path.variable, row):
                conditions.append(self.holds(path.condition))
            return row
        assert isinstance(path, Related)
        table = self._alias(path.relation.target)
        # A subquery is about rows that exist, so it needs no outer join.
        row = JoinedRow(
            table=table,
            level=level,
            optional=level is self._level and not path.relation.many,
            reached_by=frozenset() if level is self._level else frozenset(theirs for _, theirs in path.relation.keys),
        )
        if path.source.type is ValueType.ENTITY and level.tables:
            level.add(table, meets(path.relation, self._row(path.source).table, table, sought=sought))
            return row
        if path.source.type is ValueType.ENTITY:  # the first table of a subquery meets the outer row in its WHERE
            level.add(table)
            conditions += self._meets_outer_row(path, table, level)
            return row
        source = self._expanded(path.source, level, conditions)
        level.add(table, meets(path.relation, source.table, table, sought=sought), optional=row.optional)
        return row

    def _joined_recipients(
        self, recipients: Recipients, name: str, conditions: list[sa.ColumnElement[bool]]
    ) -> JoinedRow:
        """A customer for each of the paths, found by its id: an OR of paths would have no index.

        Each row is there once for every path, by its number; the joins of the other paths find nothing for it.
        """
        numbers: list[sa.Select[Any]] = [
            sa.select(sa.literal_column(str(index)).label("number")) for index in range(len(recipients.paths))
        ]
        ways = sa.union_all(*numbers).subquery("ways")
        self._level.add(ways)
        keys = [
            (ways.c.number == index, self._key_of_recipient(path, ways.c.number == index, conditions))
            for index, path in enumerate(recipients.paths)
        ]
        table = self._schema.entities[recipients.entity or ""].table.alias(name)
        self._level.add(table, table.c.id == sa.case(*keys), optional=True)
        return JoinedRow(table=table, level=self._level, optional=True)

    def _key_of_recipient(
        self, path: Expression, chosen: sa.ColumnElement[bool], conditions: list[sa.ColumnElement[bool]]
    ) -> sa.ColumnElement[Any]:
        """The id of the customer at the end of one of several paths, where this one is `chosen`.

        A to-one path may lead to nobody, as where it stands alone; of rows there are as many as there are.
        """
        before, last = (path.source, path.relation) if isinstance(path, Related) else (path, None)
        if last is None or not last.finds_by_id:
            row = self._row_of_recipients(path, chosen, conditions)
            key = row.table.c.id
        else:
            key = self._row_of_recipients(before, chosen, conditions).table.c[last.keys[0][0]]
        if path.type is ValueType.ENTITIES:
            conditions.append(sa.or_(sa.not_(chosen), key.is_not(None)))
        return key

    def _row_of_recipients(
        self, path: Expression, chosen: sa.ColumnElement[bool], conditions: list[sa.ColumnElement[bool]]
    ) -> JoinedRow:
        if path.type is ValueType.ENTITY:
            return self._row(path)
        if isinstance(path, Filtered):
            row = self._row_of_recipients(path.source, chosen, conditions)
            with self._bound(path.variable, row):
                conditions.append(sa.or_(sa.not_(chosen), self.holds(path.condition)))
            return row
        assert isinstance(path, Related)
        source = self._row_of_recipients(path.source, chosen, conditions)
        table = self._alias(path.relation.target)
        self._level.add(table, sa.and_(chosen, meets(path.relation, source.table, table)), optional=True)
        return JoinedRow(table=table, level=self._level, optional=True)

    def _ranked(self, path: Ranked, level: Level) -> JoinedRow:
        """The first or last rows of a path, as a table of their own, which is the first one of `level`."""
        inner, conditions = Level(), list[sa.ColumnElement[bool]]()
        row = self._expanded(path.source, inner, conditions)
        order = self._order(path, row, conditions)
        table = inner.rows(row.table, conditions, order, path.count).subquery(f"ranked_{self._number()}")
        level.add(table)
        return JoinedRow(table=table, level=level)

    def _order(
        self, path: Ranked, row: JoinedRow, conditions: list[sa.ColumnElement[bool]]
    ) -> list[sa.ColumnElement[Any]]:
        """What the rows are sorted by, so that the wanted ones come first; rows without it are ruled out."""
        with self._bound(path.variable, row):
            key = self.emit(path.key).sql
        conditions.append(key.is_not(None))
        if path.key.type in (ValueType.STRING, ValueType.DATE):
            key = CodePoints(key)
        by = [key, CodePoints(row.table.c.id)]
        return [each.desc() if path.last else each.asc() for each in by]

    def _meets_outer_row(self, path: Related, table: sa.FromClause, level: Level) -> list[sa.ColumnElement[bool]]:
        """The join of a subquery's first table with the outer row that the path starts from.

        The rows that belong to the target of a to-one step hold the same id as the step's key. So the target need not
        be joined for every outer row; the subquery only checks that it exists, because references may dangle.
        """
        step, relation = path.source, path.relation
        if not isinstance(step, Related) or not step.relation.finds_by_id or not relation.belongs_by_id:
            return [meets(relation, self._row(step).table, table)]
        before = self._row(step.source)
        if (before.table, step.relation) in before.level.to_one:
            return [meets(relation, self._row(step).table, table)]
        between = self._alias(step.relation.target)
        (ours, _), (_, theirs) = step.relation.keys[0], relation.keys[0]
        # Without `Unsought`, SQLite would start the subquery from that row.
        level.add(between, between.c.id == Unsought(table.c[theirs], type_=sa.String()))
        met = [before.table.c[ours] == table.c[theirs]]
        if relation.target_where is not None:
            column, kind = relation.target_where
            met.append(table.c[column] == sa.literal(kind, sa.String))
        return met

    @contextmanager
    def _bound(self, variable: str, row: JoinedRow) -> Iterator[None]:
        outer = self._rows.get(variable)
        self._rows[variable] = row
        yield
        if outer is None:
            del self._rows[variable]
        else:
            self._rows[variable] = outer
