"""A tick gives the contacts that came their reasons, once, and never at the price of a notice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier import tick
from notifier.model.reasons import UNCLEAR
from notifier.reasons.model import ReasonModel
from notifier.store.tables import CONTACT_REASON
from tests.support.rig import Rig, open_rig
from tests.support.sqlite_alone import migrated_url

__all__ = ["migrated_url"]

REASONS = """
reasons:
  visit-not-made:
    object: visit
    step: on the day
    failure: nobody came
    owner: field
    words: [{ language: en, say: [nobody came] }]
"""


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    with open_rig(tmp_path, migrated_url) as opened:
        opened.reload({"rules/reasons.yaml": REASONS})
        opened.tick()
        yield opened


def contact(name: str, text: str, **more: Any) -> dict[str, Any]:
    row = {"id": name, "customer_id": "C-1", "at": "", "channel": "chat", "direction": "inbound"}
    return row | {"attributes": {"text": text}} | more


def given(rig: Rig) -> dict[str, str]:
    with rig.database.connect() as connection:
        rows = connection.execute(sa.select(CONTACT_REASON.c.row_id, CONTACT_REASON.c.reason))
        return {row.row_id: row.reason for row in rows}


def came(rig: Rig, *contacts: dict[str, Any]) -> None:
    rig.set(contact=[{**each, "at": rig.clock()} for each in contacts])


def test_what_came_has_its_reason_after_the_tick_and_keeps_it(rig: Rig) -> None:
    came(rig, contact("K-1", "nobody came today"), contact("K-2", "hello"), contact("K-3", "x", direction="outbound"))
    rig.tick()
    assert given(rig) == {"K-1": "visit-not-made", "K-2": UNCLEAR}
    rig.clock.forward(hours=1)
    came(rig, contact("K-1", "thank you"), contact("K-4", "Nobody came"))
    rig.tick()
    assert given(rig) == {"K-1": "visit-not-made", "K-2": UNCLEAR, "K-4": "visit-not-made"}


def test_an_idle_tick_looks_at_no_contact(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tick, "came_in", lambda *_: pytest.fail("it looked"))
    rig.tick()
    rig.reload({"rules/reasons.yaml": ""})
    came(rig, contact("K-1", "nobody came"))
    rig.tick()
    assert given(rig) == {}


def test_what_fails_keeps_nobody_from_hearing_and_the_command_looks_later(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(tick, "give_reasons", fail)
    came(rig, contact("K-1", "nobody came"))
    report = rig.tick()
    assert (report.complete, report.changes, given(rig)) == (True, 1, {})


def test_a_machine_without_the_library_goes_by_words_alone(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tick, "model_in_force", lambda _: ReasonModel(stored=b"", threshold=0.1))
    monkeypatch.setattr(tick, "can_ask", lambda: False)
    came(rig, contact("K-1", "nobody came"), contact("K-2", "hello"))
    rig.tick()
    assert given(rig) == {"K-1": "visit-not-made", "K-2": UNCLEAR}
