"""The queue of one channel in one world: its order, what is due of it, and how long that has waited.

All functions work within the connection's transaction, which the caller commits.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import MessageState, NoticeState
from notifier.model.transitions import message_moves
from notifier.model.types import ChannelName
from notifier.store.tables import MESSAGE, NOTICE


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What is due on a channel and was not claimed yet."""

    count: int
    since: datetime
    """When the oldest of it became due."""


def queue_order(message: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    """Safety first, then what is useful for the shortest time, then what was decided first."""
    return message.c.urgency, message.c.until_at, message.c.created_at, message.c.id


def of_channel(*, live: bool, channel: ChannelName) -> tuple[sa.ColumnElement[bool], ...]:
    """The messages of one channel in one world."""
    return MESSAGE.c.live.is_(live), MESSAGE.c.channel == channel


def due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Queued, its time has come, and is not over."""
    return MESSAGE.c.state == MessageState.QUEUED, MESSAGE.c.next_attempt_at <= now, MESSAGE.c.until_at > now


def waiting(connection: sa.Connection, *, now: datetime, live: bool, channel: ChannelName) -> Waiting | None:
    """What is due and waits; None where nothing does."""
    statement = sa.select(sa.func.count(), sa.func.min(MESSAGE.c.next_attempt_at)).where(
        *of_channel(live=live, channel=channel), *due(now)
    )
    count, since = connection.execute(statement).one()
    return Waiting(count=count, since=since) if count else None


def anything_to_do(
    connection: sa.Connection, *, now: datetime, lease_ends: datetime, live: bool, channel: ChannelName
) -> bool:
    """Whether a round of sending would find anything: so that an idle one only reads.

    Claims that started at `lease_ends` or before were left behind.
    """
    state = MESSAGE.c.state
    cases = (
        due(now),
        (state == MessageState.UNKNOWN, MESSAGE.c.next_attempt_at <= now),
        (state == MessageState.SENDING, MESSAGE.c.started_at <= lease_ends),
        _overdue(now),
    )
    mine = of_channel(live=live, channel=channel)
    found = (sa.select(sa.literal(1)).select_from(MESSAGE).where(*mine, *case).exists() for case in cases)
    return bool(connection.execute(sa.select(sa.or_(*found))).scalar_one())


def cancel_overdue(connection: sa.Connection, *, now: datetime, live: bool, channel: ChannelName) -> int:
    """Cancel what is still queued of notices that were told on another channel and help nobody any more.

    A notice of which nothing was handed over is left to the evaluation, which expires it and tells its owner.
    """
    message_moves(MessageState.QUEUED, MessageState.CANCELLED)
    result = connection.execute(
        sa.update(MESSAGE)
        .where(*of_channel(live=live, channel=channel), *_overdue(now))
        .values(state=MessageState.CANCELLED, error="not sent before its time was over", changed_at=now)
    )
    return int(result.rowcount)


def _overdue(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    told = sa.select(NOTICE.c.id).where(NOTICE.c.id == MESSAGE.c.notice_id, NOTICE.c.state == NoticeState.TOLD)
    return MESSAGE.c.state == MessageState.QUEUED, MESSAGE.c.until_at <= now, told.exists()
