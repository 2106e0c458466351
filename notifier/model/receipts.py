"""What a provider said of a message after it had taken it: values, and the state that all of it amounts to.

Receipts come doubled, late, out of order, and before our own commit of the provider's id. So every one is kept, and the
state of a message is computed from all of them, never from the last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from notifier.model.notices import MessageState
from notifier.model.types import ChannelName

SIMULATOR = "simulator"
"""What the sandbox plays for addresses at which something becomes of a message."""
CONFIRMING = frozenset({"twilio", "gateway", "simulated", SIMULATOR})
"""Providers that say of each message whether it arrived. Of the others, silence says nothing."""


class ReceiptState(StrEnum):
    """What a receipt means, whatever the provider's own word for it is."""

    SENT = "sent"
    """It is on its way."""
    DELAYED = "delayed"
    """It is on its way, and could not be handed over yet."""
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    COMPLAINT = "complaint"
    """It arrived, and the person does not want it."""


class Permanence(StrEnum):
    """What it says of the address that a message did not arrive."""

    PASSING = "passing"
    """Nothing for good: a full mailbox, a handset that is off."""
    MESSAGE = "message"
    """Nothing: this one message will not arrive on this channel."""
    ADDRESS = "address"
    """It must not be written to again: dead, blocked, or opted out."""
    OURS = "ours"
    """Nothing: the mistake is ours, and a person has to mend it."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One thing that a provider said of one message, named by the provider's id or by our reference."""

    provider: str
    """As it is stored with the message: `twilio`, `smtp`."""
    channel: ChannelName
    provider_id: str | None = None
    reference: str | None = None
    """The reference of the message's notice. Where both are given, the provider's id decides."""
    status: str
    """The provider's own word. The same word about the same message is the same receipt."""
    state: ReceiptState
    code: str | None = None
    """The provider's code: `30003`, `5.1.1`."""
    meaning: str | None = None
    """One sentence of our own: it is stored and shown, so it has no address and no text."""
    permanence: Permanence | None = None
    raw: Mapping[str, str] = field(default_factory=dict)
    """What else the provider said, for proof: ids and codes, never an address or a text."""

    @property
    def key(self) -> str:
        """Equal for the same receipt, however often it comes."""
        return f"{self.provider}|{self.channel}|{self.provider_id or self.reference or ''}|{self.status}"


@dataclass(frozen=True, kw_only=True)
class Said:
    """As much of a receipt as the state of its message depends on."""

    state: ReceiptState
    permanence: Permanence | None
    meaning: str | None


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of a message that a provider had accepted."""

    state: MessageState
    meaning: str | None = None
    """Why it did not arrive."""
    permanence: Permanence | None = None


def fate_of(channel: ChannelName, receipts: Iterable[Said]) -> Fate:
    """What all receipts of one message, in the order in which they came, say together.

    The first that says how it ended decides, whatever comes later. But a mail server says `delivered` when the next
    server has the mail; a failure for good that comes after that is the truth.
    """
    state, permanence = MessageState.ACCEPTED, None
    reasons: list[str] = []
    for said in receipts:
        match said.state:
            case ReceiptState.SENT | ReceiptState.DELAYED:
                continue
            case ReceiptState.UNDELIVERED:
                if said.meaning:
                    reasons.append(said.meaning)
                if state is MessageState.ACCEPTED or _bounced_after_all(channel, state, said):
                    state, permanence = MessageState.UNDELIVERED, said.permanence or Permanence.MESSAGE
            case ReceiptState.DELIVERED | ReceiptState.COMPLAINT:
                if state is MessageState.ACCEPTED:
                    state = MessageState.DELIVERED
    # The first reason that was given stays, also where the receipt that decided gave none.
    reason = reasons[0] if reasons and state is MessageState.UNDELIVERED else None
    return Fate(state=state, meaning=reason, permanence=permanence)


def _bounced_after_all(channel: ChannelName, state: MessageState, said: Said) -> bool:
    is_for_good = said.permanence is not Permanence.PASSING
    return channel is ChannelName.EMAIL and state is MessageState.DELIVERED and is_for_good
