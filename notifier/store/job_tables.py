"""Procrastinate's own tables, in a schema of their own on the same PostgreSQL: made and upgraded here.

The library has one file for a new database and one for each change since. It notes nowhere which were applied, and
fails where one is applied twice, so that is noted here. A change that old processes would not survive ("post" in its
file's name, since its version 3) waits until none of them is alive.
"""

from collections.abc import Sequence
from datetime import timedelta
from importlib import resources
from importlib.resources.abc import Traversable

import procrastinate.sql
import sqlalchemy as sa
import structlog

from notifier.store.migrating import MIGRATION_LOCK

log = structlog.get_logger()

SCHEMA = "procrastinate"
ALIVE = timedelta(minutes=1)
"""Since its last sign of life, after which a process counts as gone."""


def make_job_tables(database: sa.Engine) -> None:
    """Bring them to the version of the library that is installed. Any number of processes may do so at once."""
    files = _files()
    with database.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        connection.exec_driver_sql(f"SET LOCAL search_path TO {SCHEMA}")
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS applied (file text PRIMARY KEY)")
        applied = set(connection.execute(sa.text("SELECT file FROM applied")).scalars())
        if not applied:
            _execute(connection, resources.files(procrastinate.sql).joinpath("schema.sql").read_text("utf-8"))
            _note(connection, files)
            return
        missing = [name for name in files if name not in applied]
        for place, name in enumerate(missing):
            if "_post_" in name and _old_ones_live(connection):
                log.info("jobs.upgrade_waits", files=missing[place:], hint="a process of the version before is alive")
                return
            _execute(connection, _migrations().joinpath(name).read_text("utf-8"))
            _note(connection, [name])


def _migrations() -> Traversable:
    return resources.files(procrastinate.sql).joinpath("migrations")


def _files() -> Sequence[str]:
    return sorted(each.name for each in _migrations().iterdir() if each.name.endswith(".sql"))


def _execute(connection: sa.Connection, script: str) -> None:
    # Several statements at once go only without arguments, and then a percent sign is one.
    connection.connection.cursor().execute(script)


def _note(connection: sa.Connection, names: Sequence[str]) -> None:
    connection.execute(sa.text("INSERT INTO applied (file) VALUES (:file)"), [{"file": name} for name in names])


def _old_ones_live(connection: sa.Connection) -> bool:
    alive = sa.text("SELECT EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - :age)")
    return bool(connection.execute(alive, {"age": ALIVE}).scalar_one())
