"""The peer: one durable workflow for each appointment, on DBOS. `python -m bench.durable.reminders` runs its process.

Written as its documentation advises: what touches the world is a step, a change is a message to the workflow, and
after a death the workflow goes on behind the last step that was recorded.
"""

import asyncio
import os
import time
from typing import Any

import requests
import sqlalchemy as sa
from dbos import DBOS, SetWorkflowID

BEFORE = float(os.environ.get("BENCH_BEFORE", "0"))
DATABASE = os.environ.get("BENCH_DATABASE", "")
MESSAGES = os.environ.get("BENCH_MESSAGES", "")
ACCOUNT = tuple(os.environ.get("BENCH_ACCOUNT", ":").split(":"))
SENDER = os.environ.get("BENCH_SENDER", "")
TOPIC = "changed"
AT_ONCE = 40
"""Steps that ask or tell at the same time: as many connections as we have."""

engine = sa.create_engine(DATABASE, pool_size=AT_ONCE) if DATABASE else None
session = requests.Session()


@DBOS.step()
async def look(appointment: str) -> dict[str, Any]:
    """The appointment as it is now, and the present."""
    return await asyncio.to_thread(_look, appointment)


def _look(appointment: str) -> dict[str, Any]:
    assert engine is not None
    found = sa.text("SELECT phone, starts_at, cancelled FROM peer_appointment WHERE id = :id")
    with engine.connect() as connection:
        row = connection.execute(found, {"id": appointment}).one()
    return {"phone": row.phone, "starts_at": row.starts_at, "cancelled": row.cancelled, "now": time.time()}


@DBOS.step(retries_allowed=True, max_attempts=5)
async def tell(phone: str, text: str) -> None:
    """One SMS."""
    await asyncio.to_thread(_tell, phone, text)


def _tell(phone: str, text: str) -> None:
    form = {"To": phone, "From": SENDER, "Body": text}
    session.post(MESSAGES, data=form, auth=(ACCOUNT[0], ACCOUNT[1]), timeout=5).raise_for_status()


@DBOS.workflow()
async def remind(appointment: str) -> None:
    """Remind before it starts, say it anew when it moves, take it back when it is cancelled."""
    told: float | None = None
    while True:
        visit = await look(appointment)
        if visit["cancelled"]:
            if told is not None:
                await tell(visit["phone"], "cancelled")
            return
        starts_at, now = visit["starts_at"], visit["now"]
        if now >= starts_at:
            return
        if told is None and now < starts_at - BEFORE:
            await DBOS.recv_async(TOPIC, timeout_seconds=starts_at - BEFORE - now)
        elif told == starts_at:
            await DBOS.recv_async(TOPIC, timeout_seconds=starts_at - now)
        else:
            await tell(visit["phone"], f"at {starts_at:.0f}")
            told = starts_at


async def begin() -> None:
    """One workflow for each appointment; those that a process before began go on by themselves."""
    assert engine is not None
    with engine.connect() as connection:
        known = connection.execute(sa.text("SELECT id FROM peer_appointment ORDER BY id")).scalars().all()
        there = set()
        if sa.inspect(connection).has_table("workflow_status", schema="dbos"):
            there = set(connection.execute(sa.text("SELECT workflow_uuid FROM dbos.workflow_status")).scalars())
    for appointment in known:
        if appointment not in there:
            with SetWorkflowID(appointment):
                await DBOS.start_workflow_async(remind, appointment)
    print("begun", flush=True)
    while True:
        await asyncio.sleep(3600)


def main() -> None:
    """Runs until it is killed."""
    DBOS(
        config={"name": "reminders", "system_database_url": DATABASE, "log_level": "ERROR", "sys_db_pool_size": AT_ONCE}
    )
    DBOS.launch()
    if os.environ.get("BENCH_ONLY_TABLES"):
        return
    asyncio.run(begin())


if __name__ == "__main__":
    main()
