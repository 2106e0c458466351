"""A copy of a small stored state with a number of notices ready on both channels, whose rules really hold.

Half of them remind of an installation, half report a late order (the shipped rules and templates, in Spanish), each to
a different customer, mixed in the order in which they leave.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bench.database import SETTLED
from bench.providers import Stored
from bench.state import Kept
from notifier.drafting.ruleset import Ruleset
from notifier.model.notices import MessageState, NoticeState
from notifier.model.types import ChannelName
from notifier.store.database import read_only
from notifier.store.outbox.payloads import payload_of, with_payload
from notifier.store.outbox.queue import queue_order
from notifier.store.state.changes import write_rows
from notifier.store.tables import MESSAGE
from notifier.tick import evaluate

DUE_AT = SETTLED + timedelta(seconds=30)
"""The tick that makes them ready."""
FIRST, LAST = timedelta(hours=38, minutes=30), timedelta(hours=43)
"""How long after that the first and the last of them expire."""
_TABLES = ("notice", "message", "payload")
"""The outbox."""


class Outbox:
    """A separate database with the messages, which can be restored after they were sent.

    It stays open between two runs, as in a daemon, so that one-time work per database is not measured.
    """

    def __init__(self, name: str, server: sa.URL | None, database: sa.Engine, ruleset: Ruleset) -> None:
        self.name = name
        """The kind of database."""
        self.server = server
        self.database = database
        self.ruleset = ruleset
        with database.begin() as connection:
            for table in _TABLES:
                connection.exec_driver_sql(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
            connection.exec_driver_sql("DELETE FROM kept_notice WHERE NOT live")

    def restore(self, notices: int) -> None:
        """Restore the queue: all messages of this number of notices wait again, and no others exist."""
        with self.database.begin() as connection:
            for table in reversed(_TABLES):
                connection.exec_driver_sql(f"DELETE FROM {table}")
            connection.exec_driver_sql(
                f"INSERT INTO notice SELECT * FROM kept_notice ORDER BY until_at, id LIMIT {notices}"
            )
            connection.exec_driver_sql(
                "INSERT INTO message SELECT * FROM kept_message WHERE notice_id IN (SELECT id FROM notice)"
            )
            connection.exec_driver_sql(
                "INSERT INTO payload SELECT * FROM kept_payload WHERE message_id IN (SELECT id FROM message)"
            )
        self.refresh_statistics()

    def refresh_statistics(self) -> None:
        """Update statistics after many new rows; PostgreSQL does it by itself some time later."""
        if self.server is not None:
            with self.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE notice, message, payload")

    def waiting(self, channel: ChannelName) -> list[Stored]:
        """The messages of one channel, in the order in which they leave."""
        statement: sa.Select[Any] = (
            with_payload(sa.select(MESSAGE.c.address, MESSAGE.c.text), MESSAGE.c.id)
            .where(MESSAGE.c.channel == channel, MESSAGE.c.state == MessageState.QUEUED)
            .order_by(*queue_order(MESSAGE))
        )
        with read_only(self.database) as connection:
            rows = connection.execute(statement).all()
        return [Stored(to=row.address, text=row.text, payload=payload_of(row)) for row in rows]


@contextmanager
def ready(kept: Kept, ruleset: Ruleset, notices: int) -> Iterator[Outbox]:
    """The outbox, filled by a tick over due rows. Raises ValueError where the tick decided anything else."""
    with kept.copied() as database:
        _write_due(database, notices)
        report = evaluate(database, ruleset, DUE_AT, live=True)
        if report.verdicts != {NoticeState.READY: notices} or report.failures:
            raise ValueError(f"not all that was due became ready: {report}")
        yield Outbox(kept.name, kept.server, database, ruleset)


def _write_due(database: sa.Engine, notices: int) -> None:
    """Customers, contracts, appointments and orders, written as an import would."""
    with database.begin() as connection:
        for entity, rows in (
            ("customer", _customers(notices)),
            ("contract", _contracts(notices)),
            ("appointment", _appointments(notices)),
            ("order", _orders(notices)),
        ):
            write_rows(connection, entity, rows, SETTLED)


def _useful_until(number: int, notices: int) -> datetime:
    """Whole minutes, as people enter them."""
    minutes = int((LAST - FIRST) / timedelta(minutes=1))
    return DUE_AT.replace(second=0) + FIRST + timedelta(minutes=number * minutes // notices)


def _customers(notices: int) -> Iterator[dict[str, Any]]:
    for number in range(notices):
        yield {
            "id": f"DC{number:07d}",
            "name": f"Ana {number}",
            "locale": "es-CO",
            "timezone": "America/Bogota",
            "country": "CO",
            "phone": f"+5731{number:08d}",
            "email": f"due{number}@example.com",
        }


def _contracts(notices: int) -> Iterator[dict[str, Any]]:
    for number in range(0, notices, 2):
        yield {"id": f"DK{number:07d}", "customer_id": f"DC{number:07d}", "plan": "fibre 300", "status": "pending"}


def _appointments(notices: int) -> Iterator[dict[str, Any]]:
    for number in range(0, notices, 2):
        starts_at = _useful_until(number, notices) + timedelta(hours=3)
        yield {
            "id": f"DA{number:07d}",
            "customer_id": f"DC{number:07d}",
            "contract_id": f"DK{number:07d}",
            "kind": "installation",
            "status": "confirmed",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "place": f"Calle {number % 900}",
        }


def _orders(notices: int) -> Iterator[dict[str, Any]]:
    for number in range(1, notices, 2):
        promised_at = _useful_until(number, notices) - timedelta(hours=24)
        yield {
            "id": f"DO{number:07d}",
            "customer_id": f"DC{number:07d}",
            "status": "in_progress",
            "placed_at": promised_at - timedelta(days=2),
            "promised_at": promised_at,
        }
