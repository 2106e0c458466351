"""Evaluation and sending, again and again, until SIGTERM or SIGINT.

The database is the only truth about what is due, so a run that is late, skipped or repeated loses and doubles nothing.
An outage of the database is met by the next run; the log has one line where it begins and one where it ends.
"""

import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from notifier.answers.audit_alerts import audit_and_alert
from notifier.consent.simulated import play
from notifier.drivers.clock import steady_clock
from notifier.drivers.passes import SECONDS as PASSES
from notifier.drivers.passes import Passes
from notifier.drivers.pulse import Pulse
from notifier.drivers.regularly import SECONDS as REGULARLY
from notifier.drivers.regularly import DailyPages, Lessons
from notifier.drivers.retention import SECONDS, Retention
from notifier.drivers.rules_in_force import RulesInForce
from notifier.drivers.ticker import Job, Ticker
from notifier.helping import help_out
from notifier.model.clock import CLOCKS_DIFFER, Clock
from notifier.model.looked_at import LookedAt
from notifier.model.problems import ProblemsError
from notifier.model.processes import Process
from notifier.model.reading import StoreError
from notifier.receipts.bounces import look_after
from notifier.receipts.our_faults import alert_owners
from notifier.receipts.taking import settle
from notifier.sending.dispatch import Dispatcher
from notifier.store.database import read_only
from notifier.store.last_passes import last_passes
from notifier.store.outbox import refusals
from notifier.store.portions import is_led
from notifier.store.statistics import refresh_statistics
from notifier.tick import Unfinished, describe, evaluate

if TYPE_CHECKING:
    from notifier.drivers.shared_jobs import SharedTicker
    from notifier.receipts.mailbox import FollowedMailbox
    from notifier.sending.reply_answers import AnswerSender

log = structlog.get_logger()

WAKING = 1.0
"""Seconds. The kernel may hand a signal to any thread; Python handles it in the main one, which must not sleep on."""
ROUND = timedelta(seconds=10)
"""How long a round of sending goes on while messages wait: then edited rules are taken up, and what fell due is asked
about, before the next."""
STATISTICS = timedelta(hours=1)
"""How often the statistics of the database are made anew. It takes milliseconds."""
PROCESSES = {
    "evaluate": Process.EVALUATING,
    "receipts": Process.RECONCILING,
    "answers": Process.ANSWERING,
    "mailbox": Process.READING_MAIL,
    "retention": Process.BLANKING,
    "learn": Process.LEARNING,
    "report": Process.REPORTING,
    "dispatch-sms": Process.DISPATCHING_SMS,
    "dispatch-email": Process.DISPATCHING_EMAIL,
}
"""The jobs whose passes who watches is told of."""
OF_EACH = frozenset({"passes", "help"})
"""The jobs that every daemon does for itself, also where daemons share the others."""
HELP = timedelta(seconds=1)
"""How often a daemon looks whether another one evaluates. Most passes end sooner; one that lasts is worth helping."""
AGEING = timedelta(minutes=1)
"""How often it is looked whether a warning about a mail was the last word."""
AUDIT = timedelta(hours=6)
"""Pause between two looks at what is published: pages change by the day."""


