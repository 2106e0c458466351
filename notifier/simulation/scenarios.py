"""Plays the scenarios of a project under a simulated clock, and collects every difference from their expectations.

Each scenario has its own database. The rules are in force before the first row exists: `given` is loaded at the first
`at`, then every timeline entry writes and deletes its rows, ticks, dispatches, and is compared with its `expect`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa

from notifier.answers.records import Directory
from notifier.answers.why import why_customer
from notifier.consent.hearing import Reply, hear
from notifier.delivery.twilio_receipts import receipt_of
from notifier.drafting.ruleset import Ruleset, ruleset_of
from notifier.intake.parsing import ImportContext
from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.receipts import Receipt
from notifier.model.scenario_results import Difference, ScenarioResult
from notifier.model.types import ChannelName
from notifier.planning.addressing import Defaults
from notifier.receipts.taking import take_within
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rules.checked import Project
from notifier.rules.file_set import SCENARIO_SUFFIX
from notifier.rules.scenarios import (
    ExpectedNotice,
    Scenario,
    ScenarioReceipt,
    ScenarioReply,
    TimelineEntry,
    load_scenarios,
)
from notifier.simulation.channel import SIMULATED, KeepingChannel
from notifier.simulation.databases import Databases, temporary_databases
from notifier.simulation.expectations import differences
from notifier.simulation.learned import write_learned
from notifier.simulation.rows import write
from notifier.simulation.why_missing import why_missing
from notifier.simulation.world import EvaluationFailedError, World, open_world
from notifier.store.contacts import address_of
from notifier.store.database import read_only
from notifier.store.outbox.news import Observer, Seen
from notifier.store.outbox.receipts import last_handed_over
from notifier.store.reader import Reader
from notifier.store.state.changes import delete_rows


@dataclass(frozen=True, kw_only=True)
class ScenarioSettings:
    """The settings that scenarios use: the shipped ones, whatever the machine's own are; but a project's own zone."""

    defaults: Defaults = field(default_factory=Defaults)
    rendering: RenderSettings = field(default_factory=RenderSettings)


def run_scenarios(
    project: Project,
    files: Sequence[Path] | None = None,
    only: str | None = None,
    settings: ScenarioSettings | None = None,
) -> Iterator[ScenarioResult]:
    """Play the scenarios of these files (of every `*.test.yaml` under rules/ when None), in the order of the files.

    `only` keeps those whose name contains it, whatever the case. A file that cannot be read yields one result with its
    problems; the others are played.
    """
    with temporary_databases() as databases:
        player = Player(project, databases, settings)
        for path in scenario_files(project) if files is None else files:
            try:
                scenarios = load_scenarios(path, project)
            except ProblemsError as error:
                yield _unreadable(path, project, error)
                continue
            for scenario in scenarios:
                if only is None or only.casefold() in scenario.name.casefold():
                    yield player.play(scenario)


def scenario_files(project: Project) -> list[Path]:
    """Every scenario file of the project, by path; not the files of editors, whose names begin with a dot."""
    found = (project.folder / "rules").rglob(f"*{SCENARIO_SUFFIX}")
    return sorted(path for path in found if not path.name.startswith("."))


def _unreadable(path: Path, project: Project, error: ProblemsError) -> ScenarioResult:
    file = path.relative_to(project.folder).as_posix() if path.is_relative_to(project.folder) else str(path)
    return ScenarioResult(file=file, name="(the file)", place=Place(file), problems=tuple(error.problems))


def _as_if_live(project: Project) -> Project:
    """The project with no rule in shadow: a scenario says what its rules tell, and they tell it once they are live."""
    if not any(rule.shadow for rule in project.rules.values()):
        return project
    return replace(project, rules={name: replace(rule, shadow=False) for name, rule in project.rules.items()})


class Player:
    """Plays scenarios of one project, and shares what they have in common."""

    def __init__(self, project: Project, databases: Databases, settings: ScenarioSettings | None = None) -> None:
        self.project = _as_if_live(project)
        self.databases = databases
        self.settings = settings or ScenarioSettings()
        self.renderer = Renderer(self.project, self.settings.rendering)
        self.rulesets: dict[tuple[str, ...], Ruleset] = {}
        """By the rule files in force."""

    def play(self, scenario: Scenario) -> ScenarioResult:
        """The scenario's result; a problem in its rows ends it."""
        ruleset = self._ruleset(scenario)
        found: list[Difference] = []
        problems: tuple[Problem, ...] = ()
        channels = dict.fromkeys(ChannelName, KeepingChannel())
        start = scenario.timeline[0].at
        with self.databases.fresh() as database, open_world(ruleset, database, channels, start) as world:
            play = _Play(world, ImportContext.of(self.project), self.settings.rendering.company)
            try:
                found.extend(play.through(scenario))  # differences found before a problem are kept
            except ProblemsError as error:
                problems = tuple(error.problems)
            except EvaluationFailedError as error:
                problems = (Problem(scenario.place, str(error)),)
        return ScenarioResult(
            file=scenario.place.file,
            name=scenario.name,
            place=scenario.place,
            differences=tuple(found),
            problems=problems,
            ticks=play.ticks,
        )

    def _ruleset(self, scenario: Scenario) -> Ruleset:
        if scenario.files not in self.rulesets:
            # What the files' errors set aside is said by the commands; a scenario plays the rest.
            project = replace(scenario.restricted(self.project), problems=(), broken=())
            self.rulesets[scenario.files] = ruleset_of(project, self.renderer, self.settings.defaults)
        return self.rulesets[scenario.files]


