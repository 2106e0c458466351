"""Leases follow each other without a gap: each is prepared while the last messages of the one before are being sent."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.delivery.outcomes import Halt, Outcome, Retry
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.pace import Pace
from notifier.model.types import ChannelName
from notifier.sending.dispatch import Dispatcher, DispatchReport
from notifier.sending.lease import FEWEST, Lease
from notifier.store.database import DatabaseError
from notifier.store.outbox import pace
from tests.support.drafts import sms
from tests.support.rechecks import before_each_recheck
from tests.support.rig import NOW, Rig, open_rig, waiting
from tests.support.scripted import ScriptedChannel

RATE = 20.0


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    with open_rig(tmp_path, migrated_url) as rig:
        yield rig


def fill(rig: Rig, count: int, address: Callable[[int], int] = lambda number: number) -> None:
    rig.commit(
        *(waiting(f"B-{n:03}", sms(f"text {n:03}", to=f"+5730000{address(n):05}")) for n in range(count)),
    )


def in_threads(rig: Rig, provider: ScriptedChannel) -> Dispatcher:
    """It prepares leases as the daemon does: in a thread, while messages are being sent."""
    return rig.process(ChannelName.SMS, provider, background=asyncio.to_thread)


class Slow(ScriptedChannel):
    """Answers the last message of the first lease once a message of the second has come."""

    def __init__(self) -> None:
        super().__init__()
        self.next_lease = asyncio.Event()

    async def send(self, message: Outgoing) -> Outcome:
        number = int(message.text.removeprefix("text "))
        if number == FEWEST - 1:
            async with asyncio.timeout(300):  # else the test would wait for ever
                await self.next_lease.wait()
        if number == FEWEST:
            self.next_lease.set()
        return await super().send(message)


def test_the_next_lease_is_sent_before_the_last_message_of_this_one_is_answered(rig: Rig) -> None:
    fill(rig, FEWEST + 3)
    with in_threads(rig, provider := Slow()) as dispatcher:
        assert dispatcher.dispatch(rig.ruleset) == DispatchReport(accepted=FEWEST + 3)
    assert all(len(sent) == 1 for sent in provider.ledger.values())


class Wavering(ScriptedChannel):
    """Lets others overtake, and refuses every seventh message once."""

    async def send(self, message: Outgoing) -> Outcome:
        number = int(message.text.removeprefix("text "))
        for _ in range(number * 7 % 5):
            await asyncio.sleep(0.001)
        if number % 7 == 0 and message.attempt == 1:
            return Retry(reason="busy", after=timedelta(seconds=1))
        return await super().send(message)


def test_messages_to_one_address_leave_in_their_order_across_leases(rig: Rig) -> None:
    fill(rig, 3 * FEWEST, address=lambda number: number % 40)
    with in_threads(rig, provider := Wavering()) as dispatcher:
        while len(provider.ledger) < 3 * FEWEST:
            dispatcher.dispatch(rig.ruleset)
            rig.clock.forward(seconds=2)
    lanes: dict[str, list[str]] = defaultdict(list)
    for messages in provider.ledger.values():
        (message,) = messages
        lanes[message.address].append(message.text)
    assert len(lanes) == 40
    assert all(texts == sorted(texts) for texts in lanes.values())


@pytest.mark.parametrize("ending", ["halt", "stop"])
def test_a_prepared_lease_is_given_back_with_its_turns_where_nothing_else_goes(
    rig: Rig, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(rig, 2 * FEWEST)
    sent: list[str] = []
    provider = ScriptedChannel()
    dispatcher = rig.process(ChannelName.SMS, provider, pace=Pace(RATE), sleep=rig.clock.sleep)
    leases: list[Lease] = []
    before_each_recheck(monkeypatch, leases.append)

    def end(message: Outgoing) -> None:
        sent.append(message.id)
        if len(sent) < FEWEST - 5:
            return
        if ending == "halt":
            provider.script = [Halt(reason="the account is suspended")]
        else:
            dispatcher.stop()

    provider.before_each = end
    with dispatcher:
        report = dispatcher.dispatch(rig.ruleset)
    first, second = leases
    assert len(sent) == FEWEST - 5
    assert report.put_off == first.size + second.size - report.accepted
    waits = [row for row in rig.messages() if row.state == "queued"]
    assert len(waits) == 2 * FEWEST - report.accepted
    assert {row.attempts for row in waits} == {0}
    with rig.database.begin() as connection:
        free_at = pace.lock(connection, Outlet(live=False, channel=ChannelName.SMS))
    assert free_at == NOW + timedelta(seconds=len(sent) / RATE)


def test_a_failure_of_the_next_recheck_is_raised_when_what_is_in_hand_is_finished(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(rig, FEWEST + 1)
    dispatcher = in_threads(rig, provider := ScriptedChannel())
    leases: list[Lease] = []

    def broken(lease: Lease) -> None:
        leases.append(lease)
        if len(leases) == 2:
            raise DatabaseError("the disk failed")

    before_each_recheck(monkeypatch, broken)
    with dispatcher, pytest.raises(DatabaseError):
        dispatcher.dispatch(rig.ruleset)
    assert len(provider.ledger) == FEWEST
    assert sorted(row.state for row in rig.messages()) == ["accepted"] * FEWEST + ["queued"]
