"""The state of outbox and rules in a few numbers, each found by an index: for whoever watches over it.

All functions work within the connection's transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from notifier.model.columns import UtcTime
from notifier.model.contradictions import ContradictionState
from notifier.model.outlet import Outlet
from notifier.model.types import ChannelName
from notifier.store.outbox import halts, queue
from notifier.store.outbox.queue import Waiting
from notifier.store.outbox.receipts import MATCHED_WITHIN
from notifier.store.tables import CONTRADICTION, RECEIPT, RULE_STATE, SET_ASIDE, UNMATCHED


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What is waiting, halted, open and set aside."""

    queues: Mapping[ChannelName, Waiting]
    halted: frozenset[ChannelName]
    contradictions: Mapping[str, int]
    """Open ones, by owner."""
    set_aside: int
    unmatched: int
    """Receipts that lead to no message."""
    last_pass: datetime | None


def figures(connection: sa.Connection, *, live: bool, now: datetime) -> Figures:
    """The numbers at `now`."""
    outlets = {channel: Outlet(live=live, channel=channel) for channel in ChannelName}
    queues = {channel: queue.waiting(connection, outlet, now=now) for channel, outlet in outlets.items()}
    opened = (
        sa.select(CONTRADICTION.c.owner, sa.func.count())
        .where(CONTRADICTION.c.state == ContradictionState.OPEN)
        .group_by(CONTRADICTION.c.owner)
    )
    aside = sa.select(sa.func.count()).select_from(SET_ASIDE).where(SET_ASIDE.c.live.is_(live))
    lost = sa.select(sa.func.count()).select_from(RECEIPT)
    lost = lost.where(sa.text(f"receipt.{UNMATCHED}"), RECEIPT.c.arrived_at > now - MATCHED_WITHIN)
    last = sa.select(sa.func.max(RULE_STATE.c.evaluated_at, type_=UtcTime())).where(RULE_STATE.c.in_force)
    return Figures(
        queues={channel: found for channel, found in queues.items() if found is not None},
        halted=frozenset(channel for channel, outlet in outlets.items() if halts.known(connection, outlet)),
        contradictions={row[0]: row[1] for row in connection.execute(opened)},
        set_aside=connection.execute(aside).scalar_one(),
        unmatched=connection.execute(lost).scalar_one(),
        last_pass=connection.execute(last).scalar(),
    )
