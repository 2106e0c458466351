"""SQL constructs that mean the same on SQLite and PostgreSQL, which spell them differently.

Every construct yields NULL when an operand is NULL, and never aborts a statement: a division by zero or a result that
does not fit is NULL, which in a condition is an error. Numbers with decimal places are integers of their smallest
place on SQLite (see `Exact`). SQLite calls back into Python for what it lacks (`sqlite_functions.py`).
"""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from notifier.model.columns import UtcTime

INT64 = 2**63 - 1
_CALLED = re.compile(r"\b(SELECT|CASE|\w+\()", re.IGNORECASE)
"""What a text of SQL has that computes more than columns, parameters and operators do."""


class Construct(FunctionElement[Any]):
    """A construct with a template per dialect; `{0}` is the first operand."""

    sqlite: str
    postgresql: str

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.inherit_cache = True  # SQLAlchemy wants it on each class: the operands determine the SQL completely

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


class InstantIn(Construct):
    """The instant under a name in a document of instants; NULL where there is none."""

    type = UtcTime()
    sqlite = "json_extract({0}, '$.' || {1})"
    postgresql = "CAST({0} ->> {1} AS TIMESTAMP WITH TIME ZONE)"


class WholeQuotient(Construct):
    """The quotient of two whole numbers, truncated towards zero; NULL for division by zero."""

    type = sa.BigInteger()
    sqlite = "{0} / {1}"
    postgresql = "div(CAST({0} AS NUMERIC), nullif({1}, 0))"


class DecimalQuotient(Construct):
    """The quotient of two decimals, truncated towards zero; NULL for division by zero.

    `{2}` and `{3}` are the powers of ten that dividend and divisor, as integers of their smallest places, are
    multiplied by so that the quotient has the wanted scale. `{4}` is 10 to the power of that scale, `{5}` its smallest
    place.
    """

    sqlite = "notifier_quotient({0}, {1}, {2}, {3})"
    postgresql = "div({0} * {4}, nullif({1}, 0)) * {5}"  # a numeric division would round


class Fitting(Construct):
    """The number, or NULL outside of [`{1}`, `{2}`]: what 64 bits hold in its smallest place.

    SQLite turns an integer that overflows into a float. PostgreSQL calculates in numeric, which holds everything; the
    subquery avoids writing, and computing, the operand twice. SQLite has nothing that would: it calls Python, but for
    plain arithmetic, of which computing it twice takes a tenth of that call.
    """

    sqlite = "notifier_fitting({0})"
    sqlite_of_plain = "CASE WHEN typeof({0}) = 'integer' THEN {0} END"
    postgresql = (
        "(SELECT fitting.value FROM (SELECT {0} AS value OFFSET 0) AS fitting WHERE fitting.value BETWEEN {1} AND {2})"
    )


@compiles(Fitting, "sqlite")
def _fitting_on_sqlite(element: Fitting, compiler: SQLCompiler, **options: Any) -> str:
    operand, *_ = _operands(element, compiler, options)
    is_plain = _CALLED.search(operand) is None
    return (element.sqlite_of_plain if is_plain else element.sqlite).format(operand)


class Widened(Construct):
    """A whole number in a type that cannot overflow in a calculation."""

    sqlite = "{0}"
    postgresql = "CAST({0} AS NUMERIC)"


class Rescaled(Construct):
    """A decimal with more places. Only SQLite, which stores integers of the smallest place, has anything to do."""

    sqlite = "{0} * {1}"
    postgresql = "{0}"


class Curtailed(Construct):
    """A decimal with fewer places, truncated towards zero. `{1}` is 10 to the power of the places dropped."""

    sqlite = "{0} / {1}"
    postgresql = "trunc({0}, {2})"


class ExactSum(Construct):
    """The sum of a group, 0 for an empty one; NULL where any value is NULL or the sum is outside of [`{1}`, `{2}`]."""

    sqlite = "CASE WHEN count(*) > 0 THEN notifier_sum({0}) ELSE 0 END"  # no Python call for no row
    postgresql = (
        "CASE WHEN count(*) = 0 THEN 0 WHEN count(*) = count({0}) AND sum({0}) BETWEEN {1} AND {2} THEN sum({0}) END"
    )


class ColumnSum(ExactSum):
    """The sum of a plain column, which may be read three times at no cost.

    SQLite's own sum() aborts the statement on 64-bit overflow. The sums of the upper and the lower 32 bits cannot
    overflow, and show whether the total would. Calling Python for each row takes twice the time.
    """

    _UPPER = "(sum({0} >> 32) + (sum({0} & 4294967295) >> 32))"
    sqlite = (
        f"CASE WHEN count(*) = 0 THEN 0 WHEN count(*) = count({{0}}) AND {_UPPER} BETWEEN -2147483648 AND 2147483647"
        f" THEN ({_UPPER} << 32) | (sum({{0}} & 4294967295) & 4294967295) END"
    )


