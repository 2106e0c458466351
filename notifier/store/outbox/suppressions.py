"""Addresses that must not be written to again: kept where a provider refused one for good.

People lift them in `decisions.suppressions`. All functions work within the connection's transaction, which the caller
commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from notifier.model.notices import NoticeKind
from notifier.model.types import ChannelName
from notifier.store.sql import insert_new
from notifier.store.state.changes import touch_where
from notifier.store.tables import ADDRESS_COLUMNS, CUSTOMER, MESSAGE, NOTICE, SUPPRESSED

SUPPRESS = "SuppressAddress"
"""The decision that the address must not be written to again; named as its type in `delivery.outcomes`."""


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """One address that must not be written to, with its evidence."""

    channel: ChannelName
    address: str
    reason: str
    """One sentence of the provider."""
    since: datetime
    message_id: str
    """The message that drew it."""
    reference: str
    """Of that message's notice."""
    recipient_id: str | None
    """Whom that notice was for: the customer's id, or for an alert the owner's."""


class Addressed(Protocol):
    """A message that was handed over, or was to be."""

    @property
    def id(self) -> str: ...
    @property
    def channel(self) -> ChannelName: ...
    @property
    def address(self) -> str: ...


def suppress(connection: sa.Connection, message: Addressed, *, reason: str, now: datetime) -> None:
    """Never write to the address of this message again, in its mode. One that is suppressed already stays as it is.

    Everybody who has the address, or was or is to be sent something there, is evaluated again.
    """
    live = connection.execute(sa.select(MESSAGE.c.live).where(MESSAGE.c.id == message.id)).scalar_one()
    row = {
        "channel": message.channel,
        "address": message.address,
        "live": live,
        "reason": reason,
        "message_id": message.id,
        "since": now,
    }
    connection.execute(insert_new(SUPPRESSED, connection, key="channel, address, live").values(**row))
    written_to = (
        sa.select(NOTICE.c.recipient_id)
        .join(MESSAGE, MESSAGE.c.notice_id == NOTICE.c.id)
        .where(MESSAGE.c.address == message.address, MESSAGE.c.channel == message.channel, MESSAGE.c.live == live)
        .where(NOTICE.c.kind != NoticeKind.ALERT)
    )
    has_it = ADDRESS_COLUMNS[message.channel] == message.address
    touch_where(connection, "customer", sa.or_(CUSTOMER.c.id.in_(written_to), has_it), now)


def suppressions(connection: sa.Connection, *, live: bool, limit: int | None = None) -> Sequence[Suppression]:
    """The suppressed addresses of this mode, the latest first."""
    statement = (
        sa.select(SUPPRESSED, NOTICE.c.reference, NOTICE.c.recipient_id)
        .join(MESSAGE, MESSAGE.c.id == SUPPRESSED.c.message_id)
        .join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
        .where(SUPPRESSED.c.live.is_(live))
        .order_by(SUPPRESSED.c.since.desc(), SUPPRESSED.c.channel, SUPPRESSED.c.address)
        .limit(limit)
    )
    return [
        Suppression(
            channel=ChannelName(row.channel),
            address=row.address,
            reason=row.reason,
            since=row.since,
            message_id=row.message_id,
            reference=row.reference,
            recipient_id=row.recipient_id,
        )
        for row in connection.execute(statement)
    ]
