"""A complete notifier under a simulated clock: database, outbox, channels, and the daemon's two functions.

Moving the clock forward ticks at every instant at which something falls due, as a daemon that never sleeps would.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from notifier.consent.simulated import Played, play
from notifier.delivery.channel import Channel
from notifier.delivery.sandbox import SandboxChannel
from notifier.drafting.ruleset import Ruleset
from notifier.model.looked_at import LookedAt
from notifier.model.outlet import Outlet
from notifier.model.types import ChannelName
from notifier.sending.background import in_turn
from notifier.sending.dispatch import Dispatcher, DispatchReport
from notifier.simulation.clock import SimulatedClock
from notifier.store.database import read_only
from notifier.store.next_due import next_due
from notifier.store.outbox.leasing import LEASE
from notifier.store.outbox.queue import any_work
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
        self._channels = channels
        self._down_until: datetime | None = None
        self._renewed: Callable[[], Ruleset] | None = None
        self._plays = any(isinstance(channel, SandboxChannel) for channel in channels.values())
        self.played = Played()
        """What became, at the last tick, of messages to addresses of the sandbox."""
        self._alone, self._live = alone, live
        self._left = False
        self._looked_at: LookedAt | None = None
        """Whether the last round of sending left anything that must go later."""
        self._dispatchers = self._made_dispatchers()

    def _made_dispatchers(self) -> list[Dispatcher]:
        return [
            Dispatcher(self.database, Outlet(live=self._live, channel=name), channel, self.clock, background=in_turn)
            for name, channel in self._channels.items()
        ]

    @property
    def is_down(self) -> bool:
        """Whether nobody ticks now."""
        return self._down_until is not None

    def put_in_force(self, ruleset: Ruleset) -> None:
        """From the next tick on, these rules hold."""
        self.ruleset = ruleset

    def restart(self, ruleset: Ruleset) -> None:
        """The process ends and a new one starts: of what it kept in memory, nothing is left."""
        self.close()
        self.ruleset = ruleset
        self._looked_at = None
        self._dispatchers = self._made_dispatchers()

    def stop_until(self, instant: datetime, renewed: Callable[[], Ruleset]) -> None:
        """Nobody ticks before `instant`; then a process starts, with the ruleset that `renewed` makes."""
        self._down_until, self._renewed = instant, renewed

    def tick(self) -> TickReport:
        """Evaluate and dispatch once at the present instant. Raises EvaluationFailedError where a rule failed."""
        now = self.clock()
        if self._plays:
            self.played = play(self.database, self.ruleset, now=now)
        report = evaluate(self.database, self.ruleset, now, live=self._live, looked_at=self._looked_at)
        self._looked_at = report.looked_at
        if report.failures:
            raise EvaluationFailedError("; ".join(f"{one.kind} {one.name}: {one.why}" for one in report.failures))
        if report.verdicts or self._left or (not self._alone and self._any_work(now)):
            sent = sum((each.dispatch(self.ruleset) for each in self._dispatchers), start=DispatchReport())
            self._left = bool(sent.put_off or sent.retried or sent.unknown or sent.stale)
        return report

    def _any_work(self, now: datetime) -> bool:
        """Whether any dispatcher has something to do: asked once, not by each of them."""
        if any(hasattr(channel, "became") for channel in self._channels.values()):
            return True  # what they are asked about lies in no queue
        outlets = tuple(each.outlet for each in self._dispatchers)
        with read_only(self.database) as connection:
            return any_work(connection, outlets, now=now, lease=LEASE)

    def close(self) -> None:
        """Close the channels' connections."""
        for dispatcher in self._dispatchers:
            dispatcher.close()

    def advance_to(self, instant: datetime) -> Iterator[TickReport]:
        """Tick at every instant before `instant` at which something falls due, then set the clock to `instant`.

        The caller ticks at `instant` itself, after writing rows if there are any. While the process is off nothing
        ticks; it ticks as soon as it is back.
        """
        if self._down_until is not None:
            if instant < self._down_until:
                self.clock.advance_to(instant)
                return
            yield from self._come_back(instant)
        while (due := self.next_due(instant)) is not None:
            self.clock.advance_to(due)
            yield self.tick()
        self.clock.advance_to(instant)

    def _come_back(self, instant: datetime) -> Iterator[TickReport]:
        assert self._down_until is not None
        assert self._renewed is not None
        back, self._down_until = self._down_until, None
        self.clock.advance_to(back)
        self.restart(self._renewed())
        if back < instant:
            yield self.tick()

    def next_due(self, before: datetime) -> datetime | None:
        """The next instant before this one at which something falls due, by the story's time, whatever the clock shows;
        None where nothing does."""
        shown = before + self.clock.skew
        with read_only(self.database) as connection:
            due = next_due(connection, self.ruleset, after=self.clock(), before=shown)
            played = next_simulated(connection, after=self.clock(), before=shown) if self._plays else None
            found = min((each for each in (due, played) if each is not None), default=None)
        return None if found is None else found - self.clock.skew


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
