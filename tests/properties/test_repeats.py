"""A rule with `repeat` that reads its last repeats alone decides what it decides when it reads all that it ever told.

Over random histories of a rule that speaks each day while something stays true: it ends and begins again, its claims
move, the row is somebody else's for a while and theirs again, people share an address, change it, or want no more.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.drafting.ruleset import Ruleset, ruleset_of
from notifier.model.types import ChannelName
from notifier.planning.addressing import Defaults
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rules.loader import load_project
from notifier.simulation.channel import KeepingChannel
from notifier.simulation.databases import Databases, temporary_databases
from notifier.simulation.world import World, open_world
from notifier.store.database import read_only
from notifier.store.state.changes import delete_rows, write_rows
from notifier.store.tables import MESSAGE, NOTICE
from tests.support.small_project import write_small_project

START = datetime(2026, 2, 2, 12, tzinfo=UTC)
HISTORIES = max(2, int(os.environ.get("NOTIFIER_TEST_HISTORIES", "7")) // 4)
DAYS = 12
FILES = {
    "rules/delayed.yaml": """
        rules:
          - rule: delayed
            about: order
            owner: field
            class: safety
            when: order.status in ['held', 'acknowledged']
            repeat: 20h
            claims: { status: order.status, total: order.total }
            template: delayed
            channels: [email]
            exit: desk
            follow_up:
              - { when: order.status == 'completed', template: over }
              - { on: reassigned, template: over }
        """,
    "templates/delayed/email.en.subject.j2": "Delayed",
    "templates/delayed/email.en.txt.j2": "{{ status }} {{ total }} {{ exit.address }} {{ reference }}",
    "templates/over/email.en.subject.j2": "Over",
    "templates/over/email.en.txt.j2": "Over: {{ status }} {{ total }} {{ exit.address }} {{ reference }}",
}

Decided = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with temporary_databases() as made:
        yield made


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    project = load_project(write_small_project(tmp_path_factory.mktemp("project"), FILES))
    assert project.problems == ()
    return ruleset_of(project, Renderer(project, RenderSettings()), Defaults(locale="en-US", country="US"))


def test_what_was_told_long_ago_decides_nothing(
    ruleset: Ruleset, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_away = 0
    for seed in range(HISTORIES):
        lately, marked = _played(seed, ruleset, databases)
        with monkeypatch.context() as patch:
            patch.setattr("notifier.store.outbox.commit.put_away", lambda *_, **__: None)
            everything, none = _played(seed, ruleset, databases)
        assert lately == everything, f"history {seed}"
        assert none == 0
        put_away += marked
    assert put_away >= HISTORIES * DAYS / 4, "hardly anything was put away, so nothing was tried"


def _played(seed: int, ruleset: Ruleset, databases: Databases) -> tuple[Decided, int]:
    """All that one history leads to, and how many notices were put away."""
    random = Random(seed)
    channels = dict.fromkeys(ChannelName, KeepingChannel())
    with databases.fresh() as database, open_world(ruleset, database, channels, START) as world:
        world.tick()
        _put(world, "customer", *(_customer(name) for name in ("C-1", "C-2", "C-3")))
        _put(world, "order", _order(random, status="held", customer_id="C-1"))
        for _ in range(DAYS):
            world.tick()
            world.clock.advance_to(world.clock() + timedelta(hours=random.choice([6, 21, 21, 24, 30])))
            _befall(random, world)
        world.tick()
        with read_only(database) as connection:
            return _decided(connection)


def _befall(random: Random, world: World) -> None:
    match random.choice(["", "", "", "", "over", "on", "claim", "moved", "address", "gone"]):
        case "over":
            _put(world, "order", {"id": "O-1", "status": "completed"})
        case "on":
            _put(world, "order", _order(random, status=random.choice(["held", "acknowledged"])))
        case "claim":
            _put(world, "order", {"id": "O-1", "total": random.choice([10, 20])})
        case "moved":
            _put(world, "order", {"id": "O-1", "customer_id": random.choice(["C-1", "C-2", "C-3"])})
        case "address":
            email = random.choice(["c-1@example.com", "c-2@example.com", "new@example.com"])
            _put(world, "customer", {"id": random.choice(["C-1", "C-2"]), "email": email})
        case "gone":
            with world.database.begin() as connection:
                delete_rows(connection, "order", ["O-1"], world.clock())
            world.tick()
            _put(world, "order", _order(random, status="held", customer_id="C-1"))


def _customer(name: str) -> dict[str, Any]:
    email = "c-1@example.com" if name == "C-3" else f"{name.lower()}@example.com"
    return {"id": name, "name": "Ann Lee", "locale": "en-US", "timezone": "UTC", "country": "US", "email": email}


def _order(random: Random, **values: str) -> dict[str, Any]:
    row = {"id": "O-1", "customer_id": random.choice(["C-1", "C-2"]), "placed_at": START, "total": 10}
    return {**row, "currency": "USD", **values}


def _put(world: World, entity: str, *rows: dict[str, Any]) -> None:
    with world.database.begin() as connection:
        write_rows(connection, entity, list(rows), world.clock())


def _decided(connection: sa.Connection) -> tuple[Decided, int]:
    names = ("occurrence", "kind", "state", "reason_code", "spent", "decided_at", "told_at", "corrects", "follows")
    notices = sa.select(*(NOTICE.c[name] for name in names), NOTICE.c.event, NOTICE.c.version).order_by(NOTICE.c.id)
    messages = sa.select(MESSAGE.c.id, MESSAGE.c.state, MESSAGE.c.address, MESSAGE.c.text).order_by(MESSAGE.c.id)
    found = [tuple(row) for statement in (notices, messages) for row in connection.execute(statement)]
    marked = sa.select(sa.func.count()).where(NOTICE.c.said_again.is_(True))
    return found, connection.execute(marked).scalar_one()
