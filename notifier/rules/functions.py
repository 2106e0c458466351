"""The functions and methods of conditions -> typed expressions; the checker calls them and hands itself in."""

from collections.abc import Callable

from lark import Token, Tree

from notifier.model.formats import zone_name
from notifier.model.problems import did_you_mean, one_of
from notifier.model.types import ValueType
from notifier.rules import literals
from notifier.rules.argument_checker import ArgumentChecker, Node, counted
from notifier.rules.comparing import described
from notifier.rules.expressions import (
    Answer,
    Attribute,
    Column,
    Compare,
    Comparison,
    Count,
    DatePart,
    Expression,
    Literal,
    Part,
    Related,
    TextFunction,
    TextSize,
    TextTest,
)
from notifier.rules.forecasting import CannotForecastError, checked_forecast
from notifier.rules.over_rows import OVER_ROWS, over_rows


def function(checker: ArgumentChecker, tree: Tree[Token]) -> Expression:
    """`has(PATH)`, `size(VALUE)`, `timestamp('…')`, `duration('…')`, `forecast(ROW, 'FIELD', PROBABILITY)`."""
    name_token, arguments_node = tree.children
    arguments = _arguments(arguments_node)
    match str(name_token):
        case "has":
            return _has(checker, name_token, counted(checker, name_token, arguments, "has(PATH)", 1)[0])
        case "size":
            return _size(
                checker, name_token, checker.expression(counted(checker, name_token, arguments, "size(VALUE)", 1)[0])
            )
        case "timestamp":
            node = counted(checker, name_token, arguments, "timestamp('2026-03-05T10:00:00-05:00')", 1)[0]
            return _parsed(checker, node, literals.parse_timestamp, ValueType.TIMESTAMP)
        case "duration":
            node = counted(checker, name_token, arguments, "duration('48h')", 1)[0]
            return _parsed(checker, node, literals.parse_duration, ValueType.DURATION)
        case "forecast" | "forecast_cases" as name:
            return _forecast(checker, name_token, arguments, Answer.INSTANT if name == "forecast" else Answer.CASES)
        case unknown:
            known = ("has", "size", "timestamp", "duration", "forecast", "forecast_cases")
            remedy = did_you_mean(unknown, known) or f"; there are {one_of(known)}"
            raise checker.problem(name_token, f"unknown function '{unknown}'{remedy}")


def _forecast(checker: ArgumentChecker, name_token: Node, arguments: list[Node], answer: Answer) -> Expression:
    if len(arguments) not in (3, 4):
        raise checker.problem(name_token, f"expected {name_token}(order, 'completed_at', 0.8)")
    try:
        return checked_forecast(
            checker.schema, [checker.expression(node) for node in arguments], checker.moments, answer
        )
    except CannotForecastError as error:
        raise checker.problem(name_token, str(error)) from error


def _parsed(checker: ArgumentChecker, node: Node, parse: Callable[[str], object], kind: ValueType) -> Expression:
    argument = checker.expression(node)
    if not isinstance(argument, Literal) or not isinstance(argument.value, str):
        raise checker.problem(node, f"expected a text in quotes, found {described(argument)}")
    try:
        return Literal(type=kind, value=parse(argument.value))  # type: ignore[arg-type]  # one of the literal types
    except ValueError as error:
        raise checker.problem(node, str(error)) from error


def _has(checker: ArgumentChecker, name_token: Node, node: Node) -> Expression:
    path = checker.expression(node)
    if path.type is ValueType.ENTITIES:
        raise checker.problem(node, "has() asks for one field; for the rows of a to-many relation write .size() > 0")
    if not isinstance(path, Column | Attribute | Related):
        raise checker.problem(name_token, f"has() asks for a field of a row, not {described(path)}")
    null = Literal(type=ValueType.NULL, value=None)
    return Compare(type=ValueType.BOOL, operator=Comparison.UNEQUAL, left=path, right=null)


def _size(checker: ArgumentChecker, node: Node, operand: Expression) -> Expression:
    if operand.type is ValueType.ENTITIES:
        return Count(type=ValueType.INT, source=operand)
    if operand.type is ValueType.STRING:
        return TextSize(type=ValueType.INT, operand=operand)
    raise checker.problem(node, f"{described(operand)} has no size")


def method(checker: ArgumentChecker, tree: Tree[Token]) -> Expression:
    """The methods of texts, of instants, and of the rows of to-many relations."""
    source_node, name_token, arguments_node = tree.children
    arguments, name = _arguments(arguments_node), str(name_token)
    source = checker.expression(source_node)
    known = ["size"]
    if source.type is ValueType.ENTITIES:
        if name in OVER_ROWS:
            return over_rows(checker, name_token, source, arguments)
        known = [*OVER_ROWS, "size"]
    elif source.type is ValueType.STRING:
        if name in set(TextFunction):
            node = counted(checker, name_token, arguments, f"{name}(TEXT)", 1)[0]
            return _text_test(checker, TextFunction(name), source, node)
        known = ["size", *TextFunction]
    elif source.type is ValueType.TIMESTAMP:
        if name in set(Part):
            return _date_part(checker, name_token, source, arguments)
        known = [*Part]
    if name == "size":
        counted(checker, name_token, arguments, "size()", 0)
        return _size(checker, name_token, source)
    if source.type is ValueType.ENTITY and name in OVER_ROWS:
        raise checker.problem(name_token, f"{name}() needs the rows of a to-many relation; this is {described(source)}")
    raise checker.problem(name_token, f"{described(source)} has no method '{name}'{did_you_mean(name, known)}")


def _text_test(checker: ArgumentChecker, function: TextFunction, source: Expression, node: Node) -> Expression:
    argument = checker.expression(node)
    if argument.type is not ValueType.STRING:
        raise checker.problem(node, f"expected a text, found {described(argument)}")
    return TextTest(type=ValueType.BOOL, function=function, operand=source, argument=argument)


def _date_part(checker: ArgumentChecker, name_token: Node, source: Expression, arguments: list[Node]) -> Expression:
    usage = f"{name_token}('America/Bogota'): what a clock shows depends on the zone"
    zone = checker.expression(counted(checker, name_token, arguments, usage, 1)[0])
    if not isinstance(zone, Literal) or not isinstance(zone.value, str):
        raise checker.problem(arguments[0], f"expected {usage}")
    try:
        name = zone_name(zone.value)
    except ValueError as error:
        raise checker.problem(arguments[0], str(error)) from error
    return DatePart(type=ValueType.INT, part=Part(str(name_token)), operand=source, zone=name)


def _arguments(node: Node) -> list[Node]:
    assert isinstance(node, Tree)
    return list(node.children)
