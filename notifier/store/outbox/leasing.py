"""Leases the messages of an outlet that are due: from then on only the process that leased them may send them.

A lease is committed as `sending`, with its start. Just before a provider is called, that is committed too
(`mark_called`). `completion` records what became of each message; `unknown_messages` finds the leases of processes that
died. All functions work within the connection's transaction, which the caller commits.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import MessageState
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.transitions import message_moves
from notifier.store.outbox.outgoing import outgoing, units_of
from notifier.store.outbox.queue import NOW, due_in, is_not_due, of_outlet, queue_order, times_at
from notifier.store.sql import AMONG, chunks, is_among, is_any_of, rows_among, rows_in
from notifier.store.tables import MESSAGE, NOTICE

QueuePosition = tuple[int, datetime, datetime, str]
"""A message's values of `queue_order`: a smaller one is sent earlier."""

LEASE = timedelta(minutes=2)
"""How long a lease lasts. A process sends nothing in its second half, so a message that is `sending` for longer was
left behind by a process that died. The longest time-out of a provider must stay below half of it."""

TAKE = (
    sa.update(MESSAGE)
    .where(is_among(MESSAGE.c.id))
    .values(
        state=MessageState.SENDING,
        started_at=sa.bindparam("at", type_=MESSAGE.c.started_at.type),
        called_at=None,
        changed_at=sa.bindparam("at", type_=MESSAGE.c.changed_at.type),
        attempts=MESSAGE.c.attempts + 1,
    )
)
CALL = (
    sa.update(MESSAGE)
    .where(
        is_among(MESSAGE.c.id),
        is_any_of(MESSAGE.c.state, MessageState.SENDING),
        MESSAGE.c.started_at == sa.bindparam("leased_at", type_=MESSAGE.c.started_at.type),
    )
    .values(called_at=sa.bindparam("begins", type_=MESSAGE.c.called_at.type))
    .returning(MESSAGE.c.id)
)


def lease_due(
    connection: sa.Connection, outlet: Outlet, *, now: datetime, limit: int, budget: float = math.inf
) -> list[Outgoing]:
    """Lease up to `limit` messages that are due at `now`, in the order of the queue.

    It stops once the leased ones have used up the `budget`, in their provider's units (see `Outgoing`). To one address
    messages leave in the order of the queue. So a message that waits for its retry, or that another process is sending,
    keeps those behind it back. Processes that lease at the same time get different messages (SKIP LOCKED).
    """
    chosen: list[sa.Row[Any]] = []
    after: sa.Row[Any] | None = None
    while len(chosen) < limit:
        page = _next_in_queue(connection, outlet, now=now, limit=limit, after=after)
        if not page:
            break
        lanes = _kept_back(connection, outlet, {row.address for row in page}, now=now)
        chosen += [row for row in page if not _is_kept_back(row, lanes)]
        if len(page) < limit:
            break
        after = page[-1]
    chosen = chosen[:limit]
    if connection.dialect.name == "postgresql":
        locked = _locked_lanes(connection, chosen, now=now)
        chosen = [row for row in chosen if row.address not in locked]
    message_moves(MessageState.QUEUED, MessageState.SENDING)
    ids = [row.id for row in _within(budget, chosen)]
    for chunk in chunks(ids):
        connection.execute(TAKE, {AMONG: chunk, "at": now})
    return outgoing(connection, ids)


def mark_called(connection: sa.Connection, messages: Sequence[Outgoing], *, now: datetime) -> set[str]:
    """Record that the provider of these messages is called next; before this it cannot have them.

    Returns the ids of those whose lease still holds. A process that slept until another one took its lease over finds
    that out here, before it sends anything.
    """
    leases: dict[datetime, list[str]] = defaultdict(list)
    for message in messages:
        leases[message.started_at].append(message.id)
    ours: set[str] = set()
    for started_at, ids in leases.items():
        for chunk in chunks(sorted(ids)):
            ours |= set(connection.execute(CALL, {AMONG: chunk, "leased_at": started_at, "begins": now}).scalars())
    return ours