class Daemon:
    """One process of `notifier run`. `pulse` is the file in which it says that it lives; `shared` whether it shares
    the jobs with the other daemons of the database, each run being done by one of them."""

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
        pulse: Path,
        mailbox: "FollowedMailbox | None" = None,
        channel_owner: str | None = None,
        retention: Retention | None = None,
        answers: "AnswerSender | None" = None,
        lessons: Lessons | None = None,
        pages: DailyPages | None = None,
        steady: Callable[[], float] = steady_clock,
        shared: bool = False,
    ) -> None:
        self._database = database
        self._shared = shared
        self._rules = rules
        self._dispatchers = tuple(dispatchers)
        self._live = live
        self._clock = clock
        self._wall = _WatchedClock(clock, steady)
        self._outage = _Outage(steady)
        self._steady = steady
        self._channel_owner = channel_owner
        self._statistics_made_at: float | None = None
        self._stood_aside = ""
        self._passes = Passes(database, clock, live=live)
        jobs: list[tuple[str, Callable[[], bool | None], float]] = [
            ("evaluate", self._evaluate, tick_seconds),
            ("passes", self._passes.write, PASSES),
            ("receipts", self._settle, dispatch_seconds),
            ("bounces", self._look_after_bounces, AGEING.total_seconds()),
        ]
        if database.dialect.name == "postgresql":  # nobody else works on SQLite
            jobs.append(("help", self._help, HELP.total_seconds()))
        jobs.append(("audit", self._audit, AUDIT.total_seconds()))
        if retention is not None:
            jobs.append(("retention", retention.look, SECONDS))
        if lessons is not None:
            jobs.append(("learn", lessons.look, REGULARLY))
        if pages is not None:
            jobs.append(("report", pages.look, REGULARLY))
        if answers is not None:
            jobs.append(("answers", answers.send, dispatch_seconds))
        if mailbox is not None:
            jobs.append(("mailbox", mailbox.look, mailbox.seconds))
        for dispatcher in self._dispatchers:
            name = f"dispatch-{dispatcher.outlet.channel}"
            jobs.append((name, partial(self._dispatch, dispatcher), dispatch_seconds))
        self.jobs = tuple(Job(name, partial(self._guarded, name, work), seconds) for name, work, seconds in jobs)
        self._pulse = Pulse(pulse, self.jobs, steady=steady)
        self._evaluates = threading.Lock()
        """Held while this process evaluates."""
        self._looked_at: LookedAt | None = None
        """By its last pass; forgotten with the process, and when another one evaluated."""
        self._stop = threading.Event()
        self._reload = threading.Event()

    def run(self) -> None:
        """Work until a signal asks to end, then finish what is in hand. Only the main thread may call it.

        SIGHUP asks to take changed files at once.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_end)
        signal.signal(signal.SIGHUP, self._asked_to_reload)
        log.info("daemon.started", live=self._live)
        tickers = self._tickers()
        for ticker in tickers:
            ticker.start()
        while not self._stop.wait(WAKING):
            for ticker in tickers:
                ticker.beat()
            self._pulse.beat()
            if self._reload.is_set():
                self._reload.clear()
                self._guarded("reload", self._rules.take_now)
        for dispatcher in self._dispatchers:
            dispatcher.stop()
        for ticker in tickers:
            ticker.join()
        self._pulse.end()
        log.info("daemon.ended")

    def _tickers(self) -> "Sequence[Ticker | SharedTicker]":
        """What runs the jobs: this process alone, or all daemons of the database together."""
        if not self._shared:
            return [Ticker(self.jobs, self._stop)]
        from notifier.drivers.shared_jobs import SharedTicker

        own = [job for job in self.jobs if job.name in OF_EACH]
        shared = [job for job in self.jobs if job.name not in OF_EACH]
        url = self._database.url
        return [Ticker(own, self._stop), SharedTicker(shared, self._stop, url=url, passes=self._passes_of_all)]

    def _passes_of_all(self) -> Mapping[str, Mapping[str, datetime]]:
        """When each machine last ended the jobs of which that is written down."""
        with read_only(self._database) as connection:
            ended = last_passes(connection, live=self._live, now=self._clock())
        there = {job.name for job in self.jobs}
        return {
            name: {host: at for (which, host), at in ended.items() if which is process}
            for name, process in PROCESSES.items()
            if name in there
        }

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
        self._wall.look()
        self._refresh_statistics()
        with self._evaluates:
            ruleset, now, before = self._rules.ruleset(), self._clock(), self._looked_at
            report = evaluate(self._database, ruleset, now, live=self._live, stop=self._stop, looked_at=before)
            self._looked_at = report.looked_at
        elsewhere = report.unfinished is Unfinished.ANOTHER_PROCESS
        log.info("daemon.pulse", evaluated="by another daemon" if elsewhere else "here")

    def _help(self) -> None:
        """Decide a part of what another daemon evaluates, where it has more to do than a moment's work."""
        if not self._evaluates.locked() and is_led(self._database):
            help_out(self._database, self._rules.ruleset(), live=self._live, stop=self._stop)

    def _refresh_statistics(self) -> None:
        now = self._steady()
        if self._statistics_made_at is None or now >= self._statistics_made_at + STATISTICS.total_seconds():
            self._statistics_made_at = now
            refresh_statistics(self._database)

    def _settle(self) -> None:
        settle(self._database, now=self._clock())
        if not self._live:
            play(self._database, self._rules.ruleset(), now=self._clock())

    def _look_after_bounces(self) -> None:
        now = self._clock()
        look_after(self._database, now=now)
        with read_only(self._database) as connection:
            old = refusals.any_old(connection, now=now)
        if old:
            with self._database.begin() as connection:
                refusals.forget(connection, now=now)
        ruleset = self._rules.ruleset()
        alert_owners(self._database, ruleset, now=now, live=self._live, owner=self._channel_owner)

    def _audit(self) -> None:
        audit_and_alert(self._database, self._rules.ruleset(), now=self._clock(), live=self._live)

    def _dispatch(self, dispatcher: Dispatcher) -> bool:
        return dispatcher.dispatch(self._rules.ruleset(), at_most=ROUND).more

    def _guarded(self, job: str, work: Callable[[], bool | None]) -> bool:
        """Do the work; returns whether it left some. What fails is logged, and left to the next run."""
        try:
            more = bool(work())
        except StoreError as error:
            self._outage.began(job, error)
        except ProblemsError as error:
            self._stands_aside(error)
        except Exception:
            log.exception("daemon.failed", job=job)
        else:
            self._outage.ended(job)
            if job in PROCESSES:
                self._passes.ended(PROCESSES[job])
            return more
        if job == "evaluate":
            log.info("daemon.pulse", evaluated="failed")
        return False

    def _stands_aside(self, error: ProblemsError) -> None:
        """Said once, not by each job every few seconds."""
        if (why := "\n".join(map(str, error.problems))) != self._stood_aside:
            self._stood_aside = why
            log.error("rules.of_newer_version", problems=[str(problem) for problem in error.problems])