class Average(Construct):
    """The average of a group, rounded half away from zero to a whole number of units; NULL for an empty group and
    where any value is NULL.

    `{1}` is the unit, in the smallest place of the result. On SQLite, whose numbers are integers of their smallest
    places, the values have `{2}` times as many as the result. On PostgreSQL `{3}` is 10 to the power of the places of
    the result, and `{4}` the smallest one.
    """

    sqlite = "notifier_average({0}, {1}, {2})"
    postgresql = (
        "CASE WHEN count(*) = count({0}) THEN sign(sum({0})) * {4} * max({1}) * div("
        "2 * abs(sum({0})) * {3} + count(*) * max({1}), CAST(nullif(2 * count(*) * max({1}), 0) AS NUMERIC)) END"
    )


class Least(Construct):
    """The least value of a group; NULL for an empty group and where any value is NULL."""

    sqlite = postgresql = "CASE WHEN count(*) = count({0}) THEN min({0}) END"


class Greatest(Construct):
    """The greatest value of a group; NULL for an empty group and where any value is NULL."""

    sqlite = postgresql = "CASE WHEN count(*) = count({0}) THEN max({0}) END"


class LaterInstant(Construct):
    """An instant plus a length of time."""

    type = UtcTime()
    sqlite = "{0} + {1}"
    postgresql = "{0} + {1} * INTERVAL '1 microsecond'"


class Moved(Construct):
    """A parameter that is an instant, plus a constant.

    PostgreSQL assumes that timestamptz + interval depends on the session's zone, so it would recompute the sum for
    every row and plan without knowing it. Computed through UTC, it is a constant before planning.
    """

    type = UtcTime()
    sqlite = "{0} + {1}"
    postgresql = "({0} AT TIME ZONE 'UTC' + {1} * INTERVAL '1 microsecond') AT TIME ZONE 'UTC'"


class Unsought(Construct):
    """A value that no index may be used for; PostgreSQL decides that well from its statistics."""

    sqlite = "+{0}"
    postgresql = "{0}"


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
    """What a clock in zone `{1}` shows; `{2}` is PostgreSQL's name of the part. SQLite calls Python."""

    type = sa.BigInteger()
    sqlite = "notifier_clock({0}, {1}, {2})"
    postgresql = "CAST(floor(date_part({2}, {0} AT TIME ZONE {1})) AS BIGINT)"


class LocalInstant(Construct):
    """The instant of the time of day `{1}` (HH:MM), `{3}` days after the date that zone `{2}` has at instant `{0}`."""

    type = UtcTime()
    sqlite = "notifier_local_instant({0}, {1}, {2}, {3})"
    postgresql = (
        "(date_trunc('day', {0} AT TIME ZONE {2}) + {3} * INTERVAL '1 day' + CAST({1} AS TIME)) AT TIME ZONE {2}"
    )


class LocallyBetween(Construct):
    """Whether the local instant `{0}` may lie in [`{1}`, `{2}`]; Python has the last word.

    PostgreSQL has zone data of its own, older or newer than ours: a clock may differ by an hour, and near midnight the
    date by a day. And where clocks show a time of day twice, it takes the second and we the first.
    """

    type = sa.Boolean()
    sqlite = "{0} BETWEEN {1} AND {2}"
    postgresql = (
        "EXISTS (SELECT 1 FROM unnest(ARRAY[-1440, 0, 1440]) AS date, unnest(ARRAY[-60, -30, 0, 30, 60]) AS clock"
        " WHERE {0} + (date + clock) * INTERVAL '1 minute' BETWEEN {1} AND {2})"
    )


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


class Once(Construct):
    """A table of one row and one column, `value`: what is worked out once for each row before, and read many times.

    Both databases would work out a subquery again wherever it is named.
    """

    sqlite = "json_each(json_array({0}))"
    postgresql = "LATERAL (SELECT {0} AS value OFFSET 0)"


def fitting(number: sa.ColumnElement[Any], scale: int, type_: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    """The number, or NULL where its smallest places do not fit into 64 bits."""
    return Fitting(number, *_range(scale), type_=type_)


class RowList(Construct):
    """A group as a JSON list of [id, number, text, truth]. Numbers are integers of their smallest place on SQLite, and
    decimal texts on PostgreSQL."""

    type = sa.String()
    sqlite = "json_group_array(json_array({0}, {1}, {2}, {3}))"
    postgresql = (
        "CAST(json_agg(json_build_array({0}, CAST({1} AS TEXT), CAST({2} AS TEXT), CAST({3} AS BOOLEAN))) AS TEXT)"
    )


def exact_sum(number: sa.ColumnElement[Any], scale: int, type_: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    """The sum over a group, or NULL where its smallest places do not fit into 64 bits."""
    construct = ColumnSum if isinstance(number, sa.Column) else ExactSum
    return construct(number, *_range(scale), type_=type_)


def _range(scale: int) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """The smallest and largest number with this many decimal places that 64 bits hold."""
    places = f"e-{scale}" if scale else ""
    return sa.literal_column(f"-{INT64 + 1}{places}"), sa.literal_column(f"{INT64}{places}")


def power_of_ten(exponent: int) -> sa.ColumnElement[Any]:
    """10 to the power of `exponent`, as a constant of the statement."""
    return sa.literal_column(str(10**exponent), sa.BigInteger)
