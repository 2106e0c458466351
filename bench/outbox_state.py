"""A copy of a small kept state in which so many notices are ready on both channels, and really true.

Half of them remind of an installation, half tell of a late order (the shipped rules and templates, in Spanish), each to
a customer of its own, mixed in the order in which they leave.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bench.database import SETTLED
from bench.providers import Stored
from bench.state import Kept
from notifier.drafting.engine import Engine
from notifier.model.notices import MessageState, NoticeState
from notifier.model.types import ChannelName
from notifier.runtime.tick import evaluate
from notifier.store.changes import write_rows
from notifier.store.database import read_only
from notifier.store.queue import MESSAGE, queue_order

DUE_AT = SETTLED + timedelta(seconds=30)
"""The tick that makes them ready."""
FIRST, LAST = timedelta(hours=38, minutes=30), timedelta(hours=43)
"""How long after that they stop being useful: the first and the last."""


@contextmanager
def ready(kept: Kept, engine: Engine, notices: int) -> Iterator[Kept]:
    """The state in which their messages wait, made by a tick. Raises ValueError where that decided anything else."""
    with kept.copied() as database:
        _write_due(database, notices)
        report = evaluate(database, engine, DUE_AT, live=True)
        if report.verdicts != {NoticeState.READY: notices} or report.failures:
            raise ValueError(f"not all that was due became ready: {report}")
        yield _closed(kept, database)


def refresh_statistics(database: sa.Engine) -> None:
    """After many new rows. PostgreSQL looks after that by itself, a while later."""
    if database.dialect.name == "postgresql":
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def waiting(kept: Kept, channel: ChannelName) -> list[Stored]:
    """The messages of one channel, in the order in which they leave."""
    statement = (
        sa.select(MESSAGE.c.address, MESSAGE.c.text, MESSAGE.c.payload)
        .where(MESSAGE.c.channel == channel, MESSAGE.c.state == MessageState.QUEUED, MESSAGE.c.live)
        .order_by(*queue_order(MESSAGE))
    )
    with kept.opened() as database, read_only(database) as connection:
        return [Stored(to=row.address, text=row.text, payload=row.payload) for row in connection.execute(statement)]


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


def _closed(kept: Kept, database: sa.Engine) -> Kept:
    """The same as a state that can be copied: nobody may have that open."""
    refresh_statistics(database)
    database.dispose()
    return replace(kept, url=database.url)


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
