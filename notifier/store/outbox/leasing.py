"""Queued messages are claimed for sending: whose turn it is.

A claim is committed as `sending`, with its start, and each message once more just before its provider is called;
`store/handover.py` records what came of it, `store/unknown.py` finds what a process that died left behind. All
functions work within the connection's transaction, which the caller commits.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import MessageState, NoticeKind, NoticeState
from notifier.model.outgoing import Outgoing
from notifier.model.transitions import message_moves
from notifier.model.types import ChannelName, NoticeClass
from notifier.store.outbox.notice_rows import payload_of
from notifier.store.outbox.queue import due, of_channel, queue_order
from notifier.store.sql import AMONG, chunks, is_among, is_any_of, rows_among, rows_in
from notifier.store.tables import MESSAGE, NOTICE, PAYLOAD

Place = tuple[int, datetime, datetime, str]
"""Where a message stands in the queue: urgency, until, instant and id."""

LEASE = timedelta(minutes=2)
"""How long a claim holds. A process hands nothing over in the second half of it, so a claim this old was left behind
by a process that died; the longest provider time-out must stay below half of it."""

CLAIM = (
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
        MESSAGE.c.started_at == sa.bindparam("claimed_at", type_=MESSAGE.c.started_at.type),
    )
    .values(called_at=sa.bindparam("begins", type_=MESSAGE.c.called_at.type))
    .returning(MESSAGE.c.id)
)


_OF_NOTICE = (
    "rule",
    "subject_type",
    "subject_id",
    "occurrence",
    "reference",
    "kind",
    "each_id",
    "released",
    "notice_class",
    "recipient_id",
    "owner",
    "state",
    "claims_digest",
    "content_digest",
)
OUTGOING = (
    sa.select(
        *(column for column in MESSAGE.c if column.name not in {"cost", "cost_currency"}),
        PAYLOAD.c.content,
        *(NOTICE.c[name].label(f"notice_{name}") for name in _OF_NOTICE),
    )
    .join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
    .outerjoin(PAYLOAD, PAYLOAD.c.message_id == MESSAGE.c.id)
    .where(is_among(MESSAGE.c.id))
)

STATES = sa.select(NOTICE.c.id, NOTICE.c.state, NOTICE.c.reason).where(is_among(NOTICE.c.id))


def claim_due(
    connection: sa.Connection,
    *,
    now: datetime,
    live: bool,
    channel: ChannelName,
    limit: int,
    budget: float = math.inf,
) -> list[Outgoing]:
    """Claim up to `limit` messages that may go out at `now`: safety first, then what is useful for the shortest time.

    No message is claimed once those before it have used up the `budget`, in units of their provider (see `Outgoing`).
    Per address they leave in that order: one that waits for its retry, or that someone else is handing
    over, keeps those behind it back. Processes that claim at once get different messages (SKIP LOCKED).
    """
    chosen: list[sa.Row[Any]] = []
    after: sa.Row[Any] | None = None
    while len(chosen) < limit:
        page = _next_in_queue(connection, now=now, live=live, channel=channel, limit=limit, after=after)
        if not page:
            break
        lanes = _kept_back(connection, {row.address for row in page}, now=now, live=live, channel=channel)
        chosen += [row for row in page if not _is_kept_back(row, lanes)]
        after = page[-1]
    chosen = chosen[:limit]
    if connection.dialect.name == "postgresql":
        locked = _locked_lanes(connection, chosen, now=now)
        chosen = [row for row in chosen if row.address not in locked]
    message_moves(MessageState.QUEUED, MessageState.SENDING)
    ids = [row.id for row in _within(budget, chosen)]
    for chunk in chunks(ids):
        connection.execute(CLAIM, {AMONG: chunk, "at": now})
    return outgoing(connection, ids)


def mark_called(connection: sa.Connection, messages: Sequence[Outgoing], *, now: datetime) -> set[str]:
    """Their provider is called next: only from then on may it have them. The ids of those whose claim still holds.

    A process that slept until another one took over finds out here, before it sends anything.
    """
    claims: dict[datetime, list[str]] = defaultdict(list)
    for message in messages:
        claims[message.started_at].append(message.id)
    ours: set[str] = set()
    for started_at, ids in claims.items():
        for chunk in chunks(sorted(ids)):
            ours |= set(connection.execute(CALL, {AMONG: chunk, "claimed_at": started_at, "begins": now}).scalars())
    return ours


def _within(budget: float, rows: Iterable[sa.Row[Any]]) -> Iterator[sa.Row[Any]]:
    used = 0
    for row in rows:
        if used >= budget:
            return
        used += _units(row)
        yield row


def _units(row: sa.Row[Any]) -> int:
    return max(row.segments or 1, 1)


def _next_in_queue(
    connection: sa.Connection,
    *,
    now: datetime,
    live: bool,
    channel: ChannelName,
    limit: int,
    after: sa.Row[Any] | None,
) -> Sequence[sa.Row[Any]]:
    """The next page of the queue behind the row `after`, locked for this transaction."""
    statement: sa.Select[Any] = sa.select(*queue_order(MESSAGE), MESSAGE.c.address, MESSAGE.c.segments).where(
        *of_channel(live=live, channel=channel), *due(now)
    )
    if after is not None:
        last = [
            sa.literal(value, column.type) for value, column in zip(_place(after), queue_order(MESSAGE), strict=True)
        ]
        statement = statement.where(sa.tuple_(*queue_order(MESSAGE)) > sa.tuple_(*last))
    statement = statement.order_by(*queue_order(MESSAGE)).limit(limit).with_for_update(skip_locked=True)
    return connection.execute(statement).all()


def _kept_back(
    connection: sa.Connection, addresses: Collection[str], *, now: datetime, live: bool, channel: ChannelName
) -> Mapping[str, Place | None]:
    """Addresses to which something goes first; with its place in the queue where only those behind it wait."""
    on_their_way = (MessageState.QUEUED, MessageState.SENDING)
    statement: sa.Select[Any] = sa.select(*queue_order(MESSAGE), MESSAGE.c.address, MESSAGE.c.state).where(
        *of_channel(live=live, channel=channel),
        MESSAGE.c.until_at > now,
        is_any_of(MESSAGE.c.state, *on_their_way),
        sa.or_(MESSAGE.c.state == MessageState.SENDING, MESSAGE.c.next_attempt_at > now),
    )
    lanes: dict[str, Place | None] = {}
    for row in rows_in(connection, statement, MESSAGE.c.address, addresses):
        before = lanes.get(row.address, _place(row))
        if row.state == MessageState.SENDING or before is None:
            lanes[row.address] = None
        else:
            lanes[row.address] = min(before, _place(row))
    return lanes


def _locked_lanes(connection: sa.Connection, chosen: Sequence[sa.Row[Any]], *, now: datetime) -> Collection[str]:
    """Addresses whose first message another process has locked and not committed yet: those behind it must wait for it.

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


