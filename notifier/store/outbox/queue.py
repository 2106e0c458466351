"""The queue of one outlet: its order, what is due in it, and how long that has waited.

All functions work within the connection's transaction, which the caller commits.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import MessageState, NoticeState
from notifier.model.outlet import Outlet
from notifier.model.transitions import message_moves
from notifier.store.tables import MESSAGE, NOTICE


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The messages of an outlet that are due, and that nobody has leased."""

    count: int
    since: datetime
    """When the oldest of them became due."""


def queue_order(message: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    """Safety first, then what is useful for the shortest time, then what was decided first."""
    return message.c.urgency, message.c.until_at, message.c.created_at, message.c.id


def of_outlet(outlet: Outlet) -> tuple[sa.ColumnElement[bool], ...]:
    """The messages of the outlet."""
    return MESSAGE.c.live.is_(outlet.live), MESSAGE.c.channel == outlet.channel


def due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Queued; its time has come, and is not over."""
    return MESSAGE.c.state == MessageState.QUEUED, MESSAGE.c.next_attempt_at <= now, MESSAGE.c.until_at > now


def waiting(connection: sa.Connection, outlet: Outlet, *, now: datetime) -> Waiting | None:
    """What is due and waits; None where nothing does."""
    statement = sa.select(sa.func.count(), sa.func.min(MESSAGE.c.next_attempt_at)).where(*of_outlet(outlet), *due(now))
    count, since = connection.execute(statement).one()
    return Waiting(count=count, since=since) if count else None


def anything_to_do(connection: sa.Connection, outlet: Outlet, *, now: datetime, leases_end: datetime) -> bool:
    """Whether a round of sending would find anything. So an idle round only reads.

    Leases that began at `leases_end` or before have ended: their processes died.
    """
    state = MESSAGE.c.state
    cases = (
        due(now),
        (state == MessageState.UNKNOWN, MESSAGE.c.next_attempt_at <= now),
        (state == MessageState.SENDING, MESSAGE.c.started_at <= leases_end),
        _overdue(now),
    )
    mine = of_outlet(outlet)
    found = (sa.select(sa.literal(1)).select_from(MESSAGE).where(*mine, *case).exists() for case in cases)
    return bool(connection.execute(sa.select(sa.or_(*found))).scalar_one())


def cancel_overdue(connection: sa.Connection, outlet: Outlet, *, now: datetime) -> int:
    """Cancel queued messages that help nobody any more, of notices that were told on another channel.

    A notice of which no message was sent is left to the evaluation, which expires it and tells its owner.
    """
    message_moves(MessageState.QUEUED, MessageState.CANCELLED)
    result = connection.execute(
        sa.update(MESSAGE)
        .where(*of_outlet(outlet), *_overdue(now))
        .values(state=MessageState.CANCELLED, error="not sent before its time was over", changed_at=now)
    )
    return int(result.rowcount)


def _overdue(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    told = sa.select(NOTICE.c.id).where(NOTICE.c.id == MESSAGE.c.notice_id, NOTICE.c.state == NoticeState.TOLD)
    return MESSAGE.c.state == MessageState.QUEUED, MESSAGE.c.until_at <= now, told.exists()
