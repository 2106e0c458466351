"""What SQLite and PostgreSQL spell differently, as SQL constructs that mean the same on both.

Every construct yields NULL when an operand is NULL, and never aborts a statement: a division by zero or a result that
does not fit is NULL, which in a condition is an error. Numbers with decimal places are integers of their smallest
place on SQLite (see `Exact`). SQLite calls back into Python for what it lacks: `register_functions` on each connection.
"""

import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from notifier.evaluation.sqltypes import TextList
from notifier.model.columns import EPOCH, UtcTime, microseconds

INT64 = 2**63 - 1


class Construct(FunctionElement[Any]):
    """A construct with a template per dialect; `{0}` is the first operand."""

    sqlite: str
    postgresql: str

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.inherit_cache = True  # SQLAlchemy asks each class for it: the operands say all that the SQL depends on

    def __init__(self, *operands: sa.ColumnElement[Any], type_: sa.types.TypeEngine[Any] | None = None) -> None:
        super().__init__(*operands)
        if type_ is not None:
            self.type = type_


@compiles(Construct, "sqlite")
def _on_sqlite(element: Construct, compiler: SQLCompiler, **options: Any) -> str:
    return element.sqlite.format(*_operands(element, compiler, options))


@compiles(Construct, "postgresql")
def _on_postgresql(element: Construct, compiler: SQLCompiler, **options: Any) -> str:
    return element.postgresql.format(*_operands(element, compiler, options))


def _operands(element: Construct, compiler: SQLCompiler, options: dict[str, Any]) -> list[str]:
    return [f"({compiler.process(operand, **options)})" for operand in element.clauses]


class Plus(Construct):
    """The sum of two numbers of the same scale, or of two lengths of time."""

    sqlite = postgresql = "{0} + {1}"


class Minus(Construct):
    """The difference of two numbers of the same scale, or of two lengths of time."""

    sqlite = postgresql = "{0} - {1}"


class Times(Construct):
    """The product; its scale is the sum of the scales."""

    sqlite = postgresql = "{0} * {1}"


class Joined(Construct):
    """Two texts, one after the other."""

    type = sa.String()
    sqlite = postgresql = "{0} || {1}"


class WholeQuotient(Construct):
    """The quotient of two whole numbers, cut off towards zero; NULL by zero."""

    type = sa.BigInteger()
    sqlite = "{0} / {1}"
    postgresql = "div(CAST({0} AS NUMERIC), nullif({1}, 0))"


class DecimalQuotient(Construct):
    """The quotient of two decimals, cut off towards zero; NULL by zero.

    `{2}` and `{3}` are the powers of ten by which dividend and divisor, as integers of their smallest places, must grow
    for the quotient to have the wanted places; `{4}` is that of the wanted places, `{5}` the smallest of them.
    """

    sqlite = "notifier_quotient({0}, {1}, {2}, {3})"
    postgresql = "div({0} * {4}, nullif({1}, 0)) * {5}"  # a numeric division would round


class Fitting(Construct):
    """The number, or NULL where it lies outside of `{1}` to `{2}`: 64 bits of its smallest place.

    SQLite turns what does not fit into a float. PostgreSQL calculates in numeric, which holds everything; the subquery
    keeps the operand from being written, and computed, twice.
    """

    sqlite = "notifier_fitting({0})"
    postgresql = (
        "(SELECT fitting.value FROM (SELECT {0} AS value OFFSET 0) AS fitting WHERE fitting.value BETWEEN {1} AND {2})"
    )


class Widened(Construct):
    """A whole number in the type in which it cannot overflow while it is calculated with."""

    sqlite = "{0}"
    postgresql = "CAST({0} AS NUMERIC)"


class Rescaled(Construct):
    """A decimal with more places: only where they are counted in the stored integer is there anything to do."""

    sqlite = "{0} * {1}"
    postgresql = "{0}"


class Curtailed(Construct):
    """A decimal with fewer places, cut off towards zero. `{1}` is 10 to the power of what is lost."""

    sqlite = "{0} / {1}"
    postgresql = "trunc({0}, {2})"


class ExactSum(Construct):
    """The sum of all values of a group, 0 for none; NULL as soon as one value is NULL."""

    sqlite = "CASE WHEN count(*) > 0 THEN notifier_sum({0}) ELSE 0 END"  # no Python call for no row
    postgresql = "CASE WHEN count(*) = count({0}) THEN coalesce(sum({0}), 0) END"


