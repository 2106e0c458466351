"""The queue of one outlet: its order, what is due in it, and how long that has waited.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from notifier.model.clock import CLOCKS_DIFFER
from notifier.model.columns import UtcTime
from notifier.model.notices import MessageState, NoticeState
from notifier.model.outlet import Outlet
from notifier.model.transitions import message_moves
from notifier.store.tables import HALT, MESSAGE, NOTICE

Instant = datetime | sa.BindParameter[datetime]
NOW, AHEAD = (sa.bindparam(name, type_=UtcTime()) for name in ("now", "ahead"))


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The messages of an outlet that are due, and that nobody has leased."""

    count: int
    since: datetime
    """When the oldest of them became due."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a round of sending by an outlet would find."""

    due: bool
    """Messages to be sent."""
    unknown: bool
    """Messages about which their provider is to be asked."""
    left_behind: bool
    """Leases of processes that died."""
    overdue: bool
    """Messages that help nobody any more, of notices that were told on another channel."""
    halted: bool
    """The outlet is halted: that is no work of its own."""

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return self.due or self.unknown or self.left_behind or self.overdue


def queue_order(message: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    """Safety first, then what is useful for the shortest time, then what was decided first."""
    return message.c.urgency, message.c.until_at, message.c.created_at, message.c.id


def of_outlet(outlet: Outlet) -> tuple[sa.ColumnElement[bool], ...]:
    """The messages of the outlet."""
    return MESSAGE.c.live.is_(outlet.live), MESSAGE.c.channel == outlet.channel


@cache
def due_in(outlet: Outlet) -> tuple[sa.ColumnElement[bool], ...]:
    """The messages of the outlet that are queued; their time has come, and is not over. Executed with `times_at`."""
    return *of_outlet(outlet), *_due(NOW, AHEAD)


def times_at(now: datetime) -> dict[str, datetime]:
    """The parameters of `due_in` and `is_not_due`."""
    return {"now": now, "ahead": now + CLOCKS_DIFFER}


def _due(now: Instant, ahead: Instant) -> tuple[sa.ColumnElement[bool], ...]:
    return MESSAGE.c.state == MessageState.QUEUED, _its_time_has_come(now, ahead), MESSAGE.c.until_at > now


def is_not_due() -> sa.ColumnElement[bool]:
    """Whether its `next_attempt_at` is to come. Executed with `times_at`."""
    return sa.not_(_its_time_has_come(NOW, AHEAD))


def its_time_has_come(now: datetime) -> sa.ColumnElement[bool]:
    """Whether `next_attempt_at` is over. One that a clock wrote that was ahead counts as over: it may be years away."""
    return _its_time_has_come(now, now + CLOCKS_DIFFER)


def _its_time_has_come(now: Instant, ahead: Instant) -> sa.ColumnElement[bool]:
    return sa.or_(MESSAGE.c.next_attempt_at <= now, MESSAGE.c.changed_at > ahead)


def lease_is_over(now: datetime, lease: timedelta) -> sa.ColumnElement[bool]:
    """Whether the lease of a message that is `sending` has ended; also where it begins in the future."""
    return _lease_is_over(now - lease, now + lease)


def _lease_is_over(begun: Instant, ahead: Instant) -> sa.ColumnElement[bool]:
    return sa.or_(MESSAGE.c.started_at <= begun, MESSAGE.c.started_at > ahead)


def waiting(connection: sa.Connection, outlet: Outlet, *, now: datetime) -> Waiting | None:
    """What is due and waits; None where nothing does."""
    statement = sa.select(sa.func.count(), sa.func.min(MESSAGE.c.next_attempt_at)).where(*due_in(outlet))
    count, since = connection.execute(statement, times_at(now)).one()
    return Waiting(count=count, since=since) if count else None


def work(connection: sa.Connection, outlet: Outlet, *, now: datetime, lease: timedelta) -> Work:
    """What a round of sending would find. So an idle round only reads.

    Leases that are longer ago than a `lease` lasts have ended: their processes died.
    """
    found = connection.execute(_work(outlet), _times_of_work(now, lease)).one()._mapping
    return Work(**{name: bool(value) for name, value in found.items()})


def any_work(connection: sa.Connection, outlets: tuple[Outlet, ...], *, now: datetime, lease: timedelta) -> bool:
    """Whether a round of sending by any of these outlets would find something to do."""
    return bool(connection.execute(_any_work(outlets), _times_of_work(now, lease)).scalar_one())


def _times_of_work(now: datetime, lease: timedelta) -> dict[str, datetime]:
    return {**times_at(now), "begun": now - lease, "not_yet": now + lease}


@cache
def _any_work(outlets: tuple[Outlet, ...]) -> sa.Select[Any]:
    return sa.select(sa.or_(*(asked for outlet in outlets for asked in _kinds_of_work(outlet).values())))


@cache
def _work(outlet: Outlet) -> sa.Select[Any]:
    """Built once for each of the few outlets: every idle round asks it, and every stop of a simulated clock."""
    halt = sa.select(HALT.c.channel).where(HALT.c.channel == outlet.channel, HALT.c.live.is_(outlet.live))
    asked: list[sa.Label[Any]] = [kind.label(name) for name, kind in _kinds_of_work(outlet).items()]
    return sa.select(*asked, halt.exists().label("halted"))


def _kinds_of_work(outlet: Outlet) -> Mapping[str, sa.Exists]:
    """Whether there is any of it, by its name in `Work`."""
    begun, not_yet = (sa.bindparam(name, type_=UtcTime()) for name in ("begun", "not_yet"))
    state = MESSAGE.c.state
    cases = {
        "due": _due(NOW, AHEAD),
        "unknown": (state == MessageState.UNKNOWN, _its_time_has_come(NOW, AHEAD)),
        "left_behind": (state == MessageState.SENDING, _lease_is_over(begun, not_yet)),
        "overdue": _overdue(NOW),
    }
    mine = of_outlet(outlet)
    return {
        name: sa.select(sa.literal(1)).select_from(MESSAGE).where(*mine, *case).exists() for name, case in cases.items()
    }


def cancel_overdue(connection: sa.Connection, outlet: Outlet, *, now: datetime) -> int:
    """Cancel queued messages that help nobody any more, of notices that were told on another channel.

    A notice of which no message was sent is left to the evaluation, which expires it and tells its owner.
    """
    message_moves(MessageState.QUEUED, MessageState.CANCELLED)
    result = connection.execute(
        sa.update(MESSAGE)
        .where(free(*of_outlet(outlet), *_overdue(now)))
        .values(state=MessageState.CANCELLED, error="not sent before its time was over", changed_at=now)
    )
    return int(result.rowcount)


def free(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """The messages for which all of these are true and that no other transaction holds, which this one holds from now
    on. Two processes that change many at once in different orders would wait for each other for ever."""
    held = sa.select(MESSAGE.c.id).where(*conditions).order_by(MESSAGE.c.id).with_for_update(skip_locked=True)
    return MESSAGE.c.id.in_(held)


def _overdue(now: Instant) -> tuple[sa.ColumnElement[bool], ...]:
    told = sa.select(NOTICE.c.id).where(NOTICE.c.id == MESSAGE.c.notice_id, NOTICE.c.state == NoticeState.TOLD)
    return MESSAGE.c.state == MessageState.QUEUED, MESSAGE.c.until_at <= now, told.exists()
