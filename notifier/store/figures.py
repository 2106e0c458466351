"""The state of outbox and rules in a few numbers, each found by an index: for whoever watches over it.

All functions work within the connection's transaction.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from notifier.bounces.bounce import BounceKind
from notifier.model.columns import UtcTime
from notifier.model.contradictions import ContradictionState
from notifier.model.notices import MessageState, NoticeKind
from notifier.model.outlet import Outlet
from notifier.model.processes import Process
from notifier.model.receipts import ReceiptState
from notifier.model.types import ChannelName
from notifier.store.last_passes import last_passes
from notifier.store.outbox import halts, queue, refusals
from notifier.store.outbox.queue import Waiting
from notifier.store.outbox.receipts import MATCHED_WITHIN
from notifier.store.tables import (
    BOUNCE,
    CONTRADICTION,
    MAILBOX,
    MESSAGE,
    NOTICE,
    RECEIPT,
    RULE_STATE,
    SET_ASIDE,
    UNMATCHED,
)


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
    unknown: Mapping[ChannelName, int] = field(default_factory=dict)
    """Messages of which nobody knows whether their provider has them."""
    mailbox_read: datetime | None = None
    passes: Mapping[tuple[Process, str], datetime] = field(default_factory=dict)
    """When each process last ended a pass, by process and machine."""


def figures(connection: sa.Connection, *, live: bool, now: datetime, mailbox: str | None = None) -> Figures:
    """The numbers at `now`. `mailbox`: the name of the one whose last reading is wanted."""
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
    doubted = (
        sa.select(MESSAGE.c.channel, sa.func.count())
        .where(MESSAGE.c.state == MessageState.UNKNOWN, MESSAGE.c.live.is_(live))
        .group_by(MESSAGE.c.channel)
    )
    read = sa.select(MAILBOX.c.read_at).where(MAILBOX.c.name == mailbox)
    return Figures(
        queues={channel: found for channel, found in queues.items() if found is not None},
        halted=frozenset(channel for channel, outlet in outlets.items() if halts.known(connection, outlet)),
        contradictions={row[0]: row[1] for row in connection.execute(opened)},
        set_aside=connection.execute(aside).scalar_one(),
        unmatched=connection.execute(lost).scalar_one(),
        last_pass=connection.execute(last).scalar(),
        unknown={ChannelName(row[0]): row[1] for row in connection.execute(doubted)},
        passes=last_passes(connection, live=live, now=now),
        mailbox_read=None if mailbox is None else connection.execute(read).scalar(),
    )


Verdict = tuple[str, str | None, str]
"""A notice's state and the code of its reason."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One receipt, with how long after the notice fell due it came; None where its message is not known."""

    provider: str
    state: ReceiptState
    code: str | None
    seconds: float | None


@dataclass(frozen=True, kw_only=True)
class News:
    """What happened between two instants."""

    verdicts: Mapping[Verdict, int]
    """How many notices to customers got a verdict, by their last one."""
    told: Sequence[float]
    """Of each notice that was told: seconds since it fell due."""
    receipts: Sequence[Said]
    refusals: Mapping[tuple[str, str | None], int]
    """How many messages providers refused when they were handed over, by provider and code."""
    bounces: Mapping[tuple[BounceKind, bool], int]
    """How many mails came back, by what they say and whether they lead to a notice."""


def news(connection: sa.Connection, *, live: bool, after: datetime, upto: datetime) -> News:
    """What happened in (after, upto], found by indexes on the instants."""
    due = sa.func.coalesce(NOTICE.c.at, NOTICE.c.decided_at, type_=UtcTime())
    to_customers = (NOTICE.c.live.is_(live), NOTICE.c.kind != NoticeKind.ALERT)
    parts = (NOTICE.c.state, NOTICE.c.gate, NOTICE.c.reason_code)
    verdicts = sa.select(*parts, sa.func.count()).where(
        *to_customers, NOTICE.c.changed_at > after, NOTICE.c.changed_at <= upto
    )
    told = sa.select(due, NOTICE.c.told_at).where(*to_customers, NOTICE.c.told_at > after, NOTICE.c.told_at <= upto)
    receipts = (
        sa.select(RECEIPT.c.provider, RECEIPT.c.state, RECEIPT.c.code, RECEIPT.c.arrived_at, due.label("due"))
        .outerjoin(MESSAGE, MESSAGE.c.id == RECEIPT.c.message_id)
        .outerjoin(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
        .where(RECEIPT.c.arrived_at > after, RECEIPT.c.arrived_at <= upto)
    )
    leads = BOUNCE.c.notice_id.is_not(None)
    came_back = (
        sa.select(BOUNCE.c.kind, leads, sa.func.count())
        .where(BOUNCE.c.received_at > after, BOUNCE.c.received_at <= upto)
        .group_by(BOUNCE.c.kind, leads)
    )
    found: Counter[Verdict] = Counter()
    for state, gate, code, count in connection.execute(verdicts.group_by(*parts)):
        found[state, gate, code] += count
    return News(
        verdicts=found,
        told=[_seconds(row[0], row[1]) for row in connection.execute(told)],
        receipts=[
            Said(
                provider=row.provider,
                state=ReceiptState(row.state),
                code=row.code,
                seconds=None if row.due is None else _seconds(row.due, row.arrived_at),
            )
            for row in connection.execute(receipts)
        ],
        refusals=refusals.counted(connection, live=live, after=after, upto=upto),
        bounces={(BounceKind(kind), bool(led)): count for kind, led, count in connection.execute(came_back)},
    )


def _seconds(due: datetime, at: datetime) -> float:
    return max((at - due).total_seconds(), 0)
