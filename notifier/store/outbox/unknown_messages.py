"""Messages of unknown fate: what a process that died left behind, and what a provider is to be asked about.

All functions work within the connection's transaction, which the caller commits.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.notices import MessageState
from notifier.model.outgoing import Outgoing
from notifier.model.transitions import message_moves
from notifier.model.types import ChannelName
from notifier.store.outbox.leasing import LEASE, outgoing
from notifier.store.outbox.queue import of_channel, queue_order
from notifier.store.sql import rows_in
from notifier.store.tables import MESSAGE

OVERLAP = timedelta(hours=1)
"""How much older than an attempt another message's id may be and still count as owned: far more than clocks differ."""


def left_behind(connection: sa.Connection, *, now: datetime, live: bool, channel: ChannelName) -> int:
    """Take over claims whose process died; how many there were.

    Where its provider may have been called, the message becomes `unknown`, and the provider is asked before anything
    is sent again. Where it was not, it is queued again, uncounted: nobody needs to be asked, or could be with SMTP.
    """
    message_moves(MessageState.SENDING, MessageState.UNKNOWN)
    message_moves(MessageState.SENDING, MessageState.QUEUED)
    left = (
        *of_channel(live=live, channel=channel),
        MESSAGE.c.state == MessageState.SENDING,
        MESSAGE.c.started_at <= now - LEASE,
    )
    why = "the process that was handing it over did not come back"
    untouched = connection.execute(
        sa.update(MESSAGE)
        .where(*left, MESSAGE.c.called_at.is_(None))
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
        .where(*left, MESSAGE.c.called_at.is_not(None))
        .values(state=MessageState.UNKNOWN, error=why, decision="Unknown", next_attempt_at=now, changed_at=now)
    )
    return int(untouched.rowcount + called.rowcount)


def unknown_due(
    connection: sa.Connection, *, now: datetime, live: bool, channel: ChannelName, limit: int
) -> list[Outgoing]:
    """Messages whose fate is to be asked for now."""
    statement = (
        sa.select(MESSAGE.c.id)
        .where(
            *of_channel(live=live, channel=channel),
            MESSAGE.c.state == MessageState.UNKNOWN,
            MESSAGE.c.next_attempt_at <= now,
        )
        .order_by(*queue_order(MESSAGE))
        .limit(limit)
    )
    return outgoing(connection, list(connection.execute(statement).scalars()))


def owned_ids(connection: sa.Connection, messages: Sequence[Outgoing]) -> Mapping[str, set[str]]:
    """The provider's ids that messages to these messages' addresses have already, by address: never theirs."""
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
