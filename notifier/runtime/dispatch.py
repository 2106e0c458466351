"""Queued messages are claimed, looked at once more, handed to their channel, and what came of it is recorded.

No provider is called inside a transaction: the claim is committed as `sending` first, each outcome after. Whatever
dies in between leaves a message whose fate is asked for (`reconcile`) before anything is sent again.
"""

import asyncio
import contextlib
import threading
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Self, assert_never

import sqlalchemy as sa
import structlog

from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import Accepted, Halt, OtherChannel, Outcome, Retry, SuppressAddress, Unknown
from notifier.delivery.retrying import next_attempt
from notifier.drafting.engine import Engine
from notifier.model.outgoing import Outgoing
from notifier.model.pace import Pace
from notifier.model.reading import StoreError
from notifier.model.types import ChannelName
from notifier.runtime.clock import Clock
from notifier.runtime.freshness import Freshness, examine
from notifier.runtime.reconcile import GRACE, reconcile
from notifier.store import claiming, handover
from notifier.store.database import read_only
from notifier.store.outbox import commit
from notifier.store.reader import Reader

log = structlog.get_logger()

CLAIM = 50
"""Messages claimed at once: what a crash leaves to be asked for, and what is looked at once more together."""
AT_ONCE = 16
"""Messages handed over at the same time."""
HALT_PAUSE = timedelta(minutes=5)
"""How long a halted channel rests before it is tried with one claim again."""


@dataclass(frozen=True, kw_only=True)
class DispatchReport:
    """What one round of sending did, by what became of each message."""

    accepted: int = 0
    retried: int = 0
    failed: int = 0
    unknown: int = 0
    stale: int = 0
    """Cancelled because they were not true or allowed any more."""
    put_off: int = 0
    """Given back untouched: quiet hours, a halted channel, or the end of the process."""
    halted: Mapping[ChannelName, str] = field(default_factory=dict)
    """Channels that rest, and why."""

    def __add__(self, other: "DispatchReport") -> "DispatchReport":
        """What both did together: of another round, or of another channel."""
        counted = [each.name for each in fields(self) if each.name != "halted"]
        sums = {name: getattr(self, name) + getattr(other, name) for name in counted}
        return DispatchReport(**sums, halted={**self.halted, **other.halted})


