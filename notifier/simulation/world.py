"""A complete notifier under a simulated clock: database, outbox, channels, and the daemon's two functions.

Moving the clock forward ticks at every instant at which something falls due, as a daemon that never sleeps would.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from notifier.delivery.channel import Channel
from notifier.drafting.ruleset import Ruleset
from notifier.model.outlet import Outlet
from notifier.model.types import ChannelName
from notifier.sending.background import in_turn
from notifier.sending.dispatch import Dispatcher
from notifier.simulation.clock import SimulatedClock
from notifier.store.database import read_only
from notifier.store.next_due import next_due
from notifier.tick import TickReport, evaluate


class EvaluationFailedError(Exception):
    """A rule or check could not be evaluated; later results would say nothing about the rules."""


class World:
    """One simulated notifier, never live: its channels are its only output. Open it with `open_world`."""

    def __init__(
        self, ruleset: Ruleset, database: sa.Engine, channels: Mapping[ChannelName, Channel], start: datetime
    ) -> None:
        self.ruleset = ruleset
        self.database = database
        self.clock = SimulatedClock(start)
        self._dispatchers = [
            Dispatcher(database, Outlet(live=False, channel=name), channel, self.clock, background=in_turn)
            for name, channel in channels.items()
        ]

    def tick(self) -> TickReport:
        """Evaluate and dispatch once at the present instant. Raises EvaluationFailedError where a rule failed."""
        now = self.clock()
        report = evaluate(self.database, self.ruleset, now, live=False)
        if report.failures:
            raise EvaluationFailedError("; ".join(f"{one.kind} {one.name}: {one.why}" for one in report.failures))
        for dispatcher in self._dispatchers:
            dispatcher.dispatch(self.ruleset)
        return report

    def close(self) -> None:
        """Close the channels' connections."""
        for dispatcher in self._dispatchers:
            dispatcher.close()

    def advance_to(self, instant: datetime) -> Iterator[TickReport]:
        """Tick at every instant before `instant` at which something falls due, then set the clock to `instant`.

        The caller ticks at `instant` itself, after writing rows if there are any.
        """
        while (due := self._next_due(instant)) is not None:
            self.clock.advance_to(due)
            yield self.tick()
        self.clock.advance_to(instant)

    def _next_due(self, before: datetime) -> datetime | None:
        with read_only(self.database) as connection:
            return next_due(connection, self.ruleset, after=self.clock(), before=before)


@contextmanager
def open_world(
    ruleset: Ruleset, database: sa.Engine, channels: Mapping[ChannelName, Channel], start: datetime
) -> Iterator[World]:
    """A world whose clock is at `start` (aware), in a migrated database; its channels are closed at the end."""
    world = World(ruleset, database, channels, start)
    try:
        yield world
    finally:
        world.close()
