"""How far a channel's rate is used up, in one row that all processes of this database share.

Whoever claims messages holds the row from reading it until the claim is committed with it, so the turns that two
processes give out never overlap. All functions work within the connection's transaction, which the caller commits.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.pace import NEVER_USED
from notifier.model.types import ChannelName
from notifier.store.sql import insert_new
from notifier.store.tables import PACE


def hold(connection: sa.Connection, *, channel: ChannelName, live: bool) -> datetime:
    """When the next turn is; long ago where none was given out yet. No other process reads it until the commit."""
    statement = sa.select(PACE.c.free_at).where(PACE.c.channel == channel, PACE.c.live.is_(live)).with_for_update()
    free_at: datetime | None = connection.execute(statement).scalar_one_or_none()
    if free_at is None:
        first = {"channel": channel, "live": live, "free_at": NEVER_USED}
        connection.execute(insert_new(PACE, connection, key="channel, live").values(**first))
        free_at = connection.execute(statement).scalar_one()
        assert free_at is not None
    return free_at


def give_out(connection: sa.Connection, *, channel: ChannelName, live: bool, free_at: datetime) -> None:
    """All turns before `free_at` are given out. Only for who holds the row."""
    connection.execute(_row(channel, live).values(free_at=free_at))


def take_back(
    connection: sa.Connection, *, channel: ChannelName, live: bool, given_out: datetime, free_at: datetime
) -> bool:
    """Turns from `free_at` on were not used after all. False where others were given out behind them: they are lost."""
    result = connection.execute(_row(channel, live).where(PACE.c.free_at == given_out).values(free_at=free_at))
    return bool(result.rowcount)


def rest(connection: sa.Connection, *, channel: ChannelName, live: bool, until: datetime) -> None:
    """Give out no turn before `until`, nor take any back that were given out before this."""
    free_at = hold(connection, channel=channel, live=live)
    give_out(connection, channel=channel, live=live, free_at=max(free_at + timedelta.resolution, until))


def _row(channel: ChannelName, live: bool) -> sa.Update:
    return sa.update(PACE).where(PACE.c.channel == channel, PACE.c.live.is_(live))
