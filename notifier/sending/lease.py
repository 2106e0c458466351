"""What may leave now: messages claimed as the provider's rate allows, and of a halted channel one, to try it.

Rate and halt are rows of the database, so all processes keep to them together. Each claim takes, in its own
transaction, the turns of its messages; what was not used is given back when it is settled.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import structlog

from notifier.model.clock import Clock
from notifier.model.outgoing import Outgoing
from notifier.model.pace import HORIZON, Pace, first_turn
from notifier.model.types import ChannelName
from notifier.store.outbox import halts, leasing, pace

log = structlog.get_logger()

FEWEST, MOST = 100, 250
"""Messages claimed at once: what is looked at once more together, which is cheaper for many (500 are no cheaper than
250), and waits for the lease to end after a crash."""
NO_ANSWER = frozenset({"retried", "unknown"})
"""Ends of a trial after which another one would probably learn as little."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Messages that this process hands over next, in their order."""

    messages: Sequence[Outgoing]
    start: datetime
    """The turn of the first of them."""
    is_trial: bool
    """One message, to see whether the channel still stands still."""


class Claims:
    """Claims for one channel in one world, and the turns that they take. Not for two threads at once."""

    def __init__(
        self, database: sa.Engine, channel: ChannelName, clock: Clock, *, live: bool, rate: Pace | None
    ) -> None:
        self._database = database
        self._channel = channel
        self._clock = clock
        self._live = live
        self._rate = rate
        self._most = FEWEST
        self._before: list[tuple[datetime, int]] = []
        """Of the claims in a row so far, the last two at most: when they were made, and how many messages they had."""
        self._ours: tuple[datetime, datetime] | None = None
        """Within these, all turns that are given out are ours; the end is what is stored unless others followed."""

    def next(self, *, free_at: datetime) -> Claim | None:
        """The messages whose turn comes next; None where nothing is due, or may go.

        `free_at` is when those of the claims before in this row will have used their turns: what was given out for
        them beyond that is given out again. A trial has no claim before it.
        """
        with self._database.begin() as connection:
            halted = halts.hold(connection, channel=self._channel, live=self._live)
            given_out = pace.hold(connection, channel=self._channel, live=self._live)
            now = self._clock()  # once the rows are held: other processes wait for them
            if halted is not None and (self._before or halted.tries_again_at > now):
                return None
            own = self._own(given_out)
            start = first_turn(self._rate, max(free_at, own) if own is not None else given_out, now)
            budget = self._rate.budget(start, now) if self._rate is not None else math.inf if start == now else 0
            self._adapt(now)
            messages = self._claim(connection, now, most=1 if halted is not None else self._most, budget=budget)
            if not messages:
                return None
            if halted is not None:
                again = now + halts.HALT_PAUSE
                halts.tries_again(connection, channel=self._channel, live=self._live, at=again)
            if self._rate is not None:
                given_out = start + self._rate.time_of(sum(message.segments for message in messages))
                pace.give_out(connection, channel=self._channel, live=self._live, free_at=given_out)
        if self._rate is not None:
            self._ours = own or start, given_out
        self._before.append((now, len(messages)))
        return Claim(messages=messages, start=start, is_trial=halted is not None)

    def settle(self, *, free_at: datetime) -> None:
        """The row has ended: give back the turns from `free_at` on."""
        if self._ours is not None:
            begin, end = self._ours
            if (unused := max(free_at, begin)) < end:
                with self._database.begin() as connection:
                    pace.take_back(connection, channel=self._channel, live=self._live, given_out=end, free_at=unused)
        self._ours = None
        self._before.clear()

    def conclude(self, became: Counter[str]) -> None:
        """Draw the conclusion of a trial that was not refused."""
        with self._database.begin() as connection:
            if became["accepted"]:
                if halts.resume(connection, channel=self._channel, live=self._live):
                    log.info("channel.resumed", channel=self._channel)
            elif not became.keys() & NO_ANSWER:  # it did not come to a trial, or the message failed for its own reasons
                halts.tries_again(connection, channel=self._channel, live=self._live, at=self._clock())

    def _own(self, given_out: datetime) -> datetime | None:
        """From when on all turns are ours; None where others follow them."""
        return self._ours[0] if self._ours is not None and self._ours[1] == given_out else None

    def _adapt(self, now: datetime) -> None:
        """The next claim is larger where messages are gone soon: what is claimed waits no longer than `HORIZON`.

        Of the last claim some may still wait, so what counts is the one before.
        """
        if len(self._before) < 2:
            return
        made, count = self._before.pop(0)
        took = now - made
        if count == self._most and took < HORIZON / 3:
            self._most = min(2 * self._most, MOST)
        elif took > HORIZON:
            self._most = max(self._most // 2, FEWEST)

    def _claim(self, connection: sa.Connection, now: datetime, *, most: int, budget: float) -> list[Outgoing]:
        if budget <= 0:
            return []
        return leasing.claim_due(
            connection,
            now=now,
            live=self._live,
            channel=self._channel,
            limit=math.ceil(min(most, budget)),
            budget=budget,
        )
