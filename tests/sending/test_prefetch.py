"""Claims follow each other without a gap: the next is prepared while the last messages of this one are on their way."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.delivery.outcomes import Halt, Outcome, Retry
from notifier.model.outgoing import Outgoing
from notifier.model.pace import Pace
from notifier.model.types import ChannelName
from notifier.sending.dispatch import Dispatcher, DispatchReport
from notifier.sending.lease import FEWEST, Claim
from notifier.store.database import DatabaseError
from notifier.store.outbox import pace
from tests.support.drafts import sms
from tests.support.house import NOW, House, open_house, waiting
from tests.support.scripted import ScriptedChannel

RATE = 20.0


@pytest.fixture
def house(tmp_path: Path, migrated_url: str) -> Iterator[House]:
    with open_house(tmp_path, migrated_url) as house:
        yield house


def fill(house: House, count: int, address: Callable[[int], int] = lambda number: number) -> None:
    house.commit(
        *(waiting(f"B-{n:03}", sms(f"text {n:03}", to=f"+5730000{address(n):05}")) for n in range(count)),
    )


def in_threads(house: House, provider: ScriptedChannel) -> Dispatcher:
    """It prepares claims as the daemon does: in a thread, while others are on their way."""
    return house.process(ChannelName.SMS, provider, beside=asyncio.to_thread)


class Slow(ScriptedChannel):
    """Answers the last message of the first claim once a message of the second has come."""

    def __init__(self) -> None:
        super().__init__()
        self.next_claim = asyncio.Event()

    async def send(self, message: Outgoing) -> Outcome:
        number = int(message.text.removeprefix("text "))
        if number == FEWEST - 1:
            async with asyncio.timeout(30):  # else the test would wait for ever
                await self.next_claim.wait()
        if number == FEWEST:
            self.next_claim.set()
        return await super().send(message)


def test_the_next_claim_is_handed_over_before_the_last_message_of_this_one_is_answered(house: House) -> None:
    fill(house, FEWEST + 3)
    with in_threads(house, provider := Slow()) as dispatcher:
        assert dispatcher.dispatch(house.engine) == DispatchReport(accepted=FEWEST + 3)
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


def test_messages_to_one_address_leave_in_their_order_across_claims(house: House) -> None:
    fill(house, 3 * FEWEST, address=lambda number: number % 40)
    with in_threads(house, provider := Wavering()) as dispatcher:
        while len(provider.ledger) < 3 * FEWEST:
            dispatcher.dispatch(house.engine)
            house.clock.forward(seconds=2)
    lanes: dict[str, list[str]] = defaultdict(list)
    for messages in provider.ledger.values():
        (message,) = messages
        lanes[message.address].append(message.text)
    assert len(lanes) == 40
    assert all(texts == sorted(texts) for texts in lanes.values())


class Claiming:
    """A paced dispatcher of the house whose claims are kept, on a clock that moves while somebody waits."""

    def __init__(self, house: House, provider: ScriptedChannel) -> None:
        self.dispatcher = house.process(ChannelName.SMS, provider, pace=Pace(RATE), sleep=house.clock.sleep)
        self.made: list[Claim] = []
        make = self.dispatcher._claims.next

        def kept(**arguments: object) -> Claim | None:
            claim = make(**arguments)  # type: ignore[arg-type]
            self.made += [claim] if claim is not None else []
            return claim

        self.dispatcher._claims.next = kept  # type: ignore[method-assign]


@pytest.mark.parametrize("ending", ["halt", "stop"])
def test_a_prepared_claim_is_given_back_with_its_turns_where_nothing_else_goes(house: House, ending: str) -> None:
    fill(house, 2 * FEWEST)
    sent: list[str] = []
    provider = ScriptedChannel()
    claiming = Claiming(house, provider)

    def end(message: Outgoing) -> None:
        sent.append(message.id)
        if len(sent) < FEWEST - 5:
            return
        if ending == "halt":
            provider.script = [Halt(reason="the account is suspended")]
        else:
            claiming.dispatcher.stop()

    provider.before_each = end
    with claiming.dispatcher as dispatcher:
        report = dispatcher.dispatch(house.engine)
    first, second = claiming.made
    assert len(sent) == FEWEST - 5
    assert report.put_off == len(first.messages) + len(second.messages) - report.accepted
    waits = [row for row in house.messages() if row.state == "queued"]
    assert len(waits) == 2 * FEWEST - report.accepted
    assert {row.attempts for row in waits} == {0}
    with house.database.begin() as connection:
        free_at = pace.hold(connection, channel=ChannelName.SMS, live=False)
    assert free_at == NOW + timedelta(seconds=len(sent) / RATE)


def test_a_failure_of_the_next_claim_is_raised_when_what_is_in_hand_is_finished(house: House) -> None:
    fill(house, FEWEST + 1)
    dispatcher = in_threads(house, provider := ScriptedChannel())
    look, looks = dispatcher._preparation._look_once_more, 0

    def broken(*arguments: object) -> object:
        nonlocal looks
        looks += 1
        if looks == 2:
            raise DatabaseError("the disk failed")
        return look(*arguments)  # type: ignore[arg-type]

    dispatcher._preparation._look_once_more = broken  # type: ignore[method-assign,assignment]
    with dispatcher, pytest.raises(DatabaseError):
        dispatcher.dispatch(house.engine)
    assert len(provider.ledger) == FEWEST
    assert sorted(row.state for row in house.messages()) == ["accepted"] * FEWEST + ["queued"]
