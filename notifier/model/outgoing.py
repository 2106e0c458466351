"""A message on its way out: what the outbox leases and a channel sends."""

from dataclasses import dataclass
from datetime import datetime

from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.types import ChannelName, NoticeClass


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One message as it is sent: the stored bytes, never rendered again."""

    id: str
    notice_id: str
    rule: str
    """For an alert, the rule or check that caused it."""
    subject_type: str
    subject_id: str
    each_id: str | None = None
    occurrence: str
    reference: str
    """The notice's reference. Every body carries it, so no two bodies to one address are equal."""
    kind: NoticeKind
    notice_class: NoticeClass
    recipient_id: str | None
    """The customer's id, or for an alert the owner's."""
    owner: str
    """Who answers for the notice."""
    channel: ChannelName
    address: str
    subject: str | None
    text: str
    payload: bytes
    segments: int = 1
    """What a provider's rate counts: the segments of an SMS, 1 for a mail."""
    attempt: int
    """Counted from 1."""
    started_at: datetime
    """When this attempt was leased. The provider cannot have got it earlier."""
    until: datetime
    """After this instant the message helps nobody. Providers that take a validity period are told."""
    notice_state: NoticeState
    """`ready`, or `told` where another message of the notice was accepted already."""
    claims_digest: str
    content_digest: str
    """Of the notice whose bytes these are. The recheck compares both digests."""
    is_answer: bool = False
    """It answers a mail by itself: what cannot be delivered of it comes back to nobody, so that no two machines
    write to each other for ever (RFC 3834, 3.3)."""
    released: bool = False
    """A person lifted the holds of contradictions for this notice."""
