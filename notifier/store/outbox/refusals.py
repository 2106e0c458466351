"""Refusals of providers as rows, for who counts them: what a message makes of a refusal is its own matter.

All functions work within the connection's transaction, which the caller commits.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.digests import uuid7
from notifier.model.outlet import Outlet
from notifier.store.tables import REFUSAL

KEPT_FOR = timedelta(days=30)

_NOTE = sa.insert(REFUSAL)
_COUNT = (
    sa.select(REFUSAL.c.provider, REFUSAL.c.code, sa.func.count())
    .where(REFUSAL.c.live == sa.bindparam("live", type_=sa.Boolean()))
    .where(REFUSAL.c.at > sa.bindparam("after", type_=REFUSAL.c.at.type))
    .where(REFUSAL.c.at <= sa.bindparam("upto", type_=REFUSAL.c.at.type))
    .group_by(REFUSAL.c.provider, REFUSAL.c.code)
)


def note(
    connection: sa.Connection,
    outlet: Outlet,
    message_id: str,
    *,
    provider: str,
    code: str | None,
    decision: str,
    now: datetime,
) -> None:
    """Keep that the provider refused a message at `now`."""
    row = {"id": uuid7(now, f"{message_id}|{now.isoformat()}"), "at": now, "live": outlet.live, "code": code}
    connection.execute(_NOTE, row | {"channel": outlet.channel, "provider": provider, "decision": decision})


def counted(
    connection: sa.Connection, *, live: bool, after: datetime, upto: datetime
) -> Mapping[tuple[str, str | None], int]:
    """How many there were in (after, upto], by provider and code."""
    found: Counter[tuple[str, str | None]] = Counter()
    for provider, code, number in connection.execute(_COUNT, {"live": live, "after": after, "upto": upto}):
        found[provider, code] += number
    return found


def any_old(connection: sa.Connection, *, now: datetime) -> bool:
    """Whether some are no news any more."""
    old = sa.select(REFUSAL.c.id).where(REFUSAL.c.at < now - KEPT_FOR).limit(1)
    return connection.execute(old).first() is not None


def forget(connection: sa.Connection, *, now: datetime) -> int:
    """Delete those that are no news any more; how many."""
    return int(connection.execute(sa.delete(REFUSAL).where(REFUSAL.c.at < now - KEPT_FOR)).rowcount)
