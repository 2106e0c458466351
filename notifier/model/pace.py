"""How fast an outlet may send: units a second become turns, the instants at which messages leave (GCRA, ITU-T I.371).

A unit is what the provider counts: a segment of an SMS, or a mail. `free_at` is what GCRA calls the theoretical arrival
time: the first instant at which another message may leave.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HORIZON = timedelta(seconds=5)
"""How far ahead a lease reserves turns. A leased message, and an urgent one queued behind it, may wait this long. Must
stay well below half of `store.outbox.leasing.LEASE`."""
TOLERANCE = timedelta(milliseconds=250)
"""How far messages that missed their turns may catch up: the only burst there is. So a small delay (a commit, a busy
computer) costs no rate."""
NEVER_USED = datetime(1970, 1, 1, tzinfo=UTC)
"""The next turn of an outlet that never had one."""
LONGEST_REST = timedelta(minutes=5)
"""The longest that an outlet rests because its provider asked for it."""
MOST_UNITS = 24
"""Of one message: 1,600 characters in segments of 67."""


@dataclass(frozen=True)
class Pace:
    """The provider's rate."""

    rate: float
    """Units a second, above 0."""

    def time_of(self, units: int) -> timedelta:
        """How long this many units take at the rate; rounded up, so that the rate is never exceeded."""
        return timedelta(microseconds=math.ceil(units * 1_000_000 / self.rate))

    def budget(self, free_at: datetime, now: datetime) -> float:
        """How many units have their turns within the horizon, where the first turn is at `free_at`."""
        return (now + HORIZON - free_at).total_seconds() * self.rate


def first_turn(pace: Pace | None, free_at: datetime, now: datetime) -> datetime:
    """When the next message may leave, by the stored `free_at`. Time in which nothing was sent earns nothing.

    A `free_at` that no reservation can have led to is ignored: its clock was wrong, or the rate was another one.
    """
    longest = HORIZON + pace.time_of(MOST_UNITS) if pace is not None else timedelta()
    return free_at if now < free_at <= now + max(longest, LONGEST_REST) else now


class Turns:
    """The turns of one process: its messages leave one after the other.

    Without a pace a message only waits for the start of its lease.
    """

    def __init__(self, pace: Pace | None) -> None:
        self.pace = pace
        self.free_at = NEVER_USED
        """The next turn."""
        self.waiting = 0
        """The units of the messages that wait for their turns."""

    def next(self, now: datetime, start: datetime) -> datetime:
        """The turn of a message that is ready at `now`; in the past where messages before it left late.

        `start` is the first turn of its lease: earlier ones may be another process's.
        """
        free_at = max(self.free_at, start)
        if free_at > now + HORIZON:  # the clock was set back: nobody waits until it is this late again
            return now
        return max(free_at, now - TOLERANCE)

    def use(self, turn: datetime, units: int) -> None:
        """A message of this many units leaves at `turn`."""
        self.free_at = turn + self.time_of(units)

    def needed_until(self, start: datetime) -> datetime:
        """When the messages that wait will have used their turns, where their lease has none before `start`."""
        return max(self.free_at, start) + self.time_of(self.waiting)

    def time_of(self, units: int) -> timedelta:
        """How long this many units take; no time without a pace."""
        return self.pace.time_of(units) if self.pace is not None else timedelta()
