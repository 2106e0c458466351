"""A mapping node and its table of keys -> values by key, and problems: unknown, missing, repeated or malformed keys.

A value that cannot be read is reported once and then absent, so that callers continue and find the other problems.
"""

from collections.abc import Callable, Collection
from typing import TypeVar

from notifier.model.problems import Place, did_you_mean, one_of
from notifier.rules.findings import Findings, unknown
from notifier.rules.shapes import Form, Key, Shape
from notifier.rules.yaml_nodes import Entry, ListNode, MappingNode, Node, ScalarNode, kind_of

T = TypeVar("T")


def unique_entries(node: MappingNode, findings: Findings) -> tuple[Entry, ...]:
    """The entries whose keys are texts, each key once; adds a problem for the others."""
    first: dict[str, Entry] = {}
    for entry in node.entries:
        key = entry.key
        if not isinstance(key.value, str):
            findings.add(key.place, f"a key is a text, not {kind_of(key)}; quote it")
        elif key.value in first:
            line = first[key.value].key.place.line
            findings.add(key.place, f"the key '{key.value}' is given twice; the first is on line {line}")
        else:
            first[key.value] = entry
    return tuple(first.values())


class Fields:
    """The values of one mapping. Absent keys give None, the empty text or an empty tuple."""

    def __init__(self, node: Node, shape: Shape, findings: Findings) -> None:
        self.place = node.place
        self._shape = shape
        self._findings = findings
        self._nodes: dict[str, Node] = {}
        self._keys: dict[str, Place] = {}
        if not isinstance(node, MappingNode):
            findings.add(node.place, f"{shape.what} is a mapping, not {kind_of(node)}")
            return
        for entry in unique_entries(node, findings):
            self._admit(entry, in_flow=node.flow)
        for key in shape.keys:
            if key.required and key.name not in self._keys:
                findings.add(node.place, f"{shape.what} needs '{key.name}': {key.about}")

    def __contains__(self, key: str) -> bool:
        """Whether the key was written, well-formed or not."""
        return key in self._keys

    def key_place(self, key: str) -> Place:
        """Where the key was written; the mapping's place where it was not."""
        return self._keys.get(key, self.place)

    def node(self, key: str) -> Node | None:
        """The value's node."""
        return self._nodes.get(key)

    def scalar(self, key: str) -> ScalarNode | None:
        """The node of a single value."""
        node = self._nodes.get(key)
        return node if isinstance(node, ScalarNode) else None

    def scalars(self, key: str) -> tuple[ScalarNode, ...]:
        """The nodes of one value or of a list of values."""
        node = self._nodes.get(key)
        if isinstance(node, ListNode):
            return tuple(item for item in node.items if isinstance(item, ScalarNode))
        return (node,) if isinstance(node, ScalarNode) else ()

    def text(self, key: str) -> str:
        """The text; empty where it is absent."""
        node = self.scalar(key)
        return node.text if node is not None else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """One text or a list of texts."""
        return tuple(node.text for node in self.scalars(key))

    def optional_text(self, key: str) -> str | None:
        """The text; None where it is absent."""
        return self.text(key) or None

    def truth(self, key: str, default: bool = False) -> bool:
        """true or false."""
        node = self.scalar(key)
        return node.value if node is not None and isinstance(node.value, bool) else default

    def whole(self, key: str) -> int | None:
        """A whole number."""
        node = self.scalar(key)
        return node.value if node is not None and isinstance(node.value, int) else None

    def items(self, key: str) -> tuple[Node, ...]:
        """The items of a list; the value itself where one entry needs no list."""
        node = self._nodes.get(key)
        if isinstance(node, MappingNode):
            return (node,)
        return node.items if isinstance(node, ListNode) else ()

    def named(self, key: str) -> tuple[Entry, ...]:
        """The entries of a mapping from names."""
        node = self._nodes.get(key)
        return unique_entries(node, self._findings) if isinstance(node, MappingNode) else ()

    def converted(self, key: str, convert: Callable[[str], T]) -> T | None:
        """What `convert` makes of the text; its ValueError becomes a problem at the value."""
        node = self.scalar(key)
        return None if node is None else converted(node, convert, self._findings)

    def reference(self, key: str, known: Collection[str], what: str, where: str) -> str:
        """The text, which must be one of the known names; `where` names the file or thing that has them."""
        node = self.scalar(key)
        return referred(node, known, what, where, self._findings) if node is not None else ""

    def references(self, key: str, known: Collection[str], what: str, where: str) -> tuple[str, ...]:
        """The texts, each of which must be one of the known names."""
        return tuple(referred(node, known, what, where, self._findings) for node in self.scalars(key))

    def _admit(self, entry: Entry, *, in_flow: bool) -> None:
        name = entry.key.text
        key = next((key for key in self._shape.keys if key.name == name), None)
        if key is None:
            self._findings.add(entry.key.place, self._unknown_key(entry, in_flow=in_flow))
            return
        self._keys[name] = entry.key.place
        if self._well_formed(key, entry):
            self._nodes[name] = entry.value

    def _unknown_key(self, entry: Entry, *, in_flow: bool) -> str:
        name = entry.key.text
        what = f"unknown key '{name}' in {self._shape.what}"
        if in_flow and isinstance(entry.value, ScalarNode) and entry.value.raw == "":
            return f"{what}; a comma ends a plain value inside {{ }}: quote the value before it"
        return what + (did_you_mean(name, self._shape.names) or f"; it may have {', '.join(self._shape.names)}")

    def _well_formed(self, key: Key, entry: Entry) -> bool:
        node = entry.value
        if _is_empty(key.form, node):
            remedy = "" if key.required else ", or remove the key"
            self._findings.add(entry.key.place, f"'{key.name}' is empty; give {key.form}{remedy}")
            return False
        if not _has_form(key.form, node):
            self._findings.add(node.place, f"'{key.name}' is {key.form}, not {_misfit(node)}{_quoting(key.form, node)}")
            return False
        return self._allowed(key, node)

    def _allowed(self, key: Key, node: Node) -> bool:
        wrong = [scalar for scalar in _scalars_of(node) if key.values and scalar.text not in key.values]
        for scalar in wrong:
            remedy = did_you_mean(scalar.text, key.values) or f"; one of {one_of(key.values)}"
            what = f"unknown {key.one or key.name} '{scalar.text}'"
            if (why := dict(key.refused).get(scalar.text)) is not None:
                what, remedy = why, f"; name one of {one_of(key.values)}"
            self._findings.add(scalar.place, f"{what}{remedy}")
        return not wrong


