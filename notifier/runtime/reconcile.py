"""Messages of unknown fate are asked for at their provider, before anything is sent again.

Found, and the notice is told; surely absent, and the message is queued again; unclear, and it waits: for a later
answer, or for a person. Only safety is sent again without an answer.
"""

import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import assert_never

import sqlalchemy as sa
import structlog

from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import Absent, Finding, Found, Unclear
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName, NoticeClass
from notifier.runtime.clock import Clock
from notifier.store import claiming, handover
from notifier.store.database import read_only

log = structlog.get_logger()

AT_ONCE = 100
"""Messages asked for in one round."""
GRACE = timedelta(minutes=1)
"""How long after an unclear answer a provider is first asked: it may list what it accepted only after a while."""
LONGEST_PAUSE = timedelta(days=1)
"""The pauses between two questions about one message grow with its age up to this."""
SAFETY_WAITS = timedelta(minutes=15)
"""How long a safety notice waits for a clear answer before it is sent again: better twice than never."""


async def reconcile(
    database: sa.Engine,
    name: ChannelName,
    channel: Channel | None,
    clock: Clock,
    *,
    live: bool,
    stop: threading.Event,
) -> Counter[str]:
    """Ask about every message that is due to be asked about; what became of them, as named in `DispatchReport`."""
    counts: Counter[str] = Counter()
    with read_only(database) as connection:
        messages = claiming.unknown_due(connection, now=clock(), live=live, channel=name, limit=AT_ONCE)
    for message in messages:
        if channel is None or stop.is_set():
            break
        finding = await _ask(channel, message)
        with database.begin() as connection:
            became = _record(connection, channel.name, message, finding, clock())
        log.info("message.reconciled", message=message.id, finding=type(finding).__name__, became=became)
        counts[became] += 1
    return counts


async def _ask(channel: Channel, message: Outgoing) -> Finding:
    try:
        return await channel.find(message)
    except Exception as error:
        log.exception("channel.failed", channel=message.channel, provider=channel.name, message=message.id)
        return Unclear(reason=f"{channel.name} failed with {type(error).__name__}")


def _record(connection: sa.Connection, provider: str, message: Outgoing, finding: Finding, now: datetime) -> str:
    match finding:
        case Found(provider_id=provider_id):
            handover.record_accepted(connection, message, provider=provider, provider_id=provider_id, now=now)
            return "accepted"
        case Absent():
            handover.record_retry(connection, message, reason=f"{provider} does not have it", at=now, now=now)
            return "retried" if now < message.until else "failed"
        case Unclear(reason=reason):
            if message.notice_class is NoticeClass.SAFETY and now - message.started_at >= SAFETY_WAITS:
                handover.record_retry(connection, message, reason=f"{reason}; sent again for safety", at=now, now=now)
                return "retried"
            pause = min(max(GRACE, (now - message.started_at) / 2), LONGEST_PAUSE)
            handover.record_unknown(connection, message, reason=reason, ask_at=now + pause, now=now)
            return "unknown"
        case _:
            assert_never(finding)
