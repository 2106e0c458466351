"""The demo's week: change sets applied one by one under a simulated clock; the outbox is observed after every tick.

There is no script: the rules of the project folder decide what is told. Change a figure in the data and the story
changes.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from notifier.answers.records import Directory, NoticeRecord, records_by_id
from notifier.consent.simulated import Answered
from notifier.delivery.channel import Channel
from notifier.drafting.ruleset import Ruleset
from notifier.intake.events import ChangeSet, apply_change_set, read_change_set
from notifier.intake.parsing import ImportContext
from notifier.intake.sources import LineProblem, open_source
from notifier.model.contradictions import Contradiction
from notifier.model.notices import MessageState
from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.types import ChannelName
from notifier.rules.yaml_nodes import ListNode, MappingNode, Node, ScalarNode
from notifier.rules.yaml_reader import read_yaml_file
from notifier.simulation.world import World, open_world
from notifier.store import contradictions
from notifier.store.database import read_only
from notifier.store.outbox.news import Observer
from notifier.store.outbox.receipts import Moved


@dataclass(frozen=True, kw_only=True)
class Step:
    """One tick of the week: what was written just before it, and what is new in the outbox after it."""

    at: datetime
    written: ChangeSet | None
    """None where the clock alone made something due."""
    notices: tuple[NoticeRecord, ...] = ()
    alerts: tuple[NoticeRecord, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    undelivered: tuple[Moved, ...] = ()
    """Messages of which it became known that they did not arrive."""
    replies: tuple[Answered, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Week:
    """The data of a week, by time. The first change set is the state at its beginning."""

    changes: tuple[ChangeSet, ...]

    @property
    def starts(self) -> datetime:
        """The first instant."""
        return self.changes[0].at

    @property
    def ends(self) -> datetime:
        """The last instant."""
        return self.changes[-1].at


def read_week(data: Path) -> Week:
    """The week in `state.yaml` and `week.jsonl` of this folder. Raises ProblemsError with all problems."""
    problems: list[Problem] = []
    changes: list[ChangeSet] = []
    for place, document in _documents(data, problems):
        try:
            changes.append(read_change_set(document, place))
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return Week(changes=tuple(sorted(changes, key=lambda change: change.at)))


def _documents(data: Path, problems: list[Problem]) -> Iterator[tuple[Place, object]]:
    """The change sets as written, the state first."""
    state = read_yaml_file(data / "state.yaml", "state.yaml")
    yield Place("state.yaml"), None if state is None else _as_written(state)
    with open_source(data / "week.jsonl", sys.stdin.buffer) as source:
        for found in source.documents():
            if isinstance(found, LineProblem):
                problems.append(Problem(Place(source.name, found.line), found.what))
            else:
                line, document = found
                yield Place(source.name, line), document


def play_week(
    week: Week,
    ruleset: Ruleset,
    database: sa.Engine,
    channels: Mapping[ChannelName, Channel],
    context: ImportContext,
    directory: Directory,
) -> Iterator[Step]:
    """Play the week in an empty, migrated database; yields one step per tick, as it happens.

    The rules are in force before the first row exists. Raises ProblemsError for rows that cannot be read.
    """
    with open_world(ruleset, database, channels, week.starts) as world:
        play = _WeekPlay(world, context, directory)
        world.tick()
        for change in week.changes:
            for _ in world.advance_to(change.at):
                yield play.observe(None)
            with database.begin() as connection:
                apply_change_set(connection, change, context, place=Place("week"))
            world.tick()
            yield play.observe(change)


class _WeekPlay:
    def __init__(self, world: World, context: ImportContext, directory: Directory) -> None:
        self.world = world
        self.context = context
        self.directory = directory
        self.observer = Observer(world.ruleset.project.grouped, world.ruleset.project.inviting)

    def observe(self, written: ChangeSet | None) -> Step:
        now = self.world.clock()
        played = self.world.played
        with read_only(self.world.database) as connection:
            seen = self.observer.look(connection, now)
            return Step(
                at=now,
                written=written,
                notices=self._records(connection, [one.id for one in seen.notices]),
                alerts=self._records(connection, [one.id for one in seen.alerts]),
                contradictions=tuple(contradictions.by_id(connection, [one.id for one in seen.contradictions])),
                undelivered=tuple(one for one in played.taken.moved if one.fate.state is MessageState.UNDELIVERED),
                replies=played.replies,
            )

    def _records(self, connection: sa.Connection, ids: Sequence[str]) -> tuple[NoticeRecord, ...]:
        """The notices, sorted by rule and customer for reading."""
        found = records_by_id(connection, ids, self.directory)
        return tuple(
            sorted(found, key=lambda one: (one.draft.rule, one.draft.recipient_id or "", one.draft.subject_id))
        )


def _as_written(node: Node) -> object:
    """The data of a YAML file, with exact decimals."""
    match node:
        case ScalarNode():
            return node.value
        case ListNode():
            return [_as_written(item) for item in node.items]
        case MappingNode():
            return {entry.key.text: _as_written(entry.value) for entry in node.entries}
