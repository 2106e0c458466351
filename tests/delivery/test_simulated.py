"""The sandbox's own addresses: which they are, and what the sandbox says at once."""

import asyncio
from pathlib import Path

import pytest

from notifier.delivery.outcomes import Accepted, Found, OtherChannel, SuppressAddress
from notifier.delivery.sandbox import SandboxChannel
from notifier.delivery.simulated import OUTCOMES, REFUSED, simulated
from notifier.model.receipts import SIMULATOR
from notifier.model.types import ChannelName
from tests.support.outgoing import outgoing

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL


@pytest.mark.parametrize(
    ("channel", "address", "name"),
    [
        (SMS, "+15005551300", "bounced"),
        (SMS, "+15005551399", "bounced"),
        (SMS, "+15005551600", "stop"),
        (EMAIL, "bounced@sandbox.example", "bounced"),
        (EMAIL, "Late-10M+c-1@Sandbox.Example", "late-10m"),
        (SMS, "+15005550006", None),
        (SMS, "+150055513", None),
        (SMS, "+150055513000", None),
        (SMS, "1300", None),
        (SMS, "bounced@sandbox.example", None),
        (EMAIL, "bounced@example.com", None),
        (EMAIL, "bounced@sandbox.example.com", None),
        (EMAIL, "ana@sandbox.example", None),
        (EMAIL, "sandbox.example", None),
    ],
)
def test_an_address_is_ours_or_like_any_other(channel: ChannelName, address: str, name: str | None) -> None:
    found = simulated(channel, address)
    assert (None if found is None else found.name) == name


def test_every_outcome_has_a_name_and_numbers_of_its_own() -> None:
    assert len({each.name for each in OUTCOMES}) == len({each.digits for each in OUTCOMES}) == len(OUTCOMES)
    for each in OUTCOMES:
        assert simulated(EMAIL, each.mailbox) is each
        assert [simulated(SMS, number) for number in each.numbers or ()] == [each for _ in each.numbers or ()]


def test_the_message_lies_in_the_folder_and_a_provider_that_answers_has_it(tmp_path: Path) -> None:
    sandbox, message = SandboxChannel(tmp_path), outgoing(address="+15005551200")
    name = "2026-03-02T140000Z-7K3QM-X9T2A-sms.txt"
    for _ in range(2):
        assert asyncio.run(sandbox.send(message)) == Accepted(provider_id=name, provider=SIMULATOR)
    assert asyncio.run(sandbox.find(message)) == Found(provider_id=name, provider=SIMULATOR)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("number", REFUSED)
def test_a_number_that_twilio_tests_refusals_with_is_refused_at_once(tmp_path: Path, number: str) -> None:
    outcome = asyncio.run(SandboxChannel(tmp_path).send(outgoing(address=number)))
    assert isinstance(outcome, OtherChannel | SuppressAddress)
    assert outcome.reason.startswith(f"Twilio {REFUSED[number]}: ")
    assert list(tmp_path.iterdir()) == []
