"""A mail's text -> the same text as blocks: paragraphs, big facts and lists, for the layout to place.

A blank line parts paragraphs; lines `- Label: value` are the facts a reader looks for; other `- …` lines are a list.
Nothing of the text is left out and nothing is added.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

_FACT = re.compile(r"- ([^:]{1,40}):\s+(\S.*)")
_SENTENCE = 30
"""Characters from which a paragraph says something that is worth showing beside the subject; a greeting has fewer."""


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is paragraph, facts or list; `texts` are its texts in order (facts: label, value, label, value …)."""

    kind: str
    texts: tuple[str, ...]


def blocks_of(text: str) -> list[Block]:
    """The blocks of a rendered mail text."""
    blocks = []
    for paragraph in text.split("\n\n"):
        lines = [line for line in paragraph.split("\n") if line.strip()]
        for kind, group in groupby(lines, _kind):
            members = list(group)
            match kind:
                case "facts":
                    found = [_FACT.fullmatch(line) for line in members]
                    blocks.append(Block("facts", tuple(text for fact in found if fact for text in fact.groups())))
                case "list":
                    blocks.append(Block("list", tuple(line[2:] for line in members)))
                case _:
                    blocks.append(Block("paragraph", ("\n".join(members),)))
    return blocks


def summary_of(blocks: Sequence[Block], subject: str) -> str:
    """What an inbox shows beside the subject: the first paragraph that is more than a greeting."""
    paragraphs = (block.texts[0] for block in blocks if block.kind == "paragraph")
    return next((text.replace("\n", " ") for text in paragraphs if len(text) > _SENTENCE), subject)


def _kind(line: str) -> str:
    if not line.startswith("- "):
        return "paragraph"
    return "facts" if _FACT.fullmatch(line) else "list"
