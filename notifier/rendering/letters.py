"""A mail's text -> the same text as blocks for the layout: paragraphs, facts and lists.

A blank line separates paragraphs; lines `- Label: value` are the facts a reader looks for; other `- …` lines are a
list. Nothing of the text is left out and nothing is added.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_PARAGRAPHS_KEPT = 1_024
"""Cached paragraphs: most paragraphs of a mail repeat those of the previous mail."""
_FACT = re.compile(r"- ([^:]{1,40}):\s+(\S.*)")
GREETING = re.compile(r"[^\n]{1,50}[:,]")
"""`Hola, Ana:` as a paragraph of its own."""


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is paragraph, facts or list; `texts` are its texts in order (facts: label, value, label, value …).

    A `heading` stands above each section of a mail that is several notices.
    """

    kind: str
    texts: tuple[str, ...]


def blocks_of(text: str) -> list[Block]:
    """The blocks of a rendered mail text."""
    return [block for paragraph in text.split("\n\n") for block in _of_paragraph(paragraph)]


@lru_cache(maxsize=_PARAGRAPHS_KEPT)
def _of_paragraph(paragraph: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    kind = ""
    texts: list[str] = []
    for line in paragraph.split("\n"):
        if not line:
            continue
        fact = _FACT.fullmatch(line) if line.startswith("- ") else None
        of = "facts" if fact else "list" if line.startswith("- ") else "paragraph"
        if of != kind and texts:
            blocks.append(_block(kind, texts))
            texts = []
        kind = of
        texts += fact.groups() if fact else (line[2:] if of == "list" else line,)
    if texts:
        blocks.append(_block(kind, texts))
    return tuple(blocks)


def summary_of(blocks: Sequence[Block], subject: str) -> str:
    """The preview that an inbox shows after the subject: the first paragraph that is not a greeting."""
    paragraphs = (block.texts[0] for block in blocks if block.kind == "paragraph")
    return next((text.replace("\n", " ") for text in paragraphs if not GREETING.fullmatch(text)), subject)


def is_greeting(paragraph: str) -> bool:
    """Whether the paragraph is nothing but a greeting."""
    return GREETING.fullmatch(paragraph) is not None


def _block(kind: str, texts: Sequence[str]) -> Block:
    return Block(kind, ("\n".join(texts),) if kind == "paragraph" else tuple(texts))
