"""What came of each message is recorded, by a compare-and-set on its state and on the start of its claim.

So a process that lost its claim (it slept, and another one took over) changes nothing. All functions work within the
connection's transaction, which the caller commits.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import MessageState, NoticeState, ReasonCode
from notifier.model.outgoing import Outgoing
from notifier.model.transitions import HANDED_OVER, message_moves, notice_moves
from notifier.store.sql import table_of
from notifier.store.tables import MessageRow, NoticeRow

NOTICE = table_of(NoticeRow)
MESSAGE = table_of(MessageRow)


def record_accepted(
    connection: sa.Connection, message: Outgoing, *, provider: str, provider_id: str, now: datetime
) -> bool:
    """The provider has it, so its notice is told. False where the claim was lost."""
    values = {
        "state": MessageState.ACCEPTED,
        "provider": provider,
        "provider_id": provider_id,
        "accepted_at": now,
        "error": None,
        "decision": None,
    }
    if not _record(connection, message, (MessageState.SENDING, MessageState.UNKNOWN), values, now):
        return False
    notice_moves(NoticeState.READY, NoticeState.TOLD)
    connection.execute(
        sa.update(NOTICE)
        .where(NOTICE.c.id == message.notice_id, NOTICE.c.state == NoticeState.READY)
        .values(state=NoticeState.TOLD, spent=True, told_at=now, changed_at=now, version=NOTICE.c.version + 1)
    )
    return True


def record_retry(connection: sa.Connection, message: Outgoing, *, reason: str, at: datetime, now: datetime) -> bool:
    """The provider does not have it: it is queued again for `at`, or has failed where that is too late to help."""
    if at >= message.until:
        late = f"{reason}; the next attempt would come after it stops being useful"
        return record_failed(connection, message, reason=late, decision="Retry", now=now)
    values = {"state": MessageState.QUEUED, "next_attempt_at": at, "error": reason, "decision": "Retry"}
    return _record(connection, message, (MessageState.SENDING, MessageState.UNKNOWN), values, now)


def record_failed(connection: sa.Connection, message: Outgoing, *, reason: str, decision: str, now: datetime) -> bool:
    """It will never go out like this. The notice has failed once all its messages have."""
    values = {"state": MessageState.FAILED, "error": reason, "decision": decision}
    if not _record(connection, message, (MessageState.SENDING, MessageState.UNKNOWN), values, now):
        return False
    may_still_arrive = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN, *HANDED_OVER)
    others = sa.select(MESSAGE.c.id).where(
        MESSAGE.c.notice_id == message.notice_id, MESSAGE.c.state.in_(may_still_arrive)
    )
    notice_moves(NoticeState.READY, NoticeState.FAILED)
    connection.execute(
        sa.update(NOTICE)
        .where(NOTICE.c.id == message.notice_id, NOTICE.c.state == NoticeState.READY, ~others.exists())
        .values(
            state=NoticeState.FAILED,
            reason_code=ReasonCode.UNDELIVERABLE,
            reason=f"no channel took it; the last one, {message.channel}: {reason}",
            changed_at=now,
            version=NOTICE.c.version + 1,
        )
    )
    return True


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
