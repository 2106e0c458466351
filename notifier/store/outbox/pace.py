"""Which turns of an outlet are reserved: one row for each outlet, which all processes of this database share.

Whoever leases messages locks the row, reads it, and commits the lease and the reserved turns together. So two processes
never reserve the same turns. All functions work within the connection's transaction, which the caller commits.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from notifier.model.outlet import Outlet
from notifier.model.pace import NEVER_USED
from notifier.store.sql import insert_new
from notifier.store.tables import PACE


def lock(connection: sa.Connection, outlet: Outlet) -> datetime:
    """The first turn that nobody reserved, long ago where none ever was. The row is locked until the commit."""
    statement = _select_locked(outlet)
    free_at: datetime | None = connection.execute(statement).scalar_one_or_none()
    if free_at is None:
        first = {"channel": outlet.channel, "live": outlet.live, "free_at": NEVER_USED}
        connection.execute(insert_new(PACE, connection, key="channel, live").values(**first))
        free_at = connection.execute(statement).scalar_one()
        assert free_at is not None
    return free_at


def reserve(connection: sa.Connection, outlet: Outlet, *, until: datetime) -> None:
    """Reserve all turns before `until`. The caller must have locked the row."""
    connection.execute(sa.update(PACE).where(*_of(outlet)).values(free_at=until))


def give_back(connection: sa.Connection, outlet: Outlet, *, unused_from: datetime, reserved_until: datetime) -> bool:
    """Free the turns from `unused_from` to `reserved_until`.

    False, and they are lost, where another process reserved turns behind them, or the provider asked for a rest.
    """
    statement = sa.update(PACE).where(*_of(outlet), PACE.c.free_at == reserved_until).values(free_at=unused_from)
    return bool(connection.execute(statement).rowcount)


def rest(connection: sa.Connection, outlet: Outlet, *, until: datetime) -> None:
    """Let nobody reserve a turn before `until`, nor give back those that were reserved before this."""
    reserved_until = lock(connection, outlet)
    reserve(connection, outlet, until=max(reserved_until + timedelta.resolution, until))


@cache
def _select_locked(outlet: Outlet) -> sa.Select[Any]:
    return sa.select(PACE.c.free_at).where(*_of(outlet)).with_for_update()


@cache
def _of(outlet: Outlet) -> tuple[sa.ColumnElement[bool], ...]:
    return PACE.c.channel == outlet.channel, PACE.c.live.is_(outlet.live)
