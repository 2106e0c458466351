"""A rule -> the ways in which it can become untrue after it was told, and of which its follow-ups say nothing.

An enumerated column can take its other values, a condition its other truth, an anchor can lose its value. A follow-up
covers a way where its conditions let it happen. That a row is deleted or becomes somebody else's has built-in answers,
and what kind of thing a row is does not change.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from notifier.model.notices import ThreadEvent
from notifier.model.problems import Place, Problem, one_of
from notifier.model.types import ValueType
from notifier.rules.checked_rules import Rule
from notifier.rules.expressions import (
    And,
    Column,
    Compare,
    Comparison,
    Expression,
    Filtered,
    In,
    Literal,
    Not,
    Or,
    Related,
    RowName,
)

REMEDY = "add a follow_up with a template, 'tell: nobody' or 'tell: owner'; 'on: ended' is for every other end"
Values = frozenset[object]


@dataclass(frozen=True)
class _Clause:
    """One thing that must be so for the rule to be true."""

    expression: Expression
    place: Place
    wanted: bool = True


def open_ends(rule: Rule) -> Iterator[Problem]:
    """One warning for each clause and anchor that can turn and of which no follow-up speaks."""
    if any(follow_up.on is ThreadEvent.ENDED for follow_up in rule.follow_up):
        return
    clauses = list(_clauses(rule))
    for column, place in _columns(rule, clauses).items():
        left = _left_open(rule, column, clauses)
        if left:
            yield _warning(rule, place, f"{column.text} may become {one_of(left)}")
    for clause in clauses:
        if not _enumerated(rule, clause.expression) and not _is_spoken_of(rule, clause.expression):
            turned = "false" if clause.wanted else "true"
            yield _warning(rule, clause.place, f"'{clause.expression.text}' may become {turned}")
    for moment in rule.at[:1]:
        anchor = moment.anchor
        if isinstance(anchor, Column) and anchor.field.nullable and not _is_spoken_of(rule, anchor):
            yield _warning(rule, moment.place, f"{anchor.text} may lose its value")


def _warning(rule: Rule, place: Place, what: str) -> Problem:
    return Problem(place, f"{what} after '{rule.name}' was told, and no follow-up says so; {REMEDY}", "warning")


def _clauses(rule: Rule) -> Iterator[_Clause]:
    for condition in rule.when:
        yield from _parts(condition.expression, condition.place, wanted=True)
    for condition in rule.unless:
        yield from _parts(condition.expression, condition.place, wanted=False)
    if isinstance(rule.each, Filtered) and rule.each_name is not None:
        filtered = _renamed(rule.each.condition, rule.each.variable, rule.each_name)
        yield from _parts(filtered, rule.place, wanted=True)


def _parts(expression: Expression, place: Place, *, wanted: bool) -> Iterator[_Clause]:
    """What holds only together: the operands of an `and` that must be true, of an `or` that must be false."""
    if isinstance(expression, And if wanted else Or):
        for operand in expression.operands:
            yield from _parts(operand, place, wanted=wanted)
    else:
        yield _Clause(expression, place, wanted)


def _columns(rule: Rule, clauses: Iterable[_Clause]) -> Mapping[Column, Place]:
    """The columns whose values decide a clause alone, each with the place of the first such clause."""
    found: dict[Column, Place] = {}
    for clause in clauses:
        for column in _enumerated(rule, clause.expression):
            if _may_change(column):
                found.setdefault(column, clause.place)
    return found


def _enumerated(rule: Rule, expression: Expression) -> list[Column]:
    """The columns with known values, of the rule's own rows, by one of which alone the expression is decided."""
    return [
        node
        for node in expression.walk()
        if isinstance(node, Column)
        and _values(node)
        and _root(node) in rule.names
        and _decided(expression, node) is not None
    ]


def _values(column: Column) -> Values:
    return frozenset({True, False}) if column.type is ValueType.BOOL else frozenset(column.field.values)


