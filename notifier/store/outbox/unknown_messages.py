"""Messages of which nobody knows whether they arrived: a process died while it sent them, or an answer was lost.

All functions work within the connection's transaction, which the caller commits.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.notices import MessageState
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.transitions import message_moves
from notifier.store.outbox.leasing import LEASE
from notifier.store.outbox.outgoing import outgoing
from notifier.store.outbox.queue import free, its_time_has_come, lease_is_over, of_outlet, queue_order
from notifier.store.sql import rows_in
from notifier.store.tables import MESSAGE

OVERLAP = timedelta(hours=1)
"""A provider's id counts as another message's if that was accepted up to this long before the attempt. Far more than
clocks differ."""


def left_behind(connection: sa.Connection, outlet: Outlet, *, now: datetime) -> int:
    """End the leases of processes that died; how many messages they had.

    A message whose provider may have been called becomes `unknown`: the provider is asked before anything is sent
    again. The others are queued again, and the attempt is not counted: nobody needs to be asked about them, and with
    SMTP nobody could be. What another process is at just now is left to it, and to the next time.
    """
    message_moves(MessageState.SENDING, MessageState.UNKNOWN)
    message_moves(MessageState.SENDING, MessageState.QUEUED)
    left = (
        *of_outlet(outlet),
        MESSAGE.c.state == MessageState.SENDING,
        lease_is_over(now, LEASE),
    )
    why = "the process that was handing it over did not come back"
    untouched = connection.execute(
        sa.update(MESSAGE)
        .where(free(*left, MESSAGE.c.called_at.is_(None)))
        .values(
            state=MessageState.QUEUED,
            attempts=MESSAGE.c.attempts - 1,
            error=f"{why}; it had not begun",
            next_attempt_at=now,
            changed_at=now,
        )
    )
    called = connection.execute(
        sa.update(MESSAGE)
        .where(free(*left, MESSAGE.c.called_at.is_not(None)))
        .values(state=MessageState.UNKNOWN, error=why, decision="Unknown", next_attempt_at=now, changed_at=now)
    )
    return int(untouched.rowcount + called.rowcount)


def unknown_due(connection: sa.Connection, outlet: Outlet, *, now: datetime, limit: int) -> list[Outgoing]:
    """Messages about which the provider is to be asked now."""
    statement = (
        sa.select(MESSAGE.c.id)
        .where(*of_outlet(outlet), MESSAGE.c.state == MessageState.UNKNOWN, its_time_has_come(now))
        .order_by(*queue_order(MESSAGE))
        .limit(limit)
    )
    return outgoing(connection, list(connection.execute(statement).scalars()))


def owned_ids(connection: sa.Connection, messages: Sequence[Outgoing]) -> Mapping[str, set[str]]:
    """The provider's ids of other messages to the addresses of these messages, by address.

    None of them can be the id of a message about which the provider is asked.
    """
    owned: dict[str, set[str]] = defaultdict(set)
    if not messages:
        return owned
    statement = sa.select(MESSAGE.c.address, MESSAGE.c.provider_id).where(
        MESSAGE.c.channel == messages[0].channel,
        MESSAGE.c.provider_id.is_not(None),
        MESSAGE.c.accepted_at >= min(message.started_at for message in messages) - OVERLAP,
    )
    for row in rows_in(connection, statement, MESSAGE.c.address, {message.address for message in messages}):
        owned[row.address].add(row.provider_id)
    return owned
