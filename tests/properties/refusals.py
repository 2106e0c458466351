"""A provider that refuses some messages for good, some addresses altogether, and is busy now and then."""

import hashlib

from notifier.delivery.outcomes import OtherChannel, Outcome, Retry, SuppressAddress
from notifier.model.outgoing import Outgoing
from notifier.simulation.channel import KeepingChannel


class RefusingChannel(KeepingChannel):
    """What it says follows from the seed, the notice, the channel and the attempt: the same history plays the same."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._seed = seed

    async def send(self, message: Outgoing) -> Outcome:
        """A quarter is refused, a twelfth of the addresses for good; a twelfth has to wait."""
        drawn = f"{self._seed}|{message.reference}|{message.channel}|{message.attempt}"
        match hashlib.sha256(drawn.encode()).digest()[0] % 12:
            case 0 | 1 | 2:
                return OtherChannel(reason="refused")
            case 3:
                return SuppressAddress(reason="opted out")
            case 4:
                return Retry(reason="busy")
        return await super().send(message)
