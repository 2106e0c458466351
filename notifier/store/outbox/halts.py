"""Channels that stand still until a person acts, in one row each that all processes of this database share.

All functions work within the connection's transaction, which the caller commits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.types import ChannelName
from notifier.store.sql import insert_new
from notifier.store.tables import HALT

COLUMNS = (HALT.c.reason, HALT.c.halted_at, HALT.c.tries_again_at)

HALT_PAUSE = timedelta(minutes=5)
"""How long a halted channel rests before it is tried with one message again."""


@dataclass(frozen=True, kw_only=True)
class Halted:
    """A channel on which nothing goes out."""

    reason: str
    halted_at: datetime
    tries_again_at: datetime


def known(connection: sa.Connection, *, channel: ChannelName, live: bool) -> Halted | None:
    """How the channel stands still, if it does."""
    return _read(connection, sa.select(*COLUMNS).where(*_key(channel, live)))


def hold(connection: sa.Connection, *, channel: ChannelName, live: bool) -> Halted | None:
    """Likewise, and no other process changes it until the commit."""
    return _read(connection, sa.select(*COLUMNS).where(*_key(channel, live)).with_for_update())


def halt(connection: sa.Connection, *, channel: ChannelName, live: bool, reason: str, now: datetime) -> Halted:
    """Nothing goes out for a while; where it stood still before, it has done so since then."""
    key = {"channel": channel, "live": live}
    values = {"reason": reason, "tries_again_at": now + HALT_PAUSE}
    new = insert_new(HALT, connection, key="channel, live").values(**key, halted_at=now, **values)
    halted = _read(connection, new.returning(*COLUMNS))
    if halted is None:
        update = sa.update(HALT).where(*_key(channel, live)).values(**values)
        halted = _read(connection, update.returning(*COLUMNS))
    return halted or Halted(reason=reason, halted_at=now, tries_again_at=now + HALT_PAUSE)


def tries_again(connection: sa.Connection, *, channel: ChannelName, live: bool, at: datetime) -> None:
    """It stays as it is until `at`."""
    connection.execute(sa.update(HALT).where(*_key(channel, live)).values(tries_again_at=at))


def resume(connection: sa.Connection, *, channel: ChannelName, live: bool) -> bool:
    """The provider takes messages again. False where another process knew before."""
    return bool(connection.execute(sa.delete(HALT).where(*_key(channel, live))).rowcount)


def _read(connection: sa.Connection, statement: sa.Executable) -> Halted | None:
    row = connection.execute(statement).one_or_none()
    return Halted(**row._mapping) if row is not None else None


def _key(channel: ChannelName, live: bool) -> tuple[sa.ColumnElement[bool], ...]:
    return HALT.c.channel == channel, HALT.c.live.is_(live)
