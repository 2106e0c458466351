"""Outlets that are halted until a person acts: a row for each, which all processes of this database share.

All functions work within the connection's transaction, which the caller commits.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from notifier.model.outlet import Outlet
from notifier.store.sql import insert_new
from notifier.store.tables import HALT

COLUMNS = (HALT.c.reason, HALT.c.halted_at, HALT.c.tries_again_at)

FIRST_PAUSE = timedelta(seconds=15)
"""How long an outlet rests at first before one message tries it again. A proxy or a restart refuses for seconds."""
HALT_PAUSE = timedelta(minutes=5)
"""How long it rests at most, once it has been halted for as long."""


@dataclass(frozen=True, kw_only=True)
class Halted:
    """Nothing is sent by the outlet, except one message at `tries_again_at`."""

    reason: str
    halted_at: datetime
    tries_again_at: datetime

    def rests(self, now: datetime) -> bool:
        """Whether nothing tries it yet. A trial that is further away than any rest was set by a clock that was
        ahead."""
        return now < self.tries_again_at <= now + HALT_PAUSE

    def next_try(self, now: datetime) -> datetime:
        """When the outlet is tried after a trial at `now`: each rest doubles how long the halt has lasted."""
        return now + min(max(now - self.halted_at, FIRST_PAUSE), HALT_PAUSE)


def known(connection: sa.Connection, outlet: Outlet) -> Halted | None:
    """The outlet's halt, or None."""
    return _read(connection, _select(outlet))


def lock(connection: sa.Connection, outlet: Outlet) -> Halted | None:
    """The outlet's halt, or None. The row is locked until the commit."""
    return _read(connection, _select_locked(outlet))


def halt(connection: sa.Connection, outlet: Outlet, *, reason: str, now: datetime) -> Halted:
    """Halt the outlet until `Halted.next_try`. One that is halted already keeps its `halted_at`."""
    began = Halted(reason=reason, halted_at=now, tries_again_at=now + FIRST_PAUSE)
    key = {"channel": outlet.channel, "live": outlet.live}
    values = {"reason": reason, "halted_at": now, "tries_again_at": began.tries_again_at}
    new = insert_new(HALT, connection, key="channel, live").values(**key, **values)
    if _read(connection, new.returning(*COLUMNS)) is not None:
        return began
    known = lock(connection, outlet) or began
    halted = replace(known, reason=reason, tries_again_at=known.next_try(now))
    kept = {"reason": reason, "tries_again_at": halted.tries_again_at}
    connection.execute(sa.update(HALT).where(*_of(outlet)).values(**kept))
    return halted


def try_again(connection: sa.Connection, outlet: Outlet, *, at: datetime) -> None:
    """Let the next message try the halted outlet at `at`, and none before."""
    connection.execute(sa.update(HALT).where(*_of(outlet)).values(tries_again_at=at))


def resume(connection: sa.Connection, outlet: Outlet) -> bool:
    """End the halt. False where there was none: another process ended it before."""
    return bool(connection.execute(sa.delete(HALT).where(*_of(outlet))).rowcount)


def _read(connection: sa.Connection, statement: sa.Executable) -> Halted | None:
    row = connection.execute(statement).one_or_none()
    return Halted(**row._mapping) if row is not None else None


@cache
def _select(outlet: Outlet) -> sa.Select[Any]:
    return sa.select(*COLUMNS).where(*_of(outlet))


@cache
def _select_locked(outlet: Outlet) -> sa.Select[Any]:
    return _select(outlet).with_for_update()


@cache
def _of(outlet: Outlet) -> tuple[sa.ColumnElement[bool], ...]:
    return HALT.c.channel == outlet.channel, HALT.c.live.is_(outlet.live)
