"""Evaluation and sending, again and again, until SIGTERM or SIGINT: APScheduler is only the ticker.

The database is the only truth about what is due, so a run that is late, skipped or repeated loses and doubles nothing.
A failure of the database is logged and met by the next run.
"""

import signal
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, timedelta
from functools import partial

import sqlalchemy as sa
import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from notifier.drivers.clock import system_clock
from notifier.drivers.rules_in_force import RulesInForce
from notifier.model.clock import Clock
from notifier.model.reading import StoreError
from notifier.sending.dispatch import Dispatcher
from notifier.store.statistics import refresh_statistics
from notifier.tick import describe, evaluate

log = structlog.get_logger()

WAKING = 1.0
"""Seconds. The kernel may hand a signal to any thread; Python handles it in the main one, which must not sleep on."""
ROUND = timedelta(seconds=10)
"""How long a round of sending goes on while messages wait."""
STATISTICS = timedelta(hours=1)
"""How often the statistics of the database are made anew. It takes milliseconds."""


class Daemon:
    """One process of `notifier run`."""

    def __init__(
        self,
        database: sa.Engine,
        rules: RulesInForce,
        dispatchers: Sequence[Dispatcher],
        clock: Clock,
        *,
        live: bool,
        tick_seconds: float,
        dispatch_seconds: float,
    ) -> None:
        self._database = database
        self._rules = rules
        self._dispatchers = tuple(dispatchers)
        self._clock = clock
        self._live = live
        self._jobs: dict[str, tuple[Callable[[], object], float]] = {"evaluate": (self._evaluate, tick_seconds)}
        self._jobs["statistics"] = (partial(refresh_statistics, database), STATISTICS.total_seconds())
        for dispatcher in self._dispatchers:
            self._jobs[f"dispatch-{dispatcher.outlet.channel}"] = (
                partial(self._dispatch, dispatcher),
                dispatch_seconds,
            )
        self._stop = threading.Event()
        self._reload = threading.Event()

    def run(self) -> None:
        """Work until a signal asks to end, then finish what is in hand. Only the main thread may call it.

        SIGHUP asks to take changed files at once.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_end)
        signal.signal(signal.SIGHUP, self._asked_to_reload)
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(self._jobs))},
            # A run that is late still happens, once; the default would drop it silently after a second.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for name, (job, seconds) in self._jobs.items():
            guarded = partial(self._guarded, name, job)
            # The ticker goes by the computer's clock, whatever ours says.
            scheduler.add_job(guarded, "interval", seconds=seconds, id=name, next_run_time=system_clock())
        scheduler.start()
        log.info("daemon.started", live=self._live)
        while not self._stop.wait(WAKING):
            if self._reload.is_set():
                self._reload.clear()
                self._guarded("reload", self._rules.take_now)
        for dispatcher in self._dispatchers:
            dispatcher.stop()
        scheduler.shutdown(wait=True)
        log.info("daemon.ended")

    def stop(self) -> None:
        """End as a signal would. May be called from another thread."""
        self._stop.set()

    def _asked_to_end(self, number: int, _frame: object) -> None:
        log.info("daemon.ending", signal=signal.Signals(number).name)
        self.stop()

    def _asked_to_reload(self, _number: int, _frame: object) -> None:
        log.info("daemon.reloading", hint="rules and texts are read again; settings are read at the start alone")
        self._reload.set()

    def _evaluate(self) -> None:
        evaluate(self._database, self._rules.ruleset(), self._clock(), live=self._live, stop=self._stop)

    def _dispatch(self, dispatcher: Dispatcher) -> None:
        # In rounds, so that edited rules are taken up and what fell due is asked about while a long queue leaves.
        while dispatcher.dispatch(self._rules.ruleset(), at_most=ROUND).more:
            pass

    def _guarded(self, job: str, work: Callable[[], object]) -> None:
        try:
            work()
        except StoreError as error:
            log.error("daemon.database_failed", job=job, error=describe(error))  # noqa: TRY400 - the sentence says it all
        except Exception:
            log.exception("daemon.failed", job=job)
