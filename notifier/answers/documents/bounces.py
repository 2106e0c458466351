"""Mails that came back, as JSON documents."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant
from notifier.bounces.bounce import BounceKind
from notifier.model.instants import utc_text
from notifier.store.bounces import KeptBounce


class BounceDocument(TypedDict):
    """One mail that came back."""

    id: str
    received_at: Instant
    way: str
    """`pipe`, `mailbox` or `http`."""
    kind: BounceKind
    code: str | None
    """The code that decided: `550 5.1.1`."""
    reason: str
    reporter: str | None
    """The host that wrote it."""
    notice: str | None
    """The reference of the notice whose mail it is about; null where it leads nowhere."""
    proven: bool
    """It bears the token of our envelope sender; else it only names the notice."""
    lost_at: Instant | None
    """Of a warning that nothing followed yet: when the mail counts as lost."""


def bounce_document(bounce: KeptBounce) -> BounceDocument:
    """One item of `bounces list --json`."""
    return {
        "id": bounce.id,
        "received_at": utc_text(bounce.received_at),
        "way": bounce.way,
        "kind": bounce.meaning.kind,
        "code": bounce.meaning.code,
        "reason": bounce.meaning.reason,
        "reporter": bounce.reporter,
        "notice": bounce.reference,
        "proven": bounce.proven,
        "lost_at": None if bounce.lost_at is None else utc_text(bounce.lost_at),
    }
