"""The texts of rules -> checked values: conditions, claims, paths, moments. The only entry to the condition language.

Every function raises ProblemsError with the position in the text; `place` is where the text begins in its file.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta

from lark import Token, Tree

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules import literals
from notifier.rules.checked import Condition, Moment
from notifier.rules.checker import Checker
from notifier.rules.comparing import described
from notifier.rules.expressions import (
    Arithmetic,
    Attribute,
    Column,
    Expression,
    Filtered,
    Literal,
    Negative,
    Operator,
    Related,
    RowName,
)
from notifier.rules.grammar import parse

SCALARS = (
    ValueType.BOOL,
    ValueType.INT,
    ValueType.DECIMAL,
    ValueType.MONEY,
    ValueType.STRING,
    ValueType.DATE,
    ValueType.TIMESTAMP,
    ValueType.DURATION,
)
_AT_TIME = re.compile(r"\s+at\s+(\S+)\s*$")
_DIRECTED = re.compile(r"\s*(\S+)\s+(before|after)\s+")
TAX_INCLUDED_COLUMN = "tax_included"


@dataclass(frozen=True)
class Scope:
    """What a text may name: the tables, and the rows by name (name -> entity)."""

    schema: Schema
    names: Mapping[str, str]


def parse_condition(text: str, scope: Scope, place: Place) -> Condition:
    """A clause that is true, false or an error for a row; only here may `now` be used."""
    checker, tree = _read(text, scope, place)
    expression = checker.check(tree)
    if expression.type is not ValueType.BOOL:
        raise checker.problem(tree, f"a condition is true or false; this is {described(expression)}")
    return Condition(text=text, place=place, expression=expression)


def parse_value(text: str, scope: Scope, place: Place) -> Expression:
    """A single value, for a claim or an `actual`. It cannot depend on `now`: what is told must stay true."""
    checker, tree = _read(text, scope, place)
    _refuse_now(checker, tree, "'now' cannot stand in a value: what is told must not change with the clock")
    expression = checker.check(tree)
    if expression.type not in SCALARS:
        raise checker.problem(tree, f"expected a single value, found {described(expression)}")
    return expression


def parse_path(text: str, scope: Scope, place: Place) -> Expression:
    """A path that ends at a row (ENTITY) or at rows (ENTITIES); `.filter` is allowed on the latter."""
    checker, tree = _read(text, scope, place)
    expression = checker.check(tree)
    if not isinstance(expression, RowName | Related | Filtered):
        raise checker.problem(tree, f"expected a path to a row, found {described(expression)}")
    return expression


def parse_moment(text: str, scope: Scope, place: Place) -> Moment:
    """`48h before PATH`, `2h after PATH`, or a timestamp path; with ` at 10:00` the local time of that day."""
    local_time, body = None, text
    if clock := _AT_TIME.search(text):
        local_time, body = _local_time(clock[1], place.shifted(clock.start(1))), text[: clock.start()]
    offset, before, start = timedelta(0), False, 0
    if directed := _DIRECTED.match(body):
        before, start = directed[2] == "before", directed.end()
        try:
            distance = parse_duration(directed[1])
        except ValueError as error:
            raise ProblemsError([Problem(place.shifted(directed.start(1)), str(error))]) from error
        offset = -distance if before else distance
    anchor_place = place.shifted(start)
    checker, tree = _read(body[start:], scope, anchor_place)
    _refuse_now(checker, tree, "a moment hangs on a timestamp of the row, not on 'now'")
    anchor = checker.check(tree)
    if anchor.type is not ValueType.TIMESTAMP:
        raise checker.problem(tree, f"a moment hangs on a timestamp; this is {described(anchor)}")
    anchor, shift = _anchored(anchor)
    if not isinstance(anchor, Column | Attribute):
        raise checker.problem(tree, "a moment hangs on one timestamp field, plus or minus a duration")
    return Moment(text=text, place=place, anchor=anchor, offset=offset + shift, local_time=local_time, before=before)


def parse_duration(text: str) -> timedelta:
    """`48h`, `3d`, `1h30m`, `90s`; a day is 24 elapsed hours. Raises ValueError for anything else."""
    return literals.parse_duration(text.strip())


def currency_of(expression: Expression, schema: Schema) -> Expression | None:
    """The currency column of the only money column in the value; None where there is none, or several."""
    return _companion(expression, schema, lambda column: column.field.currency)


def tax_included_of(expression: Expression, schema: Schema) -> Expression | None:
    """The `tax_included` column of the only money column in the value; None where there is none, or several."""
    return _companion(expression, schema, lambda _: TAX_INCLUDED_COLUMN)


def _companion(expression: Expression, schema: Schema, name_of: Callable[[Column], str | None]) -> Expression | None:
    """The column of the same row that `name_of` gives for every money column, if it is one and the same."""
    companions = set()
    for column in _money_columns(expression):
        fields = schema.entities[column.row.entity or ""].fields
        name = name_of(column)
        if name is None or name not in fields:
            return None
        companions.add(Column(type=fields[name].type, row=column.row, field=fields[name]))
    return companions.pop() if len(companions) == 1 else None


def _money_columns(expression: Expression) -> list[Column]:
    match expression:
        case Column(type=ValueType.MONEY):
            return [expression]
        case Arithmetic(left=left, right=right):
            return _money_columns(left) + _money_columns(right)
        case Negative(operand=operand):
            return _money_columns(operand)
        case _:
            return []


def _read(text: str, scope: Scope, place: Place) -> tuple[Checker, Tree[Token]]:
    tree = parse(text, place)
    return Checker(schema=scope.schema, names=scope.names, text=text, place=place), tree


def _refuse_now(checker: Checker, tree: Tree[Token], what: str) -> None:
    for name in tree.find_data("name"):
        if name.children == ["now"]:
            raise checker.problem(name, what)


def _local_time(text: str, place: Place) -> time:
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        return time.fromisoformat(text)
    raise ProblemsError([Problem(place, f"'{text}' is not a time of day; write it as 09:30")])


def _anchored(anchor: Expression) -> tuple[Expression, timedelta]:
    """The anchor, and the constant added to it."""
    match anchor:
        case Arithmetic(operator=Operator.PLUS, left=path, right=Literal(value=timedelta() as shift)):
            inner, more = _anchored(path)
            return inner, more + shift
        case Arithmetic(operator=Operator.PLUS, left=Literal(value=timedelta() as shift), right=path):
            inner, more = _anchored(path)
            return inner, more + shift
        case Arithmetic(operator=Operator.MINUS, left=path, right=Literal(value=timedelta() as shift)):
            inner, more = _anchored(path)
            return inner, more - shift
        case _:
            return anchor, timedelta(0)
