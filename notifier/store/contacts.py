"""What customers write to us, as rows of `contact`, with the notice that they most likely answer.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.notices import NoticeKind
from notifier.model.state import Contact
from notifier.model.transitions import HANDED_OVER
from notifier.model.types import ChannelName
from notifier.store.sql import is_any_of, table_of
from notifier.store.state.changes import write_rows
from notifier.store.tables import ADDRESS_COLUMNS, CUSTOMER, MESSAGE, NOTICE

CONTACT = table_of(Contact)
ANSWERED_WITHIN = timedelta(days=14)
"""How long after a notice a reply is taken for an answer to it. Its number says nothing more exact."""
LONGEST = 1_600
"""Letters of a text that are kept."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A notice that a reply may answer."""

    id: str
    reference: str
    rule: str
    owner: str
    customer_id: str


def answered(
    connection: sa.Connection, channel: ChannelName, address: str, *, live: bool, now: datetime
) -> Answered | None:
    """The notice that was told last at this address, lately."""
    statement = (
        sa.select(NOTICE.c.id, NOTICE.c.reference, NOTICE.c.rule, NOTICE.c.owner, NOTICE.c.recipient_id)
        .join(MESSAGE, MESSAGE.c.notice_id == NOTICE.c.id)
        .where(
            MESSAGE.c.address == address,
            MESSAGE.c.channel == channel,
            MESSAGE.c.live.is_(live),
            is_any_of(MESSAGE.c.state, *HANDED_OVER),
            MESSAGE.c.accepted_at > now - ANSWERED_WITHIN,
            NOTICE.c.kind != NoticeKind.ALERT,
            NOTICE.c.recipient_id.is_not(None),
        )
        .order_by(MESSAGE.c.accepted_at.desc(), MESSAGE.c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).first()
    if row is None:
        return None
    return Answered(id=row.id, reference=row.reference, rule=row.rule, owner=row.owner, customer_id=row.recipient_id)


def customers_at(connection: sa.Connection, channel: ChannelName, address: str) -> Sequence[str]:
    """The ids of the customers who have this address."""
    statement = sa.select(CUSTOMER.c.id).where(ADDRESS_COLUMNS[channel] == address).order_by(CUSTOMER.c.id)
    return connection.execute(statement).scalars().all()


def keep_contact(
    connection: sa.Connection,
    *,
    provider_id: str,
    channel: ChannelName,
    customer_id: str,
    text: str,
    notice: Answered | None,
    now: datetime,
) -> bool:
    """Write what a customer wrote. False where it was written before."""
    name = f"{channel}:{provider_id}"
    if connection.execute(sa.select(CONTACT.c.id).where(CONTACT.c.id == name)).first() is not None:
        return False
    row = {
        "id": name,
        "customer_id": customer_id,
        "at": now,
        "channel": channel.value,
        "direction": "inbound",
        "subject": None if notice is None else f"notice:{notice.reference}",
        "outcome": "open",
        "attributes": {"text": text[:LONGEST]},
    }
    write_rows(connection, "contact", [row], now)
    return True
