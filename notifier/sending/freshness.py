"""The recheck of a lease: what is still true and allowed stays in it, the rest is withdrawn or given back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
import structlog

from notifier.drafting.engine import Engine
from notifier.model.clock import Clock
from notifier.model.notices import NoticeState
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.sending.lease import Lease
from notifier.sending.recheck import Freshness, Stale, examine
from notifier.store.database import read_only
from notifier.store.outbox import completion, leasing
from notifier.store.outbox.commit import commit
from notifier.store.outbox.outgoing import notice_states
from notifier.store.reader import Reader

log = structlog.get_logger()

MAY_GO = (NoticeState.READY, NoticeState.TOLD)
"""States of a notice whose messages may be sent; `told` is a notice that was told on another channel."""


def recheck(lease: Lease, database: sa.Engine, outlet: Outlet, engine: Engine, clock: Clock) -> None:
    """Draft the lease's messages again, and keep in it only those that would be sent as they are."""
    now = clock()
    found = _examined(lease.messages, database, outlet, engine, now)
    if found.stale or found.later:
        _set_aside(found, database, outlet, now)
    lease.became["stale"] += len(found.stale)
    lease.became["put_off"] += len(found.later)
    lease.keep(found.fresh, clock())


def _examined(
    messages: Sequence[Outgoing], database: sa.Engine, outlet: Outlet, engine: Engine, now: datetime
) -> Freshness:
    """On one snapshot. Since a message was leased, its notice may have ended, or was told on another channel."""
    with read_only(database) as connection:
        notices = notice_states(connection, messages)
        current = [_with_notice_state(each, NoticeState(notices[each.notice_id].state)) for each in messages]
        alive = [each for each in current if each.notice_state in MAY_GO]
        ended = [each for each in current if each.notice_state not in MAY_GO]
        found = examine(engine, Reader(connection, live=outlet.live), alive, now, live=outlet.live)
    stale = [Stale(message=each, reason=notices[each.notice_id].reason) for each in ended]
    return replace(found, stale=(*found.stale, *stale))


def _with_notice_state(message: Outgoing, state: NoticeState) -> Outgoing:
    return message if message.notice_state is state else replace(message, notice_state=state)


def _set_aside(found: Freshness, database: sa.Engine, outlet: Outlet, now: datetime) -> None:
    """Withdraw what is stale together with a commit of what planning says instead; give back what must wait."""
    with database.begin() as connection:
        leasing.lock_notices(connection, [stale.message for stale in found.stale])
        for stale in found.stale:
            completion.withdraw(connection, stale.message, reason=stale.reason, now=now)
        for later in found.later:
            completion.give_back(connection, later.message, at=later.at, reason=later.reason, now=now)
        for batch in found.batches:
            commit(connection, batch, now=now, live=outlet.live)
    for stale in found.stale:
        log.info("message.stale", message=stale.message.id, notice=stale.message.notice_id, reason=stale.reason)
