"""A provider that takes everything, and says what became of it when it is asked."""

from collections.abc import Collection
from datetime import datetime

from notifier.delivery.outcomes import Accepted, Finding, Outcome
from notifier.model.outgoing import Outgoing
from notifier.model.receipts import Receipt


class Provider:
    """Its ids are those of the subjects, after its name: `twilio-A-1`, for a second message `twilio-A-1-2`."""

    concurrency = 16

    def __init__(self, name: str) -> None:
        self.name = name
        self.said: dict[str, Receipt] = {}
        """What it answers, by id."""
        self._taken: list[str] = []

    async def send(self, message: Outgoing) -> Outcome:
        self._taken.append(message.subject_id)
        count = self._taken.count(message.subject_id)
        return Accepted(provider_id=f"{self.name}-{message.subject_id}" + (f"-{count}" if count > 1 else ""))

    async def find(self, message: Outgoing, owned: Collection[str] = (), *, now: datetime) -> Finding:
        raise AssertionError("nothing is unknown here")

    async def became(self, provider_id: str) -> Receipt | None:
        return self.said.get(provider_id)

    async def aclose(self) -> None:
        pass
