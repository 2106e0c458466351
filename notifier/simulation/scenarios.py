"""Plays the scenarios of a project under a simulated clock, and collects every difference from their expectations.

Each scenario has its own database. The rules are in force before the first row exists: `given` is loaded at the first
`at`, then every timeline entry does what it says in the order of `_Play.through`, ticks, dispatches, and is compared
with its `expect`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from time import perf_counter

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
from notifier.model.types import TO_PHONES, ChannelName
from notifier.planning.addressing import Defaults
from notifier.receipts.taking import take_within
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rules.checked import Project
from notifier.rules.scenarios import (
    Expectation,
    ExpectedNotice,
    RuleEdit,
    Scenario,
    ScenarioOptOut,
    ScenarioReceipt,
    ScenarioReply,
    TimelineEntry,
    load_scenarios,
)
from notifier.simulation.channel import SIMULATED, KeepingChannel
from notifier.simulation.claims_behind import claims_behind, printed_forms
from notifier.simulation.coverage import Coverage
from notifier.simulation.databases import Databases, temporary_databases
from notifier.simulation.deciding import carry_out
from notifier.simulation.edits import edited_project
from notifier.simulation.expectations import differences
from notifier.simulation.learned import write_learned
from notifier.simulation.rows import write
from notifier.simulation.scenario_files import meant_files, scenario_files
from notifier.simulation.state_shown import state_lines
from notifier.simulation.why_missing import why_missing
from notifier.simulation.world import EvaluationFailedError, World, open_world
from notifier.store.contacts import address_of
from notifier.store.database import read_only
from notifier.store.outbox.news import Observer, Seen, SeenNotice
from notifier.store.outbox.receipts import last_handed_over
from notifier.store.reader import Reader
from notifier.store.state.changes import delete_rows
from notifier.store.unsubscribing import last_subscribed, stop


@dataclass(frozen=True, kw_only=True)
class ScenarioSettings:
    """The settings that scenarios use: the shipped ones, whatever the machine's own are; but a project's own zone, and
    the name of its company (`rendering_of`)."""

    defaults: Defaults = field(default_factory=Defaults)
    rendering: RenderSettings = field(default_factory=RenderSettings)


def rendering_of(project: Project, company: str) -> RenderSettings:
    """How the scenarios of a project are rendered: with the shipped settings, so they say the same on every machine.

    Where the project speaks by WhatsApp, the name of its company is one of the words that were approved.
    """
    return RenderSettings(company=company) if project.speaks_whatsapp else RenderSettings()


def run_scenarios(
    project: Project,
    files: Sequence[Path] | None = None,
    only: str | None = None,
    settings: ScenarioSettings | None = None,
    *,
    debug: bool = False,
    coverage: Coverage | None = None,
    first: Sequence[Path] = (),
) -> Iterator[ScenarioResult]:
    """Play the scenarios of these files (of every `*.test.yaml` under rules/ when None), in the order of the files;
    those that are `first` before the others, in their own order.

    A folder stands for the scenario files below it, and a rule file for the one beside it. `only` keeps those whose
    name contains it, whatever the case. A file that cannot be read yields one result with its problems; the others are
    played. `debug` adds to what fails how everything stood there; `coverage` takes down what the scenarios show of the
    rules.
    """
    with temporary_databases() as databases:
        player = Player(project, databases, settings, debug=debug, coverage=coverage)
        meant = scenario_files(project) if files is None else meant_files(files)
        turns = {path.resolve(): turn for turn, path in reversed([*enumerate(first)])}
        for path in sorted(meant, key=lambda path: turns.get(path.resolve(), len(first))):
            try:
                scenarios = load_scenarios(path, project)
            except ProblemsError as error:
                yield _unreadable(path, project, error)
                continue
            for scenario in scenarios:
                if only is None or only.casefold() in scenario.name.casefold():
                    yield player.play(scenario)


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

    def __init__(
        self,
        project: Project,
        databases: Databases,
        settings: ScenarioSettings | None = None,
        *,
        debug: bool = False,
        coverage: Coverage | None = None,
    ) -> None:
        self.project = _as_if_live(project)
        self.databases = databases
        self.settings = settings or ScenarioSettings()
        self.debug = debug
        self.coverage = coverage
        self.renderer = self._renderer(self.project)
        self.rulesets: dict[tuple[tuple[str, ...], tuple[RuleEdit, ...]], Ruleset] = {}
        """By the rule files in force and the edits made in them."""

    def play(self, scenario: Scenario) -> ScenarioResult:
        """The scenario's result; a problem in its rows ends it."""
        begun = perf_counter()
        if self.coverage is not None:
            self.coverage.begin()
        ruleset = self._ruleset(scenario)
        found: list[Difference] = []
        problems: tuple[Problem, ...] = ()
        channels = dict.fromkeys(ChannelName, KeepingChannel())
        start = scenario.timeline[0].at
        with self.databases.fresh() as database, open_world(ruleset, database, channels, start) as world:
            play = _Play(world, self, scenario)
            try:
                found.extend(play.through())  # differences found before a problem are kept
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
            seconds=perf_counter() - begun,
            state=play.state,
        )

    def watched(self, scenario: Scenario) -> Sequence[Seen]:
        """What was new at each tick of a story that expects nothing. Raises ProblemsError for rows that are wrong."""
        channels = dict.fromkeys(ChannelName, KeepingChannel())
        ruleset, start = self._ruleset(scenario), scenario.timeline[0].at
        with self.databases.fresh() as database, open_world(ruleset, database, channels, start) as world:
            play = _Play(world, self, scenario)
            list(play.through())
            return tuple(play.seen)

    def _ruleset(self, scenario: Scenario) -> Ruleset:
        return self.edited_ruleset(scenario, ())

    def edited_ruleset(self, scenario: Scenario, edits: tuple[RuleEdit, ...]) -> Ruleset:
        """The ruleset of a scenario after these edits of files, made once. Raises ProblemsError for a bad edit."""
        key = (scenario.files, edits)
        if key not in self.rulesets:
            self.rulesets[key] = self._made(scenario, edits, self.renderer if not edits else None)
        return self.rulesets[key]

    def new_ruleset(self, scenario: Scenario, edits: tuple[RuleEdit, ...]) -> Ruleset:
        """The same as a process makes it that has just been started: nothing in it was used before."""
        return self._made(scenario, edits, None)

    def _made(self, scenario: Scenario, edits: tuple[RuleEdit, ...], renderer: Renderer | None) -> Ruleset:
        project = _as_if_live(edited_project(self.project.folder, edits)) if edits else self.project
        # What the files' errors set aside is said by the commands; a scenario plays the rest.
        project = replace(scenario.restricted(project), problems=(), broken=())
        if renderer is not self.renderer:
            return ruleset_of(project, renderer or self._renderer(project), self.settings.defaults)
        whole = self._whole
        return replace(
            whole,
            project=project,
            rule_queries={name: whole.rule_queries[name] for name in project.rules},
            check_queries={name: whole.check_queries[name] for name in project.checks},
        )

    @cached_property
    def _whole(self) -> Ruleset:
        """All of the project: of each rule there is one, whose statements are built once, whichever files hold it."""
        return ruleset_of(self.project, self.renderer, self.settings.defaults)

    @cached_property
    def context(self) -> ImportContext:
        """What the rows of all its scenarios are read by."""
        return ImportContext.of(self.project)

    def _renderer(self, project: Project) -> Renderer:
        # A scenario says what its rules tell, and by WhatsApp they tell it once their texts are approved.
        renderer = Renderer(project, replace(self.settings.rendering, approves_every_text=True))
        if self.coverage is not None:
            self.coverage.watch(renderer)
        return renderer


