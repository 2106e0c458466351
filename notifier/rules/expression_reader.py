"""Texts of the condition language inside YAML -> checked values, with problems at their place in the file.

A text is parsed as if it began at line 1, column 1. The scalar then maps each position to the file: it knows where its
characters are, whether it is plain, quoted, or folded over several lines.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.rules import conditions
from notifier.rules.checked_rules import Condition, Moment
from notifier.rules.conditions import Scope
from notifier.rules.expressions import Expression
from notifier.rules.findings import Findings
from notifier.rules.moments import parse_moment
from notifier.rules.yaml_nodes import ScalarNode

T = TypeVar("T")


class ExpressionReader:
    """Reads the expressions of one rule or check in its scope."""

    def __init__(self, scope: Scope, findings: Findings) -> None:
        self.scope = scope
        self._findings = findings

    def conditions(self, nodes: Sequence[ScalarNode]) -> tuple[Condition, ...]:
        """The clauses that could be read."""
        read = ((node, self._parse(node, conditions.parse_condition)) for node in nodes)
        return tuple(replace(condition, place=node.place) for node, condition in read if condition is not None)

    def moments(self, nodes: Sequence[ScalarNode]) -> tuple[Moment, ...]:
        """The moments that could be read."""
        read = ((node, self._parse(node, parse_moment)) for node in nodes)
        return tuple(replace(moment, place=node.place) for node, moment in read if moment is not None)

    def value(self, node: ScalarNode | None) -> Expression | None:
        """A single value."""
        return None if node is None else self._parse(node, conditions.parse_value)

    def path(self, node: ScalarNode | None) -> Expression | None:
        """A path to a row or to rows."""
        return None if node is None else self._parse(node, conditions.parse_path)

    def _parse(self, node: ScalarNode, parse: Callable[[str, Scope, Place], T]) -> T | None:
        text = node.text.strip()
        before = len(node.text) - len(node.text.lstrip())
        try:
            return parse(text, self.scope, Place(node.place.file))
        except ProblemsError as error:
            self._findings.extend(
                [
                    Problem(node.place_of(before + _offset(text, problem.place)), problem.what)
                    for problem in error.problems
                ]
            )
            return None


def _offset(text: str, place: Place) -> int:
    """The position in the text as a character offset."""
    line_start = 0
    for _ in range(place.line - 1):
        line_start = text.index("\n", line_start) + 1
    return line_start + place.column - 1
