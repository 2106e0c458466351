"""A gate is written once, as the documents show it, and counts in the preview, in the tick and at sending."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.answers.preview import preview
from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import Retry
from notifier.delivery.sandbox import SandboxChannel
from notifier.model.types import ChannelName
from notifier.planning import gates
from notifier.sending.dispatch import DispatchReport
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.docs.pages import REPOSITORY
from tests.support.rig import Rig, ana, contract, open_rig, visit
from tests.support.scripted import ScriptedChannel

PAGE = REPOSITORY / "docs" / "architecture.md"
NOT_SERVED = "no provider for sms"


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    """Ana lives in Spain, which the new gate has no SMS for. SMS is busy at the first attempt."""
    channels: dict[ChannelName, Channel] = {
        ChannelName.SMS: ScriptedChannel(Retry(reason="busy")),
        ChannelName.EMAIL: SandboxChannel(tmp_path / "outbox"),
    }
    with open_rig(tmp_path, migrated_url, channels) as rig:
        rig.set(customer=[ana(country="ES")], contract=[contract()], appointment=[visit()])
        yield rig


def add_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do as the page says."""
    _, section = PAGE.read_text(encoding="utf-8").split("## Adding a gate")
    code = section.split("```python\n")[1].split("```")[0]
    room = vars(gates).copy()
    exec(code, room)
    assert len(room["GATES"]) == len(gates.GATES) + 1
    monkeypatch.setattr(gates, "GATES", room["GATES"])


def test_it_counts_in_the_preview_and_in_the_tick(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    add_the_gate(monkeypatch)
    with read_only(rig.database) as connection:
        (draft,) = preview(rig.ruleset, Reader(connection, live=False), rig.clock()).told
    rig.tick()
    (notice,) = rig.notices()
    assert draft.verdict.channels == (ChannelName.EMAIL,)
    assert draft.verdict.reason.text.endswith(f"; {NOT_SERVED}")
    assert (notice.channels, notice.reason) == (["email"], draft.verdict.reason.text)


def test_it_stops_what_is_queued(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.tick()
    add_the_gate(monkeypatch)
    assert rig.dispatch() == DispatchReport(stale=1, accepted=1)
    sms = next(row for row in rig.messages() if row.channel == "sms")
    assert sms.state == "cancelled"
    assert sms.error.endswith(NOT_SERVED)


def test_it_stops_the_second_channel_of_what_was_told_already(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.tick()
    assert rig.dispatch() == DispatchReport(accepted=1, retried=1)
    rig.clock.forward(minutes=1)
    add_the_gate(monkeypatch)
    assert rig.dispatch() == DispatchReport(stale=1)
    sms = next(row for row in rig.messages() if row.channel == "sms")
    assert (sms.state, sms.error) == ("cancelled", NOT_SERVED)
    assert rig.notices()[0].state == "told"
