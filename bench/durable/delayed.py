"""The peer in its other way: a workflow that is enqueued with a delay, and one more for each change.

While the delay lasts there is one row and nothing in memory, and a process that starts anew has nothing to recover but
what was running. `python -m bench.durable.delayed` runs its process; who changes an appointment calls `changed`.
"""

import asyncio
import os
import time
import uuid
from typing import Any

import requests
import sqlalchemy as sa
from dbos import DBOS, DBOSClient

BEFORE = float(os.environ.get("BENCH_BEFORE", "0"))
DATABASE = os.environ.get("BENCH_DATABASE", "")
MESSAGES = os.environ.get("BENCH_MESSAGES", "")
ACCOUNT = tuple(os.environ.get("BENCH_ACCOUNT", ":").split(":"))
SENDER = os.environ.get("BENCH_SENDER", "")
QUEUE = "reminders"
AT_ONCE = 40
"""Workflows that run at the same time: as many connections as we have."""

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
async def remind(appointment: str) -> float | None:
    """Remind of it, unless it is cancelled; returns the beginning that was told."""
    while True:
        visit = await look(appointment)
        if visit["cancelled"]:
            return None
        early = visit["starts_at"] - BEFORE - visit["now"]
        if early <= 0:
            await tell(visit["phone"], f"at {visit['starts_at']:.0f}")
            return float(visit["starts_at"])
        await DBOS.sleep_async(early)  # it moved while this workflow was being started


@DBOS.workflow()
async def follow(appointment: str) -> None:
    """Say what changed, where something else was told."""
    first: Any = await DBOS.retrieve_workflow_async(appointment)
    if (await first.get_status()).status == "DELAYED":
        return
    told = await first.get_result()
    visit = await look(appointment)
    if told is not None and visit["cancelled"]:
        await tell(visit["phone"], "cancelled")
    elif told is not None and visit["starts_at"] != told:
        await tell(visit["phone"], f"at {visit['starts_at']:.0f}")


def changed(client: DBOSClient, appointment: str, starts_at: float, before: float) -> None:
    """What whoever changes an appointment has to do besides."""
    client.set_workflow_delay(appointment, delay_until_epoch_ms=round((starts_at - before) * 1000))
    client.enqueue(
        {"workflow_name": "follow", "queue_name": QUEUE, "workflow_id": f"{appointment}-{uuid.uuid4()}"}, appointment
    )


def begin() -> None:
    """Enqueue a workflow for each appointment that has none."""
    assert engine is not None
    with engine.connect() as connection:
        known = connection.execute(sa.text("SELECT id, starts_at FROM peer_appointment ORDER BY id")).all()
        there = set(connection.execute(sa.text("SELECT workflow_uuid FROM dbos.workflow_status")).scalars())
    for appointment, starts_at in known:
        if appointment not in there:
            DBOS.enqueue_workflow_with_options(
                {
                    "workflow_name": "remind",
                    "queue_name": QUEUE,
                    "workflow_id": appointment,
                    "delay_seconds": max(starts_at - BEFORE - time.time(), 0.001),
                },
                appointment,
            )
    print("begun", flush=True)


def main() -> None:
    """Runs until it is killed."""
    DBOS(
        config={"name": "reminders", "system_database_url": DATABASE, "log_level": "ERROR", "sys_db_pool_size": AT_ONCE}
    )
    DBOS.launch()
    if os.environ.get("BENCH_ONLY_TABLES"):
        return
    DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE)
    begin()
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
