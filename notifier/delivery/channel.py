"""The way out of the house: what dispatch hands over, and what every channel adapter must be able to do.

An adapter is one short module: it turns an `Outgoing` into one call and the answer into an `Outcome`. It opens no
database, retries nothing by itself and keeps no state but its connection.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifier.delivery.outcomes import Finding, Outcome
from notifier.model.notices import NoticeKind
from notifier.model.types import ChannelName, NoticeClass


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One message as it is handed over: the stored bytes, never rendered again."""

    id: str
    notice_id: str
    reference: str
    """The notice's reference; a body carries it, so that no two bodies to one address are equal."""
    kind: NoticeKind
    notice_class: NoticeClass
    channel: ChannelName
    address: str
    text: str
    payload: bytes
    attempt: int
    """Counted from 1."""
    started_at: datetime
    """When this attempt was committed as `sending`: the provider cannot have the message from before it."""
    until: datetime
    """After this instant the message helps nobody: a validity period for providers that take one."""


class Channel(Protocol):
    """One provider. All its methods are called from one event loop, so it may keep a connection between messages."""

    name: str
    """Of the provider, as stored with the message: `sandbox`, `twilio`, `smtp`."""

    async def send(self, message: Outgoing) -> Outcome:
        """Hands the message over once. Returns for everything a provider or a network can do; raises for mistakes."""
        ...

    async def find(self, message: Outgoing) -> Finding:
        """Whether the provider has this attempt, after a crash or an unclear answer."""
        ...

    async def aclose(self) -> None:
        """Ends the connection, if one is kept."""
        ...