class Later(Construct):
    """An instant, later by a length of time."""

    type = UtcTime()
    sqlite = "{0} + {1}"
    postgresql = "{0} + {1} * INTERVAL '1 microsecond'"


class Between(Construct):
    """The time elapsed from the second instant to the first."""

    sqlite = "{0} - {1}"
    postgresql = "CAST(extract(epoch FROM {0} - {1}) * 1000000 AS BIGINT)"


class CodePoints(Construct):
    """A text that sorts by code points, whatever the locale of the database."""

    type = sa.String()
    sqlite = "{0}"
    postgresql = '{0} COLLATE "C"'


class StartsWith(Construct):
    """Whether the first text begins with the second."""

    type = sa.Boolean()
    sqlite = "substr({0}, 1, length({1})) = {1}"
    postgresql = "starts_with({0}, {1})"


class EndsWith(Construct):
    """Whether the first text ends with the second."""

    type = sa.Boolean()
    sqlite = "(length({0}) >= length({1}) AND substr({0}, length({0}) - length({1}) + 1) = {1})"
    postgresql = "right({0}, length({1})) = {1}"


class Contains(Construct):
    """Whether the second text is somewhere in the first."""

    type = sa.Boolean()
    sqlite = "instr({0}, {1}) > 0"
    postgresql = "strpos({0}, {1}) > 0"


class Length(Construct):
    """The number of code points of a text."""

    type = sa.BigInteger()
    sqlite = postgresql = "length({0})"


class ClockPart(Construct):
    """What a clock in zone `{1}` shows; `{2}` is PostgreSQL's name of the part, SQLite asks Python."""

    type = sa.BigInteger()
    sqlite = "notifier_clock({0}, {1}, {2})"
    postgresql = "CAST(floor(date_part({2}, {0} AT TIME ZONE {1})) AS BIGINT)"


class LocalInstant(Construct):
    """The instant of the time of day `{1}` (HH:MM) on the date that zone `{2}` has at instant `{0}`."""

    type = UtcTime()
    sqlite = "notifier_local_instant({0}, {1}, {2})"
    postgresql = "(date_trunc('day', {0} AT TIME ZONE {2}) + CAST({1} AS TIME)) AT TIME ZONE {2}"


class AttributeText(Construct):
    """An attribute of a JSON document as text; NULL where it is absent."""

    type = sa.String()
    sqlite = "CAST(json_extract({0}, '$.' || {1}) AS TEXT)"
    postgresql = "{0} ->> {1}"


class AttributeBool(Construct):
    """An attribute as true or false; NULL where it is absent or something else."""

    type = sa.Boolean()
    sqlite = "CASE json_type({0}, '$.' || {1}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"
    postgresql = "CASE {0} ->> {1} WHEN 'true' THEN true WHEN 'false' THEN false END"


class AttributeNumber(Construct):
    """An attribute as a number with `{2}` decimal places; NULL where it is absent, longer or something else."""

    sqlite = "notifier_number(json_extract({0}, '$.' || {1}), {2})"
    postgresql = (
        "CASE WHEN {0} ->> {1} ~ '^-?\\d{{1,14}}(\\.\\d+)?$' AND trunc(CAST({0} ->> {1} AS NUMERIC), {2}) = "
        "CAST({0} ->> {1} AS NUMERIC) THEN CAST({0} ->> {1} AS NUMERIC) END"
    )


class AttributeInstant(Construct):
    """An attribute as an instant; NULL where it is absent or has no zone."""

    type = UtcTime()
    sqlite = "notifier_instant(json_extract({0}, '$.' || {1}))"
    postgresql = (
        "CASE WHEN {0} ->> {1} ~ "
        "'^\\d{{4}}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d{{1,6}})?)?(Z|[+-]\\d\\d:\\d\\d)$' "
        "THEN CAST({0} ->> {1} AS TIMESTAMPTZ) END"
    )


class Listed(Construct):
    """The texts of a list that is bound as one parameter, as a subquery."""

    sqlite = "(SELECT value FROM json_each({0}))"
    postgresql = "(SELECT unnest({0}))"


