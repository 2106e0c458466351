"""A typed expression -> one SQL expression that is right for a whole set of rows, on SQLite and on PostgreSQL.

CEL's error becomes SQL's NULL, so that `and`, `or` and `not` agree exactly with three-valued logic. CEL's null becomes
SQL's NULL too, but `null == 3` is false and not an error, so equality needs care. No value can be both: a path may be
null but is never an error, a calculated value may be an error but is never null. `SqlValue` says which.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa

from notifier.evaluation import values
from notifier.evaluation.dialects import Curtailed, RowList, Unsought, exact_sum, power_of_ten
from notifier.evaluation.forecasts import forecast_value
from notifier.evaluation.from_clause import JoinedRow, Level, meets
from notifier.evaluation.truth import IS_FALSE, IS_TRUE, Question
from notifier.evaluation.values import SqlValue
from notifier.model.columns import AMOUNT_SCALE, Amount, UtcTime
from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules.checked import Condition
from notifier.rules.expressions import (
    NUMERIC,
    All,
    And,
    Arithmetic,
    Attribute,
    Column,
    Compare,
    Comparison,
    Count,
    DatePart,
    Exists,
    Expression,
    Filtered,
    Flip,
    Forecast,
    In,
    Literal,
    Negative,
    Not,
    Or,
    Related,
    RowName,
    Sum,
    TextSize,
    TextTest,
    may_repeat,
)

NOW = sa.bindparam("now", type_=UtcTime())


class Emitter:
    """Emits the expressions of one SELECT and collects the joins that they need (`from_clause()`).

    `roots` are the rows by name (name -> entity). The first is what is selected from; further ones are connected by
    `join` or `expand`.
    """

    def __init__(self, schema: Schema, roots: Mapping[str, str]) -> None:
        self._schema = schema
        self._level = Level()
        self._rows: dict[str, JoinedRow] = {}
        self._aliases = 0
        self._computed: Mapping[Expression, SqlValue] = {}
        self._known_true: Mapping[Expression, sa.ColumnElement[bool]] = {}
        self._zero_without: Mapping[Expression, sa.ColumnElement[Any]] = {}
        for name, entity in roots.items():
            self.join(name, entity)

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

    # Expressions

    def value(self, expression: Expression) -> sa.ColumnElement[Any]:
        """The value; rows then hold Decimals, aware datetimes, timedeltas, texts, ints and bools."""
        return self.emit(expression).sql

    def amount(self, expression: Expression) -> sa.ColumnElement[Any]:
        """A number in the form of the `Amount` columns; places beyond the fourth are truncated."""
        emitted = self.emit(expression)
        if expression.scale > AMOUNT_SCALE:
            lost = expression.scale - AMOUNT_SCALE
            sql: sa.ColumnElement[Any] = Curtailed(
                emitted.sql, power_of_ten(lost), sa.literal_column(str(AMOUNT_SCALE))
            )
        else:
            sql = values.rescaled(emitted, expression.scale, AMOUNT_SCALE).sql
        return sa.type_coerce(sql, Amount())

    def summands(
        self, total: Sum | Count, texts: Expression | None, truths: Expression | None
    ) -> sa.ColumnElement[Any]:
        """The rows that are added up or counted, as a `RowList`: what each adds, a text and a truth of each."""
        level, conditions = Level(), list[sa.ColumnElement[bool]]()
        row = self._expanded(total.source, level, conditions)
        nothing = SqlValue(sa.null())
        if isinstance(total, Count):
            return level.scalar(RowList(row.table.c.id, *[nothing.sql] * 3), *conditions)
        with self._bound(total.variable, row):
            number = self.emit(total.value) if total.type in NUMERIC else nothing
            text, truth = (nothing if each is None else self.emit(each) for each in (texts, truths))
        return level.scalar(RowList(row.table.c.id, number.sql, text.sql, truth.sql), *conditions)

    def truth(self, condition: Condition | Expression) -> sa.ColumnElement[bool]:
        """True, false, or NULL for an error."""
        return sa.type_coerce(self._condition(_expression(condition)).sql, sa.Boolean())

    def holds(self, condition: Condition | Expression) -> sa.ColumnElement[bool]:
        """True exactly where the condition is true; elsewhere false or NULL, whichever is cheaper to compute."""
        return self.asked(_expression(condition), IS_TRUE)

    def fails(self, condition: Condition | Expression) -> sa.ColumnElement[bool]:
        """True exactly where the condition is false or an error; false or NULL elsewhere."""
        return self.asked(_expression(condition), IS_TRUE.opposite)

    def asked(self, expression: Expression, question: Question) -> sa.ColumnElement[bool]:
        """True exactly where the answer to the question is yes; false or NULL elsewhere.

        A question about a condition is broken down into questions about its parts. So no CASE is needed to tell errors
        apart, and a question about many rows is one (NOT) EXISTS, which PostgreSQL answers by a single hash join.
        """
        match expression:
            case _ if expression in self._computed:
                pass
            case _ if question.outcome and expression in self._known_true:
                return sa.not_(self._known_true[expression]) if question.negated else self._known_true[expression]
            case Not(operand=operand):
                return self.asked(operand, question.of_the_opposite)
            case And(operands=operands) | Or(operands=operands):
                of_all = question.of_all if isinstance(expression, And) else not question.of_all
                join = sa.and_ if of_all else sa.or_
                return join(*(self.asked(operand, question) for operand in operands))
            case Exists(source=source) | All(source=source) if not self._failures(source):
                wanted, found = question.about_rows(every=isinstance(expression, All))
                exists = self._any(source, expression.variable, lambda: self.asked(expression.condition, wanted))
                return exists if found else sa.not_(exists)
            case Compare(operator=Comparison.UNEQUAL) if not expression.has_null:
                return self.asked(replace(expression, operator=Comparison.EQUAL), question.of_the_opposite)
            case Compare(operator=Comparison.EQUAL, left=left, right=right) if not expression.has_null:
                one, other = self.emit(left), self.emit(right)
                if question == IS_TRUE and not (one.null and other.null):
                    one, other = values.aligned(one, left, other, right)
                    return values.grouped(one.sql == other.sql)
            case Compare(operator=operator, left=left, right=Literal(value=int() | Decimal() as least)) if (
                question == IS_TRUE and left in self._zero_without and not values.COMPARE[operator](0, least)
            ):
                # Said apart, it lets the databases start from the rows that there are.
                return sa.and_(self._zero_without[left].is_not(None), self._condition(expression).sql)
            case Flip(path=path, operator=Comparison.LESS | Comparison.LESS_OR_EQUAL) if question == IS_TRUE:
                # Nearly all of history is older than an instant. SQLite would use the index for it, which takes ten
                # times as long as a table scan.
                return self._flip(expression, Unsought(self.emit(path).sql, type_=UtcTime()))
        condition = self._condition(expression)
        return sa.type_coerce(question.of_value(condition.sql, fallible=condition.error), sa.Boolean())

    def _condition(self, expression: Expression) -> SqlValue:
        """The expression as an operand of logic, where null is an error."""
        emitted = self.emit(expression)
        return SqlValue(emitted.sql, error=emitted.error or emitted.null)

    def emit(self, expression: Expression) -> SqlValue:
        """The value, and what its NULL would mean."""
        if self._computed and expression in self._computed:
            return self._computed[expression]
        match expression:
            case Literal():
                return values.literal(expression)
            case RowName() | Related():
                row = self._row(expression)
                return SqlValue(row.table.c.id, null=row.optional)
            case Column(row=path, field=column):
                row = self._row(path)
                return values.column(row.column(column.name), expression, null=column.nullable or row.optional)
            case Attribute(row=path, name=name):
                return values.attribute(self._row(path).table.c.attributes, name, expression)
            case Not(operand=operand):
                condition = self._condition(operand)
                return SqlValue(sa.not_(condition.sql), error=condition.error)
            case And(operands=operands):
                return self._joined(sa.and_, operands)
            case Or(operands=operands):
                return self._joined(sa.or_, operands)
            case Compare(operator=operator, left=left, right=right):
                return values.compared(operator, self.emit(left), left, self.emit(right), right)
            case Flip():
                compared = self.emit(expression.path)
                return SqlValue(self._flip(expression, compared.sql), error=compared.null)
            case In(operand=operand, items=items):
                return values.within(self.emit(operand), operand, items)
            case Arithmetic(left=left, right=right):
                return values.calculated(expression, self.emit(left), self.emit(right))
            case Negative(operand=operand):
                return values.negative(expression, self.emit(operand))
            case TextTest(function=function, operand=operand, argument=argument):
                return values.text_test(function, self.emit(operand), self.emit(argument))
            case TextSize(operand=operand):
                return values.text_size(self.emit(operand))
            case DatePart(part=part, operand=operand, zone=zone):
                return values.date_part(part, self.emit(operand), zone)
            case Forecast():
                return forecast_value(expression, self)
            case Exists() | All():
                return self._quantified(expression)
            case Count(source=source):
                return self._count(source)
            case Sum():
                return self._sum(expression)
        raise TypeError(f"{type(expression).__name__} is no value")

    def _joined(self, join: Callable[..., sa.ColumnElement[bool]], operands: tuple[Expression, ...]) -> SqlValue:
        conditions = [self._condition(operand) for operand in operands]
        return SqlValue(join(*(condition.sql for condition in conditions)), error=any(c.error for c in conditions))

    def _flip(self, flip: Flip, path: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """The arithmetic is on the side of `now`: no index serves a function of the column."""
        compared: sa.ColumnElement[bool] = values.COMPARE[flip.operator](path, values.later(NOW, flip.offset))
        return compared

    # Rows

    def _row(self, path: Expression) -> JoinedRow:
        if isinstance(path, RowName):
            return self._rows[path.name]
        assert isinstance(path, Related)
        source = self._row(path.source)
        step = (source.table, path.relation)
        if step not in source.level.to_one:
            table = self._alias(path.relation.target)
            source.level.add(table, meets(path.relation, source.table, table), optional=True)
            source.level.to_one[step] = JoinedRow(table=table, level=source.level, optional=True)
        return source.level.to_one[step]

    def _alias(self, entity: str) -> sa.FromClause:
        self._aliases += 1
        return self._schema.entities[entity].table.alias(f"{entity}_{self._aliases}")

    def _expanded(
        self, path: Expression, level: Level, conditions: list[sa.ColumnElement[bool]], *, sought: bool = True
    ) -> JoinedRow:
        """The joined row for each row of the path; its tables are added to `level`. `sought`: as `expand`."""
        if path.type is ValueType.ENTITY:
            return self._row(path)
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

    # Questions about rows of to-many relations

    def _any(
        self, source: Expression, variable: str, wanted: Callable[[], sa.ColumnElement[bool]]
    ) -> sa.ColumnElement[bool]:
        """Whether `wanted` is true for any row; it is emitted with the variable bound to that row."""
        level, conditions = Level(), list[sa.ColumnElement[bool]]()
        row = self._expanded(source, level, conditions)
        with self._bound(variable, row):
            conditions.append(wanted())
        return level.any(*conditions)

    def _failures(self, source: Expression) -> list[sa.ColumnElement[bool]]:
        """For every filter of the path that can be an error: whether it is one for any row."""
        found = []
        while isinstance(source, Related | Filtered) and source.type is ValueType.ENTITIES:
            if isinstance(source, Filtered) and self._can_fail(source.source, source.variable, source.condition):
                found.append(self._any(source.source, source.variable, partial(self._is_error, source.condition)))
            source = source.source
        return found

    def _can_fail(self, source: Expression, variable: str, condition: Expression) -> bool:
        """Whether the condition can be an error for any of the rows."""
        with self._bound(variable, self._expanded(source, Level(), [])):
            return self._condition(condition).error

    def _quantified(self, expression: Exists | All) -> SqlValue:
        source, variable, condition = expression.source, expression.variable, expression.condition
        deciding, outcome = (IS_TRUE, sa.true()) if isinstance(expression, Exists) else (IS_FALSE, sa.false())
        decided = self._any(source, variable, partial(self.asked, condition, deciding))
        can_fail, failures = self._can_fail(source, variable, condition), self._failures(source)
        if not can_fail and not failures:
            return SqlValue(decided if isinstance(expression, Exists) else sa.not_(decided))
        cases: list[tuple[sa.ColumnElement[bool], sa.ColumnElement[Any]]] = [(f, sa.null()) for f in failures]
        cases.append((decided, outcome))
        if can_fail:
            cases.append((self._any(source, variable, partial(self._is_error, condition)), sa.null()))
        return SqlValue(sa.type_coerce(sa.case(*cases, else_=sa.not_(outcome)), sa.Boolean()), error=True)

    def _is_error(self, condition: Expression) -> sa.ColumnElement[bool]:
        return self._condition(condition).sql.is_(None)

    def _count(self, source: Expression) -> SqlValue:
        level, conditions = Level(), list[sa.ColumnElement[bool]]()
        counted = self._expanded(source, level, conditions).table.c.id
        count = sa.func.count(sa.distinct(counted) if may_repeat(source) else counted)
        return self._unless_failed(source, level.scalar(count, *conditions), error=False, bound=values.MOST_ROWS)

    def _sum(self, expression: Sum) -> SqlValue:
        level, conditions = Level(), list[sa.ColumnElement[bool]]()
        row = self._expanded(expression.source, level, conditions)
        with self._bound(expression.variable, row):
            emitted = self.emit(expression.value)
        total = exact_sum(emitted.sql, expression.scale, values.sql_type(expression))
        sum_ = level.scalar(total, *conditions)
        return self._unless_failed(expression.source, sum_, error=True, bound=values.LARGEST)

    def _unless_failed(self, source: Expression, sql: sa.ColumnElement[Any], *, error: bool, bound: int) -> SqlValue:
        failures = self._failures(source)
        if not failures:
            return SqlValue(sql, error=error, bound=bound)
        whole = sa.case((sa.or_(*failures), sa.null()), else_=sql)
        return SqlValue(sa.type_coerce(whole, sql.type), error=True, bound=bound)


def _expression(condition: Condition | Expression) -> Expression:
    return condition.expression if isinstance(condition, Condition) else condition
