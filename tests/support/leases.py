"""Leases without a sender: of messages, on every channel together, and of a round's messages and turns."""

import asyncio
from datetime import datetime

import sqlalchemy as sa

from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.pace import Pace, Turns
from notifier.model.types import ChannelName
from notifier.sending.background import in_turn
from notifier.sending.lease import Lease, Leases, LeaseSize
from notifier.store.outbox import leasing
from tests.support.rig import Rig


def lease_due(connection: sa.Connection, *, now: datetime, live: bool = False, limit: int = 100) -> list[Outgoing]:
    """Up to `limit` messages of each channel: the SMS first, then the mails."""
    return [
        message
        for name in ChannelName
        for message in leasing.lease_due(connection, Outlet(live=live, channel=name), now=now, limit=limit)
    ]


def leases_of(rig: Rig, turns: Turns | None = None) -> Leases:
    """Those of a round of sending SMS, of a process of its own."""
    outlet = Outlet(live=False, channel=ChannelName.SMS)
    return Leases(rig.database, outlet, rig.clock, turns or Turns(None), LeaseSize(), _as_it_is, in_turn)


def _as_it_is(_: Lease) -> None:
    """No recheck."""


def turns_at(rate: float) -> Turns:
    """Those of a provider with this rate."""
    return Turns(Pace(rate))


def next_of(leases: Leases) -> Lease | None:
    """The next lease; None where there is none."""

    async def following() -> Lease | None:
        return await anext(leases, None)

    return asyncio.run(following())