def _is_kept_back(row: sa.Row[Any], lanes: Mapping[str, Place | None]) -> bool:
    if row.address not in lanes:
        return False
    first = lanes[row.address]
    return first is None or first < _place(row)


def outgoing(connection: sa.Connection, ids: Collection[str]) -> list[Outgoing]:
    """These messages as they are handed over, in the order in which they leave."""
    rows = sorted(
        rows_among(connection, OUTGOING, ids),
        key=lambda row: (row.urgency, row.until_at, row.created_at, row.id),
    )
    return [_outgoing(row) for row in rows]


def notice_states(connection: sa.Connection, messages: Collection[Outgoing]) -> Mapping[str, sa.Row[Any]]:
    """`state` and `reason` of the notices of these messages as they are now, by the notice's id."""
    ids = {message.notice_id for message in messages}
    return {row.id: row for row in rows_among(connection, STATES, ids)}


def lock_notices(connection: sa.Connection, messages: Collection[Outgoing]) -> None:
    """Nobody else decides about the notices of these messages until the commit.

    Two channels that withdraw their messages of one notice at once would else each take the other's for being on its
    way, and neither would write what is to be said instead.
    """
    statement = sa.select(NOTICE.c.id).order_by(NOTICE.c.id).with_for_update()
    list(rows_in(connection, statement, NOTICE.c.id, {message.notice_id for message in messages}))


def _place(row: sa.Row[Any]) -> Place:
    return row.urgency, row.until_at, row.created_at, row.id


def _outgoing(row: sa.Row[Any]) -> Outgoing:
    return Outgoing(
        id=row.id,
        notice_id=row.notice_id,
        rule=row.notice_rule,
        subject_type=row.notice_subject_type,
        subject_id=row.notice_subject_id,
        each_id=row.notice_each_id,
        occurrence=row.notice_occurrence,
        reference=row.notice_reference,
        kind=NoticeKind(row.notice_kind),
        notice_class=NoticeClass(row.notice_notice_class),
        recipient_id=row.notice_recipient_id,
        owner=row.notice_owner,
        channel=ChannelName(row.channel),
        address=row.address,
        subject=row.subject,
        text=row.text,
        payload=payload_of(row),
        segments=_units(row),
        attempt=row.attempts,
        started_at=row.started_at,
        until=row.until_at,
        notice_state=NoticeState(row.notice_state),
        claims_digest=row.notice_claims_digest,
        content_digest=row.notice_content_digest,
        released=row.notice_released,
    )
