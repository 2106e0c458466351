"""The sender: the messages of one lease after the other go to the provider, each at its turn, in lanes by address."""

import asyncio
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial

import structlog

from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import Halt, Outcome, Retry, SuppressAddress, Unknown
from notifier.model.clock import Clock
from notifier.model.outgoing import Outgoing
from notifier.model.pace import Turns
from notifier.sending.completer import LEASE_LOST, Completer
from notifier.sending.lease import Lease

log = structlog.get_logger()

GLANCE = 0.1
"""Seconds after which a message that waits for its turn asks again whether it may still go."""

SLOW = 1.0
"""Seconds. A call that lasts longer is slow: other messages are leased while it lasts."""

Sleep = Callable[[float], Awaitable[None]]
"""`asyncio.sleep`, or that of a clock that does not tick by itself."""


class Line:
    """Messages stand in line, in order, for one of the `slots` in which a provider is called, and for their turn."""

    def __init__(self, slots: int, turns: Turns, clock: Clock, sleep: Sleep) -> None:
        self._slots = asyncio.Semaphore(slots)
        self._turns = turns
        self._clock = clock
        self._sleep = sleep
        self._first = asyncio.Lock()
        """Of the messages that have a slot, one at a time waits for its turn."""
        self._length = 0
        self._shorter = asyncio.Event()

    def join(self, message: Outgoing) -> None:
        """The message stands in line from now on."""
        self._length += 1
        self._turns.waiting += message.segments

    async def wait_for_turn(self, message: Outgoing, start: datetime, may_go: Callable[[], bool]) -> bool:
        """Wait for a slot and for the message's turn, which is not before `start`. False where it may not go any more.

        Where it may, the caller frees the slot.
        """
        try:
            await self._slots.acquire()
            async with self._first:
                # Asked for again each time: nobody waits for a turn that a clock that is set back has moved away.
                while (turn := self._turns.next(now := self._clock(), start)) > now and may_go():
                    await self._sleep(min((turn - now).total_seconds(), GLANCE))
                if not may_go():
                    self.free_slot()
                    return False
                self._turns.use(turn, message.segments)
                return True
        finally:
            self._length -= 1
            self._turns.waiting -= message.segments
            self._shorter.set()

    def free_slot(self) -> None:
        """A provider has answered."""
        self._slots.release()

    async def shrinks_to(self, length: int) -> None:
        """Wait until no more messages than this stand in line."""
        while self._length > length:
            self._shorter.clear()
            await self._shorter.wait()


class Sender:
    """Sends the messages of one round. Used in one event loop."""

    def __init__(
        self,
        channel: Channel | None,
        completer: Completer,
        turns: Turns,
        clock: Clock,
        sleep: Sleep,
        stop: threading.Event,
    ) -> None:
        self._channel = channel
        self._completer = completer
        self._clock = clock
        self._stop = stop
        self._slots = channel.concurrency if channel is not None else 1
        self._line = Line(self._slots, turns, clock, sleep)
        self._lanes: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self._suppressed: set[str] = set()
        """Addresses that the provider refused for good."""
        self._leases: list[Lease] = []
        """All that were handed out."""
        self._calls: dict[str, float] = {}
        """When the calls that were not answered yet began, by the event loop's time."""
        self.halted_by: Outgoing | None = None
        """The message that the provider answered with a Halt, if it did."""

    async def send(self, lease: Lease) -> None:
        """Begin to send the lease's messages. No message to their addresses may be on its way.

        Returns when few of them still wait for a slot: enough to fill those that become free while the next lease is
        prepared. So a slow provider is always called in all slots. At most 3/4 of a lease may wait, or a slow rate
        would lease far ahead.
        """
        messages = lease.hand_out()
        self._leases.append(lease)
        lanes: dict[str, list[Outgoing]] = defaultdict(list)
        for message in messages:
            lanes[message.address].append(message)
        for lane in lanes.values():
            self._line.join(lane[0])
            task = asyncio.create_task(self._send_lane(lane, lease))
            self._lanes.add(task)
            task.add_done_callback(self._ended)
        await self._line.shrinks_to(min(self._slots, len(messages) * 3 // 4))

    async def finish(self) -> None:
        """Wait until nothing is on its way. Then raises what failed on our side (the database), if anything did."""
        while self._lanes:
            await asyncio.wait(self._lanes)
        if self._failure is not None:
            raise self._failure

    @property
    def goes_on(self) -> bool:
        """Whether the messages of another lease would be sent."""
        return self.halted_by is None and self._failure is None and not self._stop.is_set()

    @property
    def has_slow_calls(self) -> bool:
        """Whether a provider has not answered a call for a while."""
        return any(began < asyncio.get_running_loop().time() - SLOW for began in self._calls.values())

    async def is_done_soon(self, *others: "asyncio.Task[Counter[str]] | None") -> bool:
        """Wait until nothing is on its way, nor any of the `others`. False where that takes longer than a quick
        call."""
        waits = {*self._lanes, *(other for other in others if other is not None)}
        return not waits or not (await asyncio.wait(waits, timeout=SLOW))[1]

    def _ended(self, lane: "asyncio.Task[None]") -> None:
        self._lanes.discard(lane)
        if not lane.cancelled():
            self._failure = self._failure or lane.exception()

    async def _send_lane(self, messages: Sequence[Outgoing], lease: Lease) -> None:
        """Send the messages to one address, one by one. If one does not go, those behind it must not overtake it."""
        left = deque(messages)
        try:
            while left:
                message = left.popleft()
                became = await self._send_one(message, lease)
                if became is None:
                    left.appendleft(message)
                    return
                if became != LEASE_LOST:
                    lease.became[became] += 1
                if became not in ("accepted", "failed") or message.address in self._suppressed:
                    return
                if left:
                    self._line.join(left[0])
        finally:
            lease.give_back(left)

    async def _send_one(self, message: Outgoing, lease: Lease) -> str | None:
        """What became of the message; None where it may not go any more."""
        may_go = partial(self._may_go, message, lease)
        if not await self._line.wait_for_turn(message, lease.start, may_go):
            return None
        with self._completer.expecting_one():
            try:
                if not await self._completer.begin_call(message):
                    return LEASE_LOST
                if not may_go():  # the commit may have taken a while
                    return None
                outcome = await self._call(message)
                self._conclude(message, outcome)
            finally:
                # Before the outcome is recorded: so the next message's call begins with the same commit.
                self._line.free_slot()
            return await self._completer.record(message, outcome)

    def _may_go(self, message: Outgoing, lease: Lease) -> bool:
        in_time = self._clock() < min(lease.ends_at, message.until)
        return in_time and not lease.refused and not self._stop.is_set()

    def _conclude(self, message: Outgoing, outcome: Outcome) -> None:
        if isinstance(outcome, Halt):
            self.halted_by = message
        if isinstance(outcome, SuppressAddress):
            self._suppressed.add(message.address)
        if isinstance(outcome, Halt) or (isinstance(outcome, Retry) and outcome.whole_channel):
            for each in self._leases:  # the turns of a later one begin after the rest that the provider asked for
                each.refused = True

    async def _call(self, message: Outgoing) -> Outcome:
        if self._channel is None:
            return Halt(reason=f"no provider is set up for {message.channel}")
        self._calls[message.id] = asyncio.get_running_loop().time()
        try:
            return await self._channel.send(message)
        except Exception as error:
            # A mistake in the adapter: the provider may have the message all the same.
            log.exception("channel.failed", channel=message.channel, provider=self._channel.name, message=message.id)
            return Unknown(reason=f"{self._channel.name} failed with {type(error).__name__}")
        finally:
            del self._calls[message.id]
