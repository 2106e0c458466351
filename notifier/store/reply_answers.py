"""Answers to mails, from the decision until a mail relay has them: each is tried for a day, and sent once at most.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.store.tables import REPLY_ANSWER

TRIED_FOR = timedelta(days=1)
"""An answer that comes later than that is none."""
CLAIM = timedelta(minutes=10)
"""Longer than handing over takes: who claimed an answer that long ago is dead, and nobody knows whether it went."""


@dataclass(frozen=True, kw_only=True)
class ReplyAnswer:
    """One answer that is to be sent."""

    reply_id: str
    reference: str
    """Of the notice that was answered."""
    address: str
    subject: str
    text: str
    in_reply_to: str | None = None
    """The Message-ID of the mail, without angle brackets."""


def queue_answer(connection: sa.Connection, answer: ReplyAnswer, *, live: bool, now: datetime) -> None:
    """Let the answer be sent by the next round."""
    values = {name: getattr(answer, name) for name in answer.__dataclass_fields__}
    connection.execute(sa.insert(REPLY_ANSWER).values(**values, live=live, decided_at=now, next_at=now))


def any_due(connection: sa.Connection, *, live: bool, now: datetime) -> bool:
    """Whether an answer waits for this instant, or was left behind."""
    due = sa.select(REPLY_ANSWER.c.reply_id).where(REPLY_ANSWER.c.next_at <= now, REPLY_ANSWER.c.live.is_(live))
    return connection.execute(due.limit(1)).first() is not None


def claim(connection: sa.Connection, *, live: bool, now: datetime, limit: int) -> Sequence[ReplyAnswer]:
    """Take the answers that are due; nobody else may send them."""
    answer = REPLY_ANSWER.c
    statement = (
        sa.select(*(answer[name] for name in ReplyAnswer.__dataclass_fields__))
        .where(answer.next_at <= now, answer.live.is_(live), answer.claimed_at.is_(None))
        .order_by(answer.next_at, answer.reply_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = [ReplyAnswer(**row._mapping) for row in connection.execute(statement)]
    ids = [each.reply_id for each in found]
    connection.execute(sa.update(REPLY_ANSWER).where(answer.reply_id.in_(ids)).values(claimed_at=now))
    return found


def put_off(connection: sa.Connection, answer: ReplyAnswer, *, until: datetime) -> None:
    """The relay certainly does not have it: it is tried again then."""
    row = REPLY_ANSWER.c.reply_id == answer.reply_id
    connection.execute(sa.update(REPLY_ANSWER).where(row).values(claimed_at=None, next_at=until))


def done(connection: sa.Connection, answer: ReplyAnswer) -> None:
    """It is sent, or never will be."""
    connection.execute(sa.delete(REPLY_ANSWER).where(REPLY_ANSWER.c.reply_id == answer.reply_id))


def give_up(connection: sa.Connection, *, live: bool, now: datetime) -> Sequence[str]:
    """Delete those that are too late, or were left behind by a death; the ids of their replies."""
    answer = REPLY_ANSWER.c
    over = sa.or_(answer.decided_at <= now - TRIED_FOR, answer.claimed_at <= now - CLAIM)
    statement = sa.delete(REPLY_ANSWER).where(over, answer.live.is_(live)).returning(answer.reply_id)
    return connection.execute(statement).scalars().all()
