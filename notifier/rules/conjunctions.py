"""Conditions -> whether they can hold together, as far as their text alone says: nothing is evaluated.

An `or` makes alternatives. In each of them some facts about columns must be true at once: a column is one of some
texts, above a number, later than `now - 3d`. Two that exclude each other are a clash. What is not understood excludes
nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any

from notifier.model.vocabulary import VALUES
from notifier.rules.expressions import (
    And,
    Attribute,
    Column,
    Compare,
    Comparison,
    Expression,
    Flip,
    In,
    Literal,
    Not,
    Or,
    RowName,
)

MOST_ALTERNATIVES = 256
"""Conditions with more alternatives are taken for possible."""
_NEGATED = {
    Comparison.EQUAL: Comparison.UNEQUAL,
    Comparison.UNEQUAL: Comparison.EQUAL,
    Comparison.LESS: Comparison.GREATER_OR_EQUAL,
    Comparison.GREATER_OR_EQUAL: Comparison.LESS,
    Comparison.GREATER: Comparison.LESS_OR_EQUAL,
    Comparison.LESS_OR_EQUAL: Comparison.GREATER,
}
_LOWER = (Comparison.GREATER, Comparison.GREATER_OR_EQUAL)
_STRICT = (Comparison.GREATER, Comparison.LESS)


@dataclass(frozen=True)
class Wanted:
    """A condition that must be true, or must not be."""

    expression: Expression
    value: bool = True
    said: str = ""
    """As its author wrote it; the expression's own text where empty."""

    @property
    def text(self) -> str:
        """For people: `order.total > 5`, `not charge.billed`."""
        text = " ".join((self.said or self.expression.text).split())
        if self.value:
            return text
        return f"not ({text})" if " " in text else f"not {text}"


Clash = tuple[str, str]
"""Two conditions, as they were written, that never hold together."""


def clash(wanted: Sequence[Wanted]) -> Clash | None:
    """Two conditions because of which these never all hold; None where they may. The first of the first alternative."""
    first: Clash | None = None
    alternatives = _product([_alternatives(each) for each in wanted])
    for alternative in alternatives:
        found = _clash_of(alternative)
        if found is None:
            return None
        first = first or found
    return first


def _alternatives(wanted: Wanted) -> list[list[Wanted]]:
    """The sets of conditions of which one must hold."""
    match wanted.expression:
        case Not(operand=operand):
            return _alternatives(Wanted(operand, not wanted.value))
        case And(operands=operands) | Or(operands=operands):
            parts = [_alternatives(Wanted(operand, wanted.value)) for operand in operands]
            if isinstance(wanted.expression, And) == wanted.value:
                return _product(parts)
            return [alternative for part in parts for alternative in part]
        case _:
            return [[wanted]]


def _product(parts: Sequence[list[list[Wanted]]]) -> list[list[Wanted]]:
    """One alternative of each part, in all combinations; one that demands nothing where there are too many."""
    size = 1
    for part in parts:
        size *= len(part)
    if size > MOST_ALTERNATIVES:
        return [[]]
    return [[each for alternative in alternatives for each in alternative] for alternatives in product(*parts)]


@dataclass
class _Values:
    """What is demanded of one operand in one alternative, and who demands it."""

    allowed: tuple[frozenset[Any], str] | None = None
    excluded: dict[Any, str] = field(default_factory=dict)
    lower: tuple[Any, bool, str] | None = None
    """A bound, whether it is itself excluded, and the condition."""
    upper: tuple[Any, bool, str] | None = None
    has_value: str | None = None
    """The condition that no row without a value fulfils."""


def _clash_of(alternative: Sequence[Wanted]) -> Clash | None:
    demanded: dict[object, _Values] = {}
    truths: dict[Expression, Wanted] = {}
    for each in alternative:
        other = truths.setdefault(each.expression, each)
        if other.value != each.value:
            return other.text, each.text
        for key, operator, value in _demands(each):
            values = demanded.setdefault(key, _start(key))
            if (found := _demand(values, operator, value, each)) is not None:
                return found
    return None


def _start(key: object) -> _Values:
    """A column with a vocabulary has one of its words, or none."""
    if isinstance(key, Column) and (words := VALUES.get(key.row.entity or "", {}).get(key.field.name)):
        may_lack = {None} if key.field.nullable or not isinstance(key.row, RowName) else set()
        return _Values(allowed=(frozenset({*words, *may_lack}), f"{key.text} is one of {', '.join(words)}"))
    return _Values()


