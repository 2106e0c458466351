"""A typed expression -> one SQL expression that is right for a whole set of rows, on SQLite and on PostgreSQL.

CEL's error becomes SQL's NULL, so that `and`, `or` and `not` agree exactly with three-valued logic. CEL's null becomes
SQL's NULL too, but `null == 3` is false and not an error, so equality needs care. No value can be both: a path may be
null but is never an error, a calculated value may be an error but is never null. `SqlValue` says which.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa

from notifier.evaluation import groups, values
from notifier.evaluation.dialects import Curtailed, RowList, Unsought, exact_sum, power_of_ten
from notifier.evaluation.forecasts import forecast_value
from notifier.evaluation.from_clause import Level
from notifier.evaluation.row_emitter import RowEmitter
from notifier.evaluation.truth import IS_FALSE, IS_TRUE, Question
from notifier.evaluation.values import SqlValue
from notifier.model.columns import AMOUNT_SCALE, Amount, UtcTime
from notifier.model.types import ValueType
from notifier.rules.aggregates import Aggregated, Common, Several
from notifier.rules.checked_rules import Condition
from notifier.rules.expressions import (
    NUMERIC,
    All,
    And,
    Arithmetic,
    Attribute,
    Choice,
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
)
from notifier.rules.row_paths import Ranked, may_repeat, picked

NOW = sa.bindparam("now", type_=UtcTime())


class Emitter(RowEmitter):
    """Emits the expressions of one SELECT; the joins that they need are in `from_clause()`."""

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
            case (Column(row=path) | Attribute(row=path)) | ((Ranked() | Related()) as path) if (
                one := picked(path)
            ) is not None and one not in self._picked:
                return self._of_picked(one, expression)
            case RowName() | Related() | Ranked():
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
            case Aggregated():
                return self._aggregated(expression)
            case Common():
                return self._common(expression)
            case Choice():
                return self._choice(expression)
        raise TypeError(f"{type(expression).__name__} is no value")

    def _joined(self, join: Callable[..., sa.ColumnElement[bool]], operands: tuple[Expression, ...]) -> SqlValue:
        conditions = [self._condition(operand) for operand in operands]
        return SqlValue(join(*(condition.sql for condition in conditions)), error=any(c.error for c in conditions))

    def _flip(self, flip: Flip, path: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """The arithmetic is on the side of `now`: no index serves a function of the column."""
        compared: sa.ColumnElement[bool] = values.COMPARE[flip.operator](path, values.later(NOW, flip.offset))
        return compared

    # Questions about rows of to-many relations

    def _of_picked(self, one: Ranked, expression: Expression) -> SqlValue:
        """A value of the one row that is first or last, or of a row that it leads to: null where there is none."""
        level, conditions = Level(), list[sa.ColumnElement[bool]]()
        self._picked[one] = self._expanded(one.source, level, conditions)
        order = self._order(one, self._picked[one], conditions)
        value = self.emit(expression)
        del self._picked[one]
        sql = level.rows_of([value.sql], conditions, order, 1).scalar_subquery()
        return replace(value, sql=sa.type_coerce(sql, value.sql.type), null=True)

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
        while isinstance(source, Related | Filtered) and source.type is ValueType.ENTITIES:  # not below Ranked
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
            if expression.currency is not None:
                total = groups.unless_several(total, self.emit(expression.currency).sql)
        sum_ = level.scalar(total, *conditions)
        return self._unless_failed(expression.source, sum_, error=True, bound=values.LARGEST)

    def _aggregated(self, expression: Aggregated) -> SqlValue:
        level, conditions = Level(), list[sa.ColumnElement[bool]]()
        row = self._expanded(expression.source, level, conditions)
        with self._bound(expression.variable, row):
            currency = None if expression.currency is None else self.emit(expression.currency).sql
            figure = groups.figure(expression, self.emit(expression.value), currency)
        found = level.scalar(figure, *conditions)
        return self._unless_failed(expression.source, found, error=True, bound=values.LARGEST)

    def _common(self, expression: Common) -> SqlValue:
        level, conditions = Level(), list[sa.ColumnElement[bool]]()
        row = self._expanded(expression.source, level, conditions)
        with self._bound(expression.variable, row):
            emitted = self.emit(expression.value)
        combine = groups.several if isinstance(expression, Several) else groups.common
        return SqlValue(level.scalar(combine(emitted.sql, expression), *conditions), null=True)

    def _choice(self, expression: Choice) -> SqlValue:
        branches = (expression.if_true, expression.if_false)
        chosen = values.aligned(self.emit(branches[0]), branches[0], self.emit(branches[1]), branches[1])
        return values.chosen(expression, self._condition(expression.condition), *chosen)

    def _unless_failed(self, source: Expression, sql: sa.ColumnElement[Any], *, error: bool, bound: int) -> SqlValue:
        failures = self._failures(source)
        if not failures:
            return SqlValue(sql, error=error, bound=bound)
        whole = sa.case((sa.or_(*failures), sa.null()), else_=sql)
        return SqlValue(sa.type_coerce(whole, sql.type), error=True, bound=bound)


def _expression(condition: Condition | Expression) -> Expression:
    return condition.expression if isinstance(condition, Condition) else condition
