"""The branches of templates, and which of them were printed: what scenario tests say of texts.

A branch is what stands behind an `if`, an `elif` or an `else`, or one side of `… if … else …`. Templates are compiled
with a mark in each branch where an environment has a log; the texts stay the same.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from jinja2 import nodes, pass_context
from jinja2.runtime import Context

_TAG = re.compile(r"\{%[-+]?\s*((?:if|elif)\b.*?)\s*[-+]?%\}", re.DOTALL)
MARK = "branch printed"
"""The filter that marks a branch: no template can use it, because its name has a space."""


@dataclass(frozen=True, order=True)
class Branch:
    """One branch of a template file."""

    path: str
    """Below the templates' folder."""
    line: int
    number: int
    """Its place among the branches of the file."""
    text: str
    """`if correction`, `else of: if correction`."""


@dataclass
class BranchLog:
    """Which branches were printed."""

    printed: set[tuple[str, int]] = field(default_factory=set)
    """(path, number)"""

    def mark(self, tree: nodes.Template, path: str) -> None:
        """Put a mark into each branch of a tree that is about to be compiled."""
        for number, (node, part) in enumerate(_branches(tree)):
            if isinstance(node, nodes.If):
                body = node.body if part == "body" else node.else_
                body.insert(0, nodes.Output([self._marked(path, number, "", node.lineno)], lineno=node.lineno))
            else:
                side = getattr(node, part)
                # A mark prints nothing, so both stand in a row; the side itself is printed as it would be alone.
                setattr(node, part, self._marked(path, number, side, node.lineno))

    def _marked(self, path: str, number: int, value: "nodes.Expr | str", line: int) -> nodes.Filter:
        expression = nodes.Const(value, lineno=line) if isinstance(value, str) else value
        arguments = [nodes.Const(path, lineno=line), nodes.Const(number, lineno=line)]
        return nodes.Filter(expression, MARK, arguments, [], None, None, lineno=line)

    def filter(self) -> Callable[..., object]:
        """What a mark calls: it takes the branch down, and gives its value back.

        With a context it is called when a text is printed. Without one, Jinja would call it once, when it compiles.
        """

        @pass_context
        def passed(_context: Context, value: object, path: str, number: int) -> object:
            self.printed.add((path, number))
            return value

        return passed


def branches_of(tree: nodes.Template, source: str, path: str) -> list[Branch]:
    """Every branch of a file, in the order of its numbers."""
    tags = [" ".join(tag.split()) for tag in _TAG.findall(source)]
    named = {id(node): tag for node, tag in zip(tree.find_all(nodes.If), tags, strict=False)}
    found = []
    for number, (node, part) in enumerate(_branches(tree)):
        text = named.get(id(node), "if … else …")
        shown = text if part in ("body", "expr1") else f"else of: {text}"
        found.append(Branch(path=path, line=node.lineno, number=number, text=shown))
    return found


def _branches(tree: nodes.Template) -> Iterator[tuple[nodes.If | nodes.CondExpr, str]]:
    """The nodes with branches and the name of each branch, whatever is put into them meanwhile."""
    for node in list(tree.find_all((nodes.If, nodes.CondExpr))):
        if isinstance(node, nodes.If):
            yield node, "body"
            if node.else_:
                yield node, "else"
        elif isinstance(node, nodes.CondExpr):
            yield node, "expr1"
            if node.expr2 is not None:
                yield node, "expr2"
