"""Addresses that must not be written to again: kept where a provider refused one for good, lifted by a person.

Both mark customers who have the address as changed, so the next tick decides again about everything that they are to be
told. All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from notifier.model.notices import NoticeKind
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName
from notifier.store.interventions import RefusedError, intervene
from notifier.store.sql import insert_new
from notifier.store.state.changes import touch_where
from notifier.store.tables import CUSTOMER, MESSAGE, NOTICE, SUPPRESSED

SUPPRESS = "SuppressAddress"
"""The decision that the address must not be written to again; named as its type in `delivery.outcomes`."""
OBJECT = "suppression"
"""What the record of interventions calls it. Its id is that of the message that caused it, which has the address."""

ADDRESS_COLUMNS = {ChannelName.SMS: CUSTOMER.c.phone, ChannelName.EMAIL: CUSTOMER.c.email}


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """One address that must not be written to, with its evidence."""

    channel: ChannelName
    address: str
    reason: str
    """One sentence of the provider."""
    since: datetime
    message_id: str
    """The message that the provider answered with the refusal."""
    reference: str
    """Of that message's notice."""
    recipient_id: str | None
    """Whom that notice was for: the customer's id, or for an alert the owner's."""


def suppress(connection: sa.Connection, message: Outgoing, *, reason: str, now: datetime) -> None:
    """Never write to the address of this message again, where it was sent: live, or in the sandbox.

    An address that is suppressed already stays as it is.

    All notices of customers with messages to the address are decided again. Other customers with the address are not
    searched for: an index by address would cost each import more than it is worth. Their messages are rechecked before
    they are sent, like all.
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
    touch_where(connection, "customer", CUSTOMER.c.id.in_(written_to), now)


def suppressions(connection: sa.Connection, *, live: bool, limit: int | None = None) -> Sequence[Suppression]:
    """The suppressed addresses, live or of the sandbox, the latest first."""
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


def lift(
    connection: sa.Connection,
    address: str,
    *,
    channel: ChannelName | None,
    live: bool,
    by: str,
    reason: str,
    now: datetime,
) -> ChannelName:
    """Let the address be written to again: a person answers for it. Returns the channel.

    `channel` may be left out where only one is meant. Raises RefusedError where nothing is suppressed there.
    """
    wanted = [SUPPRESSED.c.address == address.strip(), SUPPRESSED.c.live.is_(live)]
    if channel is not None:
        wanted.append(SUPPRESSED.c.channel == channel)
    rows = connection.execute(sa.select(SUPPRESSED).where(*wanted).with_for_update()).all()
    if not rows:
        where = "" if channel is None else f" on {channel}"
        raise RefusedError(f"{address} is not suppressed{where}; see notifier suppressions list")
    if len(rows) > 1:
        found = " and ".join(sorted(row.channel for row in rows))
        raise RefusedError(f"{address} is suppressed on {found}; say which: --channel NAME")
    row = rows[0]
    intervene(connection, actor=by, verb="lift", object_type=OBJECT, object_id=row.message_id, reason=reason, at=now)
    connection.execute(sa.delete(SUPPRESSED).where(*wanted))
    on = ChannelName(row.channel)
    touch_where(connection, "customer", ADDRESS_COLUMNS[on] == row.address, now)
    return on
