"""When each process last ended a pass, on which machine.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.processes import Process
from notifier.store.sql import upsert
from notifier.store.tables import LAST_PASS

FORGOTTEN_AFTER = timedelta(days=7)
"""A machine that was silent for that long is gone: nobody is told of it for ever."""


def note_passes(connection: sa.Connection, passes: Mapping[Process, datetime], *, host: str, live: bool) -> None:
    """Write when these last ended on this machine."""
    names = ("process", "host", "live", "at")
    for process, at in sorted(passes.items()):
        row = dict(zip(names, (process, host, live, at), strict=True))
        connection.execute(upsert(LAST_PASS, connection, names=names), row)


def last_passes(connection: sa.Connection, *, live: bool, now: datetime) -> Mapping[tuple[Process, str], datetime]:
    """When each of them last ended, by process and machine."""
    found = sa.select(LAST_PASS).where(LAST_PASS.c.live.is_(live), LAST_PASS.c.at > now - FORGOTTEN_AFTER)
    known = {each.value for each in Process}
    return {(Process(row.process), row.host): row.at for row in connection.execute(found) if row.process in known}