def converted(node: ScalarNode, convert: Callable[[str], T], findings: Findings) -> T | None:
    """What `convert` makes of the text; its ValueError becomes a problem at the value."""
    try:
        return convert(node.text)
    except ValueError as error:
        findings.add(node.place, str(error))
        return None


def referred(node: ScalarNode, known: Collection[str], what: str, where: str, findings: Findings) -> str:
    """The text, which must be one of the known names."""
    if node.text not in known:
        findings.add(node.place, unknown(what, node.text, known, where))
    return node.text


def _is_empty(form: Form, node: Node) -> bool:
    """Nothing, an empty text, or an empty list of texts: a rule without conditions would speak to everybody."""
    if isinstance(node, ListNode):
        return not node.items and form in (Form.TEXTS, Form.EXPRESSIONS, Form.SHOWN)
    return isinstance(node, ScalarNode) and (node.value is None or not node.text.strip())


def _scalars_of(node: Node) -> tuple[ScalarNode, ...]:
    nodes = node.items if isinstance(node, ListNode) else (node,)
    return tuple(item for item in nodes if isinstance(item, ScalarNode))


def _has_form(form: Form, node: Node) -> bool:
    match form:
        case Form.TEXT:
            return isinstance(node, ScalarNode) and isinstance(node.value, str)
        case Form.TEXTS:
            return all(isinstance(item, ScalarNode) and isinstance(item.value, str) for item in _one_or_more(node))
        case Form.EXPRESSION | Form.SCALAR:
            return isinstance(node, ScalarNode) and node.value is not None
        case Form.EXPRESSIONS:
            return all(isinstance(item, ScalarNode) and item.value is not None for item in _one_or_more(node))
        case Form.WHOLE:
            return isinstance(node, ScalarNode) and isinstance(node.value, int) and not isinstance(node.value, bool)
        case Form.TRUTH:
            return isinstance(node, ScalarNode) and isinstance(node.value, bool)
        case Form.LIST:
            return isinstance(node, ListNode)
        case Form.SHOWN:
            return isinstance(node, MappingNode) or _has_form(Form.TEXTS, node)
        case Form.ENTRIES:
            return isinstance(node, ListNode | MappingNode)
        case Form.MAPPING | Form.NAMED:
            return isinstance(node, MappingNode)
        case Form.CHOICE | Form.TEXT_OR_MAPPING:
            return isinstance(node, MappingNode) or _has_form(Form.TEXT, node)


def _one_or_more(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, ListNode) else (node,)


def _misfit(node: Node) -> str:
    """What the value is instead, for the problem; for a list, the item that does not fit."""
    if isinstance(node, ListNode):
        odd = next((item for item in node.items if not isinstance(item, ScalarNode) or item.value is None), None)
        wrong = odd or next((item for item in node.items if not isinstance(_value(item), str)), None)
        return f"a list with {kind_of(wrong)}" if wrong is not None else "a list"
    return kind_of(node)


def _value(node: Node) -> object:
    return node.value if isinstance(node, ScalarNode) else node


def _quoting(form: Form, node: Node) -> str:
    return "; quote it" if form is Form.TEXT and isinstance(node, ScalarNode) else ""
