"""After any history, a full pass at the same `now` decides nothing that the incremental ticks did not.

Over random histories with rows whose keys move, values that go and come back, deletes, ticks that come hours late,
rules that are edited, set aside or away for a while, comparisons with `now`, baselines, providers that refuse, and all
shipped rules and ones made to be hard.
"""

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.drafting.ruleset import DraftOptions, Ruleset, ruleset_of
from notifier.intake.events import ChangeSet, apply_change_set
from notifier.intake.parsing import ImportContext
from notifier.model.contradictions import ContradictionState
from notifier.model.notices import NoticeKind, NoticeState, ReasonCode, ThreadEvent
from notifier.model.problems import Place, Problem
from notifier.model.state import Change
from notifier.model.types import ChannelName
from notifier.pipeline import draft
from notifier.planning.addressing import Defaults
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rules.loader import load_project
from notifier.simulation.channel import KeepingChannel
from notifier.simulation.databases import Databases, temporary_databases
from notifier.simulation.world import World, open_world
from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.store.sql import table_of
from notifier.store.tables import TOLD_THROUGH, ContradictionRow, NoticeRow, PastVerdictRow
from tests.properties.histories import START, Absence, Step, absences, clock_changes, history
from tests.properties.losses import impatient, say_what_became
from tests.properties.refusals import RefusingChannel
from tests.support.copied_database import CopiedDatabase

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1]
HISTORIES = int(os.environ.get("NOTIFIER_TEST_HISTORIES", "7"))
REFUSING = 5
"""Every fifth history has providers that refuse."""
LOSING = 4
"""In every fourth one messages do not arrive, or nobody says that they did."""
PARTS = 4
"""The histories on SQLite are shared out over the test processes in this many parts."""
POSTGRESQL = [seed for seed in range(HISTORIES) if seed % 12 == 0]
"""The histories on PostgreSQL, where each takes twice as long."""
SQLITE = [seed for seed in range(HISTORIES) if seed % 12]
CLOCKS = range(max(4, HISTORIES // 5))
"""The histories around changes of the clocks."""
NOTICE = table_of(NoticeRow)
DEFAULTS = Defaults(locale="es-CO", country="CO")


@pytest.fixture(scope="module")
def rulesets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ruleset, Ruleset]:
    return made_rulesets(tmp_path_factory.mktemp("project"))


def made_rulesets(folder: Path) -> tuple[Ruleset, Ruleset]:
    """The hard rules and the shipped ones, written into the folder, and the same project after an edit."""
    shutil.copytree(SHIPPED / "rules", folder / "rules", ignore=shutil.ignore_patterns("*.test.yaml"))
    shutil.copytree(SHIPPED / "templates", folder / "templates")
    for name in ("owners", "contact_points"):
        ours = (HERE / "project/rules" / f"{name}.yaml").read_text(encoding="utf-8").split("\n", 1)[1]
        with (folder / "rules" / f"{name}.yaml").open("a", encoding="utf-8") as file:
            file.write(ours)
    for name in ("property", "rows"):
        shutil.copy(HERE / f"project/rules/{name}.yaml", folder / f"rules/{name}.yaml")
    _write_templates(folder)
    original = _ruleset(folder)
    _edit(folder / "rules/property.yaml")
    decreed = "hours:\n  - { dates: [2026-03-03, 2026-03-09, 2026-03-30, 2026-10-26], hours: off, reason: Cívico }\n"
    (folder / "rules/hours.yaml").write_text(decreed, encoding="utf-8")
    return original, _ruleset(folder)


def _ruleset(folder: Path) -> Ruleset:
    project = load_project(folder)
    assert not project.problems, [str(problem) for problem in project.problems]
    return ruleset_of(project, Renderer(project, RenderSettings()), DEFAULTS)


def _edit(path: Path) -> None:
    """Another clause, another claim, another moment, a follow-up more, a check with another tolerance."""
    text = path.read_text(encoding="utf-8")
    for old, new in (
        (
            "when: charge.kind == 'recurring'\n    at",
            "when: charge.kind == 'recurring' and not charge.proration\n    at",
        ),
        ("seller: order.seller", "seller: order.status"),
        ("at: 48h before", "at: 72h before"),
        ("tolerance: 0.5%", "tolerance: 60%"),
        (
            "    exit: desk\n  - rule: bill",
            "    exit: desk\n    follow_up:\n      - { when: contact.outcome == 'answered', template: silence-over }\n"
            "  - rule: bill",
        ),
    ):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def _write_templates(folder: Path) -> None:
    """For every rule of property.yaml a template that prints each claim."""
    text = (folder / "rules/property.yaml").read_text(encoding="utf-8")
    for rule in re.split(r"\n  - rule: ", text.split("\nchecks:")[0])[1:]:
        name = rule.split("\n", 1)[0]
        written = re.search(r"claims: \{(.*)\}\n", rule)
        assert written is not None
        claims = re.findall(r"(\w+):", written[1].replace("value:", "").replace("topic:", ""))
        body = "".join(f"{{% if {claim} %}} {{{{ {claim} }}}}{{% endif %}}" for claim in claims)
        for template in (name, f"{name}-over"):
            target = folder / "templates" / template
            target.mkdir()
            for locale in ("es", "en"):
                for file, content in (
                    (f"sms.{locale}.txt.j2", f"{body} {{{{ exit.address }}}} {{{{ reference }}}}"),
                    (f"email.{locale}.subject.j2", "Word"),
                    (f"email.{locale}.txt.j2", f"{body}\n{{{{ exit.address }}}} {{{{ reference }}}}"),
                ):
                    (target / file).write_text(content, encoding="utf-8")


@pytest.fixture(scope="module")
def sqlite() -> Iterator[Databases]:
    with temporary_databases() as made:
        yield made


@pytest.fixture(scope="module")
def postgresql(postgres: sa.URL, migrated_template: str) -> CopiedDatabase:
    return CopiedDatabase(postgres, migrated_template)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_full_pass_after_any_history_finds_nothing(
    part: int, rulesets: tuple[Ruleset, Ruleset], sqlite: Databases
) -> None:
    seeds = SQLITE[part::PARTS]
    seen = _play_all(seeds, rulesets, sqlite)
    if len(seeds) >= 100:
        rare = {name for name in _MUST_HAPPEN if seen[name] == 0}
        assert not rare, f"these histories never led to {rare}; they would not notice its faults"


def test_a_full_pass_after_any_history_finds_nothing_on_postgresql(
    rulesets: tuple[Ruleset, Ruleset], postgresql: CopiedDatabase
) -> None:
    seen = _play_all(POSTGRESQL, rulesets, postgresql)
    assert seen["notice told"] > 0


def _play_all(
    seeds: Sequence[int], rulesets: tuple[Ruleset, Ruleset], databases: Databases | CopiedDatabase
) -> Counter[str]:
    """Plays these histories; which notices and contradictions there were."""
    seen: Counter[str] = Counter()
    for seed in seeds:
        with databases.fresh() as database:
            _play(seed, history(seed), rulesets, database, seen)
    return seen


_MUST_HAPPEN = {
    *(f"notice {state}" for state in NoticeState if state is not NoticeState.READY),
    *(f"kind {kind}" for kind in NoticeKind),
    "told through another",
    "said elsewhere",
    "a row of a message",
    *(f"event {event}" for event in ThreadEvent),
    *(f"absent {absence}" for absence in Absence),
    *(
        f"contradiction {state}"
        for state in (ContradictionState.OPEN, ContradictionState.SETTLED, ContradictionState.LAPSED)
    ),
}


def test_a_full_pass_finds_nothing_around_changes_of_the_clocks(
    rulesets: tuple[Ruleset, Ruleset], sqlite: Databases, postgresql: CopiedDatabase
) -> None:
    for databases, seeds in ((sqlite, CLOCKS), (postgresql, CLOCKS[::4])):
        seen: Counter[str] = Counter()
        for seed in seeds:
            start, steps = clock_changes(seed)
            with databases.fresh() as database:
                _play(seed, steps, rulesets, database, seen, start)
        assert seen["notice told"] > 0


def _play(
    seed: int,
    steps: list[Step],
    rulesets: tuple[Ruleset, Ruleset],
    database: sa.Engine,
    seen: Counter[str],
    start: datetime = START,
) -> None:
    refuses = seed % REFUSING == 0
    channel = RefusingChannel(seed) if refuses else KeepingChannel()
    names = sorted({*rulesets[0].project.rules, *rulesets[0].project.checks})
    absent = absences(seed, steps, names)
    loses = seed % LOSING == 1
    if loses:
        rulesets = (impatient(rulesets[0]), impatient(rulesets[1]))
    in_force = rulesets[0]
    with open_world(in_force, database, dict.fromkeys(ChannelName, channel), start) as world:
        for number, step in enumerate(steps):
            world.clock.advance_to(world.clock() + timedelta(minutes=step.minutes))
            if step.edit:
                in_force = rulesets[1] if in_force is rulesets[0] else rulesets[0]
            absence = absent[number]
            world.ruleset = without(in_force, absence)
            seen.update([f"absent {absence[0]}"] if absence is not None else [])
            write_step(world, step)
            if loses:
                say_what_became(database, seed, world.clock())
            world.tick()
            if number == len(steps) - 1 or (seed + number) % 4 == 0:
                world.tick()  # what the first one sent may be followed up at once
                if refuses:
                    _until_nothing_is_refused(world)
                found = _full_pass(world)
                assert not found, f"history {seed}, step {number} at {world.clock():%Y-%m-%d %H:%M}: {found}"
    with database.connect() as connection:
        for table, word in ((NoticeRow, "notice"), (PastVerdictRow, "notice"), (ContradictionRow, "contradiction")):
            columns = table_of(table).c
            seen.update(f"{word} {state}" for (state,) in connection.execute(sa.select(columns.state)))
        seen.update(f"kind {kind}" for (kind,) in connection.execute(sa.select(NOTICE.c.kind)))
        seen.update(f"event {event}" for (event,) in connection.execute(sa.select(NOTICE.c.event)))
        fallbacks = sa.select(sa.func.count()).where(NOTICE.c.occurrence.like("%|fallback"))
        seen["said elsewhere"] += connection.execute(fallbacks).scalar_one()
        rows = sa.select(sa.func.count()).where(TOLD_THROUGH.c.is_part.is_(True))
        seen["a row of a message"] += connection.execute(rows).scalar_one()
        through = sa.select(sa.func.count()).where(NOTICE.c.reason_code == ReasonCode.TOLD_THROUGH)
        seen["told through another"] += connection.execute(through).scalar_one()


def without(ruleset: Ruleset, absent: tuple[Absence, frozenset[str]] | None) -> Ruleset:
    """The ruleset without what is absent: with an error that sets it aside, or as if it had never been there."""
    if absent is None:
        return ruleset
    why, names = absent
    project = replace(
        ruleset.project,
        rules={name: rule for name, rule in ruleset.project.rules.items() if name not in names},
        checks={name: check for name, check in ruleset.project.checks.items() if name not in names},
        problems=(Problem(Place("rules/property.yaml"), "a typo"),) if why is Absence.TYPO else (),
    )
    return replace(ruleset, project=project)


def _until_nothing_is_refused(world: World) -> None:
    """What a channel refused is for the next tick, and what that one sends may be refused as well."""
    replanned = sa.select(sa.func.count()).where(
        NOTICE.c.state == NoticeState.DEFERRED,
        NOTICE.c.reason_code == ReasonCode.UNDELIVERABLE,
        NOTICE.c.rule.in_(world.ruleset.project.rules),  # those of a rule that is set aside wait until it is back
    )
    suppressed = sa.select(sa.func.count()).select_from(table_of(Change))
    for _ in range(10):
        with read_only(world.database) as connection:
            if not any(connection.execute(count).scalar_one() for count in (replanned, suppressed)):
                return
        world.tick()
    raise AssertionError(f"ten ticks at {world.clock()} did not come to an end")


def write_step(world: World, step: Step) -> None:
    """Write the rows of the step, as they come."""
    context = ImportContext.of(world.ruleset.project, "CO")
    with world.database.begin() as connection:
        apply_change_set(
            connection,
            ChangeSet(at=world.clock(), set=step.set, delete=step.delete),
            context,
            baseline=step.baseline,
        )


def _full_pass(world: World) -> list[str]:
    """What a full pass would write."""
    now: datetime = world.clock()
    with read_only(world.database) as connection:
        reader = Reader(connection, live=False)
        found = []
        for batch in draft(world.ruleset, reader, now, replace(DraftOptions(), full=True)):
            found += [f"{batch.name} failed: {batch.failure}"] if batch.failure else []
            found += [
                f"{draft.occurrence}: {draft.kind} {draft.verdict.state} ({draft.verdict.reason.text})"
                for draft in batch.drafts
            ]
            found += [f"{one.id} {one.check}: {one.state} ({one.reason})" for one in batch.contradictions]
            found += [f"backlog + {key}" for key, _ in batch.backlog_added]
            found += [f"backlog - {key}" for key in batch.backlog_removed]
        return found


def test_histories_are_what_they_claim_to_be() -> None:
    """A seed stands for one history; among a hundred there are late ticks, deletes, edits, returns and baselines."""
    assert history(7) == history(7)
    steps = [step for seed in range(100) for step in history(seed)]
    assert any(step.minutes >= 1440 for step in steps)
    assert any(step.delete for step in steps)
    assert any(step.edit for step in steps)
    assert any(step.baseline for step in steps)
    assert START.tzinfo is UTC
