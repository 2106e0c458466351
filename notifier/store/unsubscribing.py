"""What one click stops: one class of notices to one mail address, for everybody who has that address.

All functions work within the connection's transaction, which the caller commits.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.consent import Source, Word
from notifier.model.notices import NoticeKind
from notifier.model.transitions import HANDED_OVER
from notifier.model.types import ChannelName, NoticeClass
from notifier.store.consent import append, ledger_at
from notifier.store.sql import is_any_of
from notifier.store.tables import MESSAGE, NOTICE


@dataclass(frozen=True, kw_only=True)
class Subscribed:
    """A mail that was sent, with what its link stops."""

    notice_id: str
    reference: str
    notice_class: NoticeClass
    address: str
    message_id: str
    live: bool


_MAILS = (
    sa.select(NOTICE.c.id, NOTICE.c.reference, NOTICE.c.notice_class, MESSAGE.c.address)
    .add_columns(MESSAGE.c.id.label("message_id"), MESSAGE.c.live)
    .join(MESSAGE, MESSAGE.c.notice_id == NOTICE.c.id)
    .where(MESSAGE.c.channel == ChannelName.EMAIL)
)


def subscribed(connection: sa.Connection, reference: str) -> Subscribed | None:
    """The mail of the notice with this reference; None where there is none."""
    statement = _MAILS.where(NOTICE.c.reference == reference)
    statement = statement.order_by(MESSAGE.c.accepted_at.desc(), MESSAGE.c.id.desc())
    return _first(connection, statement)


def last_subscribed(connection: sa.Connection, customer: str) -> Subscribed | None:
    """The mail that was told last to this customer and has a link to unsubscribe; None without one."""
    statement = (
        _MAILS.where(NOTICE.c.recipient_id == customer, NOTICE.c.kind != NoticeKind.ALERT)
        .where(NOTICE.c.notice_class != NoticeClass.SAFETY, is_any_of(MESSAGE.c.state, *HANDED_OVER))
        .order_by(MESSAGE.c.accepted_at.desc(), MESSAGE.c.id.desc())
    )
    return _first(connection, statement)


def _first(connection: sa.Connection, statement: sa.Select[Any]) -> Subscribed | None:
    row = connection.execute(statement.limit(1)).first()
    if row is None:
        return None
    return Subscribed(
        notice_id=row.id,
        reference=row.reference,
        notice_class=NoticeClass(row.notice_class),
        address=row.address,
        message_id=row.message_id,
        live=row.live,
    )


def stop(connection: sa.Connection, mail: Subscribed, *, now: datetime) -> bool:
    """Write down that no more of this class goes to the mail's address; False where that holds already."""
    there = (ChannelName.EMAIL, mail.address)
    said = ledger_at(connection, [there], live=mail.live).get((there, mail.notice_class))
    if said is not None and said.word is Word.OUT:
        return False
    append(
        connection,
        address=mail.address,
        channel=ChannelName.EMAIL,
        classes=(mail.notice_class,),
        word=Word.OUT,
        source=Source.UNSUBSCRIBE,
        by="the recipient",
        reason=f"one click in {mail.reference}",
        now=now,
        live=mail.live,
        message_id=mail.message_id,
    )
    return True
