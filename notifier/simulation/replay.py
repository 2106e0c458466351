"""A history is played under a simulated clock: rows are written when they became known, and the daemon's own functions
decide what is told.

The clock goes from one instant to the next at which rows come or something falls due; days on which nothing does cost
nothing. What comes within one interval (`every`) is written together at its end, as a company's export would bring it.
What falls due is decided at the end of its hour at the latest, however long that interval is: quiet hours that end in
the morning would else never end for a replay that looks every evening. Intervals are counted from 1970 in UTC, so that
a moment at a full hour is decided at its own instant.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.drafting.ruleset import Ruleset
from notifier.intake.histories import Happening, History
from notifier.model.columns import EPOCH
from notifier.model.schema import entities
from notifier.model.types import ChannelName
from notifier.simulation.channel import KeepingChannel
from notifier.simulation.world import World, open_world
from notifier.store.state.changes import delete_rows, merge_rows

HOURLY = timedelta(hours=1)
"""How often a replay looks at what came in, unless somebody says otherwise."""
BEFORE = timedelta(seconds=1)
"""How long before the first row the rules are in force: before that, nobody would be told what begins with it."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """From when until when a history is played: [since, until), aware UTC."""

    since: datetime
    until: datetime
    known_before: bool = False
    """Whether rows became known before it: they are there when it begins, as a baseline, and cause no notice."""


@dataclass(kw_only=True)
class Replayed:
    """How far a replay has come."""

    at: datetime
    """Where its clock stands."""
    happenings: int = 0
    """How many of them are written."""
    rows: int = 0
    ticks: int = 0
    incomplete: dict[str, int] = field(default_factory=dict)
    """By entity, rows that were left out, because they were new and lacked what a new one needs."""


def span_of(history: History, since: datetime | None, until: datetime | None) -> Span | None:
    """What is played of a history; None where it has nothing between these instants."""
    if not history.happenings:
        return None
    first, last = history.happenings[0].at, history.happenings[-1].at
    begin, end = since or first - BEFORE, until or last + BEFORE
    return Span(since=begin, until=end, known_before=first < begin) if begin < end else None


def replay(
    history: History, ruleset: Ruleset, database: sa.Engine, span: Span, *, every: timedelta = HOURLY
) -> Iterator[Replayed]:
    """Plays the history in an empty, migrated database; says after each tick how far it is. The last one is the end.

    Raises EvaluationFailedError where a rule or check could not be evaluated.
    """
    channels = dict.fromkeys(ChannelName, KeepingChannel())
    with open_world(ruleset, database, channels, span.since, alone=True) as world:
        yield from _Replay(world, history, span, every).run()


def end_of(at: datetime, interval: timedelta) -> datetime:
    """The end of the interval in which an instant lies, counted from 1970 in UTC; the instant itself where it is 0."""
    return EPOCH - (EPOCH - at) // interval * interval if interval else at


class _Replay:
    def __init__(self, world: World, history: History, span: Span, every: timedelta) -> None:
        self._world = world
        self._span = span
        self._every = every
        self._present = history.present
        self._coming = [each for each in history.happenings if each.at < span.until]
        self._next = 0
        self._done = Replayed(at=span.since)

    def run(self) -> Iterator[Replayed]:
        world, until = self._world, self._span.until
        world.tick()  # the rules' first pass, on empty tables: they are in force before the first row
        self._begin()
        yield self._ticked()
        while True:
            look = self._look()
            due = world.next_due(look)
            if due is None and self._next == len(self._coming):
                break
            at = look if due is None else min(end_of(due, min(self._every, HOURLY)), look)
            world.clock.advance_to(at)
            self._write(at)
            yield self._ticked()
        world.clock.advance_to(until)
        self._done.at = until
        yield self._done

    def _ticked(self) -> Replayed:
        self._world.tick()
        self._done.ticks += 1
        self._done.at = self._world.clock()
        return self._done

    def _begin(self) -> None:
        """What was there before: rows of which only the present is known, and what became known earlier."""
        with self._world.database.begin() as connection:
            for name, rows in self._present.items():
                self._merge(connection, name, list(rows), self._span.since, baseline=True)
        if self._span.known_before:
            self._write(self._span.since, baseline=True)

    def _look(self) -> datetime:
        """When the next rows are looked at: at the end of the interval in which they come."""
        if self._next == len(self._coming):
            return self._span.until
        return min(end_of(self._coming[self._next].at, self._every), self._span.until)

    def _write(self, at: datetime, *, baseline: bool = False) -> None:
        """Everything that came until `at`, dated by it."""
        coming: list[Happening] = []
        while self._next < len(self._coming) and self._coming[self._next].at <= at:
            coming.append(self._coming[self._next])
            self._next += 1
        if not coming:
            return
        waiting: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        with self._world.database.begin() as connection:
            for each in coming:
                for name, rows in each.set.items():
                    waiting[name] += rows
                if each.delete:
                    self._flush(connection, waiting, at, baseline=baseline)
                    for name, ids in each.delete.items():
                        deleted = delete_rows(connection, name, ids, at, baseline=baseline)
                        self._done.rows += deleted.deleted
            self._flush(connection, waiting, at, baseline=baseline)
        self._done.happenings = self._next

    def _flush(
        self, connection: sa.Connection, waiting: dict[str, list[Mapping[str, Any]]], at: datetime, *, baseline: bool
    ) -> None:
        for name, rows in waiting.items():
            self._merge(connection, name, rows, at, baseline=baseline)
        waiting.clear()

    def _merge(
        self, connection: sa.Connection, name: str, rows: list[Mapping[str, Any]], at: datetime, *, baseline: bool
    ) -> None:
        counts, incomplete = merge_rows(connection, entities()[name], rows, at, baseline=baseline, existing=baseline)
        self._done.rows += counts.inserted + counts.updated
        if incomplete:
            self._done.incomplete[name] = self._done.incomplete.get(name, 0) + len(incomplete)
