"""Commands about the reasons of contacts, for `test_schemas.py`. What is learned is put together by hand: scikit-learn
takes two seconds to import."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from notifier.answers.documents.reasons import trained_document
from notifier.reasons.measuring import measured
from notifier.reasons.model import Guess, ReasonModel
from notifier.store.training import Trained
from tests.cli.conftest import Run, load
from tests.cli.samples import NOW
from tests.cli.test_notices import BY

Print = Callable[..., Any]
REASONS = """\
reasons:
  bill-higher:
    object: bill
    step: on receipt
    failure: more than agreed
    owner: billing
    customer: irritating
    company: irritating
    words: [{ language: es, say: cobro doble }]
"""


def listened_to(project: Path, run: Run, show: Print) -> None:
    """Two contacts: words name the reason of one, and a person corrects the other."""
    file = project / "rules" / "reasons.yaml"
    file.write_text(REASONS, encoding="utf-8")
    contact = {"customer_id": "C-1", "at": "2026-03-04T09:00:00-05:00", "channel": "chat", "direction": "inbound"}
    rows = [contact | {"id": "T-1", "subject": "un cobro doble"}, contact | {"id": "T-2", "subject": "hola"}]
    load(project, run, [{"at": "2026-03-04T10:00:00-05:00", "set": {"contact": rows}}])
    at = ["--at", "2026-03-10T10:00:00-05:00"]
    assert show("reasons", "classify", *at)["reasons"]["bill-higher"] == 1
    assert run("reasons", "confirm", "T-2", "bill-higher", *BY, *at).code == 0
    assert {"person", "words"} <= {each["decided_by"] for each in show("reasons", "draw", *at)}
    assert show("reasons", "report", *at)["reasons"][0]["share"]["part"] == 2
    file.unlink()


def learned_from_what_people_read() -> Any:
    """What `reasons train` prints of a model that was right once of twice."""
    worth = measured([Guess("bill-higher", 0.9), Guess("bill-higher", 0.9)], ["bill-higher", "unclear"], 0.5)
    trained = Trained(
        model=ReasonModel(stored=b"", threshold=0.5), confirmed=[], new=worth, compared=2, before=worth, after=worth
    )
    return trained_document(trained, NOW, taken=False)
