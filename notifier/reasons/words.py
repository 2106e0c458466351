"""The words of `rules/reasons.yaml` found in a text: each phrase in its order, in any inflection, within a sentence."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from notifier.model.reasons import Reason, Saying
from notifier.reasons.stems import Word, counted, sentences

WORDS_BETWEEN = 2
"""Words that count which may stand between two of a phrase: `no me han vuelto a llamar` names `no llamar`."""


@dataclass(frozen=True)
class Found:
    """A reason that a text names."""

    reason: str
    phrase: str
    """As the file writes it."""
    length: int
    """Words of the phrase that count: a longer one says more."""
    position: int
    """Where in the text its first word stands, in words that count."""


@dataclass(frozen=True)
class _Phrase:
    reason: str
    text: str
    words: Sequence[Word]
    saying: int


class Words:
    """The words of all reasons, made ready once."""

    def __init__(self, reasons: Mapping[str, Reason]) -> None:
        self._reasons = reasons
        self._order = {key: index for index, key in enumerate(reasons)}
        self._sayings: list[tuple[str, Saying]] = []
        self._first: dict[str, dict[str, list[_Phrase]]] = defaultdict(lambda: defaultdict(list))
        """Language -> form of a phrase's first word -> the phrases."""
        for reason in reasons.values():
            for language, sayings in reason.sayings.items():
                for saying in sayings:
                    self._add(reason.key, language, saying)

    def _add(self, reason: str, language: str, saying: Saying) -> None:
        number = len(self._sayings)
        self._sayings.append((language, saying))
        for text in saying.phrases:
            phrase = _Phrase(reason, text, counted(text, language), number)
            for form in phrase.words[0].forms:
                self._first[language][form].append(phrase)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all words and of what other systems call the reasons, for the labels that they decide."""
        said = {
            key: [
                reason.imported_as,
                {name: [[each.phrases, each.unless] for each in sayings] for name, sayings in reason.sayings.items()},
            ]
            for key, reason in self._reasons.items()
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def find(self, text: str) -> Sequence[Found]:
        """The reasons that the text names, each once by its best phrase; the primary one first.

        The longest phrase says most; of equally long ones the reason that hurts most goes first, then what was said
        first, then the order of the file.
        """
        best: dict[str, Found] = {}
        for language in self._first:
            for found in self._found(text, language):
                known = best.get(found.reason)
                if known is None or (-found.length, found.position) < (-known.length, known.position):
                    best[found.reason] = found
        return sorted(best.values(), key=self._rank)

    def _rank(self, found: Found) -> tuple[int, int, int, int]:
        severity = self._reasons[found.reason].severity or 0
        return -found.length, -severity, found.position, self._order[found.reason]

    def _found(self, text: str, language: str) -> Iterator[Found]:
        parts = list(sentences(text, language))
        start = 0
        for words in parts:
            for index, word in enumerate(words):
                phrases = {id(phrase): phrase for form in word.forms for phrase in self._first[language].get(form, ())}
                for phrase in phrases.values():
                    if _follows(words, index, phrase.words) and not self._excepted(phrase, parts):
                        yield Found(phrase.reason, phrase.text, len(phrase.words), start + index)
            start += len(words)

    def _excepted(self, phrase: _Phrase, parts: Sequence[Sequence[Word]]) -> bool:
        language, saying = self._sayings[phrase.saying]
        return any(
            _follows(words, index, unless)
            for text in saying.unless
            for unless in (counted(text, language),)
            for words in parts
            for index in range(len(words))
        )


def _follows(words: Sequence[Word], start: int, phrase: Sequence[Word]) -> bool:
    """Whether the phrase's words stand there in their order, its first one at `start`."""
    if not words[start].is_same(phrase[0]):
        return False
    at = start
    for wanted in phrase[1:]:
        near = range(at + 1, min(at + 2 + WORDS_BETWEEN, len(words)))
        following = next((index for index in near if words[index].is_same(wanted)), None)
        if following is None:
            return False
        at = following
    return True
