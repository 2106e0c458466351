"""What came of each message is recorded, by a compare-and-set on its state and on the start of its claim.

So a process that lost its claim (it slept, and another one took over) changes nothing. All functions work within the
connection's transaction, which the caller commits.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import MessageState, NoticeKind, NoticeState, ReasonCode
from notifier.model.outgoing import Outgoing
from notifier.model.transitions import HANDED_OVER, IN_FLIGHT, message_moves, notice_moves
from notifier.store.outbox.past_verdicts import keep_verdicts
from notifier.store.outbox.suppressions import SUPPRESS, suppress
from notifier.store.sql import AMONG, chunks, is_among, is_any_of, rows_among
from notifier.store.tables import MESSAGE, NOTICE

# Built once, because they are said for every message.
IN_HAND = (
    sa.select(MESSAGE.c.id, MESSAGE.c.started_at)
    .where(is_among(MESSAGE.c.id), is_any_of(MESSAGE.c.state, MessageState.SENDING, MessageState.UNKNOWN))
    .with_for_update()
)
ACCEPT = (
    sa.update(MESSAGE)
    .where(MESSAGE.c.id == sa.bindparam("message_id"))
    .values(
        state=MessageState.ACCEPTED,
        provider=sa.bindparam("taken_by"),
        provider_id=sa.bindparam("given_id"),
        accepted_at=sa.bindparam("at", type_=MESSAGE.c.accepted_at.type),
        changed_at=sa.bindparam("at", type_=MESSAGE.c.changed_at.type),
        error=None,
        decision=None,
    )
)
"""For rows that are locked and known to be ours."""
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
    """The provider has it, so its notice is told. False where the claim was lost."""
    return bool(record_all_accepted(connection, [(message, provider_id)], provider=provider, now=now))


def record_all_accepted(
    connection: sa.Connection, accepted: Collection[tuple[Outgoing, str]], *, provider: str, now: datetime
) -> set[str]:
    """The provider has them, under these ids. Returns the ids of the messages whose claim was not lost."""
    for state in (MessageState.SENDING, MessageState.UNKNOWN):
        message_moves(state, MessageState.ACCEPTED)
    claims = {message.id: message.started_at for message, _ in accepted}
    found = rows_among(connection, IN_HAND, claims.keys())
    took = {row.id for row in found if row.started_at == claims[row.id]}
    mine = [(message, provider_id) for message, provider_id in accepted if message.id in took]
    if not mine:
        return took
    connection.execute(
        ACCEPT,
        [
            {"message_id": message.id, "given_id": provider_id, "taken_by": provider, "at": now}
            for message, provider_id in mine
        ],
    )
    notice_moves(NoticeState.READY, NoticeState.TOLD)
    for chunk in chunks(sorted({message.notice_id for message, _ in mine})):
        connection.execute(TELL, {AMONG: chunk, "now": now})
    return took


def record_retry(connection: sa.Connection, message: Outgoing, *, reason: str, at: datetime, now: datetime) -> bool:
    """The provider does not have it: it is queued again for `at`, or has failed where that is too late to help."""
    if at >= message.until:
        late = f"{reason}; the next attempt would come after it stops being useful"
        return record_failed(connection, message, reason=late, decision="Retry", now=now)
    values = {"state": MessageState.QUEUED, "next_attempt_at": at, "error": reason, "decision": "Retry"}
    return _record(connection, message, (MessageState.SENDING, MessageState.UNKNOWN), values, now)


def record_failed(connection: sa.Connection, message: Outgoing, *, reason: str, decision: str, now: datetime) -> bool:
    """It will never go out like this. False where the claim was lost.

    Once nothing of its notice may still arrive, the next tick plans the notice again, for another channel or as failed;
    an alert, which nobody plans again, has failed then. The decision `SUPPRESS` also suppresses the address.
    """
    values = {"state": MessageState.FAILED, "error": reason, "decision": decision}
    if not _record(connection, message, (MessageState.SENDING, MessageState.UNKNOWN), values, now):
        return False
    if decision == SUPPRESS:
        suppress(connection, message, reason=reason, now=now)
    if not _has_run_dry(connection, message.notice_id):
        return True
    if message.kind is NoticeKind.ALERT:
        became = NoticeState.FAILED
        text = f"no channel took it; the last one, {message.channel}: {reason}"
    else:
        became = NoticeState.DEFERRED
        text = f"{message.channel}: {reason}; the next tick looks for another channel"
    notice_moves(NoticeState.READY, became)
    keep_verdicts(connection, [message.notice_id])
    connection.execute(
        sa.update(NOTICE)
        .where(NOTICE.c.id == message.notice_id)
        .values(
            state=became,
            reason_code=ReasonCode.UNDELIVERABLE,
            reason=text,
            deferred_until=now if became is NoticeState.DEFERRED else None,
            changed_at=now,
            version=NOTICE.c.version + 1,
        )
    )
    return True


def _has_run_dry(connection: sa.Connection, notice_id: str) -> bool:
    """Whether a notice is ready, and nothing of it may still arrive.

    Locked before its messages are looked at: of two channels that fail at once, the second sees what became of the
    first.
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
    """The provider may or may not have it: it is asked at `ask_at`, and nothing is sent until it is known."""
    values = {"state": MessageState.UNKNOWN, "error": reason, "decision": "Unknown", "next_attempt_at": ask_at}
    return _record(connection, message, (MessageState.SENDING, MessageState.UNKNOWN), values, now)


def give_back(connection: sa.Connection, message: Outgoing, *, at: datetime, reason: str | None, now: datetime) -> bool:
    """Nothing was handed over and nothing is wrong with the message: it is queued again for `at`, uncounted."""
    values = {
        "state": MessageState.QUEUED,
        "next_attempt_at": at,
        "attempts": MESSAGE.c.attempts - 1,
        "error": reason,
    }
    return _record(connection, message, (MessageState.SENDING,), values, now)


def withdraw(connection: sa.Connection, message: Outgoing, *, reason: str, now: datetime) -> bool:
    """A claimed message that is no longer true, cancelled before it was handed over."""
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
