"""The pieces of emitted SQL: constants, columns, comparisons and calculations, each with the meaning of its NULL."""

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import Grouping

from notifier.evaluation import dialects
from notifier.evaluation.dialects import INT64, fitting, power_of_ten
from notifier.evaluation.sqltypes import Elapsed, Exact
from notifier.model.columns import UtcTime
from notifier.model.types import ValueType
from notifier.rules.expressions import (
    NUMERIC,
    Arithmetic,
    Choice,
    Comparison,
    Expression,
    Literal,
    Negative,
    Operator,
    Part,
    TextFunction,
)

LARGEST = INT64 + 1
MOST_ROWS = 2**40
LARGEST_COLUMN = 2**31
"""The largest value of an integer column (32 bits), or length of a text (a gigabyte)."""
LARGEST_AMOUNT = 10**18
"""numeric(18, 4), in its smallest places."""

COMPARE: dict[Comparison, Callable[[Any, Any], Any]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.UNEQUAL: operator.ne,
    Comparison.LESS: operator.lt,
    Comparison.LESS_OR_EQUAL: operator.le,
    Comparison.GREATER: operator.gt,
    Comparison.GREATER_OR_EQUAL: operator.ge,
}

_CLOCK: dict[Part, tuple[str, int]] = {
    Part.FULL_YEAR: ("year", 0),
    Part.MONTH: ("month", -1),
    Part.DATE: ("day", 0),
    Part.DAY_OF_MONTH: ("day", -1),
    Part.DAY_OF_WEEK: ("dow", 0),
    Part.DAY_OF_YEAR: ("doy", -1),
    Part.HOURS: ("hour", 0),
    Part.MINUTES: ("minute", 0),
    Part.SECONDS: ("second", 0),
}
"""The database's name of each part, and what to add: CEL counts months, and days of the year, from 0."""

_TEXT_TESTS = {
    TextFunction.STARTS_WITH: dialects.StartsWith,
    TextFunction.ENDS_WITH: dialects.EndsWith,
    TextFunction.CONTAINS: dialects.Contains,
}


@dataclass(frozen=True)
class SqlValue:
    """An emitted value. Never both `null` and `error`, so a NULL always has one meaning."""

    sql: sa.ColumnElement[Any]
    null: bool = False
    """It may be CEL's null."""
    error: bool = False
    """It may be CEL's error."""
    bound: int = 0
    """For a number: the largest magnitude it can have, in its smallest decimal places."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "sql", grouped(self.sql))

    @property
    def fallible(self) -> bool:
        """Whether an operation on it can be an error: operations do not accept null."""
        return self.null or self.error


def grouped(sql: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The expression in parentheses: SQLAlchemy omits some that NOT and CASE need."""
    simple = (sa.sql.elements.ColumnClause, sa.BindParameter, sa.sql.elements.Null, Grouping)
    return sql if isinstance(sql, simple) else Grouping(sql)


def sql_type(expression: Expression) -> sa.types.TypeEngine[Any]:
    """The SQL type of an expression's values."""
    match expression.type:
        case ValueType.INT:
            return sa.BigInteger()
        case ValueType.DECIMAL | ValueType.MONEY:
            return Exact(expression.scale)
        case ValueType.TIMESTAMP:
            return UtcTime()
        case ValueType.DURATION:
            return Elapsed()
        case ValueType.BOOL:
            return sa.Boolean()
    return sa.String()


def literal(constant: Literal) -> SqlValue:
    """A constant of the statement."""
    match constant.value:
        case None:
            return SqlValue(sa.null(), null=True)
        case bool():
            return SqlValue(sa.true() if constant.value else sa.false())
        case int():
            return SqlValue(sa.literal(constant.value, sa.BigInteger), bound=abs(constant.value))
        case Decimal():
            return _decimal(constant.value, constant.scale)
        case datetime():
            return SqlValue(sa.literal(constant.value, UtcTime()))
        case timedelta():
            return SqlValue(elapsed(constant.value))
    return SqlValue(sa.literal(constant.value, sa.String))


def elapsed(duration: timedelta) -> sa.ColumnElement[timedelta]:
    """A length of time as a constant of the statement."""
    return sa.literal(duration, Elapsed())


