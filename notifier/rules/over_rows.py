"""The methods of the rows of to-many relations -> typed expressions: which rows, whether, how many, how much."""

from lark import Tree

from notifier.model.types import ValueType
from notifier.rules.aggregates import AVERAGE_PLACES, Aggregated, Figure
from notifier.rules.argument_checker import ArgumentChecker, Node, counted
from notifier.rules.companions import currency_of
from notifier.rules.comparing import described
from notifier.rules.expressions import (
    NUMERIC,
    All,
    Attribute,
    Column,
    Count,
    Exists,
    Expression,
    Filtered,
    Literal,
    RowName,
    Sum,
)
from notifier.rules.row_paths import Ranked, may_repeat, picked

OVER_ROWS = ("exists", "all", "filter", "count", "sum", "avg", "min", "max", "first", "last")
"""The methods that look at each row under a name."""
MOST_RANKED = 1_000
"""The most rows that `first` and `last` take."""
_ORDERED = (*NUMERIC, ValueType.DURATION, ValueType.TIMESTAMP, ValueType.DATE, ValueType.STRING)
_KEYS = (*NUMERIC, ValueType.TIMESTAMP, ValueType.DATE, ValueType.STRING)


def over_rows(checker: ArgumentChecker, name_token: Node, source: Expression, arguments: list[Node]) -> Expression:
    """The method of this name, of these rows. Raises ProblemsError."""
    name = str(name_token)
    if name in ("first", "last"):
        return _ranked(checker, name_token, source, arguments)
    calculates = name == "sum" or name in set(Figure)
    usage = f"{name}(x, {'VALUE' if calculates else 'CONDITION'})"
    variable_node, body = counted(checker, name_token, arguments, usage, 2)
    variable = _variable(checker, variable_node, usage)
    with checker.bound(name_token, variable_node, variable, source.entity or ""):
        inner = checker.expression(body) if calculates else checker.condition(body)
    if calculates:
        return _figure(checker, name_token, body, source, variable, inner)
    rows = Filtered(type=ValueType.ENTITIES, entity=source.entity, source=source, variable=variable, condition=inner)
    match name:
        case "filter":
            return rows
        case "count":
            return Count(type=ValueType.INT, source=rows)
    quantifier = Exists if name == "exists" else All
    return quantifier(type=ValueType.BOOL, source=source, variable=variable, condition=inner)


def _variable(checker: ArgumentChecker, node: Node, usage: str) -> str:
    if not isinstance(node, Tree) or node.data != "name":
        raise checker.problem(node, f"expected a name for the row, like {usage}")
    return str(node.children[0])


def _figure(
    checker: ArgumentChecker, name_token: Node, body: Node, source: Expression, variable: str, value: Expression
) -> Expression:
    name = str(name_token)
    calculated = name in ("sum", Figure.AVERAGE)
    if value.type not in ((*NUMERIC, ValueType.DURATION) if calculated else _ORDERED):
        does = {"sum": "adds", "avg": "takes the middle of"}.get(name, "compares")
        kinds = "numbers, amounts or durations" if calculated else "numbers, amounts, durations, instants or texts"
        raise checker.problem(body, f"{name}() {does} {kinds}, not {described(value)}")
    if RowName(type=ValueType.ENTITY, entity=source.entity, name=variable) not in value.walk():
        remedy = "multiply .size() instead" if name == "sum" else "it is the same for each row: write it alone"
        raise checker.problem(
            body, f"the value to {'add' if name == 'sum' else 'look at'} does not use '{variable}'; {remedy}"
        )
    if calculated and may_repeat(source):
        what = "added" if name == "sum" else "counted"
        raise checker.problem(name_token, f"a row could be reached twice on this path, and be {what} twice")
    currency = currency_of(value, checker.schema)
    if name == "sum":
        return Sum(type=value.type, source=source, variable=variable, value=value, scale=value.scale, currency=currency)
    kind, scale = value.type, value.scale
    if name == Figure.AVERAGE and kind in NUMERIC:
        kind = ValueType.MONEY if kind is ValueType.MONEY else ValueType.DECIMAL
        scale = AVERAGE_PLACES
    return Aggregated(
        type=kind,
        figure=Figure(name),
        source=source,
        variable=variable,
        value=value,
        scale=scale,
        currency=currency,
    )


def _ranked(checker: ArgumentChecker, name_token: Node, source: Expression, arguments: list[Node]) -> Expression:
    """`last(3, x, x.FIELD)`: rows; `last(x, x.FIELD)`: one row."""
    name = str(name_token)
    usage = f"{name}(3, x, x.FIELD), or {name}(x, x.FIELD) for one row"
    if len(arguments) not in (2, 3):
        raise checker.problem(name_token, f"expected {usage}")
    *number, variable_node, body = arguments
    count = _count(checker, number[0], name) if number else 1
    variable = _variable(checker, variable_node, usage)
    with checker.bound(name_token, variable_node, variable, source.entity or ""):
        key = checker.expression(body)
    if not isinstance(key, Column | Attribute) or key.type not in _KEYS or picked(key.row) is not None:
        raise checker.problem(
            body, f"{name}() goes by a field of the row that has an order, like {variable}.id, not by {described(key)}"
        )
    if RowName(type=ValueType.ENTITY, entity=source.entity, name=variable) not in key.walk():
        raise checker.problem(body, f"the order does not use '{variable}'")
    if may_repeat(source):
        raise checker.problem(name_token, "a row could be reached twice on this path, and be counted twice")
    return Ranked(
        type=ValueType.ENTITIES if number else ValueType.ENTITY,
        entity=source.entity,
        source=source,
        variable=variable,
        key=key,
        count=count,
        last=name == "last",
    )


def _count(checker: ArgumentChecker, node: Node, name: str) -> int:
    value = checker.expression(node)
    if isinstance(value, Literal) and type(value.value) is int and 1 <= value.value <= MOST_RANKED:
        return value.value
    raise checker.problem(node, f"{name}() takes a whole number of rows, 1 to {MOST_RANKED}, not {described(value)}")
