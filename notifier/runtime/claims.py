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

from notifier.model.outgoing import Outgoing
from notifier.model.pace import HORIZON, Pace, Turns, first_turn
from notifier.model.types import ChannelName
from notifier.runtime.clock import Clock
from notifier.store import claiming, halts, pace

log = structlog.get_logger()

FEWEST, MOST = 100, 500
"""Messages claimed at once: what is looked at once more together, which is cheaper for many, and waits for the lease to
end after a crash."""
NO_ANSWER = frozenset({"retried", "unknown"})
"""Ends of a trial after which another one would probably learn as little."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Messages that this process hands over now, in their order, and their turns."""

    messages: Sequence[Outgoing]
    turns: Turns
    given_out: datetime
    """Before this instant, turns are given out."""
    is_trial: bool
    """One message, to see whether the channel still stands still."""


class Claims:
    """Claims for one channel in one world."""

    def __init__(
        self, database: sa.Engine, channel: ChannelName, clock: Clock, *, live: bool, rate: Pace | None
    ) -> None:
        self._database = database
        self._channel = channel
        self._clock = clock
        self._live = live
        self._rate = rate
        self._most = FEWEST

    def next(self) -> Claim | None:
        """The messages whose turn comes next; None where nothing is due, or may go."""
        with self._database.begin() as connection:
            halted = halts.hold(connection, channel=self._channel, live=self._live)
            free_at = pace.hold(connection, channel=self._channel, live=self._live)
            now = self._clock()  # once the rows are held: other processes wait for them
            if halted is not None and halted.tries_again_at > now:
                return None
            start = first_turn(self._rate, free_at, now)
            budget = self._rate.budget(start, now) if self._rate is not None else math.inf if start == now else 0
            messages = self._claim(connection, now, most=1 if halted is not None else self._most, budget=budget)
            if not messages:
                return None
            if halted is not None:
                again = now + halts.HALT_PAUSE
                halts.tries_again(connection, channel=self._channel, live=self._live, at=again)
            given_out = start
            if self._rate is not None:
                given_out += self._rate.time_of(sum(message.segments for message in messages))
                pace.give_out(connection, channel=self._channel, live=self._live, free_at=given_out)
        turns = Turns(self._rate, start)
        return Claim(messages=messages, turns=turns, given_out=given_out, is_trial=halted is not None)

    def settle(self, claim: Claim, became: Counter[str], *, rests: bool) -> None:
        """After its messages: give back unused turns, and draw the conclusion of a trial.

        The next claim is larger where this one was gone soon: what is claimed waits no longer than `HORIZON`.
        """
        took = self._clock() - claim.messages[0].started_at
        if len(claim.messages) == self._most and took < HORIZON / 3:
            self._most = min(2 * self._most, MOST)
        elif took > HORIZON:
            self._most = max(self._most // 2, FEWEST)
        if claim.turns.free_at < claim.given_out and not rests:
            with self._database.begin() as connection:
                pace.take_back(
                    connection,
                    channel=self._channel,
                    live=self._live,
                    given_out=claim.given_out,
                    free_at=claim.turns.free_at,
                )
        if not claim.is_trial or rests:
            return
        with self._database.begin() as connection:
            if became["accepted"]:
                if halts.resume(connection, channel=self._channel, live=self._live):
                    log.info("channel.resumed", channel=self._channel)
            elif not became.keys() & NO_ANSWER:  # it did not come to a trial, or the message failed for its own reasons
                halts.tries_again(connection, channel=self._channel, live=self._live, at=self._clock())

    def _claim(self, connection: sa.Connection, now: datetime, *, most: int, budget: float) -> list[Outgoing]:
        if budget <= 0:
            return []
        return claiming.claim_due(
            connection,
            now=now,
            live=self._live,
            channel=self._channel,
            limit=math.ceil(min(most, budget)),
            budget=budget,
        )
