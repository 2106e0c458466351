"""One row of `each` is decided without the others of its subject, and many rows part by part: with the same outcome."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.drafting.ruleset import DraftOptions, Ruleset, ruleset_of
from notifier.intake.events import ChangeSet, apply_change_set
from notifier.intake.parsing import ImportContext
from notifier.model.notices import NoticeKind, ReasonCode
from notifier.model.row_address_reading import Rows
from notifier.model.types import ChannelName
from notifier.pipeline import draft
from notifier.planning.addressing import Defaults
from notifier.planning.intents import intents_of
from notifier.planning.selection import Selection, select
from notifier.planning.situation import Intents, Situation
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rules.checked_rules import Limits, Rule
from notifier.rules.loader import load_project
from notifier.simulation.channel import KeepingChannel
from notifier.simulation.databases import temporary_databases
from notifier.simulation.world import World, open_world
from notifier.store.database import read_only
from notifier.store.reader import Reader

SHIPPED = Path(__file__).parents[2]
START = datetime(2026, 3, 2, 14, tzinfo=UTC)
CONTRACTS = 7
HELD = {"status": "held", "placed_at": (START - timedelta(hours=30)).isoformat(), "site_id": "S-1"}


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    project = load_project(SHIPPED)
    rules = {name: project.rules[name] for name in ("outage-in-your-zone", "sale-day-overload")}
    project = replace(project, rules=rules, checks={})
    return ruleset_of(project, Renderer(project, RenderSettings()), Defaults(locale="es-CO", country="CO"))


@pytest.fixture
def world(ruleset: Ruleset) -> Iterator[World]:
    """An outage of seven contracts that were all told, and a site where seven orders wait."""
    with (
        temporary_databases() as databases,
        databases.fresh() as database,
        open_world(ruleset, database, dict.fromkeys(ChannelName, KeepingChannel()), START) as world,
    ):
        customers = [
            {"id": f"C-{n}", "name": "Ana", "locale": "es-CO", "timezone": "America/Bogota", "country": "CO"}
            | {"email": f"ana{n}@example.com"}
            for n in range(CONTRACTS)
        ]
        contracts = [{"id": f"K-{n}", "customer_id": f"C-{n}", "zone": "Z"} for n in range(CONTRACTS)]
        site = {"id": "S-1", "name": "Norte", "timezone": "America/Bogota", "country": "CO", "daily_capacity": 2}
        site["opening_hours"] = "24/7"
        orders = [{"id": f"O-{n}", "customer_id": f"C-{n}"} | HELD for n in range(CONTRACTS)]
        incident = {"id": "I-1", "kind": "outage", "zone": "Z", "status": "in_progress"}
        write(world, customer=customers, contract=[each | {"status": "active"} for each in contracts])
        write(world, site=[site], order=orders)
        world.tick()
        write(world, incident=[incident | {"started_at": START.isoformat()}])
        world.tick()
        world.clock.advance_to(START + timedelta(minutes=10))
        world.tick()
        yield world


def write(world: World, **rows: list[dict[str, Any]]) -> None:
    context = ImportContext.of(world.ruleset.project, "CO")
    with world.database.begin() as connection:
        apply_change_set(connection, ChangeSet(at=world.clock(), set=rows, delete={}), context)


def selected(world: World, name: str, **changes: Any) -> Selection:
    """What the next tick decides of the rule, with these changes."""
    rule, query = replace(world.ruleset.project.rules[name], **changes), world.ruleset.rule_queries[name]
    with read_only(world.database) as connection:
        reader = Reader(connection, live=False)
        state = reader.rule_states("rule")[name]
        now = world.clock()
        return select(rule, query, reader, state, now=now, full=False, held_anew=set)


def rows_of(world: World, name: str, **changes: Any) -> tuple[Rows, set[str]]:
    """The rows that are decided alone, and the subjects that are decided with all their rows."""
    selection = selected(world, name, **changes)
    return selection.rows, set(selection.subjects - selection.rows.keys())


def test_one_contract_of_an_incident_is_decided_alone(world: World) -> None:
    assert rows_of(world, "outage-in-your-zone") == ({}, set())
    write(world, contract=[{"id": "K-3", "status": "suspended"}], customer=[{"id": "C-5", "name": "Ana Ruiz"}])
    assert rows_of(world, "outage-in-your-zone") == ({"I-1": {"K-3", "K-5"}}, set())
    write(world, incident=[{"id": "I-1", "cause": "lluvia"}])
    assert rows_of(world, "outage-in-your-zone") == ({}, {"I-1"})


def test_silence_after_a_notice_leads_to_its_row_alone(world: World) -> None:
    world.clock.advance_to(START + timedelta(minutes=31))
    assert rows_of(world, "outage-in-your-zone") == ({}, set())
    silent = {f"K-{n}" for n in range(CONTRACTS)}
    assert rows_of(world, "outage-in-your-zone", fallback_after=timedelta(minutes=30)) == ({"I-1": silent}, set())


def test_an_order_is_decided_with_the_others_only_where_a_figure_of_its_site_moved(world: World) -> None:
    write(world, site=[{"id": "S-1", "name": "Norte 2"}])
    world.tick()
    write(world, order=[{"id": "O-1", "seller": "Norte"}])
    assert rows_of(world, "sale-day-overload") == ({"S-1": {"O-1"}}, set())
    write(world, order=[{"id": "O-1", "status": "shipped"}])  # fewer wait, and nobody waits to be told so
    assert rows_of(world, "sale-day-overload") == ({"S-1": {"O-1"}}, set())
    lately = [{"id": f"O-{n}", "placed_at": START.isoformat()} for n in range(3)]
    write(world, order=lately)  # more than the site sends out in a day
    assert rows_of(world, "sale-day-overload") == ({}, {"S-1"})


def test_many_rows_are_decided_part_by_part_with_the_same_outcome(world: World) -> None:
    another = {"id": "I-2", "kind": "outage", "zone": "Z", "status": "in_progress", "started_at": START.isoformat()}
    write(world, incident=[another])
    lately = [{"id": f"O-{n}", "placed_at": START.isoformat()} for n in range(3)]
    write(world, order=lately, contract=[{"id": "K-1", "status": "suspended"}])
    found = []
    for size in (1, 1_000):  # parts of a few rows, and of as many as there are
        with read_only(world.database) as connection:
            options = DraftOptions(batch_size=size)
            batches = list(draft(world.ruleset, Reader(connection, live=False), world.clock(), options))
        assert not any(batch.failure for batch in batches)
        found.append({each.occurrence: each for batch in batches for each in batch.drafts})
        kept = [(subject, figures is not None) for batch in batches for subject, figures in batch.figures]
        # What is known of the site's figures counts once all its rows are decided.
        assert (kept[-1], {*kept[:-1]}) == (("S-1", True), {("S-1", False)} if size == 1 else set())
    assert found[0] == found[1]
    assert len(found[0]) > CONTRACTS


@pytest.mark.parametrize("most", [CONTRACTS, CONTRACTS - 1])
def test_a_correction_is_decided_once_where_its_readers_were_counted_already(
    world: World, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = world.ruleset.project
    rule = replace(project.rules["outage-in-your-zone"], limits=Limits(recipients=most))
    limited = ruleset_of(replace(project, rules={rule.name: rule}), world.ruleset.renderer, world.ruleset.defaults)
    write(world, incident=[{"id": "I-1", "expected_end_at": (START + timedelta(hours=5)).isoformat()}])
    decided: list[object] = []

    def noted(rule: Rule, situation: Situation) -> Intents:
        decided.append(situation)
        return intents_of(rule, situation)

    monkeypatch.setattr("notifier.drafting.rule_pass.intents_of", noted)
    found = []
    for size in (1, 1_000):
        decided.clear()
        with read_only(world.database) as connection:
            options = DraftOptions(batch_size=size)
            batches = list(draft(limited, Reader(connection, live=False), world.clock(), options))
        drafts = [each for batch in batches for each in batch.drafts if each.kind is NoticeKind.CORRECTION]
        found.append({each.occurrence: each.verdict for each in drafts})
        assert len(decided) == (1 if size > 1 else CONTRACTS if most == CONTRACTS else 1 + CONTRACTS)
    assert found[0] == found[1]
    assert len(found[0]) == CONTRACTS
    assert {verdict.reason.code is ReasonCode.LIMIT for verdict in found[0].values()} == {most < CONTRACTS}


def test_who_was_told_today_is_counted_only_where_somebody_new_is_to_be_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    for name in ("notices_counted", "recipients_counted"):
        monkeypatch.setattr(Reader, name, noting(asked, name, getattr(Reader, name)))
    write(world, contract=[{"id": "K-3", "plan": "another"}])
    world.tick()
    assert asked == []
    new = {"id": "K-new", "customer_id": "C-3", "zone": "Z", "status": "active"}
    write(world, contract=[new])
    world.tick()
    assert asked == ["notices_counted"]  # so many may be told that nobody is told apart
    limits = Limits(recipients=CONTRACTS + 1)
    project = world.ruleset.project
    rule = replace(project.rules["outage-in-your-zone"], limits=limits)
    world.ruleset = ruleset_of(
        replace(project, rules={rule.name: rule}), world.ruleset.renderer, world.ruleset.defaults
    )
    write(world, contract=[new | {"id": "K-newer", "customer_id": "C-4"}])
    asked.clear()
    world.tick()
    assert asked == ["notices_counted", "recipients_counted"]


def noting(asked: list[str], name: str, method: Any) -> Any:
    """The method, which notes that it was asked."""

    def noted(*arguments: Any) -> Any:
        asked.append(name)
        return method(*arguments)

    return noted