class _Outage:
    """Whether the database is away: said once where that begins, and once where no job meets it any more."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._lock = threading.Lock()
        self._met_by: set[str] = set()
        self._since = 0.0

    def began(self, job: str, error: StoreError) -> None:
        with self._lock:
            if not self._met_by:
                self._since = self._steady()
                log.error("daemon.database_failed", job=job, error=describe(error))
            self._met_by.add(job)

    def ended(self, job: str) -> None:
        with self._lock:
            if job not in self._met_by:
                return
            self._met_by.discard(job)
            if not self._met_by:
                log.info("daemon.database_back", seconds=round(self._steady() - self._since))


class _WatchedClock:
    """The wall clock beside the steady one: where they part, somebody has set it."""

    def __init__(self, clock: Clock, steady: Callable[[], float]) -> None:
        self._clock = clock
        self._steady = steady
        self._seen: tuple[datetime, float] | None = None

    def look(self) -> None:
        """Say it where the wall clock was set since the last look."""
        now, steadily = self._clock(), self._steady()
        if self._seen is not None:
            then, steadily_then = self._seen
            by = now - then - timedelta(seconds=steadily - steadily_then)
            if abs(by) > CLOCKS_DIFFER:
                which = "forward" if by > timedelta() else "back"
                log.warning(
                    "daemon.clock_set", which=which, seconds=round(abs(by).total_seconds()), now=now.isoformat()
                )
        self._seen = (now, steadily)
