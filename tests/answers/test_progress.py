"""What a customer may see of how things stand: what they were told, were promised and said; never a side in doubt."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.answers.progress import Progress, Stage, progress
from notifier.answers.progress_words import progress_text
from notifier.answers.speech import speech_for
from notifier.store.database import read_only
from tests.support.rig import Rig, ana, contract, open_rig, visit

SPEECH = speech_for("en-US", "America/Bogota")


@pytest.fixture
def rig(migrated_file: Path, tmp_path: Path) -> Iterator[Rig]:
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as rig:
        rig.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        rig.tick()
        rig.dispatch()
        yield rig


def seen(rig: Rig, **options: Any) -> Progress:
    known: dict[str, Any] = {
        "project": rig.ruleset.project,
        "speech": SPEECH,
        "now": rig.clock(),
        "live": False,
    } | options
    with read_only(rig.database) as connection:
        return progress(connection, "C-1", **known)


def promise(rig: Rig, **changes: Any) -> None:
    row: dict[str, Any] = {
        "id": "P-1",
        "customer_id": "C-1",
        "subject_type": "contract",
        "subject_id": "K-1",
        "source": "sales",
    }
    row |= {"topic": "monthly_price", "value": "79900", "value_number": 79900, "currency": "COP"}
    row |= {"made_at": rig.clock(), "due_at": rig.clock() + timedelta(hours=4), "state": "open"}
    rig.set(promise=[row | changes])


def test_what_was_told_is_next_until_its_moment_and_done_after_it(rig: Rig) -> None:
    (step,) = seen(rig).of(Stage.NEXT)
    assert step.text.startswith("We visit you on")
    assert step.by == visit()["starts_at"]
    rig.clock.forward(days=4)
    assert [each.text for each in seen(rig).of(Stage.DONE)] == [step.text]
    rig.clock.forward(days=91)
    assert seen(rig).steps == []


def test_a_word_that_another_one_is_about_to_correct_is_left_out(rig: Rig) -> None:
    rig.set(appointment=[visit(starts_at=visit()["starts_at"] + timedelta(hours=3))])
    rig.clock.forward(minutes=1)
    rig.tick()
    assert seen(rig).steps == []
    rig.dispatch()
    (step,) = seen(rig).steps
    assert step.by == visit()["starts_at"] + timedelta(hours=3)


def test_nothing_that_an_open_contradiction_holds_is_shown_nor_either_side(rig: Rig) -> None:
    promise(rig)
    assert {each.text for each in seen(rig).of(Stage.NEXT)} == {
        "Monthly price: COP 79,900",
        seen(rig).of(Stage.NEXT)[-1].text,
    }
    charge = {"id": "X-1", "customer_id": "C-1", "contract_id": "K-1", "kind": "recurring", "amount": 111860}
    charge |= {"currency": "COP", "bill_at": rig.clock() + timedelta(days=5)}
    rig.set(charge=[charge])
    rig.clock.forward(minutes=1)
    rig.tick()
    found = seen(rig)
    assert found.steps == []  # the check holds the rule of the visit, too
    assert "79,900" not in progress_text(found, SPEECH, company="Fibra")
    assert seen(rig, project=None).steps == []


def test_the_sms_says_what_the_page_says(rig: Rig) -> None:
    promise(rig, topic="monthly_price")
    contact = {"id": "T-1", "customer_id": "C-1", "at": rig.clock(), "channel": "phone", "direction": "inbound"}
    rig.set(contact=[contact])
    found = seen(rig)
    text = progress_text(found, SPEECH, company="Fibra", link="https://x.example/status/A/b")
    for stage in (Stage.NEXT, Stage.DONE):
        assert found.of(stage)[0].text in text
    assert text.startswith("Fibra: ")
    assert text.endswith("https://x.example/status/A/b")
    assert SPEECH.instant(found.of(Stage.NEXT)[0].by or rig.clock()) in text


def test_what_they_wrote_themselves_is_acknowledged_and_not_repeated(rig: Rig) -> None:
    words = {"attributes": {"text": "my pin is 1234"}}
    contact = {"id": "T-1", "customer_id": "C-1", "at": rig.clock(), "channel": "sms", "direction": "inbound"}
    rig.set(contact=[contact | words])
    assert [each.text for each in seen(rig).of(Stage.DONE)] == ["We heard from you by sms"]


def test_nothing_of_another_mode_is_shown(rig: Rig) -> None:
    assert seen(rig, live=True).steps == []


def test_who_cancelled_and_whose_case_is_open_see_that_it_was_heard(rig: Rig) -> None:
    call = {"customer_id": "C-1", "channel": "phone", "direction": "inbound"}
    cancelled = {"id": "T-1", "at": rig.clock(), "outcome": "cancel", "subject": "contract:K-1"}
    open_ = {"id": "T-2", "at": rig.clock(), "outcome": "open", "subject": "contract:K-1"}
    asked = {"id": "T-3", "at": rig.clock(), "outcome": "answered", "subject": "maleta"}
    rig.set(contact=[call | cancelled, call | open_, call | asked])
    english = {(step.stage, step.text) for step in seen(rig).steps}
    assert english >= {
        (Stage.DONE, "You asked us to cancel (contract K-1)"),
        (Stage.NOW, "Your case is open (contract K-1)"),
        (Stage.DONE, "You called us"),
    }
    spanish = {step.text for step in seen(rig, speech=speech_for("es-CO", "America/Bogota")).steps}
    assert spanish >= {"Nos pidió cancelar (contrato K-1)", "Su caso está abierto (contrato K-1)"}
