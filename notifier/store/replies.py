"""Replies as rows: what each was taken for, whether it was answered, and whom a tick has to tell of it.

All functions work within the connection's transaction, which the caller commits.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.replies import Meaning, WaitingReply
from notifier.model.schema import entities
from notifier.model.writers import Way, Writer
from notifier.store.contacts import CONTACT
from notifier.store.sql import AMONG, chunks, insert_new, is_among, is_any_of
from notifier.store.state.cancellations import HEARD
from notifier.store.state.changes import write_rows
from notifier.store.state.provenance import sign
from notifier.store.tables import CHANGE, NOTICE, PROMISE, REPLY

ANSWERED_EVERY = timedelta(days=1)
"""How long an address gets no second automatic answer: who writes to a machine may be a machine."""
STATUS = "status"
OVER = frozenset({"completed", "cancelled", "failed", "terminated", "resolved", "closed"})
"""States that a late yes must not change."""

_REPLIES_LOCK = 0x7265706C
"""The first half of the advisory locks of addresses whose replies are heard."""
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
"""Before all: by a comparison, both databases take the index that holds what waits alone."""
_WAITING = (
    sa.select(*(REPLY.c[name] for name in ("id", "at", "note", "text", "address")))
    .add_columns(CONTACT.c.customer_id, CONTACT.c.attributes)
    .add_columns(*(NOTICE.c[name] for name in ("rule", "owner", "reference", "subject_type", "subject_id")))
    .outerjoin(NOTICE, NOTICE.c.id == REPLY.c.notice_id)
    .outerjoin(CONTACT, CONTACT.c.id == REPLY.c.id)
    .where(REPLY.c.waits_since > _FIRST, REPLY.c.live == sa.bindparam("live", type_=sa.Boolean()))
    .order_by(REPLY.c.waits_since, REPLY.c.id)
)
_PASSED_ON = sa.update(REPLY).where(is_among(REPLY.c.id)).values(waits_since=None)


@dataclass(frozen=True, kw_only=True)
class RuleReplies:
    """How many of those who were told by a rule wrote back."""

    rule: str
    told: int
    replies: int
    confirmed: int
    opted_out: int
    """Replies that are, or sound like, no more."""

    @property
    def per_hundred(self) -> float:
        """Replies per hundred notices, to one decimal."""
        return round(100 * self.replies / self.told, 1) if self.told else 0.0


def in_turn(connection: sa.Connection, channel: str, address: str) -> None:
    """Until the transaction ends, nobody else hears a reply of this address: of two at once, one gets the answer.

    On SQLite there is one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(f"{channel}:{address}".encode()).digest()[:4], signed=True)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_REPLIES_LOCK, key)))


def is_heard(connection: sa.Connection, reply_id: str) -> bool:
    """Whether this reply came before."""
    return connection.execute(sa.select(REPLY.c.id).where(REPLY.c.id == reply_id)).first() is not None


def keep_reply(connection: sa.Connection, reply_id: str, row: dict[str, Any]) -> bool:
    """Write a reply. False where it was written before: a provider says it twice."""
    new = insert_new(REPLY, connection, key="id").returning(REPLY.c.id)
    return connection.execute(new, {"id": reply_id, **row}).first() is not None


def settle_reply(connection: sa.Connection, reply_id: str, **values: Any) -> None:
    """Write what became of it."""
    connection.execute(sa.update(REPLY).where(REPLY.c.id == reply_id).values(**values))


def answered_lately(connection: sa.Connection, channel: str, address: str, *, now: datetime, live: bool) -> bool:
    """Whether the address got an automatic answer within a day."""
    reply = REPLY.c
    there = (reply.channel == channel, reply.address == address, reply.at > now - ANSWERED_EVERY)
    statement = sa.select(reply.id).where(*there, reply.answered, reply.live.is_(live)).limit(1)
    return connection.execute(statement).first() is not None


def confirm(
    connection: sa.Connection,
    entity: str,
    row_id: str,
    customer_id: str | None,
    status: str,
    *,
    rule: str,
    now: datetime,
) -> bool:
    """Give the row this status, because its customer said yes. False where the yes may be to something else.

    That is where the row is over, another's, or gone; where it changed since the last tick; and where a word of this
    rule about it waits to be told, so that the customer has not read what holds now.
    """
    table = entities()[entity].table
    of = table.c.get("customer_id")
    found = sa.select(table.c[STATUS]).where(table.c.id == row_id)
    row = connection.execute(found if of is None else found.where(of == customer_id)).first()
    if row is None or row[0] in OVER or _is_news(connection, entity, row_id, rule):
        return False
    if row[0] != status:
        sign(
            connection,
            Writer(way=Way.REPLY, name=f"rule {rule}", by="the customer", at=now),
            {entity: frozenset({STATUS})},
        )
        write_rows(connection, entity, [{"id": row_id, STATUS: status}], now)
    return True