def _demands(wanted: Wanted) -> Iterator[tuple[object, Comparison, Any]]:
    """(operand, operator, constant): a comparison with `now` has an operand and length of time of its own."""
    match wanted.expression:
        case Compare(operator=operator, left=left, right=Literal(value=value)):
            yield left, operator if wanted.value else _NEGATED[operator], value
        case Compare(operator=operator, left=Literal(value=value), right=right):
            turned = operator.mirrored
            yield right, turned if wanted.value else _NEGATED[turned], value
        case Flip(path=path, operator=operator, offset=offset):
            yield ("now", path), operator if wanted.value else _NEGATED[operator], offset
            if wanted.value:
                yield path, Comparison.UNEQUAL, None
        case In(operand=operand, items=items) if wanted.value:
            yield operand, Comparison.EQUAL, frozenset(item.value for item in items)
        case In(operand=operand, items=items):
            for item in items:
                yield operand, Comparison.UNEQUAL, item.value
        case Column() | Attribute():
            yield wanted.expression, Comparison.EQUAL, wanted.value


def _demand(values: _Values, operator: Comparison, value: Any, by: Wanted) -> Clash | None:
    if operator is Comparison.EQUAL:
        return _equal(values, value if isinstance(value, frozenset) else frozenset({value}), by)
    if operator is Comparison.UNEQUAL:
        if values.allowed is not None and values.allowed[0] <= {*values.excluded, value, *_none(values)}:
            return values.allowed[1], by.text
        values.excluded[value] = by.text
        if value is None:
            values.has_value = values.has_value or by.text
        return None
    if by.value:
        values.has_value = values.has_value or by.text
        if values.allowed is not None and values.allowed[0] == {None}:
            return values.allowed[1], by.text
    bound = (value, operator in _STRICT, by.text)
    if operator in _LOWER:
        values.lower = bound if values.lower is None or _beyond(bound, values.lower, lower=True) else values.lower
    else:
        values.upper = bound if values.upper is None or _beyond(bound, values.upper, lower=False) else values.upper
    low, high = values.lower, values.upper
    if low is not None and high is not None and values.has_value is not None and _is_empty(low, high):
        return low[2], high[2]
    return _outside(values, by)


def _is_empty(low: tuple[Any, bool, str], high: tuple[Any, bool, str]) -> bool:
    """Whether nothing lies between two bounds."""
    return bool(low[0] > high[0]) or (low[0] == high[0] and (low[1] or high[1]))


def _none(values: _Values) -> set[None]:
    """Null, where something else demands a value."""
    return {None} if values.has_value is not None else set()


def _equal(values: _Values, allowed: frozenset[Any], by: Wanted) -> Clash | None:
    before = values.allowed
    left = allowed if before is None else before[0] & allowed
    if not left:
        assert before is not None
        return before[1], by.text
    rest = left - values.excluded.keys()
    if not rest:
        return next(text for value, text in values.excluded.items() if value in left), by.text
    if rest == {None} and values.has_value is not None:
        return values.has_value, by.text
    if None not in rest:
        values.has_value = values.has_value or by.text
    values.allowed = (left, by.text)
    return _outside(values, by)


def _outside(values: _Values, by: Wanted) -> Clash | None:
    """All allowed values lie beyond a bound."""
    if values.allowed is None or None in values.allowed[0]:
        return None
    for bound, is_lower in ((values.lower, True), (values.upper, False)):
        if bound is not None and all(_is_beyond(value, bound, lower=is_lower) for value in values.allowed[0]):
            return (values.allowed[1], bound[2]) if values.allowed[1] != bound[2] else (by.text, bound[2])
    return None


def _is_beyond(value: Any, bound: tuple[Any, bool, str], *, lower: bool) -> bool:
    try:
        outside = value < bound[0] if lower else value > bound[0]
    except TypeError:  # a value of another kind, which the checker has said
        return False
    return bool(outside) or (bound[1] and value == bound[0])


def _beyond(one: tuple[Any, bool, str], other: tuple[Any, bool, str], *, lower: bool) -> bool:
    """Whether the first bound leaves less than the other."""
    if one[0] == other[0]:
        return one[1] and not other[1]
    return bool(one[0] > other[0]) == lower


@dataclass(frozen=True)
class Span:
    """A stretch of time from an anchor on: `start` is in it, `end` is not; None: it does not end."""

    start: timedelta
    end: timedelta | None

    def is_before(self, other: "Span") -> bool:
        """Whether it is over when the other one begins."""
        return self.end is not None and self.end <= other.start
