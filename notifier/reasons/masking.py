"""What customers wrote, without who they are: for examples that many people read.

Addresses, links, numbers of four digits or more and the names that the state knows are put aside. What else a text says
of a person (an illness, a nickname) stays: who shows examples outside the company reads them first.
"""

import re
from collections.abc import Collection

from notifier.model.texts import folded

LONGEST = 160
"""Letters of an example."""
_PARTS = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[mail]"),
    (re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"@\w{2,}"), "[name]"),
    (re.compile(r"\b(?=(?:[\w-]*?\d){4})(?=[\w-]*[^\W\d_])[\w-]+\b"), "[number]"),
    (re.compile(r"\+?\d(?:[\s().-]{0,2}\d){3,}"), "[number]"),
)
_WORD = re.compile(r"[^\W\d_]+")
_SPACE = re.compile(r"\s+")


def masked(text: str, names: Collection[str] = ()) -> str:
    """The text on one line, shortened, with personal data put aside; `names` are those of the people it may name."""
    plain = _SPACE.sub(" ", text).strip()
    for pattern, instead in _PARTS:
        plain = pattern.sub(instead, plain)
    known = {part for name in names for part in folded(name).split() if len(part) > 2}
    plain = _WORD.sub(lambda word: "[name]" if folded(word[0]) in known else word[0], plain)
    plain = re.sub(r"\[name\](?: \[name\])+", "[name]", plain)
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1].rstrip()}…"
