"""What providers said when they were asked, as a JSON document."""

from typing_extensions import TypedDict

from notifier.model.notices import MessageState
from notifier.receipts.taking import Taken


class AskedDocument(TypedDict):
    """What became of the messages about which providers were asked."""

    asked: int
    """About how many messages."""
    delivered: int
    undelivered: int


def asked_document(taken: Taken) -> AskedDocument:
    """What `reconcile --json` prints."""
    return {
        "asked": taken.asked,
        "delivered": taken.count(MessageState.DELIVERED),
        "undelivered": taken.count(MessageState.UNDELIVERED),
    }
