"""YAML that the program itself ships -> plain data."""

from typing import Any

from notifier.rules.yaml_nodes import ListNode, MappingNode, Node, ScalarNode


def data_of(node: Node) -> Any:
    """The data of a node without positions; a number with a point as its text, so that it stays exact."""
    match node:
        case ScalarNode():
            return node.value if node.value is None or isinstance(node.value, bool | int | str) else node.text
        case ListNode():
            return [data_of(item) for item in node.items]
        case MappingNode():
            return {entry.key.text: data_of(entry.value) for entry in node.entries}