def in_values(column: sa.ColumnElement[Any], bind_name: str) -> sa.ColumnElement[bool]:
    """`column IN (…)` of a list of texts that is bound as the one parameter `bind_name`."""
    # A construct that is itself a condition would be written `(…) = 1` on SQLite, and no index would serve it.
    listed = Listed(sa.bindparam(bind_name, type_=TextList()))
    return column.op("IN", is_comparison=True)(listed)


def fitting(number: sa.ColumnElement[Any], scale: int, type_: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    """The number, or NULL where its smallest places do not fit into 64 bits."""
    limit = f"{INT64}" if scale == 0 else f"{INT64}e-{scale}"
    lowest = f"-{INT64 + 1}" if scale == 0 else f"-{INT64 + 1}e-{scale}"
    return Fitting(number, sa.literal_column(lowest), sa.literal_column(limit), type_=type_)


def power_of_ten(exponent: int) -> sa.ColumnElement[Any]:
    """10 to the power of `exponent`, as a constant of the statement."""
    return sa.literal_column(str(10**exponent), sa.BigInteger)


def register_functions(connection: sqlite3.Connection) -> None:
    """Give a SQLite connection what it lacks; PostgreSQL needs none of it."""
    for name, operands, function in _FUNCTIONS:
        connection.create_function(name, operands, function, deterministic=True)
    connection.create_aggregate("notifier_sum", 1, _ExactSum)  # type: ignore[arg-type]  # finalize may return None


_zone = lru_cache(maxsize=64)(ZoneInfo)


def _fits(number: int) -> int | None:
    return number if -INT64 - 1 <= number <= INT64 else None


def _fitting(number: object) -> int | None:
    return number if isinstance(number, int) else None


def _quotient(dividend: object, divisor: object, dividend_grows: int, divisor_grows: int) -> int | None:
    if not isinstance(dividend, int) or not isinstance(divisor, int) or divisor == 0:
        return None
    quotient = abs(dividend) * dividend_grows // (abs(divisor) * divisor_grows)
    return _fits(quotient if (dividend < 0) == (divisor < 0) else -quotient)


CLOCK_PARTS: dict[str, Callable[[datetime], int]] = {
    "year": lambda local: local.year,
    "month": lambda local: local.month,
    "day": lambda local: local.day,
    "dow": lambda local: local.isoweekday() % 7,
    "doy": lambda local: local.timetuple().tm_yday,
    "hour": lambda local: local.hour,
    "minute": lambda local: local.minute,
    "second": lambda local: local.second,
}
"""PostgreSQL's names of the parts of an instant."""


def _clock(instant: int | None, zone: str, part: str) -> int | None:
    return None if instant is None else CLOCK_PARTS[part](_local(instant, zone))


def _local_instant(instant: int | None, clock: str, zone: str | None) -> int | None:
    if instant is None or zone is None:
        return None
    moment = datetime.combine(_local(instant, zone).date(), time.fromisoformat(clock), tzinfo=_zone(zone))
    return microseconds(moment.astimezone(UTC) - EPOCH)


def _local(instant: int, zone: str) -> datetime:
    return (EPOCH + timedelta(microseconds=instant)).astimezone(_zone(zone))


_NUMBER = re.compile(r"-?\d{1,14}(\.\d+)?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")


def _number(stored: object, scale: int) -> int | None:
    written = str(stored)
    if isinstance(stored, bool) or not _NUMBER.fullmatch(written):
        return None
    scaled = Decimal(written).scaleb(scale)
    return int(scaled) if scaled == scaled.to_integral_value() else None


def _instant(stored: object) -> int | None:
    if not isinstance(stored, str) or not _INSTANT.fullmatch(stored):
        return None
    return microseconds(datetime.fromisoformat(stored) - EPOCH)


class _ExactSum:
    def __init__(self) -> None:
        self._sum: int | None = 0

    def step(self, value: object) -> None:
        self._sum = self._sum + value if isinstance(value, int) and self._sum is not None else None

    def finalize(self) -> int | None:
        return None if self._sum is None else _fits(self._sum)


_FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("notifier_fitting", 1, _fitting),
    ("notifier_quotient", 4, _quotient),
    ("notifier_clock", 3, _clock),
    ("notifier_local_instant", 3, _local_instant),
    ("notifier_number", 2, _number),
    ("notifier_instant", 1, _instant),
)
