"""Whether a reason says what failed, so that somebody can mend it: "web problem" is no reason.

The judgment is made of words alone, those of `vague_words.json` in Spanish and English: a thing that may be anything
(`web`, `service`), and a failure that only says that something failed (`problem`, `error`) or has but one word, are
refused.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_WORD = re.compile(r"[a-z0-9]+")
SMALL, FAILING, BROAD = "small", "failing", "broad"
"""Words that name nothing, words that say that something failed and not what, and words that name everything."""


def not_specific(thing: str, step: str, failure: str) -> Sequence[tuple[str, str]]:
    """What is too broad, by key, each with a sentence that says how to write it; empty where all three are specific."""
    found = []
    if not _naming(thing):
        found.append(("object", f"'{thing}' may be anything; name the thing people had in hand: checkout, visit, bill"))
    if not _naming(step):
        found.append(("step", f"'{step}' may be anywhere; name the step at which it happens: step 3, on the day"))
    said, own = _words(failure), set(_naming(thing))
    telling = [word for word in _naming(failure) if word not in own]
    needed = 2 if _vague()[FAILING].intersection(said) else 1
    if len(said) < 2 or len(telling) < needed:
        what = f"'{failure}' does not say what happened; write what people saw: card declined twice"
        found.append(("failure", what))
    return found


def says_nothing(text: str) -> bool:
    """Whether a phrase has no word but articles, pronouns and the like: it would stand in every text."""
    return not _words(text)


@cache
def _vague() -> Mapping[str, frozenset[str]]:
    written = json.loads(Path(__file__).with_name("vague_words.json").read_text(encoding="utf-8"))
    return {kind: frozenset(words.split()) for kind, words in written.items()}


def _words(text: str) -> Sequence[str]:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return [word for word in _WORD.findall(plain) if word not in _vague()[SMALL]]


def _naming(text: str) -> Sequence[str]:
    """The words that name one thing among others."""
    vague = _vague()
    return [word for word in _words(text) if word not in vague[BROAD] and word not in vague[FAILING]]
