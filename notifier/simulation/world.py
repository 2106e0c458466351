"""A complete notifier under a simulated clock: database, outbox, channels, and the daemon's two functions.

Moving the clock forward ticks at every instant at which something falls due, as a daemon that never sleeps would.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from notifier.consent.simulated import Played, play
from notifier.delivery.channel import Channel
from notifier.delivery.sandbox import SandboxChannel
from notifier.drafting.ruleset import Ruleset
from notifier.model.outlet import Outlet
from notifier.model.types import ChannelName
from notifier.sending.background import in_turn
from notifier.sending.dispatch import Dispatcher, DispatchReport
from notifier.simulation.clock import SimulatedClock
from notifier.store.database import read_only
from notifier.store.next_due import next_due
from notifier.store.outbox.unconfirmed import next_simulated
from notifier.tick import TickReport, evaluate


class EvaluationFailedError(Exception):
    """A rule or check could not be evaluated; later results would say nothing about the rules."""


class World:
    """One simulated notifier: its channels are its only output. Open it with `open_world`."""

    def __init__(
        self,
        ruleset: Ruleset,
        database: sa.Engine,
        channels: Mapping[ChannelName, Channel],
        start: datetime,
        *,
        alone: bool = False,
        live: bool = False,
    ) -> None:
        """`alone`: nobody else writes to its outbox, so nothing is to be sent unless a tick decided something.

        `live`: the mode of what it decides, where its database is a copy of a live one; it sends nowhere else either.
        """
        self.ruleset = ruleset
        self.database = database
        self.clock = SimulatedClock(start)
        self._plays = any(isinstance(channel, SandboxChannel) for channel in channels.values())
        self.played = Played()
        """What became, at the last tick, of messages to addresses of the sandbox."""
        self._alone, self._live = alone, live
        self._left = False
        """Whether the last round of sending left anything that must go later."""
        self._dispatchers = [
            Dispatcher(database, Outlet(live=live, channel=name), channel, self.clock, background=in_turn)
            for name, channel in channels.items()
        ]

    def tick(self) -> TickReport:
        """Evaluate and dispatch once at the present instant. Raises EvaluationFailedError where a rule failed."""
        now = self.clock()
        if self._plays:
            self.played = play(self.database, self.ruleset, now=now)
        report = evaluate(self.database, self.ruleset, now, live=self._live)
        if report.failures:
            raise EvaluationFailedError("; ".join(f"{one.kind} {one.name}: {one.why}" for one in report.failures))
        if report.verdicts or self._left or not self._alone:
            sent = sum((each.dispatch(self.ruleset) for each in self._dispatchers), start=DispatchReport())
            self._left = bool(sent.put_off or sent.retried or sent.unknown or sent.stale)
        return report

    def close(self) -> None:
        """Close the channels' connections."""
        for dispatcher in self._dispatchers:
            dispatcher.close()

    def advance_to(self, instant: datetime) -> Iterator[TickReport]:
        """Tick at every instant before `instant` at which something falls due, then set the clock to `instant`.

        The caller ticks at `instant` itself, after writing rows if there are any.
        """
        while (due := self.next_due(instant)) is not None:
            self.clock.advance_to(due)
            yield self.tick()
        self.clock.advance_to(instant)

    def next_due(self, before: datetime) -> datetime | None:
        """The next instant before this one at which something falls due; None where nothing does."""
        with read_only(self.database) as connection:
            due = next_due(connection, self.ruleset, after=self.clock(), before=before)
            played = next_simulated(connection, after=self.clock(), before=before) if self._plays else None
            return min((each for each in (due, played) if each is not None), default=None)


@contextmanager
def open_world(
    ruleset: Ruleset,
    database: sa.Engine,
    channels: Mapping[ChannelName, Channel],
    start: datetime,
    *,
    alone: bool = False,
    live: bool = False,
) -> Iterator[World]:
    """A world whose clock is at `start` (aware), in a migrated database; its channels are closed at the end."""
    world = World(ruleset, database, channels, start, alone=alone, live=live)
    try:
        yield world
    finally:
        world.close()
