"""Rows of `each` that may be told in the same words: those whose readers share an address are decided as if all were.

Over random histories in which people share phones and mailboxes, move away from them and to others, contracts and the
people who represent somebody come and go, and providers refuse: after each tick a full pass finds nothing, and what it
decides part by part, each as small as can be, is what it decides of all rows of a subject together.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.drafting.ruleset import DraftOptions, Ruleset, ruleset_of
from notifier.model.notices import Draft, NoticeKind, Reason, ReasonCode
from notifier.model.row_address_reading import Rows
from notifier.model.types import ChannelName
from notifier.pipeline import draft
from notifier.planning.address_groups import AddressGroups
from notifier.planning.addressing import Defaults
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rules.loader import load_project
from notifier.simulation.channel import KeepingChannel
from notifier.simulation.databases import Databases, temporary_databases
from notifier.simulation.world import World, open_world
from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.store.state.changes import delete_rows, write_rows
from notifier.store.tables import NOTICE
from tests.properties.refusals import RefusingChannel
from tests.support.copied_database import CopiedDatabase
from tests.support.small_project import write_small_project

START = datetime(2026, 2, 2, 15, tzinfo=UTC)
HISTORIES = max(3, int(os.environ.get("NOTIFIER_TEST_HISTORIES", "7")) // 2)
STEPS = 8
CUSTOMERS = [f"C-{number}" for number in range(1, 7)]
CONTRACTS = [f"K-{number}" for number in range(1, 9)]
PHONES = [None, "+12125550101", "+12125550102", "+12125550103"]
MAILBOXES = [None, "one@example.com", "two@example.com", "three@example.com", "four@example.com"]
RULE = """
          - rule: {name}
            about: incident
            each: {{ contract: "incident.contracts.filter(c, c.status == 'active')" }}
            to: {to}
            owner: field
            class: service
            when: incident.status == 'in_progress'
            backlog: tell
            claims: {claims}
            template: {template}
            channels: [sms, email]
            exit: desk
            {more}
            limits: {{ recipients: {limit} }}