def later(instant: sa.ColumnElement[Any], length: timedelta) -> sa.ColumnElement[Any]:
    """The instant plus a constant length of time, which may be negative."""
    if not length:
        return instant
    construct = dialects.Moved if isinstance(instant, sa.BindParameter) else dialects.LaterInstant
    return construct(instant, elapsed(length))


def column(sql: sa.ColumnElement[Any], expression: Expression, *, null: bool) -> SqlValue:
    """A field of a row."""
    bound = LARGEST_COLUMN if expression.type is ValueType.INT else LARGEST_AMOUNT
    return SqlValue(sql, null=null, bound=bound)


def attribute(document: sa.ColumnElement[Any], name: str, expression: Expression) -> SqlValue:
    """A business's own field, from the JSON document. A value of another than its declared type is null."""
    operands = (document, sa.literal(name, sa.String))
    match expression.type:
        case ValueType.BOOL:
            return SqlValue(dialects.AttributeBool(*operands), null=True)
        case ValueType.TIMESTAMP:
            return SqlValue(dialects.AttributeInstant(*operands), null=True)
        case ValueType.INT | ValueType.DECIMAL | ValueType.MONEY:
            places = sa.literal_column(str(expression.scale), sa.Integer)
            sql = dialects.AttributeNumber(*operands, places, type_=sql_type(expression))
            return SqlValue(sql, null=True, bound=LARGEST_AMOUNT)
    return SqlValue(dialects.AttributeText(*operands), null=True)


# Comparing


def compared(
    comparison: Comparison, left: SqlValue, left_expression: Expression, right: SqlValue, right_expression: Expression
) -> SqlValue:
    """The comparison of two values."""
    if ValueType.NULL in (left_expression.type, right_expression.type):
        return _null_test(comparison, right if left_expression.type is ValueType.NULL else left)
    one, other = aligned(left, left_expression, right, right_expression)
    if comparison in (Comparison.EQUAL, Comparison.UNEQUAL):
        same = one.sql.is_not_distinct_from(other.sql)
        equal = _equal(left, right, grouped(one.sql == other.sql), same=same, error=one.error or other.error)
        return equal if comparison is Comparison.EQUAL else SqlValue(sa.not_(equal.sql), error=equal.error)
    first = one.sql
    if left_expression.type in (ValueType.STRING, ValueType.DATE):
        first = dialects.CodePoints(first)
    return SqlValue(COMPARE[comparison](first, other.sql), error=one.fallible or other.fallible)


def _equal(
    left: SqlValue, right: SqlValue, equal: sa.ColumnElement[bool], *, same: sa.ColumnElement[bool], error: bool
) -> SqlValue:
    """`null == 3` is false and `null == null` true; an error on either side is an error.

    `equal` is the plain SQL comparison, NULL where a side is NULL; in `same`, NULL equals NULL. `error`: a side's NULL
    may be CEL's error instead of CEL's null.
    """
    if not left.null and not right.null:
        return SqlValue(equal, error=error)
    if not error:
        return SqlValue(same)
    cases: list[tuple[sa.ColumnElement[bool], sa.ColumnElement[Any]]] = []
    if left.null and right.null:
        cases.append((sa.and_(left.sql.is_(None), right.sql.is_(None)), sa.true()))
    for path, other in ((left, right), (right, left)):
        if path.null:
            cases.append((sa.and_(path.sql.is_(None), other.sql.is_not(None)), sa.false()))
    return SqlValue(sa.type_coerce(sa.case(*cases, else_=equal), sa.Boolean()), error=True)


def _null_test(comparison: Comparison, tested: SqlValue) -> SqlValue:
    wanted = tested.sql.is_(None) if comparison is Comparison.EQUAL else tested.sql.is_not(None)
    return SqlValue(sa.case((tested.sql.is_not(None), wanted)), error=True) if tested.error else SqlValue(wanted)


