"""Outlets that are halted until a person acts: a row for each, which all processes of this database share.

All functions work within the connection's transaction, which the caller commits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.outlet import Outlet
from notifier.store.sql import insert_new
from notifier.store.tables import HALT

COLUMNS = (HALT.c.reason, HALT.c.halted_at, HALT.c.tries_again_at)

HALT_PAUSE = timedelta(minutes=5)
"""How long a halted outlet rests before one message tries it again."""


@dataclass(frozen=True, kw_only=True)
class Halted:
    """Nothing is sent by the outlet, except one message at `tries_again_at`."""

    reason: str
    halted_at: datetime
    tries_again_at: datetime


def known(connection: sa.Connection, outlet: Outlet) -> Halted | None:
    """The outlet's halt, or None."""
    return _read(connection, sa.select(*COLUMNS).where(*_of(outlet)))


def lock(connection: sa.Connection, outlet: Outlet) -> Halted | None:
    """The outlet's halt, or None. The row is locked until the commit."""
    return _read(connection, sa.select(*COLUMNS).where(*_of(outlet)).with_for_update())


def halt(connection: sa.Connection, outlet: Outlet, *, reason: str, now: datetime) -> Halted:
    """Halt the outlet for `HALT_PAUSE`. One that is halted already keeps its `halted_at`."""
    values = {"reason": reason, "tries_again_at": now + HALT_PAUSE}
    key = {"channel": outlet.channel, "live": outlet.live}
    new = insert_new(HALT, connection, key="channel, live").values(**key, halted_at=now, **values)
    halted = _read(connection, new.returning(*COLUMNS))
    if halted is None:
        update = sa.update(HALT).where(*_of(outlet)).values(**values)
        halted = _read(connection, update.returning(*COLUMNS))
    return halted or Halted(reason=reason, halted_at=now, tries_again_at=now + HALT_PAUSE)


def try_again(connection: sa.Connection, outlet: Outlet, *, at: datetime) -> None:
    """Let the next message try the halted outlet at `at`, and none before."""
    connection.execute(sa.update(HALT).where(*_of(outlet)).values(tries_again_at=at))


def resume(connection: sa.Connection, outlet: Outlet) -> bool:
    """End the halt. False where there was none: another process ended it before."""
    return bool(connection.execute(sa.delete(HALT).where(*_of(outlet))).rowcount)


def _read(connection: sa.Connection, statement: sa.Executable) -> Halted | None:
    row = connection.execute(statement).one_or_none()
    return Halted(**row._mapping) if row is not None else None


def _of(outlet: Outlet) -> tuple[sa.ColumnElement[bool], ...]:
    return HALT.c.channel == outlet.channel, HALT.c.live.is_(outlet.live)
