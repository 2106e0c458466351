"""What `+ - * /` mean for two types: the typed expression, or why there is none.

CEL has no decimals; here every number with a point is an exact decimal. Decimals add and multiply exactly; division is
truncated to nine places. Integer division gives an integer, as in CEL.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from notifier.model.types import ValueType
from notifier.rules.expressions import NUMERIC, Arithmetic, Expression, Literal, Negative, Operator

QUOTIENT_PLACES = 9
DEEPEST_PLACES = 12
"""The most decimal places: more would leave too few digits before the point in 64 bits."""
MOST_OPERANDS = 16
"""The most operands: a sum of sixteen of the longest durations still fits into 64 bits of microseconds."""

_INSTANTS = {
    (ValueType.TIMESTAMP, Operator.PLUS, ValueType.DURATION): ValueType.TIMESTAMP,
    (ValueType.DURATION, Operator.PLUS, ValueType.TIMESTAMP): ValueType.TIMESTAMP,
    (ValueType.TIMESTAMP, Operator.MINUS, ValueType.DURATION): ValueType.TIMESTAMP,
    (ValueType.TIMESTAMP, Operator.MINUS, ValueType.TIMESTAMP): ValueType.DURATION,
    (ValueType.DURATION, Operator.PLUS, ValueType.DURATION): ValueType.DURATION,
    (ValueType.DURATION, Operator.MINUS, ValueType.DURATION): ValueType.DURATION,
}


class CannotCalculateError(Exception):
    """The operator does not apply to these types; the message says so in a sentence."""


def arithmetic(operator: Operator, left: Expression, right: Expression) -> Expression:
    """The calculation, typed. Raises CannotCalculateError."""
    if operands(left) + operands(right) > MOST_OPERANDS:
        raise CannotCalculateError(f"more than {MOST_OPERANDS} values in one calculation")
    if left.type is right.type is ValueType.STRING and operator is Operator.PLUS:
        return Arithmetic(type=ValueType.STRING, operator=operator, left=left, right=right)
    instant = _INSTANTS.get((left.type, operator, right.type))
    if instant is not None:
        return Arithmetic(type=instant, operator=operator, left=left, right=right)
    if left.type not in NUMERIC or right.type not in NUMERIC:
        raise CannotCalculateError(f"cannot calculate {left.type} {operator} {right.type}")
    scale = _scale(operator, left, right)
    if scale > DEEPEST_PLACES:
        raise CannotCalculateError(f"the result would have {scale} decimal places, {DEEPEST_PLACES} are kept exactly")
    return Arithmetic(type=_number(operator, left, right), operator=operator, left=left, right=right, scale=scale)


def negative(operand: Expression) -> Expression:
    """The value negated. Raises CannotCalculateError for a type without a sign."""
    if isinstance(operand, Literal) and isinstance(operand.value, timedelta | Decimal | int) and operand.type != "bool":
        return replace(operand, value=-operand.value)
    if operand.type not in (*NUMERIC, ValueType.DURATION):
        raise CannotCalculateError(f"cannot negate a {operand.type}")
    return Negative(type=operand.type, operand=operand, scale=operand.scale)


def operands(expression: Expression) -> int:
    """How many values a calculation is made of."""
    if isinstance(expression, Arithmetic):
        return operands(expression.left) + operands(expression.right)
    return operands(expression.operand) if isinstance(expression, Negative) else 1


def _scale(operator: Operator, left: Expression, right: Expression) -> int:
    if operator is Operator.TIMES:
        return left.scale + right.scale
    if operator is Operator.DIVIDED_BY:
        return 0 if left.type is right.type is ValueType.INT else QUOTIENT_PLACES
    return max(left.scale, right.scale)


def _number(operator: Operator, left: Expression, right: Expression) -> ValueType:
    """Money stays money when scaled or added; money divided by money, or multiplied, is a plain number."""
    if left.type is right.type is ValueType.INT:
        return ValueType.INT
    amounts = (left.type is ValueType.MONEY) + (right.type is ValueType.MONEY)
    if operator in (Operator.PLUS, Operator.MINUS):
        return ValueType.MONEY if amounts else ValueType.DECIMAL
    scaled = amounts == 1 and not (operator is Operator.DIVIDED_BY and right.type is ValueType.MONEY)
    return ValueType.MONEY if scaled else ValueType.DECIMAL
