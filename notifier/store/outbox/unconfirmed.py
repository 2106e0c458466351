"""Messages of which their provider, which can be asked, said nothing more since it took them.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.evaluation.dialects import Unsought
from notifier.model.columns import UtcTime
from notifier.model.notices import MessageState
from notifier.model.outlet import Outlet
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


@dataclass(frozen=True, kw_only=True)
class Unconfirmed:
    """A message that its provider has, and said nothing more of."""

    id: str
    provider_id: str
    accepted_at: datetime


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
    statement = (
        sa.update(MESSAGE)
        .where(MESSAGE.c.id == sa.bindparam("message_id"), MESSAGE.c.state == MessageState.ACCEPTED)
        .values(ask_at=sa.bindparam("again", type_=MESSAGE.c.ask_at.type))
    )
    again = [{"message_id": each.id, "again": _asked_again(each.accepted_at, now)} for each in messages]
    if again:
        connection.execute(statement, again)


def _asked_again(accepted_at: datetime, now: datetime) -> datetime | None:
    age = now - accepted_at
    return None if age >= ASKED_FOR else now + max(timedelta(minutes=1), age / 2)
