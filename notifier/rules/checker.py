"""A syntax tree and the names in scope -> typed expressions, or the problem with its position and its remedy."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar

from lark import Token, Tree

from notifier.model.formats import zone_name
from notifier.model.problems import Place, Problem, ProblemsError, did_you_mean, one_of
from notifier.model.schema import Field, Schema
from notifier.model.types import ValueType
from notifier.rules import literals
from notifier.rules.calculating import CannotCalculateError, arithmetic, negative
from notifier.rules.clock import flip
from notifier.rules.comparing import CannotCompareError, check_comparable, comparable_types, described
from notifier.rules.expressions import (
    NUMERIC,
    All,
    And,
    Attribute,
    Column,
    Compare,
    Comparison,
    Count,
    DatePart,
    Exists,
    Expression,
    Filtered,
    In,
    Literal,
    Not,
    Now,
    Operator,
    Or,
    Part,
    Related,
    RowName,
    Sum,
    TextFunction,
    TextSize,
    TextTest,
    may_repeat,
)
from notifier.rules.grammar import position

DEEPEST = 40
"""Levels of nesting in one condition."""
DEEPEST_ROWS = 3
"""Levels of exists, all, filter and sum inside each other: each one is a subquery."""
ATTRIBUTE_PLACES = 4

Node = Tree[Token] | Token


class Checker:
    """Checks one text. Every method raises ProblemsError at the exact position of what is wrong."""

    def __init__(self, *, schema: Schema, names: Mapping[str, str], text: str, place: Place) -> None:
        self._schema = schema
        self._names = dict(names)
        self._text = text
        self._place = place
        self._depth = 0
        self._row_depth = 0
        self._loose_now: list[Node] = []

    def check(self, tree: Node) -> Expression:
        """The typed expression of a whole text; `now` is in its one allowed form, if it is there."""
        expression = self._check(tree)
        if self._loose_now:
            raise self.problem(
                self._loose_now[0],
                "'now' may stand only in a comparison by < <= > >= of one timestamp field with "
                "now plus or minus a duration, like 'order.promised_at <= now + 48h'",
            )
        return expression

    def problem(self, node: Node, what: str) -> ProblemsError:
        """The problem, at the position of the node."""
        line, column = _start(node)
        return ProblemsError([Problem(position(self._place, line, column), what)])

    def _check(self, node: Node) -> Expression:
        if not isinstance(node, Tree):
            raise self.problem(node, f"unexpected '{node}'")
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.problem(node, f"nested more than {DEEPEST} levels deep")
        expression = self._METHODS[node.data](self, node)
        self._depth -= 1
        text = self._text[node.meta.start_pos : node.meta.end_pos] if not node.meta.empty else ""
        return replace(expression, text=text)

    # Joining conditions

    def _truth(self, node: Node) -> Expression:
        expression = self._check(node)
        if expression.type is not ValueType.BOOL:
            raise self.problem(node, f"expected a condition (true or false), found {described(expression)}")
        return expression

    def _either(self, tree: Tree[Token]) -> Expression:
        return Or(type=ValueType.BOOL, operands=tuple(self._truth(child) for child in tree.children))

    def _both(self, tree: Tree[Token]) -> Expression:
        return And(type=ValueType.BOOL, operands=tuple(self._truth(child) for child in tree.children))

    def _negation(self, tree: Tree[Token]) -> Expression:
        return Not(type=ValueType.BOOL, operand=self._truth(tree.children[0]))

    # Comparing

    def _compare(self, tree: Tree[Token]) -> Expression:
        left_node, sign, right_node = tree.children
        outside = len(self._loose_now)
        operator, left, right = Comparison(str(sign)), self._check(left_node), self._check(right_node)
        left, right = self._same_kind(left_node, left, right), self._same_kind(right_node, right, left)
        try:
            check_comparable(operator, left, right)
        except CannotCompareError as error:
            raise self.problem(sign, str(error)) from error
        if len(self._loose_now) > outside:
            moved = flip(operator, left, right)
            if moved is not None:
                del self._loose_now[outside:]
                return moved
        return Compare(type=ValueType.BOOL, operator=operator, left=left, right=right)

    def _same_kind(self, node: Node, value: Expression, other: Expression) -> Expression:
        """The value, as a date where it is a text literal beside a date; checked against an enumeration."""
        if not isinstance(value, Literal) or not isinstance(value.value, str) or value.type is not ValueType.STRING:
            return value
        if other.type is ValueType.DATE:
            try:
                return replace(value, type=ValueType.DATE, value=literals.parse_date(value.value))
            except ValueError as error:
                raise self.problem(node, str(error)) from error
        if isinstance(other, Column) and other.field.values and value.value not in other.field.values:
            raise self.problem(
                node,
                f"{_path_name(other)} is never '{value.value}'"
                + (did_you_mean(value.value, other.field.values) or f"; it is one of {one_of(other.field.values)}"),
            )
        return value

    def _within(self, tree: Tree[Token]) -> Expression:
        operand_node, items_node = tree.children
        operand = self._check(operand_node)
        if operand.type in (ValueType.ENTITY, ValueType.ENTITIES, ValueType.LIST, ValueType.NULL, ValueType.BOOL):
            raise self.problem(operand_node, f"'in' cannot look for {described(operand)}")
        assert isinstance(items_node, Tree)
        if not items_node.children:
            raise self.problem(items_node, "the list is empty, so nothing is ever in it")
        items = tuple(self._item(node, operand) for node in items_node.children)
        return In(type=ValueType.BOOL, operand=operand, items=items)

    def _item(self, node: Node, operand: Expression) -> Literal:
        item = self._same_kind(node, self._check(node), operand)
        if not isinstance(item, Literal):
            raise self.problem(node, "a list holds constants only; compare with fields by == and or")
        if item.type is not ValueType.NULL and not comparable_types(operand, item):
            raise self.problem(node, f"a list of {item.type} cannot hold {described(operand)}")
        return item

    def _without(self, tree: Tree[Token]) -> Expression:
        return Not(type=ValueType.BOOL, operand=self._within(tree))

    # Calculating

    def _sum(self, tree: Tree[Token]) -> Expression:
        children = iter(tree.children)
        result = self._check(next(children))
        for sign, node in zip(children, children, strict=True):
            try:
                result = arithmetic(Operator(str(sign)), result, self._check(node))
            except CannotCalculateError as error:
                raise self.problem(sign, str(error)) from error
        return result

    def _minus(self, tree: Tree[Token]) -> Expression:
        sign, node = tree.children
        if str(sign) == "+":
            raise self.problem(sign, "a '+' before a value says nothing; leave it out")
        try:
            return negative(self._check(node))
        except CannotCalculateError as error:
            raise self.problem(sign, str(error)) from error

    # Constants

    def _constant(self, tree: Tree[Token]) -> Expression:
        try:
            return literals.constant(tree.data, str(tree.children[0]))
        except ValueError as error:
            raise self.problem(tree, str(error)) from error

    def _list(self, tree: Tree[Token]) -> Expression:
        raise self.problem(tree, "a list may stand only on the right of 'in'")

    # Names and paths

    def _name(self, tree: Tree[Token]) -> Expression:
        name = str(tree.children[0])
        if name == "now":
            self._loose_now.append(tree)
            return Now(type=ValueType.TIMESTAMP)
        if name not in self._names:
            raise self.problem(tree, f"unknown name '{name}'{did_you_mean(name, [*self._names, 'now'])}")
        return RowName(type=ValueType.ENTITY, entity=self._names[name], name=name)

    def _field(self, tree: Tree[Token]) -> Expression:
        source_node, name_token = tree.children
        name = str(name_token)
        if (
            isinstance(source_node, Tree)
            and source_node.data == "field"
            and str(source_node.children[1]) == "attributes"
        ):
            return self._attribute(self._check(source_node.children[0]), name_token)
        source = self._check(source_node)
        if source.entity is None:
            raise self.problem(name_token, f"{described(source)} has no fields")
        entity = self._schema.entities[source.entity]
        if name in entity.relations:
            relation = entity.relations[name]
            many = relation.many or source.type is ValueType.ENTITIES
            kind = ValueType.ENTITIES if many else ValueType.ENTITY
            return Related(type=kind, entity=relation.target, source=source, relation=relation)
        if source.type is ValueType.ENTITIES:
            hint = f"use exists, all, filter, size or sum to look at their {name}"
            unknown = did_you_mean(name, entity.relations) if name not in entity.fields else f"; {hint}"
            raise self.problem(name_token, f"these are several {entity.name} rows, without a single '{name}'{unknown}")
        if name in entity.fields:
            column = entity.fields[name]
            return Column(type=column.type, row=source, field=column, scale=_places(column))
        if name == "attributes":
            raise self.problem(name_token, f"name one of the attributes, like {entity.name}.attributes.NAME")
        known = [*entity.fields, *entity.relations]
        raise self.problem(name_token, f"{entity.name} has no field '{name}'{did_you_mean(name, known)}")

    def _attribute(self, row: Expression, token: Node) -> Expression:
        name = str(token)
        if row.entity is None or row.type is not ValueType.ENTITY:
            raise self.problem(token, f"{described(row)} has no attributes")
        known = self._schema.attributes.get(row.entity, {})
        if name not in known:
            remedy = did_you_mean(name, known) or "; declare it in rules/attributes.yaml"
            raise self.problem(token, f"{row.entity} has no attribute '{name}'{remedy}")
        declared = known[name]
        kind = ValueType.DECIMAL if declared in (ValueType.DOUBLE, ValueType.MONEY) else declared
        return Attribute(type=kind, row=row, name=name, scale=ATTRIBUTE_PLACES if kind is ValueType.DECIMAL else 0)

    # Functions

    def _function(self, tree: Tree[Token]) -> Expression:
        name_token, arguments_node = tree.children
        arguments = _arguments(arguments_node)
        match str(name_token):
            case "has":
                return self._has(name_token, self._counted(name_token, arguments, "has(PATH)", 1)[0])
            case "size":
                return self._size(name_token, self._check(self._counted(name_token, arguments, "size(VALUE)", 1)[0]))
            case "timestamp":
                node = self._counted(name_token, arguments, "timestamp('2026-03-05T10:00:00-05:00')", 1)[0]
                return self._parsed(node, literals.parse_timestamp, ValueType.TIMESTAMP)
            case "duration":
                node = self._counted(name_token, arguments, "duration('48h')", 1)[0]
                return self._parsed(node, literals.parse_duration, ValueType.DURATION)
            case unknown:
                known = ("has", "size", "timestamp", "duration")
                remedy = did_you_mean(unknown, known) or f"; there are {one_of(known)}"
                raise self.problem(name_token, f"unknown function '{unknown}'{remedy}")

    def _counted(self, node: Node, arguments: list[Node], usage: str, count: int) -> list[Node]:
        if len(arguments) != count:
            raise self.problem(node, f"expected {usage}")
        return arguments

    def _parsed(self, node: Node, parse: Callable[[str], object], kind: ValueType) -> Expression:
        argument = self._check(node)
        if not isinstance(argument, Literal) or not isinstance(argument.value, str):
            raise self.problem(node, f"expected a text in quotes, found {described(argument)}")
        try:
            return Literal(type=kind, value=parse(argument.value))  # type: ignore[arg-type]  # one of the literal types
        except ValueError as error:
            raise self.problem(node, str(error)) from error

    def _has(self, name_token: Node, node: Node) -> Expression:
        path = self._check(node)
        if path.type is ValueType.ENTITIES:
            raise self.problem(node, "has() asks for one field; for the rows of a to-many relation write .size() > 0")
        if not isinstance(path, Column | Attribute | Related):
            raise self.problem(name_token, f"has() asks for a field of a row, not {described(path)}")
        null = Literal(type=ValueType.NULL, value=None)
        return Compare(type=ValueType.BOOL, operator=Comparison.UNEQUAL, left=path, right=null)

    def _size(self, node: Node, operand: Expression) -> Expression:
        if operand.type is ValueType.ENTITIES:
            return Count(type=ValueType.INT, source=operand)
        if operand.type is ValueType.STRING:
            return TextSize(type=ValueType.INT, operand=operand)
        raise self.problem(node, f"{described(operand)} has no size")

    def _method(self, tree: Tree[Token]) -> Expression:
        source_node, name_token, arguments_node = tree.children
        arguments, name = _arguments(arguments_node), str(name_token)
        source = self._check(source_node)
        known = ["size"]
        if source.type is ValueType.ENTITIES:
            if name in ("exists", "all", "filter", "sum"):
                return self._over_rows(name_token, source, arguments)
            known = ["exists", "all", "filter", "size", "sum"]
        elif source.type is ValueType.STRING:
            if name in set(TextFunction):
                node = self._counted(name_token, arguments, f"{name}(TEXT)", 1)[0]
                return self._text_test(TextFunction(name), source, node)
            known = ["size", *TextFunction]
        elif source.type is ValueType.TIMESTAMP:
            if name in set(Part):
                return self._date_part(name_token, source, arguments)
            known = [*Part]
        if name == "size":
            self._counted(name_token, arguments, "size()", 0)
            return self._size(name_token, source)
        if source.type is ValueType.ENTITY and name in ("exists", "all", "filter", "sum"):
            raise self.problem(
                name_token, f"{name}() needs the rows of a to-many relation; this is {described(source)}"
            )
        raise self.problem(name_token, f"{described(source)} has no method '{name}'{did_you_mean(name, known)}")

    def _text_test(self, function: TextFunction, source: Expression, node: Node) -> Expression:
        argument = self._check(node)
        if argument.type is not ValueType.STRING:
            raise self.problem(node, f"expected a text, found {described(argument)}")
        return TextTest(type=ValueType.BOOL, function=function, operand=source, argument=argument)

    def _date_part(self, name_token: Node, source: Expression, arguments: list[Node]) -> Expression:
        usage = f"{name_token}('America/Bogota'): what a clock shows depends on the zone"
        zone = self._check(self._counted(name_token, arguments, usage, 1)[0])
        if not isinstance(zone, Literal) or not isinstance(zone.value, str):
            raise self.problem(arguments[0], f"expected {usage}")
        try:
            name = zone_name(zone.value)
        except ValueError as error:
            raise self.problem(arguments[0], str(error)) from error
        return DatePart(type=ValueType.INT, part=Part(str(name_token)), operand=source, zone=name)

    # Rows of to-many relations

    def _over_rows(self, name_token: Node, source: Expression, arguments: list[Node]) -> Expression:
        name = str(name_token)
        second = "VALUE" if name == "sum" else "CONDITION"
        variable_node, body = self._counted(name_token, arguments, f"{name}(x, {second})", 2)
        if not isinstance(variable_node, Tree) or variable_node.data != "name":
            raise self.problem(variable_node, f"expected a name for the row, like {name}(x, {second})")
        variable = str(variable_node.children[0])
        if variable in self._names or variable == "now":
            raise self.problem(variable_node, f"the name '{variable}' is taken; choose another for the row")
        with self._bound(name_token, variable, source.entity or ""):
            inner = self._check(body) if name == "sum" else self._truth(body)
        if name == "sum":
            return self._sum_of(name_token, body, source, variable, inner)
        if name == "filter":
            return Filtered(
                type=ValueType.ENTITIES, entity=source.entity, source=source, variable=variable, condition=inner
            )
        quantifier = Exists if name == "exists" else All
        return quantifier(type=ValueType.BOOL, source=source, variable=variable, condition=inner)

    @contextmanager
    def _bound(self, node: Node, variable: str, entity: str) -> Iterator[None]:
        if self._row_depth == DEEPEST_ROWS:
            raise self.problem(node, f"exists, all, filter and sum can be nested {DEEPEST_ROWS} deep")
        self._names[variable] = entity
        self._row_depth += 1
        yield
        self._row_depth -= 1
        del self._names[variable]

    def _sum_of(self, name_token: Node, body: Node, source: Expression, variable: str, value: Expression) -> Expression:
        if value.type not in (*NUMERIC, ValueType.DURATION):
            raise self.problem(body, f"sum() adds numbers, amounts or durations, not {described(value)}")
        if RowName(type=ValueType.ENTITY, entity=source.entity, name=variable) not in value.walk():
            raise self.problem(body, f"the value to add does not look at '{variable}'; multiply .size() instead")
        if may_repeat(source):
            raise self.problem(name_token, "a row could be reached twice on this path, and be added twice")
        return Sum(type=value.type, source=source, variable=variable, value=value, scale=value.scale)

    _METHODS: ClassVar[Mapping[str, Callable[["Checker", Tree[Token]], Expression]]] = {
        "either": _either,
        "both": _both,
        "negation": _negation,
        "compare": _compare,
        "within": _within,
        "without": _without,
        "sum": _sum,
        "product": _sum,
        "minus": _minus,
        "field": _field,
        "method": _method,
        "name": _name,
        "function": _function,
        "list": _list,
        **dict.fromkeys(("string", "duration", "decimal", "integer", "true", "false", "null"), _constant),
    }


def _path_name(column: Column) -> str:
    return f"{column.row.entity}.{column.field.name}"


def _places(column: Field) -> int:
    return ATTRIBUTE_PLACES if column.type in (ValueType.DECIMAL, ValueType.MONEY) else 0


def _arguments(node: Node) -> list[Node]:
    assert isinstance(node, Tree)
    return list(node.children)


def _start(node: Node) -> tuple[int, int]:
    if isinstance(node, Tree):
        return (1, 1) if node.meta.empty else (node.meta.line, node.meta.column)
    return node.line or 1, node.column or 1
