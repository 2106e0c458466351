"""What people answer to notices: values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Meaning(StrEnum):
    """What a reply means."""

    STOP = "stop"
    PROBABLE_STOP = "probable_stop"
    """A sentence that sounds like an opt-out."""
    STOP_OR_CANCEL = "stop_or_cancel"
    """CANCEL, CANCELAR: no more messages, or no more appointment. Nobody can know which."""
    START = "start"
    HELP = "help"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class WaitingReply:
    """A reply that its owner has to hear of."""

    id: str
    at: datetime
    rule: str | None
    """The rule of the notice that it answers, whose owner hears; None where it answers none."""
    owner: str | None
    reference: str | None
    subject: str | None
    """`appointment:A-1`."""
    customer_id: str | None
    address: str
    """Whose it is: the sender's."""
    text: str | None
    """What was written; None where it was not kept."""
    note: str | None
    """What the owner must know beside the text."""
