"""Promises as JSON documents."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant, instant_or_null
from notifier.model.instants import utc_text
from notifier.store.state.promises import PromiseRow


class PromiseDocument(TypedDict):
    """What names the promise from now on."""

    id: str


class ListedPromiseDocument(TypedDict):
    """One promise, as somebody recorded it."""

    id: str
    customer: str | None
    subject: str
    """`contract:K-1`"""
    topic: str
    value: str
    """The canonical text of the topic's type."""
    currency: str | None
    """ISO 4217, for money."""
    tax_included: bool | None
    made_at: Instant
    made_by: str | None
    source: str
    channel: str | None
    """Where it was said."""
    evidence: str | None
    due_at: Instant | None
    state: str
    """open, kept, broken, superseded or withdrawn"""


def promise_document(promise_id: str) -> PromiseDocument:
    """`promise add --json`."""
    return {"id": promise_id}


def listed_promise_document(promise: PromiseRow) -> ListedPromiseDocument:
    """One item of `promise list --json`."""
    return {
        "id": promise.id,
        "customer": promise.customer_id,
        "subject": f"{promise.subject_type}:{promise.subject_id}",
        "topic": promise.topic,
        "value": promise.value,
        "currency": promise.currency,
        "tax_included": promise.tax_included,
        "made_at": utc_text(promise.made_at),
        "made_by": promise.made_by,
        "source": promise.source,
        "channel": promise.channel,
        "evidence": promise.evidence,
        "due_at": instant_or_null(promise.due_at),
        "state": promise.state,
    }