def lock_notices(connection: sa.Connection, messages: Collection[Outgoing]) -> None:
    """Lock the notices of these messages until the commit.

    Without that, two channels that withdraw their messages of one notice at the same time would each believe that the
    other's message is still being sent, and neither would write what is to be said instead.
    """
    statement = sa.select(NOTICE.c.id).order_by(NOTICE.c.id).with_for_update()
    list(rows_in(connection, statement, NOTICE.c.id, {message.notice_id for message in messages}))


def _within(budget: float, rows: Iterable[sa.Row[Any]]) -> Iterator[sa.Row[Any]]:
    used = 0
    for row in rows:
        if used >= budget:
            return
        used += units_of(row)
        yield row


def _next_in_queue(
    connection: sa.Connection, outlet: Outlet, *, now: datetime, limit: int, after: sa.Row[Any] | None
) -> Sequence[sa.Row[Any]]:
    """The page of the queue that follows the row `after`, locked for this transaction."""
    statement = _queue(outlet)
    if after is not None:
        last = [
            sa.literal(value, column.type) for value, column in zip(_position(after), queue_order(MESSAGE), strict=True)
        ]
        statement = statement.where(sa.tuple_(*queue_order(MESSAGE)) > sa.tuple_(*last))
    return connection.execute(statement, {**times_at(now), "most": limit}).all()


@cache
def _queue(outlet: Outlet) -> sa.Select[Any]:
    """Built once for each of the few outlets, as every statement that each lease executes."""
    queue = sa.select(*queue_order(MESSAGE), MESSAGE.c.address, MESSAGE.c.segments).where(*due_in(outlet))
    most = sa.bindparam("most", type_=sa.Integer())
    return queue.order_by(*queue_order(MESSAGE)).limit(most).with_for_update(skip_locked=True)


def _kept_back(
    connection: sa.Connection, outlet: Outlet, addresses: Collection[str], *, now: datetime
) -> Mapping[str, QueuePosition | None]:
    """The addresses to which something else must be sent first.

    With the position behind which messages must wait for it; None where every message to the address must wait.
    """
    lanes: dict[str, QueuePosition | None] = {}
    for row in rows_among(connection, _ahead(outlet), addresses, **times_at(now)):
        before = lanes.get(row.address, _position(row))
        if row.state == MessageState.SENDING or before is None:
            lanes[row.address] = None
        else:
            lanes[row.address] = min(before, _position(row))
    return lanes


@cache
def _ahead(outlet: Outlet) -> sa.Select[Any]:
    on_their_way = (MessageState.QUEUED, MessageState.SENDING)
    return sa.select(*queue_order(MESSAGE), MESSAGE.c.address, MESSAGE.c.state).where(
        *of_outlet(outlet),
        MESSAGE.c.until_at > NOW,
        is_any_of(MESSAGE.c.state, *on_their_way),
        sa.or_(MESSAGE.c.state == MessageState.SENDING, is_not_due()),
        is_among(MESSAGE.c.address),
    )


def _is_kept_back(row: sa.Row[Any], lanes: Mapping[str, QueuePosition | None]) -> bool:
    if row.address not in lanes:
        return False
    first = lanes[row.address]
    return first is None or first < _position(row)


def _locked_lanes(connection: sa.Connection, chosen: Sequence[sa.Row[Any]], *, now: datetime) -> Collection[str]:
    """Addresses to which another process is leasing an earlier message right now: it is locked and not committed yet.

    On SQLite nobody else writes at the same time.
    """
    first: dict[str, str] = {}
    for row in chosen:
        first.setdefault(row.address, row.id)
    earlier = MESSAGE.alias("earlier")
    overtaken = sa.select(sa.literal(1)).where(
        earlier.c.address == MESSAGE.c.address,
        earlier.c.channel == MESSAGE.c.channel,
        earlier.c.live == MESSAGE.c.live,
        earlier.c.state.in_([MessageState.QUEUED, MessageState.SENDING]),
        earlier.c.until_at > now,
        sa.tuple_(*queue_order(earlier)) < sa.tuple_(*queue_order(MESSAGE)),
    )
    statement = sa.select(MESSAGE.c.address).where(overtaken.exists())
    return {row.address for row in rows_in(connection, statement, MESSAGE.c.id, first.values())}


def _position(row: sa.Row[Any]) -> QueuePosition:
    return row.urgency, row.until_at, row.created_at, row.id
