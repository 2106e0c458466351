"""Records what became of each leased message, by a compare-and-set on its state and on the start of its lease.

So a process that lost its lease (it slept, and another one took over) changes nothing. All functions work within the
connection's transaction, which the caller commits.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import MessageState, NoticeKind, NoticeState, ReasonCode
from notifier.model.outgoing import Outgoing
from notifier.model.receipts import CONFIRMING
from notifier.model.transitions import HANDED_OVER, IN_FLIGHT, message_moves, notice_moves
from notifier.store.outbox.past_verdicts import keep_verdicts
from notifier.store.outbox.suppressions import SUPPRESS, suppress
from notifier.store.outbox.told_through import only_through, parts_of
from notifier.store.sql import AMONG, chunks, is_among, is_any_of, rows_among
from notifier.store.tables import MESSAGE, NOTICE

FIRST_ASKED = timedelta(minutes=1)
"""After that long a provider of receipts is asked what became of a message of which it said nothing by itself."""

# Built once, because they are executed for every message.
IN_HAND = (
    sa.select(MESSAGE.c.id, MESSAGE.c.started_at)
    .where(
        is_among(MESSAGE.c.id),
        is_any_of(MESSAGE.c.state, MessageState.SENDING, MessageState.UNKNOWN, MessageState.QUEUED),
    )
    .with_for_update()
)
"""Queued ones, too: an answer may come when the message was believed absent, and waits to be sent again."""
ACCEPT = (
    sa.update(MESSAGE)
    .where(MESSAGE.c.id == sa.bindparam("message_id"))
    .values(
        state=MessageState.ACCEPTED,
        provider=sa.bindparam("taken_by"),
        provider_id=sa.bindparam("given_id"),
        accepted_at=sa.bindparam("at", type_=MESSAGE.c.accepted_at.type),
        ask_at=sa.bindparam("first_asked_at", type_=MESSAGE.c.ask_at.type),
        changed_at=sa.bindparam("at", type_=MESSAGE.c.changed_at.type),
        error=None,
        decision=None,
    )
)
"""Only for rows that are locked, and whose lease is known to be ours."""
TELL = (
    sa.update(NOTICE)
    .where(is_among(NOTICE.c.id), is_any_of(NOTICE.c.state, NoticeState.READY))
    .values(
        state=NoticeState.TOLD,
        spent=True,
        told_at=sa.bindparam("now", type_=NOTICE.c.told_at.type),
        changed_at=sa.bindparam("now", type_=NOTICE.c.changed_at.type),
        version=NOTICE.c.version + 1,
    )
)


def record_accepted(
    connection: sa.Connection, message: Outgoing, *, provider: str, provider_id: str, now: datetime
) -> bool:
    """The provider has the message, so its notice is told. False where the lease was lost."""
    return bool(record_all_accepted(connection, [(message, provider_id)], provider=provider, now=now))


def record_all_accepted(
    connection: sa.Connection, accepted: Collection[tuple[Outgoing, str]], *, provider: str, now: datetime
) -> set[str]:
    """The provider has these messages, under its own ids, so what they say is told, every part of it.

    Returns the ids of the messages whose lease was not lost.
    """
    for state in (MessageState.SENDING, MessageState.UNKNOWN, MessageState.QUEUED):
        message_moves(state, MessageState.ACCEPTED)
    leases = {message.id: message.started_at for message, _ in accepted}
    found = rows_among(connection, IN_HAND, leases.keys())
    took = {row.id for row in found if row.started_at == leases[row.id]}
    mine = [(message, provider_id) for message, provider_id in accepted if message.id in took]
    if not mine:
        return took
    ask_at = now + FIRST_ASKED if provider in CONFIRMING else None
    connection.execute(
        ACCEPT,
        [
            {
                "message_id": message.id,
                "given_id": provider_id,
                "taken_by": provider,
                "at": now,
                "first_asked_at": ask_at,
            }
            for message, provider_id in mine
        ],
    )
    notice_moves(NoticeState.READY, NoticeState.TOLD)
    parts = parts_of(connection, [(message.occurrence, message.channel) for message, _ in mine])
    told = {message.notice_id for message, _ in mine} | {part.notice_id for of in parts.values() for part in of}
    for chunk in chunks(sorted(told)):
        connection.execute(TELL, {AMONG: chunk, "now": now})
    return took


def record_retry(connection: sa.Connection, message: Outgoing, *, reason: str, at: datetime, now: datetime) -> bool:
    """The provider does not have the message: queue it again for `at`, or fail it where that is too late to help."""
    if at >= message.until:
        late = f"{reason}; the next attempt would come after it stops being useful"
        return record_failed(connection, message, reason=late, decision="Retry", now=now)
    values = {"state": MessageState.QUEUED, "next_attempt_at": at, "error": reason, "decision": "Retry"}
    return _record(connection, message, (MessageState.SENDING, MessageState.UNKNOWN), values, now)


def record_failed(connection: sa.Connection, message: Outgoing, *, reason: str, decision: str, now: datetime) -> bool:
    """The message will never go out like this. False where the lease was lost.

    Once no message of its notice may still arrive, the next tick plans the notice again, for another channel or as
    failed. An alert is not planned again, so it has failed then. The decision `SUPPRESS` also suppresses the address.
    """
    values = {"state": MessageState.FAILED, "error": reason, "decision": decision}
    if not _record(connection, message, (MessageState.SENDING, MessageState.UNKNOWN), values, now):
        return False
    if decision == SUPPRESS:
        suppress(connection, message, reason=reason, now=now)
    untold = only_through(connection, message.occurrence, message.channel)
    if untold:  # those whom the message spoke for are planned again, too, perhaps on another channel
        _plan_again(connection, untold, message, reason, now)
    if not _nothing_may_arrive(connection, message.notice_id):
        return True
    notice_moves(NoticeState.READY, NoticeState.FAILED if message.kind is NoticeKind.ALERT else NoticeState.DEFERRED)
    if message.kind is not NoticeKind.ALERT:
        _plan_again(connection, [message.notice_id], message, reason, now)
        return True
    keep_verdicts(connection, [message.notice_id])
    connection.execute(
        sa.update(NOTICE)
        .where(NOTICE.c.id == message.notice_id)
        .values(
            state=NoticeState.FAILED,
            gate=None,
            reason_code=ReasonCode.UNDELIVERABLE,
            reason=f"no channel took it; the last one, {message.channel}: {reason}",
            deferred_until=None,
            changed_at=now,
            version=NOTICE.c.version + 1,
        )
    )
    return True


def _plan_again(
    connection: sa.Connection, notice_ids: Sequence[str], message: Outgoing, reason: str, now: datetime
) -> None:
    """The next tick decides anew about these notices, of which no message may still arrive."""
    keep_verdicts(connection, notice_ids)
    connection.execute(
        sa.update(NOTICE)
        .where(NOTICE.c.id.in_(notice_ids))
        .values(
            state=NoticeState.DEFERRED,
            gate=None,
            reason_code=ReasonCode.UNDELIVERABLE,
            reason=f"{message.channel}: {reason}; the next tick looks for another channel",
            deferred_until=now,
            changed_at=now,
            version=NOTICE.c.version + 1,
        )
    )


def _nothing_may_arrive(connection: sa.Connection, notice_id: str) -> bool:
    """Whether the notice is ready, and none of its messages may still arrive.

    The notice is locked before its messages are read. So of two channels that fail at the same time, the second sees
    what became of the first.
    """
    ready = sa.select(NOTICE.c.id).where(NOTICE.c.id == notice_id, NOTICE.c.state == NoticeState.READY)
    if connection.execute(ready.with_for_update()).first() is None:
        return False
    may_still_arrive = is_any_of(MESSAGE.c.state, MessageState.QUEUED, *IN_FLIGHT, *HANDED_OVER)
    others = sa.select(MESSAGE.c.id).where(MESSAGE.c.notice_id == notice_id, may_still_arrive)
    return connection.execute(others.limit(1)).first() is None


def record_unknown(
    connection: sa.Connection, message: Outgoing, *, reason: str, ask_at: datetime, now: datetime
) -> bool:
    """The provider may or may not have the message. Ask it at `ask_at`; nothing is sent until that is known."""
    values = {"state": MessageState.UNKNOWN, "error": reason, "decision": "Unknown", "next_attempt_at": ask_at}
    return _record(connection, message, (MessageState.SENDING, MessageState.UNKNOWN), values, now)


def give_back(connection: sa.Connection, message: Outgoing, *, at: datetime, reason: str | None, now: datetime) -> bool:
    """Queue a leased message again for `at`: its provider was not called, so the attempt is not counted."""
    values = {
        "state": MessageState.QUEUED,
        "next_attempt_at": at,
        "attempts": MESSAGE.c.attempts - 1,
        "error": reason,
    }
    return _record(connection, message, (MessageState.SENDING,), values, now)


def withdraw(connection: sa.Connection, message: Outgoing, *, reason: str, now: datetime) -> bool:
    """Cancel a leased message that is no longer true. Its provider was not called."""
    values = {"state": MessageState.CANCELLED, "error": reason}
    return _record(connection, message, (MessageState.SENDING,), values, now)


def _record(
    connection: sa.Connection,
    message: Outgoing,
    sources: Iterable[MessageState],
    values: dict[str, Any],
    now: datetime,
) -> bool:
    allowed = list(sources)
    for source in allowed:
        message_moves(source, values["state"])
    result = connection.execute(
        sa.update(MESSAGE)
        .where(MESSAGE.c.id == message.id, MESSAGE.c.state.in_(allowed), MESSAGE.c.started_at == message.started_at)
        .values(**values, changed_at=now)
    )
    return bool(result.rowcount == 1)
