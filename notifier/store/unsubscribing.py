"""What one click stops: one class of notices to one mail address, for everybody who has that address.

All functions work within the connection's transaction, which the caller commits.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from notifier.model.types import ChannelName, NoticeClass
from notifier.store.contacts import customers_at
from notifier.store.state.changes import write_rows
from notifier.store.tables import MESSAGE, NOTICE

SOURCE = "one-click unsubscribe"


@dataclass(frozen=True, kw_only=True)
class Subscribed:
    """A mail that was sent, with what its link stops."""

    notice_id: str
    reference: str
    notice_class: NoticeClass
    address: str


def subscribed(connection: sa.Connection, reference: str) -> Subscribed | None:
    """The mail of the notice with this reference; None where there is none."""
    statement = (
        sa.select(NOTICE.c.id, NOTICE.c.reference, NOTICE.c.notice_class, MESSAGE.c.address)
        .join(MESSAGE, MESSAGE.c.notice_id == NOTICE.c.id)
        .where(NOTICE.c.reference == reference, MESSAGE.c.channel == ChannelName.EMAIL)
        .order_by(MESSAGE.c.accepted_at.desc(), MESSAGE.c.id.desc())
    )
    row = connection.execute(statement).first()
    if row is None:
        return None
    return Subscribed(
        notice_id=row.id,
        reference=row.reference,
        notice_class=NoticeClass(row.notice_class),
        address=row.address,
    )


def stop(connection: sa.Connection, mail: Subscribed, *, now: datetime) -> int:
    """Write that everybody with the address wants no more of this class by mail; returns for how many customers."""
    channel, notice_class = ChannelName.EMAIL, mail.notice_class
    customers = customers_at(connection, channel, mail.address)
    rows = [
        {
            "id": f"{customer}/{channel}/{notice_class}",
            "customer_id": customer,
            "channel": channel.value,
            "class": notice_class.value,
            "allowed": False,
            "at": now,
            "source": SOURCE,
        }
        for customer in customers
    ]
    if rows:
        write_rows(connection, "consent", rows, now)
    return len(rows)
