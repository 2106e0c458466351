"""Messages of which their provider, which can be asked, said nothing more since it took them.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.evaluation.dialects import Unsought
from notifier.model.columns import UtcTime
from notifier.model.notices import MessageState
from notifier.model.outlet import Outlet
from notifier.model.receipts import SIMULATOR
from notifier.model.types import ChannelName
from notifier.store.tables import MESSAGE

ASKED_FOR = timedelta(days=3)
"""How long a provider is asked about a message of which it says nothing. Afterwards nobody expects to know."""

NOW = sa.bindparam("now", type_=UtcTime())
_UNCONFIRMED = (
    sa.select(MESSAGE.c.id, MESSAGE.c.provider_id, MESSAGE.c.accepted_at)
    .where(
        # Only what is to be asked about has an `ask_at`: SQLite would rather read all that was ever accepted.
        Unsought(MESSAGE.c.state) == MessageState.ACCEPTED,
        Unsought(MESSAGE.c.live) == sa.bindparam("live"),
        Unsought(MESSAGE.c.channel) == sa.bindparam("channel"),
        Unsought(MESSAGE.c.provider) == sa.bindparam("provider"),
        MESSAGE.c.ask_at <= NOW,
    )
    .order_by(MESSAGE.c.ask_at)
    .limit(sa.bindparam("limit", type_=sa.Integer()))
)
_SIMULATED = (
    sa.select(MESSAGE.c.id, MESSAGE.c.provider_id, MESSAGE.c.accepted_at, MESSAGE.c.channel, MESSAGE.c.address)
    .where(
        Unsought(MESSAGE.c.state) == MessageState.ACCEPTED,
        Unsought(MESSAGE.c.provider) == SIMULATOR,
        MESSAGE.c.ask_at <= NOW,
    )
    .order_by(MESSAGE.c.ask_at)
    .limit(sa.bindparam("limit", type_=sa.Integer()))
)
_ASK_AT = (
    sa.update(MESSAGE)
    .where(MESSAGE.c.id == sa.bindparam("message_id"), MESSAGE.c.state == MessageState.ACCEPTED)
    .values(ask_at=sa.bindparam("again", type_=MESSAGE.c.ask_at.type))
)


@dataclass(frozen=True, kw_only=True)
class Unconfirmed:
    """A message that its provider has, and said nothing more of."""

    id: str
    provider_id: str
    accepted_at: datetime


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """A message to an address of the sandbox at which something becomes of it."""

    id: str
    provider_id: str
    accepted_at: datetime
    channel: ChannelName
    address: str


def unconfirmed(
    connection: sa.Connection, outlet: Outlet, *, provider: str, now: datetime, limit: int
) -> list[Unconfirmed]:
    """Messages about which the provider is to be asked whether they arrived."""
    asked = {"live": outlet.live, "channel": outlet.channel, "provider": provider, "now": now, "limit": limit}
    return [
        Unconfirmed(id=row.id, provider_id=row.provider_id, accepted_at=row.accepted_at)
        for row in connection.execute(_UNCONFIRMED, asked)
    ]


def asked(connection: sa.Connection, messages: Collection[Unconfirmed], *, now: datetime) -> None:
    """Their provider was asked, and could not say yet how it ended: ask again later, each time less often."""
    ask_at(connection, {each.id: _asked_again(each.accepted_at, now) for each in messages})


def simulated(connection: sa.Connection, *, now: datetime, limit: int) -> list[Simulated]:
    """Messages in the sandbox of which it is looked now what became of them."""
    return [
        Simulated(
            id=row.id,
            provider_id=row.provider_id,
            accepted_at=row.accepted_at,
            channel=ChannelName(row.channel),
            address=row.address,
        )
        for row in connection.execute(_SIMULATED, {"now": now, "limit": limit})
    ]


def next_simulated(connection: sa.Connection, *, after: datetime, before: datetime) -> datetime | None:
    """The first instant in (after, before) at which something becomes of a message in the sandbox."""
    statement = sa.select(sa.func.min(MESSAGE.c.ask_at, type_=UtcTime())).where(
        Unsought(MESSAGE.c.provider) == SIMULATOR, MESSAGE.c.ask_at > after, MESSAGE.c.ask_at < before
    )
    return connection.execute(statement).scalar()


def ask_at(connection: sa.Connection, instants: Mapping[str, datetime | None]) -> None:
    """When it is asked next what became of these messages, by their ids; None: never again."""
    if instants:
        connection.execute(_ASK_AT, [{"message_id": each, "again": at} for each, at in instants.items()])


def _asked_again(accepted_at: datetime, now: datetime) -> datetime | None:
    age = now - accepted_at
    return None if age >= ASKED_FOR else now + max(timedelta(minutes=1), age / 2)