def within(operand: SqlValue, expression: Expression, items: tuple[Literal, ...]) -> SqlValue:
    """Whether the operand is one of the constants."""
    known = [item for item in items if item.value is not None]
    scale = max([expression.scale, *(item.scale for item in known)])
    sought = rescaled(operand, expression.scale, scale) if expression.type in NUMERIC else operand
    candidates = [_scaled(literal(item), item, scale).sql for item in known]
    found: sa.ColumnElement[bool] = sought.sql.in_(candidates) if candidates else sa.false()
    has_null = len(known) < len(items)
    if sought.error and operand.null:
        found = sa.case((operand.sql.is_(None), sa.true() if has_null else sa.false()), else_=found)
        return SqlValue(sa.type_coerce(found, sa.Boolean()), error=True)
    if sought.error:
        return SqlValue(found if candidates else sa.case((sought.sql.is_not(None), sa.false())), error=True)
    if has_null:
        return SqlValue(sa.or_(found, sought.sql.is_(None)))
    return SqlValue(sa.and_(found, sought.sql.is_not(None)) if sought.null else found)


def aligned(
    left: SqlValue, left_expression: Expression, right: SqlValue, right_expression: Expression
) -> tuple[SqlValue, SqlValue]:
    """Both values with the same number of decimal places."""
    if left_expression.type not in NUMERIC:
        return left, right
    scale = max(left_expression.scale, right_expression.scale)
    return _scaled(left, left_expression, scale), _scaled(right, right_expression, scale)


def _scaled(value: SqlValue, expression: Expression, scale: int) -> SqlValue:
    if isinstance(expression, Literal) and scale and expression.value is not None:
        return _decimal(Decimal(str(expression.value)), scale)
    return rescaled(value, expression.scale, scale)


def _decimal(number: Decimal, scale: int) -> SqlValue:
    bound = abs(int(number.scaleb(scale)))
    plain = SqlValue(sa.literal(number, Exact(scale)), bound=bound)
    # SQLite cannot bind more than 64 bits. Such a constant becomes an error, like any value that does not fit.
    return plain if bound <= INT64 else SqlValue(sa.type_coerce(sa.null(), Exact(scale)), error=True)


def rescaled(value: SqlValue, scale: int, wanted: int) -> SqlValue:
    """The number with more decimal places; an error where it no longer fits into 64 bits."""
    if scale == wanted:
        return value
    sql = dialects.Rescaled(value.sql, power_of_ten(wanted - scale), type_=Exact(wanted))
    bound = value.bound * 10 ** (wanted - scale)
    # CEL's null stays null. Any other NULL of the result means that the number does not fit.
    return _fitted(replace(value, sql=sql, bound=bound), wanted)


def _fitted(value: SqlValue, scale: int) -> SqlValue:
    if value.bound <= INT64:
        return value
    return replace(value, sql=fitting(value.sql, scale, value.sql.type), null=False, error=True, bound=LARGEST)


# Calculating


def calculated(expression: Arithmetic, left: SqlValue, right: SqlValue) -> SqlValue:
    """A sum, difference, product or quotient of numbers; instants and lengths of time; joined texts."""
    if expression.type in NUMERIC:
        return _number(expression, left, right)
    fallible = left.fallible or right.fallible
    minus = expression.operator is Operator.MINUS
    if expression.type is ValueType.STRING:
        return SqlValue(dialects.Joined(left.sql, right.sql), error=fallible)
    if expression.type is ValueType.TIMESTAMP:
        if expression.left.type is ValueType.DURATION:
            left, right = right, left
        length = _opposite(right.sql) if minus else right.sql
        return SqlValue(dialects.LaterInstant(left.sql, length), error=fallible)
    if expression.left.type is ValueType.TIMESTAMP:
        return SqlValue(dialects.Between(left.sql, right.sql, type_=Elapsed()), error=fallible)
    combine = dialects.Minus if minus else dialects.Plus
    return SqlValue(combine(left.sql, right.sql, type_=Elapsed()), error=fallible)


