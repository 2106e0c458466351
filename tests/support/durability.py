"""SQLite files of this process are written without waiting for the disk.

What a test shows is the same: a process that dies loses nothing that the system has, and no test turns the machine off.
To wait for the disk at each commit took a tenth of the time of the tests that tick and send.
"""

import sqlalchemy as sa

from notifier.store import database

_sqlite = database._sqlite


def let_disks_rest() -> None:
    """From now on in this process."""
    database._sqlite = _unflushed


def _unflushed(address: sa.URL) -> sa.Engine:
    engine = _sqlite(address)
    database.unflushed(engine)
    return engine
