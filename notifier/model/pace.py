"""How fast a channel may go: units a second become the instants at which messages leave (GCRA, ITU-T I.371).

A unit is what the provider counts: a segment of an SMS, a mail. GCRA's theoretical arrival time is called `free_at`
here: when what has left so far will have taken its time.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HORIZON = timedelta(seconds=5)
"""How far ahead turns are given out: so long a message may wait that is claimed already, and a more urgent one that
comes after it. Must stay well below half of `store.claiming.LEASE`."""
TOLERANCE = timedelta(milliseconds=250)
"""How far messages that could not leave at their turns may catch up: the only burst there is. It keeps small hindrances
(a commit, a busy computer) from costing rate."""
NEVER_USED = datetime(1970, 1, 1, tzinfo=UTC)
"""The next turn of a channel that never had one."""
LONGEST_REST = timedelta(minutes=5)
"""The longest that a channel rests because its provider asked for it."""
MOST_UNITS = 24
"""Of one message: 1,600 characters in segments of 67."""


@dataclass(frozen=True)
class Pace:
    """The provider's rate, for one channel."""

    rate: float
    """Units a second, above 0."""

    def time_of(self, units: int) -> timedelta:
        """How long the provider needs for so many units; rounded up, so that it is never asked for more."""
        return timedelta(microseconds=math.ceil(units * 1_000_000 / self.rate))

    def budget(self, free_at: datetime, now: datetime) -> float:
        """For how many units there are turns within the horizon, where the first turn is at `free_at`."""
        return (now + HORIZON - free_at).total_seconds() * self.rate


def first_turn(pace: Pace | None, free_at: datetime, now: datetime) -> datetime:
    """When the next message may leave by what is stored as `free_at`; idle time earns nothing.

    A `free_at` that no turn can have led to was written by a clock that went wrong, or at another rate: it is ignored.
    """
    longest = HORIZON + pace.time_of(MOST_UNITS) if pace is not None else timedelta()
    return free_at if now < free_at <= now + max(longest, LONGEST_REST) else now


class Turns:
    """The turns of messages that leave one after the other. Without a pace, nothing is waited for but the start."""

    def __init__(self, pace: Pace | None) -> None:
        self._pace = pace
        self.free_at = NEVER_USED
        """When the next turn is."""

    def next(self, now: datetime, start: datetime) -> datetime:
        """The turn of a message that is ready at `now`; in the past where those before it left late.

        `start` is the first turn of its claim: those between it and the claim before may be another process's.
        """
        free_at = max(self.free_at, start)
        if free_at > now + HORIZON:  # the clock went back: nobody waits for it to come round again
            return now
        return max(free_at, now - TOLERANCE)

    def use(self, turn: datetime, units: int) -> None:
        """A message of so many units leaves at its turn."""
        self.free_at = turn + self._pace.time_of(units) if self._pace is not None else turn