def _opposite(length: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return dialects.Minus(sa.literal_column("0", sa.BigInteger), length, type_=Elapsed())


def _number(expression: Arithmetic, left: SqlValue, right: SqlValue) -> SqlValue:
    fallible = left.fallible or right.fallible
    scale, kind = expression.scale, sql_type(expression)
    if expression.operator is Operator.DIVIDED_BY:
        return _quotient(expression, left, right)
    if expression.operator is Operator.TIMES:
        sql: sa.ColumnElement[Any] = dialects.Times(_wide(left), _wide(right), type_=kind)
        return _fitted(SqlValue(sql, error=fallible, bound=left.bound * right.bound), scale)
    left = _scaled(left, expression.left, scale)
    right = _scaled(right, expression.right, scale)
    fallible = left.fallible or right.fallible
    combine = dialects.Minus if expression.operator is Operator.MINUS else dialects.Plus
    sql = combine(_wide(left), _wide(right), type_=kind)
    return _fitted(SqlValue(sql, error=fallible, bound=left.bound + right.bound), scale)


def _quotient(expression: Arithmetic, left: SqlValue, right: SqlValue) -> SqlValue:
    """Division by zero is an error, for decimals as well."""
    kind = sql_type(expression)
    if expression.scale == 0:
        whole = dialects.WholeQuotient(left.sql, right.sql, type_=kind)
        return _fitted(SqlValue(whole, error=True, bound=left.bound), 0)
    gained = expression.scale - expression.left.scale + expression.right.scale
    powers = (power_of_ten(max(gained, 0)), power_of_ten(max(-gained, 0)), power_of_ten(expression.scale))
    smallest: sa.ColumnElement[Decimal] = sa.literal_column(f"1e-{expression.scale}")
    sql = dialects.DecimalQuotient(left.sql, right.sql, *powers, smallest, type_=kind)
    return _fitted(SqlValue(sql, error=True, bound=LARGEST), expression.scale)


def _wide(value: SqlValue) -> sa.ColumnElement[Any]:
    return dialects.Widened(value.sql, type_=value.sql.type)


def negative(expression: Negative, operand: SqlValue) -> SqlValue:
    """The value negated."""
    if expression.type is ValueType.DURATION:
        return SqlValue(_opposite(operand.sql), error=operand.fallible)
    zero = sa.literal_column("0", sa.BigInteger)
    sql = dialects.Minus(zero, _wide(operand), type_=sql_type(expression))
    return _fitted(SqlValue(sql, error=operand.fallible, bound=operand.bound), expression.scale)


# Choices


def chosen(expression: Choice, condition: SqlValue, if_true: SqlValue, if_false: SqlValue) -> SqlValue:
    """One of two values. The condition is named once, or nested choices would grow exponentially.

    Where an error is possible, a branch that is null is one, too: a NULL has one meaning.
    """
    kind = sql_type(expression)
    if condition.error:
        cases = (sa.true(), if_true.sql), (sa.false(), if_false.sql)
        sql = sa.case(*cases, value=condition.sql)
    else:
        sql = sa.case((condition.sql, if_true.sql), else_=if_false.sql)
    error = condition.error or if_true.error or if_false.error
    null = not error and (if_true.null or if_false.null)
    return SqlValue(sa.type_coerce(sql, kind), null=null, error=error, bound=max(if_true.bound, if_false.bound))


# Texts and clocks


def text_test(function: TextFunction, operand: SqlValue, argument: SqlValue) -> SqlValue:
    """A question about two texts."""
    return SqlValue(_TEXT_TESTS[function](operand.sql, argument.sql), error=operand.fallible or argument.fallible)


def text_size(operand: SqlValue) -> SqlValue:
    """The number of code points."""
    return SqlValue(dialects.Length(operand.sql), error=operand.fallible, bound=LARGEST_COLUMN)


def date_part(part: Part, operand: SqlValue, zone: str) -> SqlValue:
    """What a clock or calendar in the zone shows."""
    name, shift = _CLOCK[part]
    sql: sa.ColumnElement[Any] = dialects.ClockPart(
        operand.sql, sa.literal(zone, sa.String), sa.literal_column(f"'{name}'", sa.String)
    )
    if shift:
        sql = dialects.Plus(sql, sa.literal_column(str(shift), sa.BigInteger), type_=sa.BigInteger())
    return SqlValue(sql, error=operand.fallible, bound=LARGEST_COLUMN)
