"""One contact's label: the other system's word, else words, else the model where it is sure enough, else unclear."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from notifier.model.reasons import DecidedBy, Heard, Label, Reason, Saying
from notifier.reasons.deciding import Decider
from notifier.reasons.model import Guess, ReasonModel
from tests.support.drafts import NOW

REASONS = {
    key: Reason(
        key=key,
        object="o",
        step="s",
        failure="f",
        owner="care",
        sayings={"es": (Saying(phrases=(said,)),)},
        imported_as=(f"{key}_x", key.title()),
    )
    for key, said in (("bill", "cobro doble"), ("visit", "nadie vino"))
}


@dataclass(frozen=True)
class Sure(ReasonModel):
    """A model that always guesses the same."""

    reason: str = "visit"
    probability: float = 0.8

    def guesses(self, texts: Sequence[str]) -> Sequence[Guess]:
        return [Guess(self.reason, self.probability) for _ in texts]


def heard(text: str = "", imported: str | None = None) -> Heard:
    return Heard(entity="contact", id="K-1", text=text, imported=imported, at=NOW)


def label(text: str = "", imported: str | None = None, model: ReasonModel | None = None) -> Label:
    (one,) = Decider(REASONS, model).labels([heard(text, imported)], NOW)
    return one


@pytest.mark.parametrize("imported", ["bill_x", "BILL", "vip; bill_x", "vip bill_x other"])
def test_the_other_systems_word_counts_first_alone_or_among_tags(imported: str) -> None:
    said = label("nadie vino", imported)
    assert (said.reason, said.others, said.decided_by) == ("bill", ("visit",), DecidedBy.IMPORTED)
    assert said.decided_from in imported


def test_words_count_before_the_model_and_say_by_which() -> None:
    said = label("Nadie vino, y cobro doble", "a word of no reason", Sure(b"", 0.5))
    assert (said.reason, said.others, said.decided_by) == ("visit", ("bill",), DecidedBy.WORDS)
    assert (said.decided_from, said.confidence) == ("nadie vino", None)


@pytest.mark.parametrize(
    ("model", "reason"),
    [(Sure(b"", 0.8), "visit"), (Sure(b"", 0.81), "unclear"), (Sure(b"", 0.5, reason="gone"), "unclear")],
    ids=["sure", "not sure enough", "a reason that the file has no longer"],
)
def test_the_model_says_how_sure_it_is_and_what_it_is_not_sure_of_is_unclear(model: Sure, reason: str) -> None:
    said = label("algo más", model=model)
    assert (said.reason, said.decided_by, said.confidence) == (reason, DecidedBy.MODEL, 0.8)
    assert said.digest == model.digest


def test_nobody_guesses_of_nothing() -> None:
    assert label("  ", model=Sure(b"", 0.1)).decided_by is DecidedBy.WORDS
    assert label("hola").reason == label("").reason == "unclear"
