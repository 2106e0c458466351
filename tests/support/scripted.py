"""A channel whose provider does what a test says: the wire of the runtime's tests."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime

from notifier.delivery.outcomes import Absent, Accepted, Finding, Outcome
from notifier.model.outgoing import Outgoing


class ScriptedChannel:
    """Answers with the scripted outcomes in turn, then accepts. `ledger` is what the provider has, by message id."""

    name = "scripted"
    concurrency = 16

    def __init__(self, *outcomes: Outcome | Exception) -> None:
        self.script = list(outcomes)
        self.ledger: dict[str, list[Outgoing]] = defaultdict(list)
        self.asked: list[str] = []
        self.closed = 0
        self.finding: Finding = Absent()
        self.before_each: Callable[[Outgoing], None] = lambda _: None

    async def send(self, message: Outgoing) -> Outcome:
        self.before_each(message)
        outcome = self.script.pop(0) if self.script else None
        if isinstance(outcome, Exception):
            raise outcome
        if outcome is not None:
            return outcome
        self.ledger[message.id].append(message)
        return Accepted(provider_id=f"P-{message.id}-{len(self.ledger[message.id])}")

    async def find(self, message: Outgoing, owned: Collection[str] = (), *, now: datetime) -> Finding:
        self.asked.append(message.id)
        return self.finding

    async def aclose(self) -> None:
        self.closed += 1

    @property
    def texts(self) -> list[str]:
        """The texts of what the provider has, in the order in which it got them."""
        return [message.text for messages in self.ledger.values() for message in messages]
