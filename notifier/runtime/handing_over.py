"""One claim's messages are handed to the provider: each at its turn, those to one address one after the other."""

import asyncio
import threading
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence

import structlog

from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import Halt, Outcome, Retry, SuppressAddress, Unknown
from notifier.model.outgoing import Outgoing
from notifier.model.pace import Turns
from notifier.runtime.clock import Clock
from notifier.runtime.recording import Recorder
from notifier.store.claiming import LEASE

log = structlog.get_logger()

GLANCE = 0.1
"""Seconds between two looks at whether to go on while a message waits for its turn."""

Sleep = Callable[[float], Awaitable[None]]
"""`asyncio.sleep`, or that of a clock that does not tick by itself."""


class HandingOver:
    """The messages of one claim on their way. Used once."""

    def __init__(
        self,
        channel: Channel | None,
        recorder: Recorder,
        turns: Turns,
        clock: Clock,
        sleep: Sleep,
        stop: threading.Event,
    ) -> None:
        self._channel = channel
        self._recorder = recorder
        self._turns = turns
        self._clock = clock
        self._sleep = sleep
        self._stop = stop
        self._places = asyncio.Semaphore(channel.at_once if channel is not None else 1)
        self._next = asyncio.Lock()
        self._suppressed: set[str] = set()
        self.put_off: list[Outgoing] = []
        """What nobody tried to hand over, in the end."""
        self.halted_by: Outgoing | None = None
        """The message that drew a Halt, if one did."""
        self.rests = False
        """Nothing else of this claim goes: the channel stands still, or its provider wants a rest."""

    async def run(self, messages: Sequence[Outgoing]) -> Counter[str]:
        """What became of them, as named in `DispatchReport`.

        What fails in our own house (the database) is raised once every message in hand is finished.
        """
        lanes: dict[str, list[Outgoing]] = defaultdict(list)
        for message in messages:
            lanes[message.address].append(message)
        done = await asyncio.gather(*(self._lane(lane) for lane in lanes.values()), return_exceptions=True)
        counts: Counter[str] = Counter(put_off=len(self.put_off))
        for result in done:
            if isinstance(result, BaseException):
                raise result
            counts.update(result)
        return +counts

    async def _lane(self, messages: Sequence[Outgoing]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for place, message in enumerate(messages):
            async with self._places:
                if not await self._its_turn(message):
                    self.put_off += messages[place:]
                    break
                with self._recorder.taking_part():
                    ours = await self._recorder.calling(message)
                    if not ours or not self._may_go(message):  # much may have happened during the commit
                        self.put_off += messages[place + (not ours) :]
                        break
                    became = await self._hand_over(message)
            counts[became] += 1
            if became not in ("accepted", "failed") or message.address in self._suppressed:
                self.put_off += messages[place + 1 :]  # what follows must not overtake it, or not go there at all
                break
        return counts

    async def _its_turn(self, message: Outgoing) -> bool:
        """Wait for the message's turn; False where it may not go any more by then. One waits at a time, in order."""
        async with self._next:
            turn = self._turns.next(self._clock())
            while (seconds := (turn - self._clock()).total_seconds()) > 0 and self._may_go(message):
                await self._sleep(min(seconds, GLANCE))
            if not self._may_go(message):
                return False
            self._turns.use(turn, message.segments)
            return True

    def _may_go(self, message: Outgoing) -> bool:
        """Its claim is young enough that nobody else takes it for left behind while the provider is called."""
        now = self._clock()
        in_time = now - message.started_at < LEASE / 2 and now < message.until
        return in_time and not self.rests and not self._stop.is_set()

    async def _hand_over(self, message: Outgoing) -> str:
        outcome = await self._call(message)
        if isinstance(outcome, Halt):
            self.halted_by = message
        if isinstance(outcome, SuppressAddress):
            self._suppressed.add(message.address)
        self.rests |= isinstance(outcome, Halt) or (isinstance(outcome, Retry) and outcome.whole_channel)
        return await self._recorder.record(message, outcome)

    async def _call(self, message: Outgoing) -> Outcome:
        if self._channel is None:
            return Halt(reason=f"no provider is set up for {message.channel}")
        try:
            return await self._channel.send(message)
        except Exception as error:
            # A mistake in the adapter: the provider may have the message all the same.
            log.exception("channel.failed", channel=message.channel, provider=self._channel.name, message=message.id)
            return Unknown(reason=f"{self._channel.name} failed with {type(error).__name__}")
