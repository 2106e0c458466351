"""The `notifier` command with a provider that fails for some addresses; it runs in the build that makes a database.

It stays within what every build has: the command line, `House.channels`, and the outcomes of delivery.
"""

import os
from collections.abc import Collection, Mapping

from notifier.cli.main import run
from notifier.delivery.outcomes import Finding, Halt, OtherChannel, Outcome, Retry, SuppressAddress, Unclear, Unknown
from notifier.delivery.sandbox import SandboxChannel
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName
from notifier.wiring import House

OUTCOMES: Mapping[str, Outcome] = {
    "+573001000005": Retry(reason="the line is busy"),
    "+573001000006": Unknown(reason="the connection broke"),
    "+573001000007": OtherChannel(reason="the number is a landline"),
    "+573001000008": SuppressAddress(reason="the customer opted out"),
    "+573001000013": Retry(reason="the line is busy"),
    "c16@example.com": Halt(reason="the account is suspended"),
}
DEADLY = "+573001000014"
"""Whoever hands a message to this number over dies with it in hand."""
DIED = 9


class FaultySandbox(SandboxChannel):
    """The sandbox, with these outcomes in place of its own. It never knows what became of a message."""

    async def send(self, message: Outgoing) -> Outcome:
        if message.address == DEADLY:
            os._exit(DIED)
        return OUTCOMES.get(message.address) or await super().send(message)

    async def find(self, message: Outgoing, owned: Collection[str] = (), **_: object) -> Finding:
        return Unclear(reason="the provider does not answer")


if __name__ == "__main__":
    House.channels = property(  # type: ignore[method-assign, assignment]
        lambda house: dict.fromkeys(ChannelName, FaultySandbox(house.settings.outbox))
    )
    run()
