"""A provider that accepts every message and keeps it: for simulated worlds."""

from collections.abc import Collection
from datetime import datetime

from notifier.delivery.outcomes import Absent, Accepted, Finding, Found, Outcome
from notifier.model.outgoing import Outgoing

SIMULATED = "simulated"
"""The provider's name."""


class KeepingChannel:
    """Accepts every message once and keeps it in memory; a message that comes twice is an error (double delivery)."""

    name = SIMULATED
    concurrency = 16

    def __init__(self) -> None:
        self.messages: dict[str, Outgoing] = {}
        """Messages by id, in the order of arrival."""

    async def send(self, message: Outgoing) -> Outcome:
        """Accepts the message. Raises ValueError for one it has already."""
        if message.id in self.messages:
            raise ValueError(f"message {message.id} was handed over twice")
        self.messages[message.id] = message
        return Accepted(provider_id=message.id)

    async def find(
        self,
        message: Outgoing,
        owned: Collection[str] = (),  # noqa: ARG002 - its ids are its own
        *,
        now: datetime | None = None,  # noqa: ARG002 - and so is its clock
    ) -> Finding:
        """Always certain."""
        return Found(provider_id=message.id) if message.id in self.messages else Absent()

    async def aclose(self) -> None:
        """Nothing is kept open."""
