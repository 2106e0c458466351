"""A rule file -> its rules and checks as they are written, each with the comment above it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from notifier.model.problems import ProblemsError
from notifier.rules.texts_by_value import BY
from notifier.rules.yaml_nodes import ListNode, MappingNode, Node, ScalarNode
from notifier.rules.yaml_reader import read_yaml

_TOP = re.compile(r"[^\s#]")


class Kind(StrEnum):
    """What can come from a pack by itself."""

    RULE = "rule"
    CHECK = "check"
    SCENARIOS = "scenarios"
    """A file of scenarios."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One rule or check. `text` is whole lines, and occurs in its file as it is."""

    name: str
    kind: Kind
    text: str
    templates: frozenset[str]
    """The folders of its texts."""


def sections_of(content: str) -> Mapping[str, Section]:
    """The sections by name; none where the file cannot be read."""
    try:
        node = read_yaml(content.encode(), "rules")
    except ProblemsError:
        return {}
    lines = content.splitlines(keepends=True)
    items = sorted(_items(node), key=lambda item: item[2].place.line)
    starts = [_start(lines, node.place.line - 1) for _, _, node in items]
    found: dict[str, Section] = {}
    for (kind, name, item), start, following in zip(items, starts, [*starts[1:], len(lines)], strict=True):
        end = next((at for at in range(item.place.line, following) if _TOP.match(lines[at])), following)
        text = "".join(lines[start:end]).rstrip("\n") + "\n"
        found.setdefault(name, Section(name=name, kind=kind, text=text, templates=frozenset(_templates(item))))
    return found


def _start(lines: list[str], at: int) -> int:
    """The first line of what belongs to the item that begins in line `at`: the comments above it."""
    while at > 0 and lines[at - 1].strip().startswith("#") and lines[at - 1].startswith(" "):
        at -= 1
    return at


def _items(node: Node | None) -> Iterator[tuple[Kind, str, MappingNode]]:
    for entry in node.entries if isinstance(node, MappingNode) else ():
        kind = {"rules": Kind.RULE, "checks": Kind.CHECK}.get(entry.key.text)
        if kind is None or not isinstance(entry.value, ListNode):
            continue
        for item in entry.value.items:
            if isinstance(item, MappingNode) and (name := _text(item, kind)) is not None:
                yield kind, name, item


def _text(item: MappingNode, key: str) -> str | None:
    found = (entry.value for entry in item.entries if entry.key.text == key)
    return next((value.text for value in found if isinstance(value, ScalarNode)), None)


def _templates(item: MappingNode) -> Iterator[str]:
    """Its own, and those of its follow-ups."""
    for entry in item.entries:
        if entry.key.text == "template" and isinstance(entry.value, ScalarNode):
            yield entry.value.text
        elif entry.key.text == "template" and isinstance(entry.value, MappingNode):
            values = (chosen.value for chosen in entry.value.entries if chosen.key.text != BY)
            yield from (value.text for value in values if isinstance(value, ScalarNode))
        elif entry.key.text == "follow_up" and isinstance(entry.value, ListNode):
            for below in entry.value.items:
                if isinstance(below, MappingNode):
                    yield from _templates(below)