def _receipt(connection: sa.Connection, given: ScenarioReceipt) -> Receipt:
    """Raises ProblemsError where nothing was told to the customer on that channel."""
    name = last_handed_over(connection, given.customer, given.channel)
    if name is None:
        what = f"nothing was told to customer {given.customer} by {given.channel} so far"
        raise ProblemsError([Problem(given.place, what)])
    word = "delivered" if given.delivered else "undelivered"
    return replace(receipt_of(name, word, given.code, channel=given.channel), provider=SIMULATED)


def _reply(connection: sa.Connection, given: ScenarioReply, name: str) -> Reply:
    """Raises ProblemsError where the customer has no address on that channel."""
    address = address_of(connection, given.customer, given.channel)
    if address is None:
        what = f"customer {given.customer} has no address for {given.channel}, so nobody knows whose the reply is"
        raise ProblemsError([Problem(given.place, what)])
    return Reply(channel=given.channel, address=address, text=given.text, provider_id=name)


class _Play:
    """One scenario in one world."""

    def __init__(self, world: World, player: Player, scenario: Scenario) -> None:
        self.world = world
        self.player = player
        self.scenario = scenario
        self.context = player.context
        self.company = player.settings.rendering.company
        self.observer = Observer(world.ruleset.project.grouped, world.ruleset.project.inviting)
        self.seen: list[Seen] = []
        """What was new at each tick since the last expect."""
        self.ticks = 0
        self.edits: tuple[RuleEdit, ...] = ()
        self.state: tuple[str, ...] = ()
        """How everything stood at the first difference, where that was asked for."""

    def through(self) -> Iterator[Difference]:
        scenario = self.scenario
        self._tick()  # the rules' first pass, on empty tables: they are in force before the first row
        with self.world.database.begin() as connection:
            write(connection, scenario.given, self.context, self.world.clock(), existing=True)
            write_learned(connection, scenario.learned, self.world.clock())
        for entry in scenario.timeline:
            for _ in self.world.advance_to(entry.at):
                self._observe()
            self._befall(entry)
            self._change(entry)
            for decision in entry.decide:
                ruleset, now = self.world.ruleset, self.world.clock()
                carry_out(self.world.database, ruleset, decision, now, story=scenario.name)
            self._tick()
            if entry.expect is not None:
                yield from self._compared(entry, entry.expect)
                self.seen.clear()

    def _befall(self, entry: TimelineEntry) -> None:
        """What happens to the daemon before anything is written."""
        if entry.clock_skew is not None:
            self.world.clock.skew = entry.clock_skew
        if entry.rule_edit:
            self.edits = (*self.edits, *entry.rule_edit)
            self.world.put_in_force(self.player.edited_ruleset(self.scenario, self.edits))
        if entry.restart:
            self.world.restart(self._renewed())
        if entry.down_until is not None:
            self.world.stop_until(entry.down_until, self._renewed)

    def _renewed(self) -> Ruleset:
        return self.player.new_ruleset(self.scenario, self.edits)

    def _change(self, entry: TimelineEntry) -> None:
        now = self.world.clock()  # imports, replies and receipts are taken on the machine whose clock it is
        with self.world.database.begin() as connection:
            write(connection, entry.set, self.context, now)
            for entity, ids in entry.delete.items():
                delete_rows(connection, entity, ids, now)
            for each in entry.receipts:
                said = _receipt(connection, each)
                take_within(connection, [said], now=now)
            for number, reply in enumerate(entry.replies):
                self._hear(connection, _reply(connection, reply, f"{reply.place.line}.{number}"), now)
            for opt_out in entry.opt_out:
                self._opt_out(connection, opt_out, now)

    def _hear(self, connection: sa.Connection, said: Reply, now: datetime) -> None:
        project = self.world.ruleset.project
        hear(connection, said, now, project=project, live=False, company=self.company)

    def _opt_out(self, connection: sa.Connection, given: ScenarioOptOut, now: datetime) -> None:
        """As the customer does it: raises ProblemsError where there is no address, or no mail with a link."""
        if given.channel in TO_PHONES:
            reply = ScenarioReply(place=given.place, customer=given.customer, text="STOP", channel=given.channel)
            place = f"{given.place.line}.{given.place.column}"
            self._hear(connection, _reply(connection, reply, place), now)
            return
        mail = last_subscribed(connection, given.customer)
        if mail is None:
            what = f"no mail with a link to unsubscribe was told to customer {given.customer} so far"
            raise ProblemsError([Problem(given.place, what)])
        stop(connection, mail, now=now)

    def _tick(self) -> None:
        if not self.world.is_down:
            self.world.tick()
        self._observe()

    def _observe(self) -> None:
        self.ticks += 1
        with read_only(self.world.database) as connection:
            seen = self.observer.look(connection, self.world.clock())
            self.seen.append(seen)
            if self.player.coverage is not None:
                self.player.coverage.look(connection, self.world.ruleset, seen, self.world.clock())

    def _compared(self, entry: TimelineEntry, expect: Expectation) -> list[Difference]:
        found = differences(expect, self.seen, entry.at, self._why, self._behind)
        if self.player.coverage is not None:
            self.player.coverage.expected(self.world.ruleset, expect)
        if found and self.player.debug and not self.state:
            with read_only(self.world.database) as connection:
                self.state = tuple(state_lines(connection, self.world.ruleset, self.scenario))
        return found

    def _behind(self, expected: ExpectedNotice, seen: SeenNotice) -> list[str]:
        with read_only(self.world.database) as connection:
            forms = printed_forms(connection, self.world.ruleset, seen)
        return list(claims_behind(expected, seen, forms))

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