def _receipt(connection: sa.Connection, given: ScenarioReceipt) -> Receipt:
    """Raises ProblemsError where nothing was told to the customer on that channel."""
    name = last_handed_over(connection, given.customer, given.channel)
    if name is None:
        what = f"nothing was told to customer {given.customer} by {given.channel} so far"
        raise ProblemsError([Problem(given.place, what)])
    word = "delivered" if given.delivered else "undelivered"
    return replace(receipt_of(name, word, given.code), provider=SIMULATED, channel=given.channel)


def _reply(connection: sa.Connection, given: ScenarioReply, name: str) -> Reply:
    """Raises ProblemsError where the customer has no address on that channel."""
    address = address_of(connection, given.customer, given.channel)
    if address is None:
        what = f"customer {given.customer} has no address for {given.channel}, so nobody knows whose the reply is"
        raise ProblemsError([Problem(given.place, what)])
    return Reply(channel=given.channel, address=address, text=given.text, provider_id=name)


class _Play:
    """One scenario in one world."""

    def __init__(self, world: World, context: ImportContext, company: str) -> None:
        self.world = world
        self.context = context
        self.company = company
        self.observer = Observer()
        self.seen: list[Seen] = []
        """What was new at each tick since the last expect."""
        self.ticks = 0

    def through(self, scenario: Scenario) -> Iterator[Difference]:
        self._tick()  # the rules' first pass, on empty tables: they are in force before the first row
        with self.world.database.begin() as connection:
            write(connection, scenario.given, self.context, self.world.clock(), existing=True)
            write_learned(connection, scenario.learned, self.world.clock())
        for entry in scenario.timeline:
            for _ in self.world.advance_to(entry.at):
                self._observe()
            self._change(entry)
            self._tick()
            if entry.expect is not None:
                yield from differences(entry.expect, self.seen, entry.at, self._why)
                self.seen.clear()

    def _change(self, entry: TimelineEntry) -> None:
        with self.world.database.begin() as connection:
            write(connection, entry.set, self.context, entry.at)
            for entity, ids in entry.delete.items():
                delete_rows(connection, entity, ids, entry.at)
            for each in entry.receipts:
                said = _receipt(connection, each)
                take_within(connection, [said], now=entry.at)
            for number, reply in enumerate(entry.replies):
                said_by = _reply(connection, reply, f"{reply.place.line}.{number}")
                project = self.world.ruleset.project
                hear(connection, said_by, entry.at, project=project, live=False, company=self.company)

    def _tick(self) -> None:
        self.world.tick()
        self._observe()

    def _observe(self) -> None:
        self.ticks += 1
        with read_only(self.world.database) as connection:
            self.seen.append(self.observer.look(connection, self.world.clock()))

    def _why(self, expected: ExpectedNotice) -> list[str]:
        ruleset, now = self.world.ruleset, self.world.clock()
        rule = ruleset.project.rules.get(expected.rule)
        if rule is None:
            return [f"rule {expected.rule} is not in force here; the scenario's `rules` name the files that are"]
        directory = Directory(defaults=ruleset.defaults, owners=ruleset.project.owners)
        with read_only(self.world.database) as connection:
            reader = Reader(connection, live=False)
            found = why_customer(ruleset, reader, directory, expected.customer, now, rules=[rule.name])
        return why_missing(found, rule)