"""
ENDS = "expected_end_at: incident.expected_end_at"
PLAIN = {"to": "contract.customer", "claims": f"{{ plan: contract.plan, {ENDS} }}", "template": "cut", "limit": 100}
FOLLOWED = "follow_up: [{ when: incident.status == 'resolved', template: over }]"
RULES = "rules:" + "".join(
    RULE.format(**(PLAIN | changes))
    for changes in (
        {"name": "cut", "more": FOLLOWED},
        {"name": "again", "more": "repeat: 5h"},
        {"name": "few", "more": "fallback_after: 1h", "limit": 2},
        {"name": "for-all", "to": "[contract.customer, contract.customer.representatives.person]", "more": FOLLOWED},
        {
            "name": "listed",
            "claims": f"{{ contracts: {{ list: contract, show: [plan] }}, {ENDS} }}",
            "template": "listed",
            "more": "group: customer",
        },
    )
)
BODY = "{{ plan }} {{ expected_end_at | datetime if expected_end_at }} {{ exit.address }} {{ reference }}"
LISTED = BODY.replace("{{ plan }}", "{% for contract in contracts %}{{ contract.plan }} {% endfor %}")
TEXTS = {"cut": BODY, "over": f"Over: {BODY}", "listed": LISTED}
FILES = {
    "rules/cut.yaml": RULES,
    **{f"templates/{name}/sms.en.txt.j2": text for name, text in TEXTS.items()},
    **{f"templates/{name}/email.en.subject.j2": "Word" for name in TEXTS},
    **{f"templates/{name}/email.en.txt.j2": text for name, text in TEXTS.items()},
}
EVERYTHING = DraftOptions(full=True, batch_size=10_000)
BIT_BY_BIT = DraftOptions(full=True, batch_size=1)
MERGING = "merge: { within: 15m, channels: [email] }\n"
OPEN_HOURS = range(9, 19)
"""When quiet hours begin, what waits for a provider to answer is decided anew as it is sent, and by no tick."""


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with temporary_databases() as made:
        yield made


@pytest.fixture(scope="module")
def postgresql(postgres: sa.URL, migrated_template: str) -> CopiedDatabase:
    return CopiedDatabase(postgres, migrated_template)


@pytest.fixture(scope="module")
def rulesets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ruleset, Ruleset]:
    """Without one message for what falls due together, and with it."""
    made = tmp_path_factory.mktemp
    return ruleset(made("apart"), FILES), ruleset(made("merging"), FILES | {"rules/policy.yaml": MERGING})


def ruleset(folder: Path, files: dict[str, str]) -> Ruleset:
    project = load_project(write_small_project(folder, files))
    assert project.problems == (), [str(problem) for problem in project.problems]
    return ruleset_of(project, Renderer(project, RenderSettings()), Defaults(locale="en-US", country="US"))


@pytest.fixture
def grown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """How many rows were touched each time, and how many were decided with them."""
    found: list[tuple[int, int]] = []
    grow = AddressGroups.grown

    def noted(groups: AddressGroups, rows: Rows) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        more, connected = grow(groups, rows)
        found.append((count(rows), count(more)))
        return more, connected

    monkeypatch.setattr(AddressGroups, "grown", noted)
    return found


def count(rows: Rows) -> int:
    return sum(len(of_subject) for of_subject in rows.values())


def test_rows_whose_readers_share_an_address_are_decided_as_if_all_were(
    rulesets: tuple[Ruleset, Ruleset], databases: Databases, grown: list[tuple[int, int]]
) -> None:
    seen: Counter[str] = Counter()
    for seed in range(HISTORIES):
        with databases.fresh() as database:
            play(seed, rulesets[seed % 2], database, seen)
    assert seen["told through"] > HISTORIES
    assert seen["quiet"] > HISTORIES
    assert sum(more > touched for touched, more in grown) > HISTORIES, "no row ever brought another one"
    assert sum(more < len(CONTRACTS) for _, more in grown) > HISTORIES, "nearly always all rows were decided"


def test_the_same_on_postgresql(rulesets: tuple[Ruleset, Ruleset], postgresql: CopiedDatabase) -> None:
    seen: Counter[str] = Counter()
    for seed in range(max(2, HISTORIES // 6)):
        with postgresql.fresh() as database:
            play(seed, rulesets[seed % 2], database, seen)
    assert seen["told through"] > 0


def play(seed: int, in_force: Ruleset, database: sa.Engine, seen: Counter[str]) -> None:
    random = Random(seed)
    channel = RefusingChannel(seed) if seed % 3 == 0 else KeepingChannel()
    with open_world(in_force, database, dict.fromkeys(ChannelName, channel), START) as world:
        world.tick()
        put(world, "customer", *(customer(random, name) for name in CUSTOMERS))
        put(world, "contract", *(contract(random, name) for name in CONTRACTS))
        put(world, "incident", incident(random, "I-1"))
        for step in range(STEPS):
            world.tick()
            world.tick()  # what the first one sent may be followed up at once
            was_quiet = not decided(world, EVERYTHING)
            world.clock.advance_to(world.clock() + timedelta(minutes=random.choice([0, 1, 10, 60, 300, 700])))
            for _ in range(random.choice([0, 1, 1, 2, 3])):
                befall(random, world)
            where = f"history {seed}, step {step} at {world.clock():%Y-%m-%d %H:%M}"
            together = decided(world, EVERYTHING)
            if in_force.project.policy.contact.merging is None:  # else notices of two parts wait for each other
                assert decided(world, BIT_BY_BIT) == together, where
            if was_quiet and world.clock().hour in OPEN_HOURS:
                seen["quiet"] += 1
                assert unlimited(decided(world, DraftOptions())) == unlimited(together), where
    with database.connect() as connection:
        through = sa.select(sa.func.count()).where(NOTICE.c.reason_code == ReasonCode.TOLD_THROUGH)
        seen["told through"] += connection.execute(through).scalar_one()


def decided(world: World, options: DraftOptions) -> dict[str, Draft]:
    """Not with alerts: there is one for what a batch decides."""
    with read_only(world.database) as connection:
        batches = list(draft(world.ruleset, Reader(connection, live=False), world.clock(), options))
    assert not any(batch.failure for batch in batches), [batch.failure for batch in batches]
    drafts = [each for batch in batches for each in batch.drafts if each.kind is not NoticeKind.ALERT]
    return {each.occurrence: without_counts(each) for each in drafts}


def without_counts(decided: Draft) -> Draft:
    """Where a limit holds it, it says how many were counted by then: a part is no more looked at once it is passed."""
    verdict = decided.verdict
    if verdict.reason.code is not ReasonCode.LIMIT:
        return decided
    return replace(decided, verdict=replace(verdict, reason=Reason(code=ReasonCode.LIMIT, text="")))


def unlimited(drafts: dict[str, Draft]) -> dict[str, Draft]:
    """Not those of the rule with a low limit: it counts who was told, and whom this very pass is about."""
    return {name: each for name, each in drafts.items() if each.rule != "few"}


def befall(random: Random, world: World) -> None:
    what = ("reader", "reader", "reader", "holder", "holder", "plan", "status", "ends", "over", "gone", "nobody", "yes")
    match random.choice((*what, "represented", "another")):
        case "reader":
            put(world, "customer", customer(random, random.choice(CUSTOMERS)))
        case "holder":
            moved = {"customer_id": random.choice(CUSTOMERS), "zone": "north", "status": "active"}
            put(world, "contract", {"id": random.choice(CONTRACTS)} | moved)
        case "plan":
            put(world, "contract", contract(random, random.choice(CONTRACTS)))
        case "status":
            put(world, "contract", contract(random, random.choice(CONTRACTS)) | {"status": "suspended"})
        case "ends":
            put(world, "incident", incident(random, "I-1"))
        case "over":
            put(world, "incident", incident(random, "I-1") | {"status": random.choice(["resolved", "in_progress"])})
        case "gone":
            remove(world, "contract", random.choice(CONTRACTS))
        case "nobody":
            remove(world, "customer", random.choice(CUSTOMERS))
        case "yes":
            put(world, "consent", consent(random, random.choice(CUSTOMERS), world))
        case "represented":
            who = {"customer_id": random.choice(CUSTOMERS), "person_id": random.choice(CUSTOMERS), "role": "carer"}
            put(world, "representative", {"id": random.choice(["R-1", "R-2"]), **who})
        case "another":
            put(world, "incident", incident(random, "I-2"))


def customer(random: Random, name: str) -> dict[str, Any]:
    addresses = {"phone": random.choice(PHONES), "email": random.choice(MAILBOXES)}
    return {"id": name, "name": "Ann Lee", "locale": "en-US", "timezone": "UTC", "country": "US"} | addresses


def contract(random: Random, name: str) -> dict[str, Any]:
    holder = {"customer_id": random.choice(CUSTOMERS), "plan": random.choice(["fibre", "fibre", "mobile"])}
    return {"id": name, "zone": "north", "status": "active"} | holder


def incident(random: Random, name: str) -> dict[str, Any]:
    ends = START + timedelta(hours=random.choice([200, 210]))
    row = {"id": name, "kind": "outage", "zone": "north", "status": "in_progress", "started_at": START}
    return row | {"expected_end_at": ends}


def consent(random: Random, customer: str, world: World) -> dict[str, Any]:
    row = {"id": f"{customer}/sms/service", "customer_id": customer, "channel": "sms", "class": "service"}
    return row | {"allowed": random.choice([True, False]), "at": world.clock()}


def put(world: World, entity: str, *rows: dict[str, Any]) -> None:
    with world.database.begin() as connection:
        write_rows(connection, entity, list(rows), world.clock())


def remove(world: World, entity: str, name: str) -> None:
    with world.database.begin() as connection:
        delete_rows(connection, entity, [name], world.clock())
