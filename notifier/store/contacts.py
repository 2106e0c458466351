"""What customers write to us, as rows of `contact`, with the notice that they most likely answer.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import NoticeKind
from notifier.model.state import Contact
from notifier.model.types import Address, ChannelName
from notifier.store.sql import table_of
from notifier.store.state.changes import write_rows
from notifier.store.tables import ADDRESS_COLUMNS, CONSENT, CONSENT_ENTRY, CUSTOMER, MESSAGE, NOTICE

CONTACT = table_of(Contact)
ANSWERED_WITHIN = timedelta(days=14)
"""How long after a notice a reply is taken for an answer to it, where what it is about is over."""
LONGEST = 10_000
"""Letters of a text that are kept: more than an SMS has, and than a person writes in an answer."""


@dataclass(frozen=True, kw_only=True)
class RepliedTo:
    """The notice that a reply answers: the one that it names, or the one that was told last at its address."""

    notice_id: str
    reference: str
    rule: str
    owner: str
    subject_type: str
    subject_id: str
    recipient_id: str | None
    anchor: datetime | None
    told_at: datetime
    locale: str | None
    address: str
    """Where it was told."""

    def may_be_meant(self, now: datetime) -> bool:
        """Whether a reply at `now` is an answer to it: it was told lately, or what it is about is to come."""
        return now < self.told_at + ANSWERED_WITHIN or (self.anchor is not None and now < self.anchor)


_TOLD: sa.Select[Any] = (
    sa.select(
        NOTICE.c.id,
        *(NOTICE.c[name] for name in ("reference", "rule", "owner", "subject_type", "subject_id", "recipient_id")),
        NOTICE.c.anchor_at,
        NOTICE.c.locale,
        MESSAGE.c.accepted_at,
        MESSAGE.c.address,
    )
    .join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
    .where(
        MESSAGE.c.channel == sa.bindparam("channel"),
        MESSAGE.c.live == sa.bindparam("live"),
        MESSAGE.c.accepted_at.is_not(None),
        NOTICE.c.kind != NoticeKind.ALERT,
    )
    .order_by(MESSAGE.c.accepted_at.desc(), MESSAGE.c.id.desc())
    .limit(1)
)
_TOLD_LAST = _TOLD.where(MESSAGE.c.address == sa.bindparam("address"))
_TOLD_AS = _TOLD.where(NOTICE.c.reference == sa.bindparam("reference"))


def last_told(connection: sa.Connection, address: str, channel: ChannelName, *, live: bool) -> RepliedTo | None:
    """The notice of which a message went to the address last; None where none ever did."""
    there = {"address": address, "channel": channel, "live": live}
    row = connection.execute(_TOLD_LAST, there).first()
    return None if row is None else _replied_to(row)


def told_as(
    connection: sa.Connection, references: Iterable[str], channel: ChannelName, *, live: bool
) -> RepliedTo | None:
    """The first of these references that is a notice told to a customer on the channel; None where none is."""
    for reference in references:
        row = connection.execute(_TOLD_AS, {"reference": reference, "channel": channel, "live": live}).first()
        if row is not None:
            return _replied_to(row)
    return None


def _replied_to(row: sa.Row[Any]) -> RepliedTo:
    return RepliedTo(
        notice_id=row.id,
        reference=row.reference,
        rule=row.rule,
        owner=row.owner,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        recipient_id=row.recipient_id,
        anchor=row.anchor_at,
        told_at=row.accepted_at,
        locale=row.locale,
        address=row.address,
    )


def customers_at(connection: sa.Connection, channel: ChannelName, address: str) -> Sequence[str]:
    """The ids of the customers who have this address."""
    statement = sa.select(CUSTOMER.c.id).where(ADDRESS_COLUMNS[channel] == address).order_by(CUSTOMER.c.id)
    return connection.execute(statement).scalars().all()


def addresses_of(connection: sa.Connection, customers: Collection[str]) -> Sequence[Address]:
    """Where these customers are written to, on every channel; each address once.

    A number is one of WhatsApp only where somebody said yes or no to it there: without a yes nothing goes there.
    """
    statement = sa.select(*ADDRESS_COLUMNS.values()).where(CUSTOMER.c.id.in_(customers)).order_by(CUSTOMER.c.id)
    rows = connection.execute(statement).all() if customers else []
    found = ((channel, address) for row in rows for channel, address in zip(ADDRESS_COLUMNS, row, strict=True))
    places = list(dict.fromkeys((channel, address) for channel, address in found if address))
    asked = numbers_on_whatsapp(connection, customers) if places else set()
    return [place for place in places if place[0] is not ChannelName.WHATSAPP or place[1] in asked]


def numbers_on_whatsapp(connection: sa.Connection, customers: Collection[str]) -> set[str]:
    """The numbers of these customers at which anything was said of WhatsApp, to the business or in the ledger."""
    of_them = sa.select(CUSTOMER.c.phone).where(CUSTOMER.c.id.in_(customers))
    said = of_them.join(CONSENT, CONSENT.c.customer_id == CUSTOMER.c.id)
    there = of_them.join(CONSENT_ENTRY, CONSENT_ENTRY.c.address == CUSTOMER.c.phone)
    both = (
        each.where(table.c.channel == ChannelName.WHATSAPP) for each, table in ((said, CONSENT), (there, CONSENT_ENTRY))
    )
    return {address for each in both for address in connection.execute(each).scalars()}


def address_of(connection: sa.Connection, customer: str, channel: ChannelName) -> str | None:
    """Where a customer is written to on this channel."""
    statement = sa.select(ADDRESS_COLUMNS[channel]).where(CUSTOMER.c.id == customer)
    return connection.execute(statement).scalar()


def keep_contact(
    connection: sa.Connection,
    *,
    provider_id: str,
    channel: ChannelName,
    customer_id: str,
    text: str,
    notice: RepliedTo | None,
    outcome: str,
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
        "outcome": outcome,
        "attributes": {"text": text[:LONGEST]},
    }
    write_rows(connection, "contact", [row], now)
    return True
