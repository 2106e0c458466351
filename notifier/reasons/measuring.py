"""How often a model is right on contacts that it has not seen, and from which probability on its guess counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notifier.model.reasons import UNCLEAR
from notifier.model.shares import Share
from notifier.reasons.model import FEWEST, Guess, learned

FOLDS = 5
"""Each contact is judged by a model that was learned from the other four fifths."""
SURE_ENOUGH = 0.8
"""Of the guesses that count, so many are to be right."""
FEWEST_JUDGED = 20
"""Guesses from which it may be said how many are right."""
UNPROVEN = 0.9
"""The threshold where no other is good enough."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What a model said of the confirmed contacts of one reason."""

    reason: str
    confirmed: int
    """Contacts of which people said so."""
    found: int
    """Of them, those to which the model gave the reason."""
    said: int
    """Contacts to which the model gave the reason."""

    @property
    def precision(self) -> Share:
        """How many of those to which it gave the reason have it."""
        return Share(part=self.found, whole=self.said)

    @property
    def recall(self) -> Share:
        """How many of those that have the reason it gave to it."""
        return Share(part=self.found, whole=self.confirmed)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a model said of contacts that it had not seen."""

    threshold: float
    rows: Sequence[Judged]
    """The most frequent reason first; `unclear` is none."""
    answered: int
    right: int
    """Of those answered."""
    whole: int

    @property
    def precision(self) -> Share:
        """How many answers are right."""
        return Share(part=self.right, whole=self.answered)

    @property
    def coverage(self) -> Share:
        """How many contacts got an answer."""
        return Share(part=self.answered, whole=self.whole)


def guesses_of_others(texts: Sequence[str], reasons: Sequence[str], *, embedded: bool = False) -> Sequence[Guess]:
    """For each text the guess of a model that was learned without it, and without any other of its fold.

    Equal texts are in one fold: else a model would have seen what it is asked. Raises NoLearningError.
    """
    places = {text: index for index, text in enumerate(dict.fromkeys(texts))}
    folds = [places[text] % FOLDS for text in texts]
    guesses: list[Guess | None] = [None] * len(texts)
    for fold in range(FOLDS):
        seen = [index for index, each in enumerate(folds) if each != fold]
        asked = [index for index, each in enumerate(folds) if each == fold]
        known, said = [texts[index] for index in seen], [reasons[index] for index in seen]
        model = learned(known, said, fewest=FEWEST // 2, embedded=embedded)
        for index, guess in zip(asked, model.guesses([texts[index] for index in asked]), strict=True):
            guesses[index] = guess
    return [guess for guess in guesses if guess is not None]


def threshold_of(guesses: Sequence[Guess], reasons: Sequence[str]) -> float:
    """The lowest probability from which on enough guesses are right, and of the least sure of these at least half.

    Without the second, many sure guesses would pay for some that are wrong more often than not. `UNPROVEN` where there
    is none.
    """
    pairs = [
        (guess.probability, guess.reason == reason)
        for guess, reason in zip(guesses, reasons, strict=True)
        if guess.reason != UNCLEAR
    ]
    best, rights = UNPROVEN, list[bool]()
    for probability, is_right in sorted(pairs, reverse=True):
        rights.append(is_right)
        least_sure = rights[-FEWEST_JUDGED:]
        enough = len(least_sure) == FEWEST_JUDGED and sum(least_sure) >= FEWEST_JUDGED / 2
        if enough and sum(rights) >= SURE_ENOUGH * len(rights):
            best = min(best, probability)
    return best


def measured(guesses: Sequence[Guess], reasons: Sequence[str], threshold: float) -> Measured:
    """What these guesses are worth from this probability on; `reasons` is what people said."""
    said = [guess.reason if guess.probability >= threshold else UNCLEAR for guess in guesses]
    pairs = list(zip(said, reasons, strict=True))
    answered = [(one, real) for one, real in pairs if one != UNCLEAR]
    counts: Mapping[str, Judged] = {
        reason: Judged(
            reason=reason,
            confirmed=sum(real == reason for _, real in pairs),
            found=sum(one == real == reason for one, real in pairs),
            said=sum(one == reason for one, _ in pairs),
        )
        for reason in {*said, *reasons} - {UNCLEAR}
    }
    return Measured(
        threshold=threshold,
        rows=sorted(counts.values(), key=lambda each: (-each.confirmed, each.reason)),
        answered=len(answered),
        right=sum(one == real for one, real in answered),
        whole=len(pairs),
    )
