"""The content of a YAML file, as a tree in which every text knows the line and column of each of its characters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from notifier.model.problems import Place

ScalarValue = str | int | Decimal | bool | None
"""A value of YAML 1.2's core schema; numbers with a point or an exponent are exact."""

_ESCAPES = {"x": 4, "u": 6, "U": 10}
"""The length of `\\x41`, `\\u0041`, `\\U00000041`; every other escape has two characters."""
_BLOCK_HEADER = re.compile(r"[|>][^\n]*\n")


@dataclass(frozen=True, kw_only=True)
class ScalarNode:
    """One value. `text` is what was written, unquoted and unfolded; `raw` is the source, quotes and all."""

    place: Place
    value: ScalarValue
    text: str
    raw: str
    style: str | None = None
    """None for a plain scalar, else the character that starts it: ' " | >"""

    def place_of(self, offset: int) -> Place:
        """The position in the file of the character at `offset` of `text`; past the end, that of the text's end."""
        offsets = [*self._source_offsets()]
        offsets.append(offsets[-1] + 1 if offsets else 0)
        source = offsets[min(offset, len(offsets) - 1)]
        line_breaks = self.raw.count("\n", 0, source)
        if line_breaks == 0:
            return self.place.shifted(source)
        column = source - self.raw.rindex("\n", 0, source)
        return Place(self.place.file, self.place.line + line_breaks, column)

    def _source_offsets(self) -> Iterator[int]:
        """For each character of `text`, the offset in `raw` at which it was written.

        Both are walked in parallel, skipping line breaks and indentation that folding removed.
        """
        at = self._content_start()
        for character in self.text:
            if not character.isspace():
                at = self._next_visible(at)
            yield min(at, len(self.raw) - 1)
            at += self._width(at)

    def _content_start(self) -> int:
        if self.style in ("|", ">"):
            header = _BLOCK_HEADER.match(self.raw)
            return header.end() if header else len(self.raw)
        return 0 if self.style is None else 1

    def _next_visible(self, at: int) -> int:
        while at < len(self.raw) and (self.raw[at].isspace() or self.raw.startswith("\\\n", at)):
            at += 2 if self.raw[at] == "\\" else 1
        return at

    def _width(self, at: int) -> int:
        if self.style == "'" and self.raw.startswith("''", at):
            return 2
        if self.style == '"' and self.raw.startswith("\\", at):
            return _ESCAPES.get(self.raw[at + 1 : at + 2], 2)
        return 1


@dataclass(frozen=True, kw_only=True)
class ListNode:
    """A sequence."""

    place: Place
    items: tuple["Node", ...]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One key of a mapping with its value."""

    key: ScalarNode
    value: "Node"


@dataclass(frozen=True, kw_only=True)
class MappingNode:
    """A mapping as written: a repeated key is kept twice, for its reader to refuse."""

    place: Place
    entries: tuple[Entry, ...]
    flow: bool = False
    """Written as { … }, where a comma ends a plain value."""


Node = ScalarNode | ListNode | MappingNode


def plain(node: Node) -> object:
    """The data without positions, for digests. Decimals become `decimal:0.5`, so that JSON can hold them."""
    match node:
        case ScalarNode():
            return f"decimal:{node.value}" if isinstance(node.value, Decimal) else node.value
        case ListNode():
            return [plain(item) for item in node.items]
        case MappingNode():
            return {entry.key.text: plain(entry.value) for entry in node.entries}


def kind_of(node: Node) -> str:
    """The kind of a node, for a sentence: `a list`, `a mapping`, `the number 5`, `nothing`."""
    match node:
        case ListNode():
            return "a list"
        case MappingNode():
            return "a mapping"
        case ScalarNode(value=None):
            return "nothing"
        case ScalarNode(value=bool()):
            return f"the truth value {node.text}"
        case ScalarNode(value=int() | Decimal()):
            return f"the number {node.text}"
        case ScalarNode():
            return "a text"
