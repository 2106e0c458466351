"""How easy words are to read, by textstat: INFLESZ (Szigriszt-Pazos) for Spanish, Flesch for English.

The scores of textstat take figures for the easiest of words, so what a text prints must be put aside before. One
sentence of eight words swings by twenty points: a text that is short says little, and is not judged.
"""

import re
from functools import cache
from importlib.util import find_spec
from types import ModuleType

READABLE = 55
"""INFLESZ: from 55 on a text is "normal" for most adults (Barrio-Cantalejo et al., An. Sist. Sanit. Navar. 2008, 31
(2): 135-152). Flesch's own table calls 50 to 60 "fairly difficult"."""
EASIEST_WORDS = 100
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = re.compile(r"[aeiouy]+", re.IGNORECASE)
_ENDS = re.compile(r"[.!?]+(?:\s|$)")
LEAST_WORDS = 25
"""Shorter texts, as most SMS are, are not judged."""


def reading_ease(words: str, language: str) -> float | None:
    """The score, the higher the easier; None for a language without one, a short text, or where textstat is missing."""
    if language not in ("es", "en") or len(words.split()) < LEAST_WORDS:
        return None
    if language == "en" and (easy := _easy_at_least(words)) >= READABLE:
        return easy
    if (textstat := _textstat()) is None:
        return None
    textstat.set_lang(language)
    score = textstat.szigriszt_pazos(words) if language == "es" else textstat.flesch_reading_ease(words)
    return float(score)


def _easy_at_least(words: str) -> float:
    """Flesch's score with a syllable for each group of vowels, which takes silent ones for spoken.

    The dictionary of spoken words takes most of a second to load. What is easy by this count is easy by that one.
    """
    count = max(len(_WORD.findall(words)), 1)
    sentences = max(len(_ENDS.findall(words)), 1)
    return 206.835 - 1.015 * count / sentences - 84.6 * len(_VOWELS.findall(words)) / count


@cache
def _textstat() -> ModuleType | None:
    """Imported late, since nothing but `rules check` needs it. It comes with `notifier[readability]`."""
    try:
        import textstat
    except ModuleNotFoundError:
        return None
    return textstat  # type: ignore[no-any-return]


def is_measured() -> bool:
    """Whether reading levels are known here; imports nothing."""
    return find_spec("textstat") is not None
