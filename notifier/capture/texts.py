"""A text that somebody wrote or spoke -> the same text folded, letter by letter, and its lines, speakers and sentences.

Folding keeps every position, so that whatever is found in the folded text is found in the text itself.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LONGEST_TEXT = 50_000
"""Characters. A call of an hour has about forty thousand; what is longer is a file of many calls."""
LONGEST_SENTENCE = 600
"""Characters of which a promise is sought together: what has no full stop is cut, so that the work stays in bounds."""

_SENTENCE_END = re.compile(r"[!?…;]+|\.{2,}|(?<!\b[a-z])\.(?=\s|$)|(?<=\d)\.(?=\s+[A-ZÁÉÍÓÚ¿¡]|\s*$)")
_SHORT = re.compile(
    r"(?:\b(?:sr|sra|dr|dra|inst|aprox|min|hrs|prox|no|mr|mrs|ms|approx|st|ave|mon|tues?|wed|thurs?|fri|sat|sun|lun|mar|mie|jue|vie|sab|dom))\.$"
)


_TYPOGRAPHIC = {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-"}
"""What phones and word processors write for the signs of a keyboard."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the text: `start` is where its words begin, behind the name of the speaker."""

    start: int
    end: int
    speaker: str
    """As the text names them, folded; empty where it names nobody."""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence of a line, `text[start:end]`."""

    start: int
    end: int
    asks: bool
    """It ends with a question mark, or begins with one."""


def folded(text: str) -> str:
    """Small letters without accents, exactly as many as there were; white space and control characters are spaces."""
    return "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    if character == "\n":
        return character
    if character.isspace() or not character.isprintable():
        return " "
    if character in _TYPOGRAPHIC:
        return _TYPOGRAPHIC[character]
    plain = unicodedata.normalize("NFD", character)[0].lower()
    return plain if len(plain) == 1 else character


def lines(text: str, labels: re.Pattern[str]) -> Iterator[Line]:
    """The lines that hold something. `labels` matches the name of a speaker at the start of a folded line."""
    start = 0
    for written in text.split("\n"):
        end = start + len(written)
        if written.strip():
            named = labels.match(written)
            speaker = named["speaker"].strip() if named else ""
            yield Line(start=start + (named.end() if named else 0), end=end, speaker=speaker)
        start = end + 1


def sentences(text: str, start: int, end: int) -> Iterator[Sentence]:
    """The sentences of `text[start:end]`, a folded line; a full stop between digits or in `p. m.` ends none."""
    begin = start
    for found in _SENTENCE_END.finditer(text, start, end):
        before = text[max(begin, found.start() - 12) : found.end()]
        if found[0] == "." and (_SHORT.search(before) or re.search(r"\b[ap]\.?\s?m\.$", before)):
            following = text[found.end() : found.end() + 2].strip()
            if _SHORT.search(before) or following:
                continue
        yield from _cut(text, begin, found.start(), asks="?" in found[0])
        begin = found.end()
    yield from _cut(text, begin, end, asks=False)


def _cut(text: str, start: int, end: int, *, asks: bool) -> Iterator[Sentence]:
    asks = asks or "¿" in text[start:end]
    while start < end:
        stop = min(end, start + LONGEST_SENTENCE)
        if stop < end and (space := text.rfind(" ", start, stop)) > start:
            stop = space
        if text[start:stop].strip():
            yield Sentence(start=start, end=stop, asks=asks)
        start = stop
