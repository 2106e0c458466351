"""What came from packs as JSON documents: who changed it, and whether something newer is there."""

from typing import Literal

from typing_extensions import TypedDict

from notifier.starter.upgrades import PackItem, difference


class PackFileDocument(TypedDict):
    """One file of a rule, with what changed since it was copied as the lines of a unified difference."""

    path: str
    changed_by_you: list[str]
    newer: list[str]
    same_lines: bool
    """Whether both changed the same lines."""


class PackItemDocument(TypedDict):
    """One rule, check or scenario file of a pack."""

    name: str
    kind: Literal["rule", "check", "scenarios"]
    pack: str
    version: int | None
    """The version that was copied; null where the project does not have it."""
    newest: int
    state: str
    """`untouched`, `changed by you`, `newer available`, both with a comma between them, `removed by you`,
    `new in the pack`, or `no longer in the pack`."""
    files: list[PackFileDocument]


def pack_document(item: PackItem) -> PackItemDocument:
    """The document of one rule, check or scenario file."""
    return {
        "name": item.name,
        "kind": item.kind.value,
        "pack": item.pack,
        "version": item.version,
        "newest": item.newest,
        "state": item.state.value,
        "files": [
            {
                "path": part.path,
                "changed_by_you": list(difference(part.base, part.mine)) if part.changed else [],
                "newer": list(difference(part.base, part.theirs)) if part.newer else [],
                "same_lines": part.collides,
            }
            for part in item.parts
        ],
    }
