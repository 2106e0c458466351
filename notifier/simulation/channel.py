"""A provider that takes everything and keeps it: where messages of a simulated world end."""

from collections.abc import Collection

from notifier.delivery.outcomes import Absent, Accepted, Finding, Found, Outcome
from notifier.model.outgoing import Outgoing


class KeepingChannel:
    """Accepts every message once, in memory; the same message twice would be a double delivery, and is an error."""

    name = "simulated"
    at_once = 16

    def __init__(self) -> None:
        self.messages: dict[str, Outgoing] = {}
        """By the message's id, in the order of arrival."""

    async def send(self, message: Outgoing) -> Outcome:
        """Accepted. Raises ValueError for a message it has."""
        if message.id in self.messages:
            raise ValueError(f"message {message.id} was handed over twice")
        self.messages[message.id] = message
        return Accepted(provider_id=message.id)

    async def find(self, message: Outgoing, owned: Collection[str] = ()) -> Finding:  # noqa: ARG002 - ids of its own
        """It knows for certain."""
        return Found(provider_id=message.id) if message.id in self.messages else Absent()

    async def aclose(self) -> None:
        """Nothing is kept open."""
