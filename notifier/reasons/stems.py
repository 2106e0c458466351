"""Words as they are compared: without case and accents, in any inflection that the language's stemmer knows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from notifier.model.texts import folded

STEMMERS = {"es": "spanish", "en": "english"}
"""Languages of rules/reasons.yaml, as Snowball calls them."""
SMALL = {
    "es": re.compile("a|al|de|del|el|la|las|lo|los|un|una|unos|unas|y|e|o|u|que|me|te|se|le|les|nos|mi|mis|su|sus"),
    "en": re.compile("a|an|the|of|to|at|in|on|and|or|is|are|was|were|be|been|i|my|me|we|our|us|you|your|it"),
}
"""Words that a phrase may be written with or without: articles, pronouns, the plainest prepositions."""
_SENTENCES = re.compile(r"[.!?;:¡¿\n\r]+")
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


@dataclass(frozen=True)
class Word:
    """One word that counts, and the forms under which another word is the same."""

    forms: frozenset[str]

    def is_same(self, other: "Word") -> bool:
        """Whether both have a form in common."""
        return not self.forms.isdisjoint(other.forms)


def sentences(text: str, language: str) -> Iterator[Sequence[Word]]:
    """The words that count, sentence by sentence; sentences without any are left out."""
    for part in _SENTENCES.split(text):
        if words := counted(part, language):
            yield words


def counted(text: str, language: str) -> Sequence[Word]:
    """The words of a phrase that count; where it has nothing but small words, those."""
    written = _WORDS.findall(text)
    telling = [word for word in written if not _is_small(word, language)]
    return [Word(_forms(word.casefold(), language)) for word in telling or written]


@lru_cache(maxsize=50_000)
def _is_small(word: str, language: str) -> bool:
    return SMALL[language].fullmatch(folded(word)) is not None


@lru_cache(maxsize=50_000)
def _forms(word: str, language: str) -> frozenset[str]:
    """Two stems: Spanish endings are known by their accents (`facturación`), and many people write none.

    So `facturación` is the same as `facturaciones` and as `facturacion`.
    """
    stem = _stemmer(language).stemWord
    return frozenset({folded(stem(word)), stem(folded(word))})


@cache
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(STEMMERS[language])
