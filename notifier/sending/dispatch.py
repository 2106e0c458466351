"""Sends the messages of an outlet that are due: leases them, rechecks them, and records what became of them.

No provider is called inside a transaction: a lease is committed before, each outcome after. A process that dies in
between leaves messages of which nobody knows whether they arrived. Their provider is asked (`reconcile`) before
anything is sent again.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Self

import sqlalchemy as sa
import structlog

from notifier.delivery.channel import Channel, Confirming
from notifier.drafting.ruleset import Ruleset
from notifier.model.clock import Clock
from notifier.model.outlet import Outlet
from notifier.model.pace import Pace, Turns
from notifier.model.types import ChannelName
from notifier.receipts.asking import MOST, ask
from notifier.receipts.taking import Taken
from notifier.sending.background import RunInBackground
from notifier.sending.completer import Completer
from notifier.sending.lease import Leases, LeaseSize
from notifier.sending.owner_alerts import OwnerAlerts
from notifier.sending.recheck import recheck
from notifier.sending.reconcile import Reconciler
from notifier.sending.sender import Sender, Sleep
from notifier.store.database import read_only
from notifier.store.outbox import halts, leasing, queue, unknown_messages

log = structlog.get_logger()

LONGEST_ROUND = timedelta(minutes=2)
"""More than anybody lets a round last. One that began in the future is over: its clock was set back meanwhile."""

OVERTIME = timedelta(minutes=1)
"""How much longer than asked for a round may last because of slow calls. Were they only waited for, one address that
hangs would keep everybody waiting for as long as a provider may take: a minute in each ten seconds of sending."""


@dataclass(frozen=True, kw_only=True)
class DispatchReport:
    """How many messages were sent, or what else became of them."""

    accepted: int = 0
    retried: int = 0
    failed: int = 0
    unknown: int = 0
    stale: int = 0
    """Cancelled, because they were no longer true or allowed."""
    put_off: int = 0
    """Given back to the queue: because of quiet hours, a halt, or the end of the process."""
    halted: Mapping[ChannelName, str] = field(default_factory=dict)
    """Channels that are halted, and why."""
    more: bool = False
    """Sending ended because its time was over. Messages may be left."""

    def __add__(self, other: "DispatchReport") -> "DispatchReport":
        """The sum of two reports: of two calls, or of two channels."""
        return DispatchReport(
            accepted=self.accepted + other.accepted,
            retried=self.retried + other.retried,
            failed=self.failed + other.failed,
            unknown=self.unknown + other.unknown,
            stale=self.stale + other.stale,
            put_off=self.put_off + other.put_off,
            halted={**self.halted, **other.halted},
            more=self.more or other.more,
        )


class Dispatcher:
    """Sends what is due by one outlet. A context manager: its channel keeps its connections between calls.

    `channel` is None where the outlet has no provider: then it is halted, and its messages wait. `pace` is the
    provider's rate, None where it sets none. `owner` (of owners.yaml) is told of a halt; None: the owner of the message
    that caused it. Only one thread at a time may use a dispatcher, but any thread may `stop` it.
    """

    def __init__(
        self,
        database: sa.Engine,
        outlet: Outlet,
        channel: Channel | None,
        clock: Clock,
        *,
        pace: Pace | None = None,
        owner: str | None = None,
        sleep: Sleep = asyncio.sleep,
        background: RunInBackground = asyncio.to_thread,
    ) -> None:
        self.outlet = outlet
        self._database = database
        self.channel = channel
        self._clock = clock
        self._pace = pace
        self._sleep = sleep
        self._background = background
        self._lease_size = LeaseSize()
        self._alerts = OwnerAlerts(database, outlet, clock, owner=owner)
        self._loop = asyncio.Runner()
        self._stop = threading.Event()

    def dispatch(self, ruleset: Ruleset, *, at_most: timedelta | None = None) -> DispatchReport:
        """Send everything that is due, until nothing is left that may go, `stop` is called, or `at_most` has passed.

        Raises StoreError where the database fails; nothing is lost by that.
        """
        began = self._clock()
        self.confirm(began)
        work: queue.Work | None = self._work()
        if work is None or not work.any:
            return DispatchReport()
        if work.left_behind or work.overdue:
            self._tidy(began)
        counts: Counter[str] = Counter()
        more, asks = False, work.unknown or work.left_behind
        ends_at = began + at_most if at_most is not None else None
        while not self._stop.is_set() and not more:
            became = self._loop.run(self._send_round(ruleset, ends_at, asks=asks))
            asks = False
            counts.update(became)
            work = None
            if became.keys() <= {"put_off"}:
                break
            more = self._is_over(ends_at)
            if not more and not (work := self._work()).due:
                break
        if counts:
            log.info("dispatch.done", channel=self.outlet.channel, **counts)
        return DispatchReport(**counts, halted=self._report_queue(work), more=more)

    def confirm(self, due: datetime, most: int = MOST) -> Taken:
        """Ask the provider about messages of which it said nothing by itself, where that falls due until `due`."""
        # The first question alone takes a tenth of the time that the protocol's own does, which every round asks.
        if not hasattr(self.channel, "became") or not isinstance(self.channel, Confirming):
            return Taken()
        return self._loop.run(ask(self._database, self.outlet, self.channel, due=due, now=self._clock(), most=most))

    def stop(self) -> None:
        """Finish the messages in hand and give the rest back. May be called from another thread."""
        self._stop.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the channel's connections."""
        if self.channel is not None:
            self._loop.run(self.channel.aclose())
        self._loop.close()

    async def _send_round(self, ruleset: Ruleset, ends_at: datetime | None, *, asks: bool) -> Counter[str]:
        """One lease after the other, until nothing more is due, or nothing may go. Returns what became of the messages.

        `send` returns while the last messages of a lease are still being sent, so the next lease is prepared meanwhile.
        With `asks`, the provider is asked about unknown messages at the same time: it may take long to answer.
        """
        turns = Turns(self._pace)
        recheck_lease = partial(
            recheck, database=self._database, outlet=self.outlet, ruleset=ruleset, clock=self._clock
        )
        leases = Leases(
            self._database, self.outlet, self._clock, turns, self._lease_size, recheck_lease, self._background
        )
        sender = Sender(self.channel, self._completer(), turns, self._clock, self._sleep, self._stop)
        asked = asyncio.create_task(self._reconcile(ruleset, ends_at)) if asks else None
        try:
            while sender.goes_on and not self._round_is_over(sender, asked, ends_at):
                lease = await anext(leases, None)
                if lease is None:
                    if await sender.is_done_soon(asked):
                        break
                    continue
                await sender.send(lease)
                if lease.is_trial or lease.all_given_back:
                    break
                # What took all that was due is followed by another lease only where its calls are slow.
                if not lease.was_full and await sender.is_done_soon(asked):
                    break
        except asyncio.CancelledError:
            self.stop()
            raise
        finally:
            try:
                await sender.finish()
                answers = await asked if asked is not None else Counter[str]()
            except BaseException:
                if asked is not None:
                    asked.cancel()
                raise
            finally:
                leases.close()
                if sender.halted_by is not None:
                    self._alerts.halted(ruleset, sender.halted_by)
        return leases.became + answers

    def _round_is_over(
        self, sender: Sender, asked: "asyncio.Task[Counter[str]] | None", ends_at: datetime | None
    ) -> bool:
        if not self._is_over(ends_at):
            return False
        waits = sender.has_slow_calls or (asked is not None and not asked.done())
        return not waits or self._is_over(ends_at + OVERTIME if ends_at is not None else None)

    # -- around the rounds -------------------------------------------------------------------------------------------

    def _work(self) -> queue.Work:
        with read_only(self._database) as connection:
            return queue.work(connection, self.outlet, now=self._clock(), lease=leasing.LEASE)

    def _tidy(self, now: datetime) -> None:
        with self._database.begin() as connection:
            left = unknown_messages.left_behind(connection, self.outlet, now=now)
            queue.cancel_overdue(connection, self.outlet, now=now)
        if left:
            log.warning("messages.left_behind", channel=self.outlet.channel, count=left)

    async def _reconcile(self, ruleset: Ruleset, ends_at: datetime | None) -> Counter[str]:
        if self.channel is None:
            return Counter()
        reconciler = Reconciler(
            self._database, self.outlet, self.channel, self._completer(), self._alerts, self._clock, self._stop
        )
        return await reconciler.run(ruleset, until=ends_at)

    def _report_queue(self, work: queue.Work | None) -> Mapping[ChannelName, str]:
        """Log how many messages wait, and how long the oldest has; returns why the channel is halted, if it is.

        `work`: what was found at the end; None where nobody looked.
        """
        if work is not None and not (work.due or work.halted):
            return {}
        now = self._clock()
        with read_only(self._database) as connection:
            left = queue.waiting(connection, self.outlet, now=now)
            halted = halts.known(connection, self.outlet)
        if left is not None:
            age = round((now - left.since).total_seconds(), 1)
            log.info("dispatch.queue", channel=self.outlet.channel, waiting=left.count, age_seconds=age)
        return {self.outlet.channel: halted.reason} if halted is not None else {}

    def _is_over(self, ends_at: datetime | None) -> bool:
        return ends_at is not None and not ends_at - LONGEST_ROUND <= self._clock() < ends_at

    def _completer(self) -> Completer:
        provider = self.channel.name if self.channel is not None else "none"
        return Completer(self._database, self.outlet, provider, self._clock)
