"""The protocol of channel adapters.

An adapter is one short module: it turns an `Outgoing` into one call, and the answer into an `Outcome`. It opens no
database, retries nothing by itself and keeps no state except its connection.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol, runtime_checkable

from notifier.delivery.outcomes import Finding, Outcome
from notifier.model.outgoing import Outgoing
from notifier.model.receipts import Receipt


class Channel(Protocol):
    """One provider. All its methods are called from one event loop, so it may keep a connection between messages."""

    name: str
    """The provider's name, as stored with the message: `sandbox`, `twilio`, `smtp`."""
    concurrency: int
    """How many messages are handed over at the same time, and so left in doubt by a death at most."""

    async def send(self, message: Outgoing) -> Outcome:
        """Hands the message over once. Whatever a provider or a network does is an Outcome; only bugs raise."""
        ...

    async def find(self, message: Outgoing, owned: Collection[str] = (), *, now: datetime) -> Finding:
        """Whether the provider has this attempt, after a crash or an unclear answer.

        `owned` are the provider ids already matched to other messages to this address: none of them is this one's.
        `now` is of the clock that the attempt's `started_at` was read from. The provider's may be another one.
        """
        ...

    async def aclose(self) -> None:
        """Closes the connection, if one is kept."""
        ...


@runtime_checkable
class Confirming(Channel, Protocol):
    """A provider that can be asked what became of a message that it took."""

    async def became(self, provider_id: str) -> Receipt | None:
        """What it says of the message with this id; None where it cannot say now."""
        ...
