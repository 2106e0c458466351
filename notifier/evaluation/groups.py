"""Figures of a group of rows, in SQL: averages, extremes, what all rows have in common; each an aggregate."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from babel.numbers import get_currency_precision, list_currencies

from notifier.evaluation import dialects, values
from notifier.evaluation.dialects import power_of_ten
from notifier.evaluation.values import SqlValue
from notifier.model.types import ValueType
from notifier.rules.aggregates import AVERAGE_PLACES, Aggregated, Common, Figure
from notifier.rules.expressions import NUMERIC

USUAL_PLACES = 2
"""Decimal places of most currencies."""
_EXTREMES = {Figure.LEAST: dialects.Least, Figure.GREATEST: dialects.Greatest}


def unless_several(total: sa.ColumnElement[Any], kind: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The figure of a group, or NULL where its rows are of several kinds, such as currencies."""
    differ = sa.func.min(kind) != sa.func.max(kind)
    return sa.type_coerce(sa.case((differ, sa.null()), else_=total), total.type)


def figure(aggregated: Aggregated, value: SqlValue, currency: sa.ColumnElement[Any] | None) -> sa.ColumnElement[Any]:
    """The average, the least or the greatest value of a group; NULL for an empty one."""
    kind = values.sql_type(aggregated)
    if aggregated.figure is Figure.AVERAGE:
        found = _average(aggregated, value, currency)
    else:
        ordered = dialects.CodePoints(value.sql) if kind.__class__ is sa.String else value.sql
        found = _EXTREMES[aggregated.figure](ordered, type_=kind)
    return found if currency is None else unless_several(found, currency)


def _average(aggregated: Aggregated, value: SqlValue, currency: sa.ColumnElement[Any] | None) -> sa.ColumnElement[Any]:
    """It lies among values that fit into 64 bits, so it fits as well."""
    places = max(aggregated.scale, aggregated.value.scale)
    if aggregated.value.type in NUMERIC:
        value = values.rescaled(value, aggregated.value.scale, places)
    unit: sa.ColumnElement[Any] = sa.literal_column("1") if currency is None else _smallest_unit(currency)
    smallest: sa.ColumnElement[Any] = sa.literal_column(f"1e-{aggregated.scale}" if aggregated.scale else "1")
    operands = (unit, power_of_ten(places - aggregated.scale), power_of_ten(aggregated.scale), smallest)
    return dialects.Average(value.sql, *operands, type_=values.sql_type(aggregated))


def _smallest_unit(currency: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The smallest unit of the currency, in the smallest place of an average: 100 for a currency with cents."""
    cases = [(currency.in_(codes), _unit(places)) for places, codes in _unusual_currencies().items()]
    return sa.case(*cases, else_=_unit(USUAL_PLACES))


def _unit(places: int) -> sa.ColumnElement[Any]:
    return sa.literal_column(str(10 ** (AVERAGE_PLACES - places)))


@cache
def _unusual_currencies() -> Mapping[int, list[str]]:
    """The currencies that have no cents, by their decimal places (CLDR, which follows ISO 4217 and prices)."""
    found: dict[int, list[str]] = {}
    for code in sorted(list_currencies()):
        places = get_currency_precision(code)
        if places != USUAL_PLACES:
            found.setdefault(places, []).append(code)
    return found


def common(value: sa.ColumnElement[Any], shared: Common) -> sa.ColumnElement[Any]:
    """The value of a group that all its rows have that have one."""
    is_truth = shared.type is ValueType.BOOL
    if is_truth:  # PostgreSQL has no least of truths
        value = sa.cast(value, sa.Integer)
    least, greatest = sa.func.min(value), sa.func.max(value)
    found: sa.ColumnElement[Any] = least == 1 if is_truth else least
    return sa.type_coerce(sa.case((least == greatest, found)), values.sql_type(shared))


def several(value: sa.ColumnElement[Any], _differing: Common) -> sa.ColumnElement[Any]:
    """Two values of a group that differ, as a text."""
    least, greatest = sa.func.min(value), sa.func.max(value)
    return sa.type_coerce(sa.case((least != greatest, least + ", " + greatest)), sa.String())
