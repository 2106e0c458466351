"""The jobs of several daemons on one PostgreSQL: each run is taken by one of them, on whichever machine it is.

Procrastinate (extra `cluster`) keeps the timetable and hands out the runs. It wakes and nothing else: a job carries no
argument, may be lost or repeated, and the outbox stays the truth about what is due. Four things that it does not do by
itself are done here, because without them a cluster stands still:

- Nothing takes up the job of a process that died (findings/procrastinate-killed-worker-keeps-its-lock.sh). Every
  process looks for such jobs and drops them; the next period is the retry.
- A process whose clock is ahead defers the runs of minutes to come, and after its death nobody defers these again. A
  job that nobody finished for a while is deferred out of turn.
- Its worker ends when the database goes away. It is started again until the daemon ends.
- Its own retry of a stalled job fails where the next run waits already, so nothing is retried.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

import procrastinate
import sqlalchemy as sa
import structlog
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import DeleteJobCondition, Status
from psycopg import Error as DatabaseAway

from notifier.drivers.clock import steady_clock
from notifier.drivers.ticker import Job
from notifier.model.reading import StoreError
from notifier.store.job_tables import SCHEMA

log = structlog.get_logger()
# A run that ended is no news, and what failed was logged by the job itself.
logging.getLogger("procrastinate").setLevel(logging.CRITICAL)

Passes = Mapping[str, Mapping[str, datetime]]
"""When each machine last ended a pass, by job and machine."""

QUEUE = "notifier"
HEARTBEAT = 3.0
"""Seconds between two signs of life of a process."""
STALLED = 12.0
"""Seconds of silence after which a process counts as dead and its jobs are dropped: four signs of life."""
SWEEP = 3.0
"""Seconds between two looks for jobs of dead processes."""
POLLING = 5.0
"""Seconds between two looks for jobs where no notification comes through (a pooler in transaction mode swallows it)."""
AGAIN = 2.0
"""Seconds before the worker is started again after the database went away."""
GRACE = 25
"""Seconds that running jobs are waited for: less than the 30 s after which systemd and Kubernetes kill."""
LATE = 3
"""Periods after which a job that nobody ran is deferred out of turn …"""
LATE_AT_LEAST = 45.0
"""… but not before as many seconds: passes are written down every 15 s."""
_DIVISORS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)


def cron(seconds: float) -> str:
    """The timetable of a job that runs every so many seconds, as Procrastinate reads it: its sixth field is the second.

    A timetable of the clock has only periods that divide a minute, an hour or a day, so a job may run a little more
    often than asked.
    """
    if seconds < 60:
        return f"* * * * * */{_at_most(seconds)}"
    if seconds < 3600:
        return f"*/{_at_most(seconds / 60)} * * * *"
    hours = max(each for each in (1, 2, 3, 4, 6, 8, 12, 24) if each <= max(seconds / 3600, 1))
    return "0 0 * * *" if hours == 24 else f"0 */{hours} * * *"


class SharedTicker:
    """Runs jobs with the other daemons of a database, from `start` on, until `stop` was set and `join` returned.

    `passes` says of each job when which machine last ended it; jobs of which nobody keeps that are not in it. It may
    raise StoreError.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        stop: threading.Event,
        *,
        url: sa.URL,
        passes: Callable[[], Passes],
        steady: Callable[[], float] = steady_clock,
    ) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._stop = stop
        self._url = url
        self._passes = passes
        self._news: dict[str, tuple[object, float]] = {}
        self._steady = steady
        self._busy = {name: threading.Lock() for name in self._jobs}
        self._ended: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._live, name="shared-jobs")

    def start(self) -> None:
        """Begin to take jobs. Every job is due at once, for whoever is first."""
        self._thread.start()
        self._ready.wait()

    def beat(self) -> None:
        """The timetable is one of the database: a clock that somebody set makes no difference to who looks for it."""

    def join(self) -> None:
        """Wait until every run that this process took has ended."""
        if self._loop is not None and self._ended is not None:
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def _live(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        # Its own default has as many threads as cores and four more; a job that waits for one would count as running.
        self._loop.set_default_executor(ThreadPoolExecutor(2 * len(self._jobs) + 1))
        self._ended = asyncio.Event()
        self._ready.set()
        while not self._ended.is_set():
            try:
                await self._work()
            except (ConnectorException, DatabaseAway, StoreError) as error:
                log.info("jobs.database_away", error=str(error).splitlines()[0] if str(error) else type(error).__name__)
            self._all_seen()
            await _until(self._ended, AGAIN)

    async def _work(self) -> None:
        """Take jobs until the daemon ends, or the database goes away (which may raise, or only end the worker)."""
        assert self._ended is not None
        app = self._app()
        async with app.open_async():
            await self._defer(app, self._jobs)
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=len(self._jobs) + 1,
                    install_signal_handlers=False,
                    delete_jobs=DeleteJobCondition.ALWAYS.value,
                    fetch_job_polling_interval=POLLING,
                    shutdown_graceful_timeout=GRACE,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=STALLED,
                )
            )
            sweeper = asyncio.create_task(self._sweep(app))
            ended = asyncio.create_task(self._ended.wait())
            await asyncio.wait({worker, sweeper, ended}, return_when=asyncio.FIRST_COMPLETED)
            for task in (sweeper, ended, worker):
                task.cancel()
            found = await asyncio.gather(sweeper, ended, worker, return_exceptions=True)
        for one in found:
            if isinstance(one, Exception):
                raise one

    def _app(self) -> procrastinate.App:
        conninfo = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        connector = procrastinate.PsycopgConnector(
            conninfo=conninfo, kwargs={"options": f"-c search_path={SCHEMA}"}, min_size=1, max_size=4
        )
        app = procrastinate.App(connector=connector)
        for name, job in self._jobs.items():
            # No lock: a process that died would hold it. The queueing lock keeps runs from piling up.
            task = app.task(name=name, queue=QUEUE, queueing_lock=name)(partial(self._run, job))
            app.periodic(cron=cron(job.seconds))(task)
        return app

    def _run(self, job: Job, timestamp: int) -> None:
        """One run, here. One that is going on here takes in what this would have done, and another process the next."""
        del timestamp  # after a pause, old ones would come all at once: `now` is that of the clock
        if not self._busy[job.name].acquire(blocking=False):
            return
        try:
            job.run(self._stop)
        finally:
            self._busy[job.name].release()

    async def _sweep(self, app: procrastinate.App) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
                log.warning("jobs.dropped", job=job.task_name, hint="the process that had it died or stood still")
                try:
                    await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
                except ConnectorException as error:  # another process was faster
                    log.debug("jobs.gone", job=job.task_name, error=str(error))
            await self._defer(app, await asyncio.to_thread(self._late))
            self._all_seen()

    def _late(self) -> Sequence[str]:
        """The jobs of which no machine ended a pass for too long. By the steady clock: those of machines differ."""
        now = self._steady()
        late = []
        for name, ended in self._passes().items():
            before, since = self._news.get(name, (None, now))
            if ended != before:
                self._news[name] = (ended, now)
            elif now - since > max(LATE_AT_LEAST, LATE * self._jobs[name].seconds):
                self._news[name] = (ended, now)
                late.append(name)
        return late

    async def _defer(self, app: procrastinate.App, names: Iterable[str]) -> None:
        for name in names:
            try:
                await app.tasks[name].defer_async(timestamp=0)
            except AlreadyEnqueued:
                continue

    def _all_seen(self) -> None:
        """A job that others run is no ailment of this process, nor is a database that is away."""
        now = self._steady()
        for job in self._jobs.values():
            if not job.runs:
                job.seen_at = now


def _at_most(period: float) -> int:
    return max(each for each in _DIVISORS if each <= max(period, 1))


async def _until(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
