"""A compiled template -> the plain words that a reader may get, with a sign in the place of each printed value.

Nothing is rendered: the tree is read. A branch on what changed is taken as in a correction or not at all, and all
others as where every claim has a value, or none has: three readings, fewer where they are the same.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import nodes

from notifier.rendering.environment import Compiled
from notifier.rendering.language import OF_CHANGES

VALUE = "\ue010"
"""Stands for what is printed: of Unicode's private use area, so that it is no word."""
_SENTENCE = re.compile(rf"(?<=[.!?…])(?<!\bref\.)\s+(?=[^\W\d_{VALUE}¿¡]|{VALUE}|[¿¡])|\n+", re.IGNORECASE)
_WORD = re.compile(rf"[^\W\d_]+(?:['’][^\W\d_]+)?|{VALUE}")

FEWEST = 3
"""Words of a sentence: `¿Cambios?` and `Now:` are none whose length could tire."""


@dataclass(frozen=True)
class Prose:
    """One reading of a text."""

    text: str
    printed: frozenset[str]
    """The names that it prints: claims, and `exit.address`."""

    @property
    def words_only(self) -> str:
        """The text without what was printed."""
        return " ".join(self.text.replace(VALUE, " ").split())

    @property
    def sentences(self) -> list[str]:
        """Its sentences; entries of lists, greetings and other lines that end in no point are none."""
        parts = (part.strip() for part in _SENTENCE.split(self.text))
        return [each for each in parts if each[-1:] in ".!?…" and len(_WORD.findall(each)) >= FEWEST]

    @property
    def words_per_sentence(self) -> float:
        """The mean, where each printed value counts as one word; 0 without a sentence."""
        counted = [len(_WORD.findall(each)) for each in self.sentences]
        return sum(counted) / len(counted) if counted else 0.0


def readings(compiled: Compiled) -> tuple[Prose, ...]:
    """The different readings of a text, that of a first notice with all its values first."""
    found = []
    for changed, valued in ((False, True), (True, True), (False, False)):
        reader = _Reader(compiled.trees, changed=changed, valued=valued)
        found.append(Prose("".join(reader.text(compiled.trees[compiled.path])), frozenset(reader.printed)))
    return tuple(dict.fromkeys(found))


class _Reader:
    def __init__(self, trees: Mapping[str, nodes.Template], *, changed: bool, valued: bool) -> None:
        self._trees = trees
        self._changed = changed
        self._valued = valued
        self.printed: set[str] = set()

    def text(self, node: nodes.Node) -> Iterator[str]:
        match node:
            case nodes.TemplateData():
                yield node.data
            case nodes.Output():
                for each in node.nodes:
                    yield from self.text(each)
            case nodes.If():
                yield from self._if(node)
            case nodes.CondExpr():
                taken = node.expr1 if self._holds(node.test) else node.expr2
                if taken is not None:
                    yield from self.text(taken)
            case nodes.Include(template=nodes.Const(value=path)) if path in self._trees:
                yield from self.text(self._trees[path])
            case nodes.Const():
                yield str(node.value)
            case nodes.Expr():
                self.printed |= set(_names(node))
                yield VALUE
            case nodes.Assign():
                return
            case _:
                for child in node.iter_child_nodes():
                    if isinstance(child, nodes.Stmt):
                        yield from self.text(child)

    def _if(self, node: nodes.If) -> Iterator[str]:
        for branch in (node, *node.elif_):
            if self._holds(branch.test):
                for each in branch.body:
                    yield from self.text(each)
                return
        for each in node.else_:
            yield from self.text(each)

    def _holds(self, test: nodes.Node) -> bool:
        match test:
            case nodes.Not():
                return not self._holds(test.node)
            case nodes.And():
                return self._holds(test.left) and self._holds(test.right)
            case nodes.Or():
                return self._holds(test.left) or self._holds(test.right)
            case nodes.Compare(ops=[nodes.Operand(op="notin")]) if _of_changes(test):
                return not self._changed
            case nodes.Compare(ops=[nodes.Operand(op="ne" | "notin")]):
                return not self._valued
        return self._changed if _of_changes(test) else self._valued


def _of_changes(test: nodes.Node) -> bool:
    return any(name.name in OF_CHANGES for name in [test, *test.find_all(nodes.Name)] if isinstance(name, nodes.Name))


def _names(expression: nodes.Node) -> Iterator[str]:
    for node in [expression, *expression.find_all((nodes.Name, nodes.Getattr))]:
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
            yield f"{node.node.name}.{node.attr}"
        elif isinstance(node, nodes.Name):
            yield node.name
