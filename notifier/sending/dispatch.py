"""Queued messages are claimed, looked at once more, handed to their channel, and what came of it is recorded.

No provider is called inside a transaction: the claim is committed as `sending` first, each outcome after. Whatever
dies in between leaves a message whose fate is asked for (`reconcile`) before anything is sent again.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Self, TypedDict

import sqlalchemy as sa
import structlog

from notifier.delivery.channel import Channel
from notifier.drafting.engine import Engine
from notifier.model.clock import Clock
from notifier.model.pace import Pace
from notifier.model.types import ChannelName
from notifier.sending.completer import Recorder
from notifier.sending.lease import Claims
from notifier.sending.owner_alerts import OwnerAlerts
from notifier.sending.preparing import Beside, Preparation, Prepared
from notifier.sending.reconcile import Reconciler
from notifier.sending.sender import HandingOver, Sleep
from notifier.store.database import read_only
from notifier.store.outbox import halts, leasing, queue, unknown_messages

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class DispatchReport:
    """What sending did, by what became of each message."""

    accepted: int = 0
    retried: int = 0
    failed: int = 0
    unknown: int = 0
    stale: int = 0
    """Cancelled because they were not true or allowed any more."""
    put_off: int = 0
    """Given back untouched: quiet hours, a halted channel, or the end of the process."""
    halted: Mapping[ChannelName, str] = field(default_factory=dict)
    """Channels that stand still, and why."""
    more: bool = False
    """It ended because its time was over, not because nothing was left."""

    def __add__(self, other: "DispatchReport") -> "DispatchReport":
        """What both did together: of another round, or of another channel."""
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


class _Place(TypedDict):
    """What the store is asked about: one channel in one world."""

    live: bool
    channel: ChannelName


class Dispatcher:
    """Sends what is due on one channel. A context manager: the channel keeps its connections between calls.

    `channel` is None where it has no provider: planning knows better for what is not told yet, the rest waits. `pace`
    is the provider's rate, None where it sets none. `owner` (owners.yaml) is told when the channel stands still; None:
    whoever answers for the message that drew it. One thread at a time may use it, but for `stop`.
    """

    def __init__(
        self,
        database: sa.Engine,
        channel_name: ChannelName,
        channel: Channel | None,
        clock: Clock,
        *,
        live: bool,
        pace: Pace | None = None,
        owner: str | None = None,
        sleep: Sleep = asyncio.sleep,
        beside: Beside = asyncio.to_thread,
    ) -> None:
        self.channel_name = channel_name
        self._database = database
        self._channel = channel
        self._clock = clock
        self._live = live
        self._pace = pace
        self._sleep = sleep
        self._beside = beside
        self._place: _Place = {"live": live, "channel": channel_name}
        self._claims = Claims(database, channel_name, clock, live=live, rate=pace)
        self._preparation = Preparation(database, self._claims, clock, live=live)
        self._alerts = OwnerAlerts(database, channel_name, clock, live=live, owner=owner)
        self._loop = asyncio.Runner()
        self._stop = threading.Event()

    def dispatch(self, engine: Engine, *, at_most: timedelta | None = None) -> DispatchReport:
        """Send everything that is due, until nothing is left that may go, `stop` is called, or `at_most` has passed.

        Raises StoreError where the database fails; nothing is lost by that.
        """
        began = self._clock()
        if not self._anything_to_do(began):
            return DispatchReport()
        self._tidy(began)
        counts = self._reconcile(engine)
        more = False
        ends_at = began + at_most if at_most is not None else None
        while not self._stop.is_set() and not more:
            became = self._loop.run(self._send(engine, ends_at))
            counts.update(became)
            if became.keys() <= {"put_off"}:
                break
            more = ends_at is not None and self._clock() >= ends_at
        if counts:
            log.info("dispatch.done", channel=self.channel_name, **counts)
        halted = self._look_at_what_waits()
        return DispatchReport(**counts, halted=halted, more=more)

    def stop(self) -> None:
        """Finish the messages in hand and give the rest back. May be called from another thread."""
        self._stop.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the channel's connections."""
        if self._channel is not None:
            self._loop.run(self._channel.aclose())
        self._loop.close()

    # -- around sending ----------------------------------------------------------------------------------------------

    def _anything_to_do(self, now: datetime) -> bool:
        with read_only(self._database) as connection:
            return queue.anything_to_do(connection, now=now, lease_ends=now - leasing.LEASE, **self._place)

    def _tidy(self, now: datetime) -> None:
        with self._database.begin() as connection:
            left = unknown_messages.left_behind(connection, now=now, **self._place)
            queue.cancel_overdue(connection, now=now, **self._place)
        if left:
            log.warning("messages.left_behind", channel=self.channel_name, count=left)

    def _reconcile(self, engine: Engine) -> Counter[str]:
        if self._channel is None:
            return Counter()
        reconciler = Reconciler(
            self._database, self._channel, self._recorder(), self._alerts, self._clock, self._stop, **self._place
        )
        return self._loop.run(reconciler.run(engine))

    def _look_at_what_waits(self) -> Mapping[ChannelName, str]:
        """Log how long the queue is and how old; the channel and why it stands still, if it does."""
        now = self._clock()
        with read_only(self._database) as connection:
            left = queue.waiting(connection, now=now, **self._place)
            halted = halts.known(connection, **self._place)
        if left is not None:
            age = round((now - left.since).total_seconds(), 1)
            log.info("dispatch.queue", channel=self.channel_name, waiting=left.count, age_seconds=age)
        return {self.channel_name: halted.reason} if halted is not None else {}

    def _recorder(self) -> Recorder:
        provider = self._channel.name if self._channel is not None else "none"
        return Recorder(self._database, provider, self._clock, **self._place)

    # -- sending -----------------------------------------------------------------------------------------------------

    async def _send(self, engine: Engine, ends_at: datetime | None) -> Counter[str]:
        """What became of claims that were prepared each while the one before it was on its way.

        Ends, with nothing in hand, where nothing more is due or may go; empty where that is so from the beginning.
        """
        counts: Counter[str] = Counter()
        handing = HandingOver(self._channel, self._recorder(), self._pace, self._clock, self._sleep, self._stop)
        trial = False
        try:
            while not trial and (prepared := await self._prepare(engine, handing)) is not None:
                counts.update(prepared.counts)
                handing.take(prepared.fresh, prepared.claim.start)
                trial = prepared.claim.is_trial
                if not prepared.fresh and prepared.counts.keys() <= {"put_off"}:
                    break  # whatever keeps these from going would keep the rest, too
                await handing.nearly_all_begun()
                if not handing.goes_on or (ends_at is not None and self._clock() >= ends_at):
                    break
        except asyncio.CancelledError:
            self.stop()
            raise
        finally:
            try:
                await handing.finish()
            finally:
                counts.update(handing.counts)
                self._settle(engine, handing, counts, trial=trial)
        return +counts

    async def _prepare(self, engine: Engine, handing: HandingOver) -> Prepared | None:
        prepare = partial(self._preparation.next, engine, handing.given_back(), free_at=handing.free_at)
        return await self._beside(prepare)

    def _settle(self, engine: Engine, handing: HandingOver, counts: Counter[str], *, trial: bool) -> None:
        """Nothing is in hand any more."""
        self._preparation.give_back(handing.given_back())
        self._claims.settle(free_at=handing.free_at)
        if trial and not handing.rests:
            self._claims.conclude(counts)
        if handing.halted_by is not None:
            self._alerts.halted(engine, handing.halted_by)
