"""Claims on every channel at once, for tests to which the channel does not matter."""

from datetime import datetime

import sqlalchemy as sa

from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName
from notifier.store.outbox import leasing


def claim_due(connection: sa.Connection, *, now: datetime, live: bool = False, limit: int = 100) -> list[Outgoing]:
    """Up to `limit` messages of each channel: the SMS first, then the mails."""
    return [
        message
        for name in ChannelName
        for message in leasing.claim_due(connection, now=now, live=live, channel=name, limit=limit)
    ]
