"""A syntax tree and the names in scope -> typed expressions, or a problem with its position and remedy."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar

from lark import Token, Tree

from notifier.model.problems import Place, Problem, ProblemsError, did_you_mean, one_of
from notifier.model.schema import CURRENCY_COLUMN, Schema
from notifier.model.types import ValueType
from notifier.rules import functions, literals
from notifier.rules.argument_checker import Node
from notifier.rules.calculating import CannotCalculateError, arithmetic, negative
from notifier.rules.checked_rules import Moment
from notifier.rules.choosing import CannotChooseError, choice
from notifier.rules.clock import flip
from notifier.rules.comparing import CannotCompareError, check_comparable, comparable_types, described
from notifier.rules.expressions import (
    EXACT_PLACES,
    And,
    Attribute,
    Column,
    Compare,
    Comparison,
    Expression,
    In,
    Literal,
    Not,
    Now,
    Operator,
    Or,
    Related,
    RowName,
)
from notifier.rules.grammar import position
from notifier.rules.row_paths import picked

DEEPEST = 40
"""The most levels of nesting in one condition."""
DEEPEST_ROWS = 3
"""The most levels of exists, all, filter and sum inside each other: each is a subquery."""


class Checker:
    """Checks one text. Every method raises ProblemsError with the exact position of the problem."""

    def __init__(
        self, *, schema: Schema, names: Mapping[str, str], text: str, place: Place, moments: Sequence[Moment] = ()
    ) -> None:
        self.schema = schema
        self.moments = moments
        self._names = dict(names)
        self._text = text
        self._place = place
        self._depth = 0
        self._row_depth = 0
        self._loose_now: list[Node] = []

    def check(self, tree: Node) -> Expression:
        """The typed expression of a whole text. Raises ProblemsError for `now` outside of its one allowed form."""
        expression = self.expression(tree)
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

    def expression(self, node: Node) -> Expression:
        """The typed expression of a part of the text."""
        if not isinstance(node, Tree):
            raise self.problem(node, f"unexpected '{node}'")
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.problem(node, f"nested more than {DEEPEST} levels deep")
        expression = self._METHODS[node.data](self, node)
        self._depth -= 1
        text = self._text[node.meta.start_pos : node.meta.end_pos] if not node.meta.empty else ""
        return replace(expression, text=text)

    @contextmanager
    def bound(self, function: Node, node: Node, variable: str, entity: str) -> Iterator[None]:
        """Within it, the variable names a row of the entity."""
        if variable in self._names or variable == "now":
            raise self.problem(node, f"the name '{variable}' is taken; choose another for the row")
        if self._row_depth == DEEPEST_ROWS:
            raise self.problem(function, f"exists, all, filter, sum and the like can be nested {DEEPEST_ROWS} deep")
        self._names[variable] = entity
        self._row_depth += 1
        yield
        self._row_depth -= 1
        del self._names[variable]

    # Joining conditions

    def condition(self, node: Node) -> Expression:
        """The typed expression of a part that must be boolean."""
        expression = self.expression(node)
        if expression.type is not ValueType.BOOL:
            raise self.problem(node, f"expected a condition (true or false), found {described(expression)}")
        return expression

    def _either(self, tree: Tree[Token]) -> Expression:
        return Or(type=ValueType.BOOL, operands=tuple(self.condition(child) for child in tree.children))

    def _both(self, tree: Tree[Token]) -> Expression:
        return And(type=ValueType.BOOL, operands=tuple(self.condition(child) for child in tree.children))

    def _choice(self, tree: Tree[Token]) -> Expression:
        condition_node, *branches = tree.children
        condition = self.condition(condition_node)
        try:
            return choice(condition, *(self.expression(branch) for branch in branches))
        except CannotChooseError as error:
            raise self.problem(condition_node if error.of_condition else branches[1], str(error)) from error

    def _negation(self, tree: Tree[Token]) -> Expression:
        return Not(type=ValueType.BOOL, operand=self.condition(tree.children[0]))

    # Comparing

    def _compare(self, tree: Tree[Token]) -> Expression:
        left_node, sign, right_node = tree.children
        outside = len(self._loose_now)
        operator, left, right = Comparison(str(sign)), self.expression(left_node), self.expression(right_node)
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
        """The value; a text literal compared with a date becomes a date, and is checked against an enumeration."""
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
        operand = self.expression(operand_node)
        if operand.type in (ValueType.ENTITY, ValueType.ENTITIES, ValueType.LIST, ValueType.NULL, ValueType.BOOL):
            raise self.problem(operand_node, f"'in' cannot look for {described(operand)}")
        assert isinstance(items_node, Tree)
        if not items_node.children:
            raise self.problem(items_node, "the list is empty, so nothing is ever in it")
        items = tuple(self._item(node, operand) for node in items_node.children)
        return In(type=ValueType.BOOL, operand=operand, items=items)

    def _item(self, node: Node, operand: Expression) -> Literal:
        item = self._same_kind(node, self.expression(node), operand)
        if not isinstance(item, Literal):
            raise self.problem(node, "a list holds constants only; to compare with fields, use == and or")
        if item.type is not ValueType.NULL and not comparable_types(operand, item):
            raise self.problem(node, f"a list of {item.type} cannot hold {described(operand)}")
        return item

    def _without(self, tree: Tree[Token]) -> Expression:
        return Not(type=ValueType.BOOL, operand=self._within(tree))

    # Calculating

    def _sum(self, tree: Tree[Token]) -> Expression:
        children = iter(tree.children)
        result = self.expression(next(children))
        for sign, node in zip(children, children, strict=True):
            try:
                result = arithmetic(Operator(str(sign)), result, self.expression(node))
            except CannotCalculateError as error:
                raise self.problem(sign, str(error)) from error
        return result

    def _minus(self, tree: Tree[Token]) -> Expression:
        sign, node = tree.children
        if str(sign) == "+":
            raise self.problem(sign, "a '+' before a value says nothing; leave it out")
        try:
            return negative(self.expression(node))
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
            return self._attribute(self.expression(source_node.children[0]), name_token)
        source = self.expression(source_node)
        if source.entity is None:
            raise self.problem(name_token, f"{described(source)} has no fields")
        entity = self.schema.entities[source.entity]
        if name in entity.relations:
            relation = entity.relations[name]
            if relation.many and picked(source) is not None:
                raise self.problem(
                    name_token, f"of the one row of first() or last(), only fields can be read, not its {name}"
                )
            many = relation.many or source.type is ValueType.ENTITIES
            kind = ValueType.ENTITIES if many else ValueType.ENTITY
            return Related(type=kind, entity=relation.target, source=source, relation=relation)
        if source.type is ValueType.ENTITIES:
            hint = f"use exists, all, filter, size, sum or last to look at their {name}"
            unknown = did_you_mean(name, entity.relations) if name not in entity.fields else f"; {hint}"
            raise self.problem(name_token, f"these are several {entity.name} rows, without a single '{name}'{unknown}")
        if name in entity.fields:
            return Column.of(source, entity.fields[name])
        if name == "attributes":
            raise self.problem(name_token, f"name one of the attributes, like {entity.name}.attributes.NAME")
        known = [*entity.fields, *entity.relations]
        raise self.problem(name_token, f"{entity.name} has no field '{name}'{did_you_mean(name, known)}")

    def _attribute(self, row: Expression, token: Node) -> Expression:
        name = str(token)
        if row.entity is None or row.type is not ValueType.ENTITY:
            raise self.problem(token, f"{described(row)} has no attributes")
        known = self.schema.attributes.get(row.entity, {})
        if name not in known:
            remedy = did_you_mean(name, known) or "; declare it in rules/attributes.yaml"
            raise self.problem(token, f"{row.entity} has no attribute '{name}'{remedy}")
        kind = ValueType.DECIMAL if known[name] is ValueType.DOUBLE else known[name]
        places = EXACT_PLACES if kind in (ValueType.DECIMAL, ValueType.MONEY) else 0
        return Attribute(type=kind, row=row, name=name, scale=places, currency=self._attribute_currency(row, name))

    def _attribute_currency(self, row: Expression, name: str) -> Expression | None:
        code = self.schema.attribute_currencies.get(row.entity or "", {}).get(name)
        if code == "":
            return Column.of(row, self.schema.entities[row.entity or ""].fields[CURRENCY_COLUMN])
        return None if code is None else Literal(type=ValueType.STRING, value=code)

    _METHODS: ClassVar[Mapping[str, Callable[["Checker", Tree[Token]], Expression]]] = {
        "choice": _choice,
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
        "method": functions.method,
        "name": _name,
        "function": functions.function,
        "list": _list,
        **dict.fromkeys(("string", "duration", "decimal", "integer", "true", "false", "null"), _constant),
    }


def _path_name(column: Column) -> str:
    return f"{column.row.entity}.{column.field.name}"


def _start(node: Node) -> tuple[int, int]:
    if isinstance(node, Tree):
        return (1, 1) if node.meta.empty else (node.meta.line, node.meta.column)
    return node.line or 1, node.column or 1
