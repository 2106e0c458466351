"""Queued messages are claimed, looked at once more, handed to their channel, and what came of it is recorded.

No provider is called inside a transaction: the claim is committed as `sending` first, each outcome after. Whatever
dies in between leaves a message whose fate is asked for (`reconcile`) before anything is sent again.
"""

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self, TypedDict

import sqlalchemy as sa
import structlog

from notifier.delivery.channel import Channel
from notifier.drafting.engine import Engine
from notifier.model.notices import NoticeState
from notifier.model.outgoing import Outgoing
from notifier.model.pace import Pace
from notifier.model.reading import StoreError
from notifier.model.types import ChannelName
from notifier.runtime.claims import Claim, Claims
from notifier.runtime.clock import Clock
from notifier.runtime.freshness import Freshness, Stale, examine
from notifier.runtime.handing_over import HandingOver, Sleep
from notifier.runtime.owner_alerts import OwnerAlerts
from notifier.runtime.reconcile import Reconciler
from notifier.runtime.recording import Recorder
from notifier.store import claiming, halts, handover, queue, unknown
from notifier.store.database import read_only
from notifier.store.outbox import commit
from notifier.store.reader import Reader

log = structlog.get_logger()

MAY_GO = (NoticeState.READY, NoticeState.TOLD)
"""States of a notice whose messages may go; told: on another channel."""


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
    ) -> None:
        self.channel_name = channel_name
        self._database = database
        self._channel = channel
        self._clock = clock
        self._live = live
        self._sleep = sleep
        self._place: _Place = {"live": live, "channel": channel_name}
        self._claims = Claims(database, channel_name, clock, live=live, rate=pace)
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
        while not self._stop.is_set() and not more and (claim := self._claims.next()) is not None:
            became = self._send(engine, claim)
            counts.update(became)
            if became.keys() <= {"put_off"}:
                break  # whatever keeps these from going would keep the rest, too
            more = at_most is not None and self._clock() - began >= at_most
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
            return queue.anything_to_do(connection, now=now, lease_ends=now - claiming.LEASE, **self._place)

    def _tidy(self, now: datetime) -> None:
        with self._database.begin() as connection:
            left = unknown.left_behind(connection, now=now, **self._place)
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

    def _send(self, engine: Engine, claim: Claim) -> Counter[str]:
        """What became of the claim's messages."""
        now = self._clock()
        try:
            freshness = self._look_once_more(engine, claim.messages, now)
            counts = self._set_aside(freshness, now)
        except BaseException:
            # Where even that fails, the lease ends the claim.
            with contextlib.suppress(StoreError):
                self._give_back(claim.messages)
            raise
        handing = HandingOver(self._channel, self._recorder(), claim.turns, self._clock, self._sleep, self._stop)
        try:
            counts.update(self._loop.run(handing.run(freshness.fresh)))
        finally:
            self._give_back(handing.put_off)
            self._claims.settle(claim, counts, rests=handing.rests)
            if handing.halted_by is not None:
                self._alerts.halted(engine, handing.halted_by)
        return counts

    def _look_once_more(self, engine: Engine, messages: Sequence[Outgoing], now: datetime) -> Freshness:
        """On one snapshot, what is still to be said. Its notice may have been decided, or told, since the claim."""
        with read_only(self._database) as connection:
            notices = claiming.notice_states(connection, messages)
            current = [_as_of_now(each, NoticeState(notices[each.notice_id].state)) for each in messages]
            alive = [each for each in current if each.notice_state in MAY_GO]
            ended = [each for each in current if each.notice_state not in MAY_GO]
            found = examine(engine, Reader(connection, live=self._live), alive, now, live=self._live)
        stale = [Stale(message=each, reason=notices[each.notice_id].reason) for each in ended]
        return replace(found, stale=(*found.stale, *stale))

    def _set_aside(self, freshness: Freshness, now: datetime) -> Counter[str]:
        """Withdraw what is stale and commit, with that, what planning says instead."""
        counts: Counter[str] = Counter()
        if not freshness.stale and not freshness.later:
            return counts
        with self._database.begin() as connection:
            claiming.lock_notices(connection, [stale.message for stale in freshness.stale])
            for stale in freshness.stale:
                handover.withdraw(connection, stale.message, reason=stale.reason, now=now)
                counts["stale"] += 1
            for later in freshness.later:
                handover.give_back(connection, later.message, at=later.at, reason=later.reason, now=now)
                counts["put_off"] += 1
            for batch in freshness.batches:
                commit(connection, batch, now=now, live=self._live)
        for stale in freshness.stale:
            log.info("message.stale", message=stale.message.id, notice=stale.message.notice_id, reason=stale.reason)
        return counts

    def _give_back(self, messages: Sequence[Outgoing]) -> None:
        if not messages:
            return
        now = self._clock()
        with self._database.begin() as connection:
            for message in messages:
                handover.give_back(connection, message, at=now, reason=None, now=now)


def _as_of_now(message: Outgoing, notice_state: NoticeState) -> Outgoing:
    return message if message.notice_state is notice_state else replace(message, notice_state=notice_state)
