"""The texts of rules -> checked values: conditions, claims, paths. The only entry to the condition language.

Every function raises ProblemsError with the position in the text; `place` is where the text begins in its file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from lark import Token, Tree

from notifier.model.problems import Place
from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules import literals
from notifier.rules.checked import Condition, Moment
from notifier.rules.checker import Checker
from notifier.rules.comparing import described
from notifier.rules.expressions import (
    Arithmetic,
    Column,
    Expression,
    Filtered,
    Negative,
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
TAX_INCLUDED_COLUMN = "tax_included"


@dataclass(frozen=True)
class Scope:
    """What a text may name: the tables, and the rows by name (name -> entity)."""

    schema: Schema
    names: Mapping[str, str]
    moments: tuple[Moment, ...] = ()
    """When the rule speaks: a forecast is counted from there."""


def parse_condition(text: str, scope: Scope, place: Place) -> Condition:
    """A clause that is true, false or an error for a row; only here may `now` be used."""
    checker, tree = read(text, scope, place)
    expression = checker.check(tree)
    if expression.type is not ValueType.BOOL:
        raise checker.problem(tree, f"a condition is true or false; this is {described(expression)}")
    return Condition(text=text, place=place, expression=expression)


def parse_value(text: str, scope: Scope, place: Place) -> Expression:
    """A single value, for a claim or an `actual`. It cannot depend on `now`: what is told must stay true."""
    checker, tree = read(text, scope, place)
    refuse_now(checker, tree, "'now' cannot stand in a value: what is told must not change with the clock")
    expression = checker.check(tree)
    if expression.type not in SCALARS:
        raise checker.problem(tree, f"expected a single value, found {described(expression)}")
    return expression


def parse_path(text: str, scope: Scope, place: Place) -> Expression:
    """A path that ends at a row (ENTITY) or at rows (ENTITIES); `.filter` is allowed on the latter."""
    checker, tree = read(text, scope, place)
    expression = checker.check(tree)
    if not isinstance(expression, RowName | Related | Filtered):
        raise checker.problem(tree, f"expected a path to a row, found {described(expression)}")
    return expression


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


def read(text: str, scope: Scope, place: Place) -> tuple[Checker, Tree[Token]]:
    """The parsed text, and what checks it in its scope."""
    tree = parse(text, place)
    return Checker(schema=scope.schema, names=scope.names, moments=scope.moments, text=text, place=place), tree


def refuse_now(checker: Checker, tree: Tree[Token], what: str) -> None:
    """Raises ProblemsError with `what` where the text names the clock."""
    for name in tree.find_data("name"):
        if name.children == ["now"]:
            raise checker.problem(name, what)
