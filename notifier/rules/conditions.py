"""The texts of rules -> checked values: conditions, claims, paths. The only entry to the condition language.

Every function raises ProblemsError with the position in the text; `place` is where the text begins in its file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from notifier.model.problems import Place
from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules import literals
from notifier.rules.checked_rules import Condition, Moment
from notifier.rules.comparing import described
from notifier.rules.expressions import Expression, Filtered, Related, RowName
from notifier.rules.row_paths import Ranked

if TYPE_CHECKING:
    from lark import Token, Tree

    from notifier.rules.checker import Checker

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
    if not isinstance(expression, RowName | Related | Filtered) or _is_ranked(expression):
        ranked = " by first() or last(), which conditions and values may use" if _is_ranked(expression) else ""
        raise checker.problem(tree, f"expected a path to a row, found {described(expression)}{ranked}")
    return expression


def _is_ranked(path: Expression) -> bool:
    while isinstance(path, Related | Filtered):
        path = path.source
    return isinstance(path, Ranked)


def parse_duration(text: str) -> timedelta:
    """`48h`, `3d`, `1h30m`, `90s`; a day is 24 elapsed hours. Raises ValueError for anything else."""
    return literals.parse_duration(text.strip())


def read(text: str, scope: Scope, place: Place) -> tuple["Checker", "Tree[Token]"]:
    """The parsed text, and what checks it in its scope."""
    # The parser's library is loaded with the first text: a command that finds its rules kept reads none.
    from notifier.rules.checker import Checker
    from notifier.rules.grammar import parse

    tree = parse(text, place)
    return Checker(schema=scope.schema, names=scope.names, moments=scope.moments, text=text, place=place), tree


def refuse_now(checker: "Checker", tree: "Tree[Token]", what: str) -> None:
    """Raises ProblemsError with `what` where the text names the clock."""
    for name in tree.find_data("name"):
        if name.children == ["now"]:
            raise checker.problem(name, what)
