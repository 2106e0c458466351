"""Claimed messages are handed to the provider: each at its turn, those to one address one after the other.

Claims follow each other without a gap: the next one is made while the last messages of this one are on their way, so
that a provider that takes its time always has as many in hand as its channel hands over at once.
"""

import asyncio
import threading
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import Halt, Outcome, Retry, SuppressAddress, Unknown
from notifier.model.clock import Clock
from notifier.model.outgoing import Outgoing
from notifier.model.pace import Pace, Turns
from notifier.sending.completer import LOST, Recorder
from notifier.store.outbox.leasing import LEASE

log = structlog.get_logger()

GLANCE = 0.1
"""Seconds between two looks at whether to go on while a message waits for its turn."""
FRESH = timedelta(seconds=15)
"""How long after the look at it a message may still go; what waits longer is given back, and looked at again with its
next claim. Far above `HORIZON`, which is how long claims are meant to wait."""

Sleep = Callable[[float], Awaitable[None]]
"""`asyncio.sleep`, or that of a clock that does not tick by itself."""


@dataclass(frozen=True)
class _Window:
    """When the messages of a claim may go."""

    start: datetime
    end: datetime


class HandingOver:
    """The messages of one claim after the other on their way. Used once, in one event loop."""

    def __init__(
        self,
        channel: Channel | None,
        recorder: Recorder,
        pace: Pace | None,
        clock: Clock,
        sleep: Sleep,
        stop: threading.Event,
    ) -> None:
        self._channel = channel
        self._recorder = recorder
        self._pace = pace
        self._turns = Turns(pace)
        self._clock = clock
        self._sleep = sleep
        self._stop = stop
        self._at_once = channel.at_once if channel is not None else 1
        self._places = asyncio.Semaphore(self._at_once)
        self._next = asyncio.Lock()
        self._lanes: set[asyncio.Task[None]] = set()
        self._waiting: dict[str, int] = {}
        """The units of the messages that only wait for a place and their turn."""
        self._few = 0
        """So many may still wait when the next claim is prepared: they take the places that become free meanwhile.
        Not all of a small claim: a slow rate has no turns for another one yet."""
        self._few_wait = asyncio.Event()
        self._suppressed: set[str] = set()
        self._failure: BaseException | None = None
        self._put_off: list[Outgoing] = []
        self._taken = self._put_off_before = 0
        """How many messages were taken last, and how many had been put off before."""
        self.counts: Counter[str] = Counter()
        """What became of them, as named in `DispatchReport`."""
        self.halted_by: Outgoing | None = None
        """The message that drew a Halt, if one did."""
        self.rests = False
        """Nothing else goes: the channel stands still, or its provider wants a rest."""

    def take(self, messages: Sequence[Outgoing], start: datetime) -> None:
        """Hand these over, too, none before `start`. Nothing else may be on its way to their addresses."""
        # In the second half of its lease another process may take the claim for left behind while a provider is called.
        lease = min((message.started_at for message in messages), default=start) + LEASE / 2
        window = _Window(start, end=min(self._clock() + FRESH, lease))
        lanes: dict[str, list[Outgoing]] = defaultdict(list)
        for message in messages:
            lanes[message.address].append(message)
        for lane in lanes.values():
            self._waiting[lane[0].id] = lane[0].segments
            task = asyncio.create_task(self._lane(lane, window))
            self._lanes.add(task)
            task.add_done_callback(self._ended)
        self._few = min(self._at_once, len(messages) * 3 // 4)
        self._taken, self._put_off_before = len(messages), self.counts["put_off"]

    async def nearly_all_begun(self) -> None:
        """Until only so many wait for a place as will find one while the next claim is prepared."""
        while len(self._waiting) > self._few:
            self._few_wait.clear()
            await self._few_wait.wait()

    async def finish(self) -> None:
        """Until nothing is left on its way. Raises what failed in our own house (the database) then."""
        while self._lanes:
            await asyncio.wait(self._lanes)
        if self._failure is not None:
            raise self._failure

    def given_back(self) -> list[Outgoing]:
        """What nobody will try to hand over any more since this was last asked; whoever asks gives it back."""
        put_off, self._put_off = self._put_off, []
        return put_off

    @property
    def goes_on(self) -> bool:
        """Whether what is claimed next would go at all: not where all that was taken last was put off."""
        stuck = self._taken > 0 and self.counts["put_off"] >= self._put_off_before + self._taken
        return not stuck and not self.rests and self._failure is None and not self._stop.is_set()

    @property
    def free_at(self) -> datetime:
        """When the next turn is, after those that messages wait for."""
        units = sum(self._waiting.values())
        return self._turns.free_at + (self._pace.time_of(units) if self._pace is not None else timedelta())

    def _ended(self, lane: "asyncio.Task[None]") -> None:
        self._lanes.discard(lane)
        if not lane.cancelled():
            self._failure = self._failure or lane.exception()

    async def _lane(self, messages: Sequence[Outgoing], window: _Window) -> None:
        for place, message in enumerate(messages):
            became = await self._hand_over(message, window)
            if became is None:
                self._put_off_all(messages[place:])
                return
            if became != LOST:
                self.counts[became] += 1
            if became not in ("accepted", "failed") or message.address in self._suppressed:
                self._put_off_all(messages[place + 1 :])  # must not overtake it, or not go there at all
                return

    def _put_off_all(self, messages: Sequence[Outgoing]) -> None:
        self._put_off += messages
        self.counts["put_off"] += len(messages)

    async def _hand_over(self, message: Outgoing, window: _Window) -> str | None:
        """What became of it; None where it may not go any more."""
        if not await self._its_turn(message, window):
            return None
        with self._recorder.taking_part():
            try:
                if not await self._recorder.calling(message):
                    return LOST
                if not self._may_go(message, window):  # much may have happened during the commit
                    return None
                outcome = await self._call(message)
                self._draw_conclusions(message, outcome)
            finally:
                # Before it is recorded: so the next one that is called shares the commit.
                self._places.release()
            return await self._recorder.record(message, outcome)

    async def _its_turn(self, message: Outgoing, window: _Window) -> bool:
        """Wait for a place, and for the turn: one waits at a time, in order. False where it may not go any more."""
        self._waiting[message.id] = message.segments
        await self._places.acquire()
        try:
            async with self._next:
                turn = self._turns.next(self._clock(), window.start)
                while (seconds := (turn - self._clock()).total_seconds()) > 0 and self._may_go(message, window):
                    await self._sleep(min(seconds, GLANCE))
                if may_go := self._may_go(message, window):
                    self._turns.use(turn, message.segments)
                else:
                    self._places.release()
                return may_go
        finally:
            del self._waiting[message.id]
            self._few_wait.set()

    def _may_go(self, message: Outgoing, window: _Window) -> bool:
        in_time = self._clock() < min(window.end, message.until)
        return in_time and not self.rests and not self._stop.is_set()

    def _draw_conclusions(self, message: Outgoing, outcome: Outcome) -> None:
        if isinstance(outcome, Halt):
            self.halted_by = message
        if isinstance(outcome, SuppressAddress):
            self._suppressed.add(message.address)
        self.rests |= isinstance(outcome, Halt) or (isinstance(outcome, Retry) and outcome.whole_channel)

    async def _call(self, message: Outgoing) -> Outcome:
        if self._channel is None:
            return Halt(reason=f"no provider is set up for {message.channel}")
        try:
            return await self._channel.send(message)
        except Exception as error:
            # A mistake in the adapter: the provider may have the message all the same.
            log.exception("channel.failed", channel=message.channel, provider=self._channel.name, message=message.id)
            return Unknown(reason=f"{self._channel.name} failed with {type(error).__name__}")
