"""Addresses that are not written to any more, as JSON documents."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant
from notifier.model.instants import utc_text
from notifier.model.types import ChannelName
from notifier.store.outbox.suppressions import Suppression


class SuppressionDocument(TypedDict):
    """One address, and the message that its provider refused for good."""

    channel: ChannelName
    address: str
    reason: str
    since: Instant
    notice: str
    """The reference of the notice whose message was refused."""
    recipient: str | None
    """The customer or owner of that notice."""


def suppression_document(suppression: Suppression) -> SuppressionDocument:
    """One item of `suppressions list --json`."""
    return {
        "channel": suppression.channel,
        "address": suppression.address,
        "reason": suppression.reason,
        "since": utc_text(suppression.since),
        "notice": suppression.reference,
        "recipient": suppression.recipient_id,
    }
