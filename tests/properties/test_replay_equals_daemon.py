"""A replay of a file decides what a daemon decides that gets the same rows one after the other, and ticks each time."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifier.drafting.ruleset import Ruleset
from notifier.intake.events import ChangeSet, apply_change_set
from notifier.intake.history_events import read_events
from notifier.intake.parsing import ImportContext
from notifier.intake.sources import open_source
from notifier.model.types import ChannelName
from notifier.simulation.channel import KeepingChannel
from notifier.simulation.databases import Databases
from notifier.simulation.replay import HOURLY, Span, end_of, replay
from notifier.simulation.world import open_world
from notifier.store.database import read_only
from notifier.store.reports.replayed import alerts_by_owner, decided_notices, found_contradictions, sent_messages
from tests.properties.histories import START, history
from tests.properties.test_incremental_equals_full import HISTORIES, rulesets, sqlite

__all__ = ["rulesets", "sqlite"]

Decided = tuple[list[Any], list[Any], list[Any], Mapping[str, int]]
SEEDS = range(201, 201 + max(1, HISTORIES // 20))
AFTER = timedelta(hours=8)
"""How long both go on after the last row: what was told before is followed up."""


def test_a_replay_decides_what_the_daemon_decides(
    rulesets: tuple[Ruleset, Ruleset],
    sqlite: Databases,
    tmp_path: Path,
) -> None:
    context = ImportContext.of(rulesets[0].project, "CO")
    told = 0
    for seed in SEEDS:
        every = timedelta(hours=6 * (seed % 2))  # at each instant, and at the ends of intervals
        change_sets = _change_sets(seed)
        span = Span(since=START - timedelta(seconds=1), until=change_sets[-1].at + AFTER)
        with sqlite.fresh() as database:
            expected = _by_a_daemon(change_sets, rulesets[0], database, context, span, every)
        file = tmp_path / "events.jsonl"
        file.write_text("".join(_line(each) for each in change_sets), encoding="utf-8")
        with open_source(file, sys.stdin.buffer) as source:
            read = read_events(source, context)
        assert read.problems == []
        with sqlite.fresh() as database:
            for _ in replay(read, rulesets[0], database, span, every=every):
                pass
            assert _decided(database) == expected, f"history {seed}"
        told += len(expected[1])
    assert told > 0


def _change_sets(seed: int) -> list[ChangeSet]:
    at, found = START, []
    for step in history(seed, length=3):
        at += timedelta(minutes=step.minutes)
        found.append(ChangeSet(at=at, set=step.set, delete=step.delete))
    return found


def _line(change_set: ChangeSet) -> str:
    document = {"at": change_set.at.isoformat(), "set": change_set.set, "delete": change_set.delete}
    return json.dumps(document) + "\n"


def _by_a_daemon(
    change_sets: Sequence[ChangeSet],
    ruleset: Ruleset,
    database: sa.Engine,
    context: ImportContext,
    span: Span,
    every: timedelta,
) -> Decided:
    """Each change set in a transaction of its own, and a tick after those of one look."""
    left = list(change_sets)
    channels = dict.fromkeys(ChannelName, KeepingChannel())
    with open_world(ruleset, database, channels, span.since) as world:

        def write(until: datetime) -> None:
            while left and left[0].at <= until:
                first = left.pop(0)
                with database.begin() as connection:
                    apply_change_set(connection, ChangeSet(at=until, set=first.set, delete=first.delete), context)

        world.tick()
        world.tick()
        while left:
            look = left[0].at
            if every:
                look = end_of(look, every)
            while world.clock() < look:
                due = world.next_due(look)
                at = look if due is None else min(end_of(due, min(every, HOURLY)), look)
                world.clock.advance_to(at)
                write(at)
                world.tick()
        while (due := world.next_due(span.until)) is not None:
            world.clock.advance_to(min(end_of(due, min(every, HOURLY)), span.until))
            world.tick()
    return _decided(database)


def _decided(database: sa.Engine) -> Decided:
    with read_only(database) as connection:
        notices = decided_notices(connection)
        names = {one.id: (one.rule, one.subject_id, one.each_id, one.customer) for one in notices}
        decided = [(*names[one.id], one.kind, one.state, one.decided_at, one.told_at) for one in notices]
        sent = [(*names[one.notice_id], one.channel, one.at, one.segments) for one in sent_messages(connection)]
        found = [(one.check, one.state, one.opened_at, one.surfaces_at) for one in found_contradictions(connection)]
        return sorted(decided, key=repr), sorted(sent, key=repr), sorted(found, key=repr), alerts_by_owner(connection)
