"""One contact -> its label: what the other system called it, else the file's words, else the model, else `unclear`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from notifier.model.reasons import UNCLEAR, DecidedBy, Heard, Label, Reason
from notifier.reasons.model import Guess, ReasonModel
from notifier.reasons.words import Words

MOST_OTHERS = 3
"""Further reasons of one contact that are kept."""
_TAGS = re.compile(r"[,;|]\s*|\s+")


class Decider:
    """Gives contacts their reasons. `model` is what was learned from confirmed ones; None while nothing was."""

    def __init__(self, reasons: Mapping[str, Reason], model: ReasonModel | None = None) -> None:
        self._reasons = reasons
        self._words = Words(reasons)
        self._model = model
        self._imported = {
            value.strip().casefold(): reason.key for reason in reasons.values() for value in reason.imported_as
        }

    def labels(self, heard: Sequence[Heard], now: datetime) -> Iterator[Label]:
        """One label each, in their order. The same text has the same label, whatever comes with it."""
        ruled = [self._by_rules(each, now) for each in heard]
        asked = [each.text for each, label in zip(heard, ruled, strict=True) if label is None and each.text.strip()]
        guesses = iter(() if self._model is None else self._model.guesses(asked))
        for each, label in zip(heard, ruled, strict=True):
            if label is not None:
                yield label
            elif self._model is None or not each.text.strip():
                yield _label(each, UNCLEAR, (), DecidedBy.WORDS, "", self._words.digest, now)
            else:
                yield self._guessed(each, next(guesses), self._model, now)

    def _by_rules(self, heard: Heard, now: datetime) -> Label | None:
        found = self._words.find(heard.text)
        named = [each.reason for each in found]
        if (imported := self._called(heard.imported)) is not None:
            value, reason = imported
            others = [each for each in named if each != reason]
            return _label(heard, reason, others, DecidedBy.IMPORTED, value, self._words.digest, now)
        if found:
            return _label(heard, named[0], named[1:], DecidedBy.WORDS, found[0].phrase, self._words.digest, now)
        return None

    def _called(self, imported: str | None) -> tuple[str, str] | None:
        """The first of the other system's words that a reason lists, as a whole or as one of several tags."""
        if not imported:
            return None
        for value in (imported.strip(), *_TAGS.split(imported.strip())):
            if (reason := self._imported.get(value.casefold())) is not None:
                return value, reason
        return None

    def _guessed(self, heard: Heard, guess: Guess, model: ReasonModel, now: datetime) -> Label:
        """A reason that the file has no longer is none."""
        counts = guess.probability >= model.threshold and guess.reason in self._reasons
        reason = guess.reason if counts else UNCLEAR
        return _label(heard, reason, (), DecidedBy.MODEL, "", model.digest, now, guess.probability)


def _label(
    heard: Heard,
    reason: str,
    others: Sequence[str],
    by: DecidedBy,
    told_by: str,
    digest: str,
    now: datetime,
    confidence: float | None = None,
) -> Label:
    return Label(
        entity=heard.entity,
        row_id=heard.id,
        reason=reason,
        others=tuple(others[:MOST_OTHERS]),
        confidence=confidence,
        decided_by=by,
        decided_from=told_by,
        digest=digest,
        decided_at=now,
    )