def _may_change(column: Column) -> bool:
    """What kind of thing a row is stays so; the kind of a site's day follows its hours."""
    return column.field.name != "kind" or column.row.entity == "site_day"


def _left_open(rule: Rule, column: Column, clauses: Iterable[_Clause]) -> list[str]:
    """The values of the column with which the rule is not true and of which no follow-up speaks, as texts."""
    every = _values(column)
    allowed = every
    for clause in clauses:
        decided = _decided(clause.expression, column)
        if decided is not None:
            allowed &= decided if clause.wanted else every - decided
    covered: Values = frozenset()
    for follow_up in rule.follow_up:
        spoken = [_let(condition.expression, column) for condition in follow_up.when]
        known = [values for values in spoken if values is not None]
        if known:
            covered |= frozenset.intersection(*known)
    order: tuple[object, ...] = (False, True) if column.type is ValueType.BOOL else column.field.values
    return [str(value).lower() for value in order if value in every - allowed - covered]


def _decided(expression: Expression, column: Column) -> Values | None:
    """The column's values for which the expression is true, where nothing else decides it; None elsewhere."""
    every = _values(column)
    match expression:
        case Column() if expression == column and column.type is ValueType.BOOL:
            return frozenset({True})
        case Not(operand=operand):
            decided = _decided(operand, column)
            return None if decided is None else every - decided
        case In(operand=operand, items=items) if operand == column:
            return frozenset(item.value for item in items) & every
        case Compare(operator=Comparison.EQUAL, left=left, right=right) if column in (left, right):
            return _constant(left if right == column else right, every)
        case Compare(operator=Comparison.UNEQUAL, left=left, right=right) if column in (left, right):
            constant = _constant(left if right == column else right, every)
            return None if constant is None else every - constant
        case Or(operands=operands) | And(operands=operands):
            parts = [_decided(operand, column) for operand in operands]
            known = [part for part in parts if part is not None]
            if len(known) < len(parts):
                return None
            join = frozenset.union if isinstance(expression, Or) else frozenset.intersection
            return join(*known)
        case _:
            return None


def _let(expression: Expression, column: Column) -> Values | None:
    """The column's values with which the expression can be true; None where it does not speak of the column."""
    match expression:
        case And(operands=operands) | Or(operands=operands):
            known = [part for part in (_let(operand, column) for operand in operands) if part is not None]
            join = frozenset.union if isinstance(expression, Or) else frozenset.intersection
            return join(*known) if known else None
        case _:
            return _decided(expression, column)


def _constant(other: Expression, every: Values) -> Values | None:
    return frozenset({other.value}) & every if isinstance(other, Literal) else None


def _is_spoken_of(rule: Rule, expression: Expression) -> bool:
    """Whether a follow-up reads a column that the expression reads."""
    read = {node for node in expression.walk() if isinstance(node, Column)}
    spoken = {
        node
        for follow_up in rule.follow_up
        for condition in follow_up.when
        for node in condition.expression.walk()
        if isinstance(node, Column)
    }
    return bool(read & spoken)


def _root(path: Expression) -> str:
    while isinstance(path, Column | Related):
        path = path.row if isinstance(path, Column) else path.source
    return path.name if isinstance(path, RowName) else ""


def _renamed(expression: Expression, old: str, new: str) -> Expression:
    """The expression with another name for one row."""
    if isinstance(expression, RowName):
        return replace(expression, name=new, text=new) if expression.name == old else expression
    changed: dict[str, Any] = {}
    for slot in fields(expression):
        value = getattr(expression, slot.name)
        if isinstance(value, Expression):
            changed[slot.name] = _renamed(value, old, new)
        elif isinstance(value, tuple) and value and all(isinstance(item, Expression) for item in value):
            changed[slot.name] = tuple(_renamed(item, old, new) for item in value)
    renamed = replace(expression, **changed)
    if isinstance(renamed, Column):
        return replace(renamed, text=f"{renamed.row.text}.{renamed.field.name}")
    return renamed
