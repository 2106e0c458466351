"""A simulated world stops its clock wherever something falls due, and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.drafting.ruleset import ruleset_of
from notifier.model.types import ChannelName
from notifier.planning.addressing import Defaults
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rules.loader import load_project
from notifier.simulation.channel import KeepingChannel
from notifier.simulation.databases import Databases
from notifier.simulation.world import EvaluationFailedError, World, open_world
from notifier.store.state.changes import write_rows
from notifier.tick import evaluate

START = datetime(2026, 2, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

CUSTOMER = {
    "id": "C-1",
    "name": "Ann Lee",
    "locale": "en-US",
    "timezone": "UTC",
    "country": "US",
    "phone": "+12125550123",
    "email": "ann@example.com",
}


@contextmanager
def world_of(folder: Path, databases: Databases, channel: KeepingChannel | None = None) -> Iterator[World]:
    project = load_project(folder)
    assert project.problems == ()
    ruleset = ruleset_of(project, Renderer(project, RenderSettings()), Defaults())
    channels = dict.fromkeys(ChannelName, channel or KeepingChannel())
    with databases.fresh() as database, open_world(ruleset, database, channels, START) as world:
        world.tick()
        yield world


def put(world: World, entity: str, **row: Any) -> None:
    with world.database.begin() as connection:
        write_rows(connection, entity, [row], world.clock())


def stops(world: World, until: datetime) -> list[datetime]:
    """The instants at which the world ticked on its way."""
    return [report.now for report in world.advance_to(until)]


def put_visit(world: World, starts_at: datetime) -> None:
    put(world, "customer", **CUSTOMER)
    put(world, "appointment", id="A-1", customer_id="C-1", kind="visit", status="confirmed", starts_at=starts_at)
    world.tick()


def test_a_world_in_which_nothing_is_due_does_not_tick(folder: Path, databases: Databases) -> None:
    with world_of(folder, databases) as world:
        assert stops(world, START + 30 * DAY) == []
        assert world.clock() == START + 30 * DAY


def test_a_tick_without_news_asks_once_what_is_to_be_sent(folder: Path, databases: Databases) -> None:
    asked: list[str] = []
    with world_of(folder, databases) as world:
        put_visit(world, START + 4 * DAY)

        def hear(*each: Any) -> None:
            asked.append(each[2])

        sa.event.listen(world.database, "before_cursor_execute", hear)
        world.tick()
        sa.event.remove(world.database, "before_cursor_execute", hear)  # the engine is used again
    # What was told lately, and is still on its way, is asked by the pass itself.
    of_sending = [each for each in asked if "FROM message" in each and not each.startswith("SELECT notice.id")]
    assert len(of_sending) == 1


def test_what_others_queued_is_sent_without_news(folder: Path, databases: Databases) -> None:
    """As the answer to a reply is, which no tick decides."""
    channel = KeepingChannel()
    with world_of(folder, databases, channel) as world:
        put_visit(world, START + 4 * DAY)
        world.clock.advance_to(START + 2 * DAY)
        evaluate(world.database, world.ruleset, world.clock(), live=False)
        assert not channel.messages
        assert not world.tick().verdicts
        assert len(channel.messages) == 2


def test_it_stops_where_a_rule_begins_and_ends_to_speak(folder: Path, databases: Databases) -> None:
    with world_of(folder, databases) as world:
        put_visit(world, START + 4 * DAY)
        assert stops(world, START + 10 * DAY) == [START + 2 * DAY, START + 4 * DAY]


def test_the_instant_it_is_told_to_stand_at_is_left_to_the_caller(folder: Path, databases: Databases) -> None:
    channel = KeepingChannel()
    with world_of(folder, databases, channel) as world:
        put_visit(world, START + 4 * DAY)
        assert stops(world, START + 2 * DAY) == []
        assert not channel.messages
        world.tick()
        assert sorted(message.channel for message in channel.messages.values()) == ["email", "sms"]


def test_it_stops_where_a_deferral_ends(folder: Path, databases: Databases) -> None:
    with world_of(folder, databases) as world:
        put_visit(world, datetime(2026, 2, 6, 3, tzinfo=UTC))
        due = datetime(2026, 2, 4, 3, tzinfo=UTC)
        morning = datetime(2026, 2, 4, 8, tzinfo=UTC)
        assert stops(world, START + 3 * DAY) == [due, morning]


def test_it_stops_where_a_contradiction_surfaces(folder: Path, databases: Databases) -> None:
    with world_of(folder, databases) as world:
        put(world, "customer", **CUSTOMER)
        put(world, "contract", id="K-1", customer_id="C-1", status="active")
        promise = {"customer_id": "C-1", "subject_type": "contract", "subject_id": "K-1", "topic": "monthly_price"}
        value = {"value": "49.9", "value_number": 49, "currency": "USD"}
        put(world, "promise", id="P-1", **promise, **value, made_at=START, source="sales", state="open")
        surfaces_at = START + 5 * DAY
        charge = {"kind": "recurring", "amount": 60, "currency": "USD", "bill_at": surfaces_at}
        put(world, "charge", id="X-1", customer_id="C-1", contract_id="K-1", **charge, proration=False, billed=False)
        assert world.tick().contradictions == 1
        assert surfaces_at in stops(world, START + 6 * DAY)


def test_it_stops_where_a_rule_may_repeat_itself(folder: Path, databases: Databases) -> None:
    rule = """
        rules:
          - rule: delayed
            about: order
            owner: field
            class: service
            when: order.status == 'held'
            repeat: 36h
            claims: { starts_at: order.placed_at }
            template: visit
            exit: desk
        """
    (folder / "rules" / "delayed.yaml").write_text(dedent(rule))
    with world_of(folder, databases) as world:
        put(world, "customer", **CUSTOMER)
        put(world, "order", id="O-1", customer_id="C-1", status="held", placed_at=START)
        world.tick()
        # The second repetition falls due at night and waits for eight in the morning; the third counts from there.
        night = START + 36 * HOUR
        morning = datetime(2026, 2, 4, 8, tzinfo=UTC)
        assert stops(world, START + 84 * HOUR) == [night, morning, morning + 36 * HOUR]


def test_it_stops_at_midnight_of_every_zone_that_has_a_site_where_a_rule_reads_their_days(
    folder: Path, databases: Databases
) -> None:
    rule = """
        rules:
          - rule: closed
            about: site_day
            to: site_day.site.customers
            owner: field
            class: service
            when: site_day.kind == 'closed'
            claims: { starts_at: site_day.starts_at }
            template: visit
            exit: desk
        """
    (folder / "rules" / "closed.yaml").write_text(dedent(rule))
    with world_of(folder, databases) as world:
        for number, zone in enumerate(("America/Bogota", "Europe/Madrid")):
            site = {"timezone": zone, "country": "CO", "opening_hours": "Mo-Su 09:00-18:00"}
            put(world, "site", id=f"S-{number}", name="Shop", **site)
        world.tick()
        midnights = [datetime(2026, 2, 2, 23, tzinfo=UTC), datetime(2026, 2, 3, 5, tzinfo=UTC)]
        assert stops(world, START + DAY) == midnights


def test_a_midnight_at_a_site_is_nothing_to_rules_that_read_no_days(folder: Path, databases: Databases) -> None:
    with world_of(folder, databases) as world:
        site = {"timezone": "America/Bogota", "country": "CO", "opening_hours": "Mo-Su 09:00-18:00"}
        put(world, "site", id="S-1", name="Shop", **site)
        world.tick()
        assert stops(world, START + 10 * DAY) == []


def test_a_rule_that_cannot_be_evaluated_ends_the_world(
    folder: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world_of(folder, databases) as world:
        put_visit(world, START + DAY)
        monkeypatch.setattr(type(world.ruleset.rule_queries["visit-reminder"]), "matching", lambda _query: 1 / 0)
        put(world, "appointment", id="A-1", status="initialized")
        with pytest.raises(EvaluationFailedError, match="visit-reminder: ZeroDivisionError"):
            world.tick()


def test_two_worlds_at_once_know_nothing_of_each_other(folder: Path, databases: Databases) -> None:
    with world_of(folder, databases) as one, world_of(folder, databases) as other:
        put_visit(one, START + 4 * DAY)
        assert stops(other, START + 10 * DAY) == []
        assert len(stops(one, START + 10 * DAY)) == 2


def test_a_database_used_again_is_empty(folder: Path, databases: Databases) -> None:
    for _ in range(2):
        with world_of(folder, databases) as world:
            put_visit(world, START + 4 * DAY)
            assert len(stops(world, START + 10 * DAY)) == 2
