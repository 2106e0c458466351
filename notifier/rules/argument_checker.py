"""What the functions and methods of conditions need of the checker that calls them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from lark import Token, Tree

from notifier.model.problems import ProblemsError
from notifier.model.schema import Schema
from notifier.rules.checked_rules import Moment
from notifier.rules.expressions import Expression

Node = Tree[Token] | Token


class ArgumentChecker(Protocol):
    """It types arguments, and knows names and places."""

    schema: Schema
    moments: Sequence[Moment]
    """When the rule speaks that is checked; empty elsewhere."""

    def problem(self, node: Node, what: str) -> ProblemsError:
        """The problem, at the position of the node."""

    def expression(self, node: Node) -> Expression:
        """The typed expression of a part of the text."""

    def condition(self, node: Node) -> Expression:
        """The typed expression of a part that must be boolean."""

    def bound(self, function: Node, node: Node, variable: str, entity: str) -> AbstractContextManager[None]:
        """Within it, the variable names a row of the entity."""


def counted(checker: ArgumentChecker, node: Node, arguments: list[Node], usage: str, count: int) -> list[Node]:
    """The arguments, where there are so many. Raises ProblemsError with the usage."""
    if len(arguments) != count:
        raise checker.problem(node, f"expected {usage}")
    return arguments