def take_back(connection: sa.Connection, entity: str, row_id: str, *, now: datetime) -> None:
    """The customer said yes after all: what they cancelled by an earlier reply is cancelled no more."""
    promise = PROMISE.c
    statement = (
        sa.select(promise.id)
        .join(CONTACT, promise.id == HEARD + CONTACT.c.id)
        .where(promise.subject_id == row_id, promise.subject_type == entity, promise.state == "open")
        .where(CONTACT.c.subject.startswith("notice:"))
    )
    rows = [{"id": name, "state": "withdrawn"} for name in connection.execute(statement).scalars()]
    if rows:
        write_rows(connection, "promise", rows, now)


def _is_news(connection: sa.Connection, entity: str, row_id: str, rule: str) -> bool:
    changed = sa.select(CHANGE.c.id).where(CHANGE.c.entity == entity, CHANGE.c.row_id == row_id)
    unsent = (NoticeState.READY, NoticeState.HELD, NoticeState.DEFERRED)
    waits = sa.select(NOTICE.c.id).where(
        NOTICE.c.rule == rule,
        NOTICE.c.subject_id == row_id,
        NOTICE.c.kind != NoticeKind.ALERT,
        is_any_of(NOTICE.c.state, *unsent),
    )
    return any(connection.execute(statement.limit(1)).first() is not None for statement in (changed, waits))


def waiting_replies(connection: sa.Connection, *, live: bool) -> Sequence[WaitingReply]:
    """The replies that owners have to hear of, in the order in which they came."""
    return [
        WaitingReply(
            id=row.id,
            at=row.at,
            rule=row.rule,
            owner=row.owner,
            reference=row.reference,
            subject=None if row.subject_id is None else f"{row.subject_type}:{row.subject_id}",
            customer_id=row.customer_id,
            address=row.address,
            text=(row.attributes or {}).get("text", row.text),
            note=row.note,
        )
        for row in connection.execute(_WAITING, {"live": live})
    ]


def passed_on(connection: sa.Connection, reply_ids: Collection[str]) -> None:
    """Their owners have an alert about these."""
    for chunk in chunks(reply_ids):
        connection.execute(_PASSED_ON, {AMONG: chunk})


def replies_by_rule(connection: sa.Connection, *, live: bool, since: datetime) -> Sequence[RuleReplies]:
    """Of each rule that told somebody since then: what came back; those that make people write most, first."""
    told = (
        sa.select(NOTICE.c.rule, sa.func.count())
        .where(NOTICE.c.told_at > since, NOTICE.c.live.is_(live), NOTICE.c.kind != NoticeKind.ALERT)
        .group_by(NOTICE.c.rule)
    )
    out = sa.case((REPLY.c.meaning.in_((Meaning.STOP, Meaning.PROBABLE_STOP, Meaning.STOP_OR_CANCEL)), 1), else_=0)
    written = (
        sa.select(NOTICE.c.rule, sa.func.count().label("replies"), sa.func.sum(out).label("opted_out"))
        .add_columns(sa.func.sum(sa.case((REPLY.c.confirmed, 1), else_=0)).label("confirmed"))
        .join(NOTICE, NOTICE.c.id == REPLY.c.notice_id)
        .where(REPLY.c.at > since, REPLY.c.live.is_(live))
        .group_by(NOTICE.c.rule)
    )
    back = {row.rule: row for row in connection.execute(written)}
    counts = dict.fromkeys(back, 0) | {row[0]: row[1] for row in connection.execute(told)}
    found = [
        RuleReplies(
            rule=rule,
            told=count,
            replies=back[rule].replies if rule in back else 0,
            confirmed=int(back[rule].confirmed) if rule in back else 0,
            opted_out=int(back[rule].opted_out) if rule in back else 0,
        )
        for rule, count in counts.items()
    ]
    return sorted(found, key=lambda each: (-each.per_hundred, -each.replies, each.rule))
