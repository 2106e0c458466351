"""What a mail that came back says: values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class BounceKind(StrEnum):
    """What became of our mail, as far as the one who wrote says it."""

    HARD = "hard"
    """It is lost: nobody receives mail at this address."""
    SOFT = "soft"
    """It is lost, and that says nothing for good of the address: a full mailbox, given up, an unclear refusal."""
    OURS = "ours"
    """It is lost by our own fault: a policy against us, a protocol or a content that is refused."""
    DELAYED = "delayed"
    """It is not there yet. Some servers say no more than that when they give up."""
    COMPLAINT = "complaint"
    """It arrived, and the one who got it calls it unwanted."""
    DELIVERED = "delivered"
    """It arrived, or was handed on to a server that reports no more."""
    AUTO_REPLY = "auto_reply"
    """A machine answers for a person: this is no bounce."""
    REPLY = "reply"
    """A person wrote it: this is no bounce, either."""
    UNREADABLE = "unreadable"
    """Nothing in it says what became of a mail."""


LOST = (BounceKind.HARD, BounceKind.SOFT, BounceKind.OURS)
"""The mail does not arrive any more."""


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What became of a mail, and by which words one knows."""

    kind: BounceKind
    reason: str
    """One sentence, without addresses and without anything that was written to us."""
    code: str | None = None
    """The code that decided: `550 5.1.1`, `5.2.2`, `451`; for a complaint its type."""


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """A mail that came back, read. All that names our mail stands in the order in which it is to be believed."""

    meaning: Meaning
    addresses: tuple[str, ...] = ()
    """Addresses with an extension (`bounce+…@…`) that stand in it: one of them may be our envelope sender."""
    message_ids: tuple[str, ...] = ()
    """Of mails that it is about, without angle brackets."""
    envelope_ids: tuple[str, ...] = ()
    """What we called the envelope (ENVID), where it is repeated."""
    reporter: str | None = None
    """The host that wrote it, as it calls itself in its report."""
    tries_until: datetime | None = None
    """Of a mail that is delayed: how long the server tries, where it says so (aware UTC)."""

    @property
    def kind(self) -> BounceKind:
        """What became of the mail."""
        return self.meaning.kind
