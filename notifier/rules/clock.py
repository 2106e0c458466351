"""A comparison with `now` -> `path OP now + offset`, so that an index finds the rows that flip.

`appointment.starts_at - now <= 48h` means `appointment.starts_at <= now + 48h`, but only the second form can use an
index on `starts_at`, and shows at which instant its value changes.
"""

from collections import Counter
from datetime import timedelta

from notifier.model.types import ValueType
from notifier.rules.expressions import (
    Arithmetic,
    Attribute,
    Column,
    Comparison,
    Expression,
    Flip,
    Literal,
    Negative,
    Now,
    Operator,
)


def flip(operator: Comparison, left: Expression, right: Expression) -> Flip | None:
    """The comparison in the one allowed form; None when it has no such form."""
    if operator in (Comparison.EQUAL, Comparison.UNEQUAL):
        return None
    terms, constant = _Terms(), timedelta(0)
    if not (terms.add(left, 1) and terms.add(right, -1)):
        return None
    paths = {path: count for path, count in terms.paths.items() if count}
    if len(paths) != 1 or len(terms.paths) != 1:
        return None  # a path that cancels out would still be an error when it is null
    path, count = next(iter(paths.items()))
    if abs(count) != 1 or terms.now != -count:
        return None
    constant = terms.constant * -count  # count * path - count * now + constant OP 0
    return Flip(type=ValueType.BOOL, path=path, operator=operator if count > 0 else operator.mirrored, offset=constant)


class _Terms:
    """A sum of paths, multiples of `now`, and a constant."""

    def __init__(self) -> None:
        self.paths: Counter[Expression] = Counter()
        self.now = 0
        self.constant = timedelta(0)

    def add(self, expression: Expression, sign: int) -> bool:
        """Adds the expression; returns False when it is not such a sum."""
        match expression:
            case Now():
                self.now += sign
            case Column() | Attribute() if expression.type is ValueType.TIMESTAMP:
                self.paths[expression] += sign
            case Literal(value=timedelta() as duration):
                self.constant += sign * duration
            case Negative(operand=operand):
                return self.add(operand, -sign)
            case Arithmetic(operator=Operator.PLUS, left=left, right=right):
                return self.add(left, sign) and self.add(right, sign)
            case Arithmetic(operator=Operator.MINUS, left=left, right=right):
                return self.add(left, sign) and self.add(right, -sign)
            case _:
                return False
        return True
