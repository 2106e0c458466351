"""Asks a provider what became of messages, where it does not say so by itself: it cannot reach us, or a call is lost.

Each message is asked about ever less often, for three days. What the provider says is a receipt like any other.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa
import structlog

from notifier.delivery.channel import Confirming
from notifier.model.outlet import Outlet
from notifier.model.receipts import Receipt
from notifier.receipts.taking import Taken, say, take_within
from notifier.store.database import read_only
from notifier.store.outbox import unconfirmed as rows
from notifier.store.outbox.unconfirmed import Unconfirmed

log = structlog.get_logger()

MOST = 100
"""Messages about which one round asks."""
MOST_BY_HAND = 10_000
"""Messages about which a person asks at once."""
EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Later than anything is asked for."""
SLOTS = 4
"""Questions that are asked at the same time."""


async def ask(
    database: sa.Engine,
    outlet: Outlet,
    provider: Confirming,
    *,
    due: datetime,
    now: datetime,
    most: int = MOST,
) -> Taken:
    """Ask about the messages of this outlet whose turn comes until `due`."""
    with read_only(database) as connection:
        messages = rows.unconfirmed(connection, outlet, provider=provider.name, now=due, limit=most)
    if not messages:
        return Taken()
    return _record(database, messages, await _answers(provider, messages), now)


async def _answers(provider: Confirming, messages: Sequence[Unconfirmed]) -> Sequence[Receipt]:
    slots = asyncio.Semaphore(SLOTS)

    async def one(message: Unconfirmed) -> Receipt | None:
        async with slots:
            try:
                return await provider.became(message.provider_id)
            except Exception:
                log.exception("channel.failed", message=message.id)
                return None

    found = await asyncio.gather(*(one(message) for message in messages))
    return [receipt for receipt in found if receipt is not None]


def _record(database: sa.Engine, messages: Sequence[Unconfirmed], answers: Sequence[Receipt], now: datetime) -> Taken:
    with database.begin() as connection:
        taken = take_within(connection, answers, now=now) if answers else Taken()
        rows.asked(connection, messages, now=now)
    say(taken.moved)
    return replace(taken, asked=len(messages))
