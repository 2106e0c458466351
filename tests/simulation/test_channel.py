"""The channel of a simulated world keeps every message, and refuses a second delivery."""

import asyncio

import pytest

from notifier.delivery.outcomes import Absent, Accepted, Found
from notifier.simulation.channel import KeepingChannel
from tests.support.outgoing import outgoing


def test_a_message_is_accepted_once() -> None:
    channel = KeepingChannel()
    message = outgoing()
    assert asyncio.run(channel.find(message)) == Absent()
    assert asyncio.run(channel.send(message)) == Accepted(provider_id=message.id)
    assert asyncio.run(channel.find(message)) == Found(provider_id=message.id)
    with pytest.raises(ValueError, match="was handed over twice"):
        asyncio.run(channel.send(message))
