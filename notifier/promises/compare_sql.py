"""The comparison of promise and fact in SQL: a filter for the pairs for which `compare.disagree` may be true.

The filter never drops a pair that disagrees. It keeps a pair that agrees only where a date has a tolerance, or a number
with its tolerance does not fit into 64 bits; Python then compares every pair exactly.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import Construct, Rescaled, fitting, power_of_ten
from notifier.evaluation.emitter import Emitter
from notifier.evaluation.sqltypes import Exact
from notifier.model.schema import Schema
from notifier.model.types import TopicType, ValueType
from notifier.model.values import NUMERIC_TYPES
from notifier.promises.facts_path import promise_column
from notifier.rules.calculating import arithmetic
from notifier.rules.checked_checks import Check, Tolerance
from notifier.rules.checked_rules import OTHER
from notifier.rules.expressions import NUMERIC, And, Compare, Comparison, Exists, Expression, Literal, Operator, Or, Sum

_MICROSECOND = timedelta(microseconds=1)
ELAPSED_SCALE = 6
"""Decimal places of a length of time in seconds: it is a whole number of microseconds."""


class Seconds(Construct):
    """Elapsed microseconds as decimal seconds; the same number on SQLite, where decimals are stored as integers."""

    inherit_cache = True
    type = Exact(ELAPSED_SCALE)
    sqlite = "{0}"
    postgresql = "CAST({0} AS NUMERIC) / 1000000"


def may_disagree(check: Check, schema: Schema, emitter: Emitter) -> sa.ColumnElement[bool]:
    """Whether the fact's row may contradict the promise's row of the same statement."""
    assert check.actual is not None
    differences: list[sa.ColumnElement[bool]] = [sa.func.coalesce(_values_disagree(check, schema, emitter), sa.true())]
    companions = {"currency": check.actual_currency, "tax_included": check.actual_tax_included}
    for name, companion in companions.items():
        promised = _promised(name, check, schema)
        if companion is None or promised is None:
            continue
        if isinstance(check.actual, Sum):
            known = emitter.value(promised).is_not(None)  # asked first: it spares the rows
            differences.append(sa.and_(known, emitter.holds(_differs_for_a_row(check.actual, companion, promised))))
        else:
            differences.append(sa.func.coalesce(emitter.value(companion) != emitter.value(promised), sa.false()))
    # Most facts agree, so whether there is one at all is asked last.
    return sa.and_(sa.or_(*differences), emitter.value(check.actual).is_not(None))


def _differs_for_a_row(total: Sum, companion: Expression, promised: Expression) -> Expression:
    """Whether it is known, and other than the known promised one, for one of the rows that are added up.

    So rows that are in several currencies are always found: one of them was not promised.
    """
    nothing = Literal(type=ValueType.NULL, value=None)
    pairs = ((companion, promised), (companion, nothing))
    differs = And(type=ValueType.BOOL, operands=tuple(_compared(Comparison.UNEQUAL, *pair) for pair in pairs))
    return Exists(type=ValueType.BOOL, source=total.source, variable=total.variable, condition=differs)


def _values_disagree(check: Check, schema: Schema, emitter: Emitter) -> sa.ColumnElement[bool]:
    """True, false, or NULL where it cannot be calculated."""
    actual = _of_other(check, schema) if check.of_promises else check.actual
    assert actual is not None
    match check.topic_type:
        case TopicType.TEXT | TopicType.OPENING_HOURS:  # of which Python finds out whether they mean the same
            return emitter.truth(_compared(Comparison.UNEQUAL, actual, _value("value", check, schema)))
        case TopicType.BOOL:
            promised = _value("value", check, schema)
            if check.of_promises:
                return emitter.truth(_compared(Comparison.UNEQUAL, actual, promised))
            if check.implied is None:
                promised = _compared(Comparison.EQUAL, promised, _text("true"))
            return emitter.truth(_compared(Comparison.UNEQUAL, actual, promised))
        case TopicType.DATE:
            return emitter.truth(_outside(check, actual, [_value("value", check, schema)]))
        case TopicType.TIMESTAMP:
            bounds = _bounds(_value("value_at", check, schema), check.tolerance)
            return emitter.truth(_outside(check, actual, bounds))
        case TopicType.WINDOW:
            return _windows_disagree(check, actual, schema, emitter)
        case TopicType.DURATION if not check.of_promises:
            return _durations_disagree(check, schema, emitter)
        case TopicType.MONEY | TopicType.NUMBER | TopicType.PERCENT | TopicType.QUANTITY | TopicType.DURATION:
            promised = _value("value_number", check, schema)
            strictly = emitter.truth(_outside(check, actual, [promised]))
            if check.tolerance == Tolerance():
                return strictly
            tolerantly = emitter.truth(_outside(check, actual, _bounds(promised, check.tolerance)))
            if check.tolerance.currency is not None:
                currency = _promised("currency", check, schema)
                if currency is None:  # whatever the fact's is
                    return strictly
                same = emitter.value(currency) == check.tolerance.currency
                tolerantly = sa.case((same, tolerantly), else_=sa.true())
            # Most facts equal their promise, so the plain comparison of two columns usually decides.
            return sa.and_(strictly, tolerantly)


def _of_other(check: Check, schema: Schema) -> Expression:
    """The column that holds what another promise says, in the form that SQL compares."""
    return promise_column(schema, compared_column(check.topic_type), OTHER)


def compared_column(topic_type: TopicType) -> str:
    """The column of a promise that SQL compares, for values of this type."""
    if topic_type in NUMERIC_TYPES:
        return "value_number"
    return "value_at" if topic_type in (TopicType.TIMESTAMP, TopicType.WINDOW) else "value"


def _windows_disagree(check: Check, actual: Expression, schema: Schema, emitter: Emitter) -> sa.ColumnElement[bool]:
    """Too early or too late: what begins and ends within the promised window agrees. A null end is the start."""
    early = _bounds(promise_column(schema, "value_at"), check.tolerance)[0]
    late = _bounds(promise_column(schema, "value_until"), check.tolerance)[-1]
    too_early = emitter.truth(_compared(Comparison.LESS, actual, early))
    too_late = emitter.truth(_compared(Comparison.GREATER, actual, late))
    until = check.actual_until
    if check.of_promises:
        until = promise_column(schema, "value_until", OTHER)
    if until is not None:
        ends_too_late = emitter.truth(_compared(Comparison.GREATER, until, late))
        too_late = sa.case((emitter.value(until).is_(None), too_late), else_=ends_too_late)
    match check.worse:
        case "higher":
            return too_late
        case "lower":
            return too_early
    return sa.or_(too_early, too_late)


def _outside(check: Check, actual: Expression, bounds: list[Expression]) -> Expression:
    """Above all bounds, or below all of them; only on the side that `worse` names, if it names one."""
    too_high = And(
        type=ValueType.BOOL, operands=tuple(_compared(Comparison.GREATER, actual, bound) for bound in bounds)
    )
    too_low = And(type=ValueType.BOOL, operands=tuple(_compared(Comparison.LESS, actual, bound) for bound in bounds))
    match check.worse:
        case "higher":
            return too_high
        case "lower":
            return too_low
    return Or(type=ValueType.BOOL, operands=(too_high, too_low))


def _bounds(promised: Expression, tolerance: Tolerance) -> list[Expression]:
    """The limits of what agrees with the promise.

    A share of a promise p allows p * (1 - share) to p * (1 + share); the limits swap where p is negative.
    """
    if tolerance.duration is not None and promised.type is ValueType.TIMESTAMP:
        length = Literal(type=ValueType.DURATION, value=tolerance.duration)
        return [arithmetic(operator, promised, length) for operator in (Operator.MINUS, Operator.PLUS)]
    if tolerance.duration is not None and promised.type in NUMERIC:
        length = _number(Decimal(tolerance.duration // _MICROSECOND).scaleb(-ELAPSED_SCALE))
        return [arithmetic(operator, promised, length) for operator in (Operator.MINUS, Operator.PLUS)]
    if tolerance.amount is not None:
        width = _number(tolerance.amount)
        return [arithmetic(operator, promised, width) for operator in (Operator.MINUS, Operator.PLUS)]
    if tolerance.share is not None:
        factors = (1 - tolerance.share, 1 + tolerance.share)
        return [arithmetic(Operator.TIMES, promised, _number(factor)) for factor in factors]
    return [promised]


def _durations_disagree(check: Check, schema: Schema, emitter: Emitter) -> sa.ColumnElement[bool]:
    """Durations are promised in decimal seconds and calculated in whole microseconds."""
    assert check.actual is not None
    bounds = _bounds(_value("value_number", check, schema), check.tolerance)
    places = max(ELAPSED_SCALE, *(bound.scale for bound in bounds))
    actual = _rescaled(Seconds(emitter.value(check.actual)), ELAPSED_SCALE, places)
    limits = [_rescaled(emitter.value(bound), bound.scale, places) for bound in bounds]
    too_high = sa.and_(*(actual > limit for limit in limits))
    too_low = sa.and_(*(actual < limit for limit in limits))
    match check.worse:
        case "higher":
            return too_high
        case "lower":
            return too_low
    return sa.or_(too_high, too_low)


def _rescaled(seconds: sa.ColumnElement[Any], scale: int, places: int) -> sa.ColumnElement[Any]:
    if scale == places:
        return seconds
    return fitting(Rescaled(seconds, power_of_ten(places - scale), type_=Exact(places)), places, Exact(places))


def _value(column: str, check: Check, schema: Schema) -> Expression:
    """What is promised: this column of the promise, or the value that the state implies."""
    return promise_column(schema, column) if check.implied is None else check.implied.value


def _promised(companion: str, check: Check, schema: Schema) -> Expression | None:
    """The currency of what is promised, or whether it includes tax; None where the state does not say it."""
    if check.implied is None:
        return promise_column(schema, companion)
    return {"currency": check.implied.currency, "tax_included": check.implied.tax_included}[companion]


def _compared(operator: Comparison, left: Expression, right: Expression) -> Expression:
    return Compare(type=ValueType.BOOL, operator=operator, left=left, right=right)


def _number(value: Decimal) -> Literal:
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent >= 0:
        return Literal(type=ValueType.INT, value=int(value))
    return Literal(type=ValueType.DECIMAL, value=value, scale=-exponent)


def _text(value: str) -> Literal:
    return Literal(type=ValueType.STRING, value=value)
