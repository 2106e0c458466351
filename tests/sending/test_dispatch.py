"""What is due is handed over once; every outcome has its consequence; a death in between is reconciled."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import (
    OtherChannel,
    Outcome,
    Retry,
    SuppressAddress,
    Unclear,
)
from notifier.delivery.sandbox import SandboxChannel
from notifier.model.types import USUAL_CHANNELS, ChannelName
from notifier.sending import recheck
from notifier.sending.dispatch import Dispatcher, DispatchReport
from notifier.sending.lease import FRESH
from notifier.store.database import DiskFullError
from notifier.store.outbox import completion, leasing
from notifier.store.outbox.payloads import payload_of
from tests.support.drafts import mail, sms
from tests.support.rechecks import before_each_recheck
from tests.support.rig import NOW, Clock, Rig, ana, contract, open_rig, visit, waiting
from tests.support.scripted import ScriptedChannel


class Died(BaseException):
    """The process is gone: nothing after this point ran."""


@pytest.fixture
def provider() -> ScriptedChannel:
    return ScriptedChannel()


@pytest.fixture
def scripted(tmp_path: Path, migrated_url: str, provider: ScriptedChannel) -> Iterator[Rig]:
    """A rig whose SMS go to a provider that does what the test says; mails go to the sandbox."""
    channels: dict[ChannelName, Channel] = {
        ChannelName.SMS: provider,
        ChannelName.EMAIL: SandboxChannel(tmp_path / "outbox"),
    }
    with open_rig(tmp_path, migrated_url, channels) as rig:
        rig.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        rig.tick()
        yield rig


def of(rig: Rig, channel: str = "sms") -> sa.Row[Any]:
    """The message on this channel that was made last."""
    return [row for row in rig.messages() if row.channel == channel][-1]


def test_everything_due_is_handed_over_once_with_its_exact_bytes(rig: Rig) -> None:
    rig.tick()
    assert rig.dispatch() == DispatchReport(accepted=2)
    assert rig.dispatch() == DispatchReport()

    assert rig.states() == (["told"], ["accepted", "accepted"])
    for row in rig.messages():
        assert row.provider == "sandbox"
        assert (rig.outbox / row.provider_id).read_bytes() == payload_of(row)
    assert len(rig.files()) == 2
    assert rig.notices()[0].told_at == NOW


def test_a_death_between_the_write_and_its_record_is_reconciled_and_not_sent_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.tick()

    def die(*_: Any, **__: Any) -> None:
        raise Died

    with monkeypatch.context() as dying:
        dying.setattr(completion, "record_all_accepted", die)
        for channel in USUAL_CHANNELS:  # nothing is queued for another one
            with pytest.raises(Died):
                rig.dispatchers[channel].dispatch(rig.ruleset)
    assert rig.states() == (["ready"], ["sending", "sending"])
    assert len(rig.files()) == 2

    assert rig.dispatch() == DispatchReport()  # its lease still holds: another process may be at it
    rig.clock.at += leasing.LEASE
    assert rig.dispatch() == DispatchReport(accepted=2)
    assert rig.states() == (["told"], ["accepted", "accepted"])
    assert len(rig.files()) == 2


def test_a_death_before_the_write_is_sent_after_all(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.tick()

    async def die(*_: Any) -> None:
        raise Died

    with monkeypatch.context() as dying:
        dying.setattr(SandboxChannel, "send", die)
        for channel in USUAL_CHANNELS:  # nothing is queued for another one
            with pytest.raises(Died):
                rig.dispatchers[channel].dispatch(rig.ruleset)
    assert rig.files() == []

    rig.clock.at += leasing.LEASE
    report = rig.dispatch()
    assert (report.retried, report.accepted) == (2, 2)
    assert rig.states() == (["told"], ["accepted", "accepted"])
    assert len(rig.files()) == 2


def test_a_full_disk_after_the_write_is_reconciled(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.tick()

    def full(*_: Any, **__: Any) -> None:
        raise DiskFullError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(completion, "record_all_accepted", full)
        with pytest.raises(DiskFullError):
            rig.dispatch()
    rig.clock.at += leasing.LEASE
    rig.dispatch()
    assert rig.states() == (["told"], ["accepted", "accepted"])
    assert len(rig.files()) == 2


def test_a_retry_comes_after_a_pause_or_when_the_provider_says(scripted: Rig, provider: ScriptedChannel) -> None:
    provider.script = [Retry(reason="busy"), Retry(reason="429", after=timedelta(hours=1))]
    assert scripted.dispatch() == DispatchReport(accepted=1, retried=1)
    row = of(scripted)
    assert (row.state, row.attempts, row.error, row.decision) == ("queued", 1, "busy", "Retry")
    assert timedelta(seconds=20) < row.next_attempt_at - NOW < timedelta(seconds=40)

    assert scripted.dispatch() == DispatchReport()
    scripted.clock.forward(minutes=1)
    assert scripted.dispatch() == DispatchReport(retried=1)
    assert of(scripted).next_attempt_at == NOW + timedelta(hours=1, minutes=1)

    scripted.clock.at = NOW + timedelta(hours=1, minutes=1)
    assert scripted.dispatch() == DispatchReport(accepted=1)
    assert (of(scripted).state, of(scripted).error, of(scripted).attempts) == ("accepted", None, 3)


@pytest.mark.parametrize(
    ("outcome", "decision"),
    [(OtherChannel(reason="a landline"), "OtherChannel"), (SuppressAddress(reason="opted out"), "SuppressAddress")],
)
def test_what_will_never_arrive_fails_with_its_decision(
    scripted: Rig, provider: ScriptedChannel, outcome: Outcome, decision: str
) -> None:
    provider.script = [outcome]
    assert scripted.dispatch() == DispatchReport(accepted=1, failed=1)
    assert (of(scripted).state, of(scripted).decision) == ("failed", decision)
    assert scripted.states()[0] == ["told"]  # the mail went


def test_an_adapter_that_breaks_leaves_the_fate_unknown(scripted: Rig, provider: ScriptedChannel) -> None:
    provider.script = [KeyError("sid")]
    assert scripted.dispatch().unknown == 1
    assert of(scripted).error == "scripted failed with KeyError"


def test_messages_to_one_address_leave_in_their_order_also_around_a_retry(
    scripted: Rig, provider: ScriptedChannel
) -> None:
    scripted.dispatch()
    provider.ledger.clear()
    for number in range(4):
        scripted.queue(f"B-{number}", sms(f"text {number}"))
        scripted.clock.forward(seconds=1)
    provider.script = [Retry(reason="busy")]
    scripted.dispatch()
    assert provider.texts == []
    scripted.clock.forward(minutes=1)
    scripted.dispatch()
    assert provider.texts == [f"text {number}" for number in range(4)]


def test_a_stopped_dispatcher_finishes_the_message_in_hand_and_gives_the_rest_back(
    scripted: Rig, provider: ScriptedChannel
) -> None:
    scripted.dispatch()
    provider.ledger.clear()
    for number in range(5):
        scripted.queue(f"B-{number}", sms(f"text {number}"))
    provider.before_each = lambda _: scripted.dispatchers[ChannelName.SMS].stop()
    report = scripted.dispatch()
    assert (report.accepted, report.put_off) == (1, 4)
    assert [row.state for row in scripted.messages()].count("queued") == 4


def test_what_waits_for_long_after_its_recheck_is_rechecked(scripted: Rig, provider: ScriptedChannel) -> None:
    scripted.set(appointment=[visit(id="A-2"), visit(id="A-3")])  # to one address, one after the other
    scripted.tick()

    def meanwhile(_: object) -> None:
        scripted.clock.at += FRESH
        scripted.set(appointment=[visit(id=other, status="cancelled") for other in ("A-1", "A-2", "A-3")])

    provider.before_each = meanwhile
    report = scripted.dispatchers[ChannelName.SMS].dispatch(scripted.ruleset)
    assert report == DispatchReport(accepted=1, put_off=2, stale=2)
    assert len(provider.texts) == 1


@pytest.mark.parametrize(("seconds", "accepted"), [(59, 1), (60, 0)])
def test_a_lease_that_grew_old_while_it_was_rechecked_is_given_back(
    scripted: Rig, provider: ScriptedChannel, seconds: int, accepted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatcher = scripted.dispatchers[ChannelName.SMS]
    before_each_recheck(monkeypatch, lambda _: scripted.clock.forward(seconds=seconds))
    assert dispatcher.dispatch(scripted.ruleset) == DispatchReport(accepted=accepted, put_off=1 - accepted)
    assert len(provider.texts) == accepted
    assert of(scripted).state == ("accepted" if accepted else "queued")


def test_what_another_process_took_over_is_not_sent_here_even_where_clocks_disagree(
    scripted: Rig, provider: ScriptedChannel
) -> None:
    scripted.dispatch()
    provider.ledger.clear()
    for number in range(3):
        scripted.queue(f"B-{number}", sms(f"text {number}"))
        scripted.clock.forward(seconds=1)
    ahead = Clock(scripted.clock.at + leasing.LEASE)

    def the_other(_: object) -> None:
        provider.before_each = lambda _: None
        with ThreadPoolExecutor() as threads:
            threads.submit(_dispatch_by, scripted, provider, ahead).result()

    provider.before_each = the_other
    with capture_logs() as logs:
        scripted.dispatch()
    assert sorted(provider.texts) == ["text 0", "text 0", "text 1", "text 2"]  # the first one's call had begun
    assert "message.lease_lost" in [line["event"] for line in logs]
    assert {row.state for row in scripted.messages()} == {"accepted"}


def _dispatch_by(rig: Rig, provider: ScriptedChannel, clock: Clock) -> None:
    with rig.process(ChannelName.SMS, provider, clock=clock) as other:
        other.dispatch(rig.ruleset)


def test_of_the_mails_of_a_process_that_died_only_those_in_hand_are_in_doubt(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = ScriptedChannel()
    relay.finding = Unclear(reason="a mail server cannot say whether it has a message")
    rig.play(ChannelName.EMAIL, relay)
    rig.commit(*(waiting(f"B-{number}", mail(to=f"c{number}@example.com")) for number in range(relay.concurrency + 5)))
    dispatcher = rig.dispatchers[ChannelName.EMAIL]

    async def die(*_: Any) -> None:
        dispatcher.stop()  # nothing after this call began
        raise Died

    with monkeypatch.context() as dying:
        dying.setattr(ScriptedChannel, "send", die)
        dying.setattr(completion, "give_back", lambda *_, **__: None)
        with pytest.raises(Died):
            dispatcher.dispatch(rig.ruleset)
    assert {row.state for row in rig.messages()} == {"sending"}

    rig.clock.at += leasing.LEASE
    with rig.process(ChannelName.EMAIL, relay) as another:
        assert another.dispatch(rig.ruleset) == DispatchReport(unknown=relay.concurrency, accepted=5)


def test_a_channel_is_closed_with_its_dispatcher(tmp_path: Path, provider: ScriptedChannel) -> None:
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'n.db'}", {ChannelName.SMS: provider}):
        assert provider.closed == 0
    assert provider.closed == 1


def test_two_processes_hand_every_message_over_once(tmp_path: Path, postgres_url: str) -> None:
    provider = ScriptedChannel()
    with open_rig(tmp_path, postgres_url, dict.fromkeys(ChannelName, provider)) as rig:
        for number in range(60):
            rig.queue(f"B-{number:02}", sms(f"text {number}", to=f"+57300000{number:04}"))
        with rig.process(ChannelName.SMS, provider) as other:
            first = _in_thread(other, rig)
            rig.dispatch()
            first.join()
            rig.dispatch()
        assert all(len(sent) == 1 for sent in provider.ledger.values())
        assert len(provider.ledger) == 60
        assert {row.state for row in rig.messages()} == {"accepted"}


def _in_thread(dispatcher: Dispatcher, rig: Rig) -> threading.Thread:
    thread = threading.Thread(target=dispatcher.dispatch, args=(rig.ruleset,))
    thread.start()
    return thread


def test_a_failure_of_the_recheck_gives_the_lease_back(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.tick()

    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("broken")

    with monkeypatch.context() as failing:
        failing.setattr(recheck, "examine", broken)
        with pytest.raises(ValueError, match="broken"):
            rig.dispatch()
    assert rig.states() == (["ready"], ["queued", "queued"])
    assert rig.dispatch() == DispatchReport(accepted=2)
