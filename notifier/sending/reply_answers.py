"""Answers to mails are handed to the mail relay: each once at most, beside the queue of notices.

A notice is asked for again where its fate is unknown. An automatic answer is not worth that: where the relay's answer
is lost, or this process dies, nobody sends it again.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import Accepted, Halt, Outcome, Retry
from notifier.model.clock import Clock
from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.types import ChannelName, NoticeClass
from notifier.rendering.errors import RenderingError
from notifier.rendering.mime import Envelope
from notifier.store import reply_answers as rows
from notifier.store.database import read_only
from notifier.store.outbox import halts
from notifier.store.reply_answers import ReplyAnswer

log = structlog.get_logger()

MOST = 20
"""Answers of one round."""
AGAIN = timedelta(minutes=5)
"""After a refusal for now, where the relay says nothing else."""


class AnswerSender:
    """Sends the answers of one mode. `channel` makes the way to the relay, for one round."""

    def __init__(
        self,
        database: sa.Engine,
        channel: Callable[[], Channel],
        envelope: Callable[[], Envelope],
        clock: Clock,
        *,
        live: bool,
    ) -> None:
        self._database = database
        self._channel = channel
        self._envelope = envelope
        self._clock = clock
        self._outlet = Outlet(live=live, channel=ChannelName.EMAIL)

    def send(self) -> bool:
        """Send what is due; whether more may wait. Raises StoreError where the database is away."""
        now, live = self._clock(), self._outlet.live
        with read_only(self._database) as connection:
            if not rows.any_due(connection, live=live, now=now):
                return False
            halted = halts.known(connection, self._outlet) is not None
        with self._database.begin() as connection:
            lost = rows.give_up(connection, live=live, now=now)
            due = [] if halted else rows.claim(connection, live=live, now=now, limit=MOST)
        for reply in lost:
            log.warning("answer.given_up", reply=reply)
        if due:
            asyncio.run(self._send_all(due, now))
        return len(due) == MOST

    async def _send_all(self, due: Sequence[ReplyAnswer], now: datetime) -> None:
        channel, envelope = self._channel(), self._envelope()
        try:
            for answer in due:
                self._record(answer, await self._outcome(channel, envelope, answer, now))
        finally:
            await channel.aclose()

    async def _outcome(
        self, channel: Channel, envelope: Envelope, answer: ReplyAnswer, now: datetime
    ) -> Outcome | None:
        try:
            return await channel.send(outgoing(envelope, answer, now))
        except RenderingError:
            return None  # the address of a stranger; what is wrong with it names it
        except Exception:
            log.exception("channel.failed", channel=ChannelName.EMAIL, reply=answer.reply_id)
            return None

    def _record(self, answer: ReplyAnswer, outcome: Outcome | None) -> None:
        with self._database.begin() as connection:
            if isinstance(outcome, Retry | Halt):
                pause = (outcome.after if isinstance(outcome, Retry) else None) or AGAIN
                rows.put_off(connection, answer, until=self._clock() + pause)
            else:
                rows.done(connection, answer)
        match outcome:
            case Accepted():
                log.info("answer.sent", reply=answer.reply_id)
            case Retry() | Halt():
                log.info("answer.put_off", reply=answer.reply_id, reason=outcome.reason)
            case _:
                log.warning("answer.given_up", reply=answer.reply_id, reason=getattr(outcome, "reason", None))


def outgoing(envelope: Envelope, answer: ReplyAnswer, now: datetime) -> Outgoing:
    """The answer as a mail on its way out. Raises RenderingError where its address cannot be written to."""
    name = f"answer-{hashlib.sha256(answer.reply_id.encode()).hexdigest()[:24]}"
    payload = envelope.answer(
        to=answer.address,
        subject=answer.subject,
        text=answer.text,
        name=name,
        in_reply_to=answer.in_reply_to,
        now=now,
    )
    return Outgoing(
        id=name,
        notice_id=answer.reply_id,
        rule="replies",
        subject_type="contact",
        subject_id=answer.reply_id,
        occurrence=name,
        reference=f"{answer.reference}-answer",
        kind=NoticeKind.ALERT,
        notice_class=NoticeClass.SERVICE,
        recipient_id=None,
        owner="replies",
        channel=ChannelName.EMAIL,
        address=answer.address,
        subject=answer.subject,
        text=answer.text,
        payload=payload,
        attempt=1,
        started_at=now,
        until=now + rows.TRIED_FOR,
        notice_state=NoticeState.READY,
        claims_digest="",
        content_digest="",
        is_answer=True,
    )