class Dispatcher:
    """Sends what is due on one channel, in one thread at a time. A context manager: the channel keeps its connections
    between calls.

    `channel` is None where it has no provider: planning knows better for what is not told yet, the rest waits. `pace`
    is the provider's rate, None where it sets none. `owner` (owners.yaml) is told when the channel stands still; None:
    whoever owns the message that drew it.
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
    ) -> None:
        self._database = database
        self.channel_name = channel_name
        self._channel = channel
        self._clock = clock
        self._live = live
        self._pace = pace
        self._owner = owner
        self._loop = asyncio.Runner()
        self._stop = threading.Event()
        self._rests: dict[ChannelName, tuple[datetime, str]] = {}

    def dispatch(self, engine: Engine) -> DispatchReport:
        """Send everything that is due, until nothing is left or `stop` is called.

        Raises StoreError where the database fails; nothing is lost by that.
        """
        counts: Counter[str] = Counter()
        self._tidy()
        counts.update(
            self._loop.run(
                reconcile(
                    self._database, self.channel_name, self._channel, self._clock, live=self._live, stop=self._stop
                )
            )
        )
        while not self._stop.is_set() and (claimed := self._claim()):
            sent = self._send_claimed(engine, claimed)
            counts.update(sent)
            if sent.keys() <= {"put_off"}:
                break  # whatever keeps these from going would keep the rest, too
        halted = {channel: why for channel, (until, why) in self._rests.items() if until > self._clock()}
        if counts:
            log.info("dispatch.done", channel=self.channel_name, **counts)
        return DispatchReport(**counts, halted=halted)

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

    # -- claiming ----------------------------------------------------------------------------------------------------

    def _tidy(self) -> None:
        now = self._clock()
        with self._database.begin() as connection:
            left = claiming.left_behind(connection, now=now, live=self._live, channel=self.channel_name)
            claiming.cancel_overdue(connection, now=now, live=self._live, channel=self.channel_name)
        if left:
            log.warning("messages.left_behind", channel=self.channel_name, count=left)

    def _claim(self) -> list[Outgoing]:
        now = self._clock()
        if any(until > now for until, _ in self._rests.values()):
            return []
        with self._database.begin() as connection:
            return claiming.claim_due(connection, now=now, live=self._live, channel=self.channel_name, limit=CLAIM)

    def _send_claimed(self, engine: Engine, claimed: Sequence[Outgoing]) -> Counter[str]:
        now = self._clock()
        try:
            with read_only(self._database) as connection:
                freshness = examine(engine, Reader(connection, live=self._live), claimed, now, live=self._live)
            counts = self._set_aside(freshness, now)
        except BaseException:
            # Where even that fails, the lease ends the claim.
            with contextlib.suppress(StoreError):
                self._give_back(claimed)
            raise
        counts.update(self._loop.run(self._hand_over(freshness.fresh)))
        return counts

    def _set_aside(self, freshness: Freshness, now: datetime) -> Counter[str]:
        """Withdraw what is stale and commit, with that, what planning says instead."""
        counts: Counter[str] = Counter()
        if not freshness.stale and not freshness.later:
            return counts
        with self._database.begin() as connection:
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
        now = self._clock()
        if not messages:
            return
        with self._database.begin() as connection:
            for message in messages:
                handover.give_back(connection, message, at=now, reason=None, now=now)

    # -- handing over ------------------------------------------------------------------------------------------------

    async def _hand_over(self, messages: Sequence[Outgoing]) -> Counter[str]:
        """Addresses side by side, the messages to one address one after the other."""
        lanes: dict[tuple[ChannelName, str], list[Outgoing]] = defaultdict(list)
        for message in messages:
            lanes[message.channel, message.address].append(message)
        places = asyncio.Semaphore(AT_ONCE)
        done = await asyncio.gather(*(self._lane(lane, places) for lane in lanes.values()), return_exceptions=True)
        counts: Counter[str] = Counter()
        for result in done:
            # Raised only once every message in hand is finished, so that one failure leaves no other half done.
            if isinstance(result, BaseException):
                raise result
            counts.update(result)
        return counts

    async def _lane(self, messages: Sequence[Outgoing], places: asyncio.Semaphore) -> Counter[str]:
        counts: Counter[str] = Counter()
        for place, message in enumerate(messages):
            async with places:
                if not self._may_go(message):
                    return counts + self._put_off(messages[place:])
                what = self._record(message, await self._call(message))
            counts[what] += 1
            if what not in ("accepted", "failed"):
                # What follows must not overtake it.
                return counts + self._put_off(messages[place + 1 :])
        return counts

    def _put_off(self, messages: Sequence[Outgoing]) -> Counter[str]:
        self._give_back(messages)
        return Counter(put_off=len(messages))

    def _may_go(self, message: Outgoing) -> bool:
        now = self._clock()
        rest = self._rests.get(message.channel)
        in_time = now - message.started_at < claiming.LEASE / 2 and now < message.until
        return in_time and not self._stop.is_set() and (rest is None or rest[0] <= now)

    async def _call(self, message: Outgoing) -> Outcome:
        channel = self._channel
        if channel is None:
            return Halt(reason=f"no provider is set up for {message.channel}")
        try:
            return await channel.send(message)
        except Exception as error:
            # A mistake in the adapter: the provider may have the message all the same.
            log.exception("channel.failed", channel=message.channel, provider=channel.name, message=message.id)
            return Unknown(reason=f"{channel.name} failed with {type(error).__name__}")

    def _record(self, message: Outgoing, outcome: Outcome) -> str:
        """Commit what came of it; returns its name in the report."""
        now = self._clock()
        with self._database.begin() as connection:
            what, recorded = self._write(connection, message, outcome, now)
        reason = getattr(outcome, "reason", None)
        if not recorded:
            log.warning("message.claim_lost", message=message.id, outcome=type(outcome).__name__)
        report = log.info if isinstance(outcome, Accepted) else log.warning
        report(
            f"message.{what}",
            message=message.id,
            notice=message.notice_id,
            channel=message.channel,
            outcome=type(outcome).__name__,
            reason=reason,
        )
        return what

    def _write(self, connection: sa.Connection, message: Outgoing, outcome: Outcome, now: datetime) -> tuple[str, bool]:
        match outcome:
            case Accepted(provider_id=provider_id):
                assert self._channel is not None
                return "accepted", handover.record_accepted(
                    connection, message, provider=self._channel.name, provider_id=provider_id, now=now
                )
            case Retry(reason=reason, after=after):
                again = now + after if after else next_attempt(message.id, message.attempt, now)
                what = "retried" if again < message.until else "failed"
                return what, handover.record_retry(connection, message, reason=reason, at=again, now=now)
            case OtherChannel(reason=reason) | SuppressAddress(reason=reason):
                decision = type(outcome).__name__
                return "failed", handover.record_failed(connection, message, reason=reason, decision=decision, now=now)
            case Halt(reason=reason):
                self._rests[message.channel] = (now + HALT_PAUSE, reason)
                log.error("channel.halted", channel=message.channel, reason=reason)
                return "put_off", handover.give_back(connection, message, at=now + HALT_PAUSE, reason=reason, now=now)
            case Unknown(reason=reason):
                return "unknown", handover.record_unknown(
                    connection, message, reason=reason, ask_at=now + GRACE, now=now
                )
            case _:
                assert_never(outcome)
