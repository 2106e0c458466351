"""Which values can be compared, and the sentence that says why others cannot."""

from notifier.model.types import ValueType
from notifier.rules.expressions import NUMERIC, Attribute, Column, Comparison, Expression, Literal


class CannotCompareError(Exception):
    """The two sides cannot be compared; the message says why in a sentence."""


def check_comparable(operator: Comparison, left: Expression, right: Expression) -> None:
    """Raises CannotCompareError unless the operator applies to the two sides."""
    equality = operator in (Comparison.EQUAL, Comparison.UNEQUAL)
    kinds = {left.type, right.type}
    if ValueType.NULL in kinds:
        if not equality:
            raise CannotCompareError(f"null has no order: '{operator}' cannot compare with it")
        if ValueType.ENTITIES in kinds:
            raise CannotCompareError("rows of a to-many relation are never null; write .size() == 0")
    elif kinds == {ValueType.BOOL}:
        if not equality:
            raise CannotCompareError(f"true and false have no order: '{operator}' cannot compare them")
        # The SQL of a comparison names each side twice, so nested comparisons would grow exponentially.
        if not all(isinstance(side, Column | Attribute | Literal) for side in (left, right)):
            raise CannotCompareError(
                "only a field can be compared with true or false; join conditions with and, or, not"
            )
    elif kinds & {ValueType.ENTITY, ValueType.ENTITIES, ValueType.LIST} or not comparable_types(left, right):
        hint = ""
        if kinds == {ValueType.TIMESTAMP, ValueType.STRING}:
            hint = "; write the instant as timestamp('2026-03-05T10:00:00-05:00')"
        elif kinds == {ValueType.ENTITY}:
            hint = "; compare their ids"
        raise CannotCompareError(f"cannot compare {described(left)} with {described(right)}{hint}")


def comparable_types(left: Expression, right: Expression) -> bool:
    """Whether values of these types can be equal: the same type, or two kinds of numbers."""
    return left.type == right.type or (left.type in NUMERIC and right.type in NUMERIC)


def described(expression: Expression) -> str:
    """The expression described for a sentence: `order.status (string)`, `a row (order)`, `several charge rows`."""
    match expression.type:
        case ValueType.ENTITY:
            return f"a row ({expression.entity})"
        case ValueType.ENTITIES:
            return f"several {expression.entity} rows"
        case ValueType.NULL:
            return "null"
    return f"{expression.text} ({expression.type})" if expression.text else str(expression.type)
