"""Which contradictions hold which notices, and what is said about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.evaluation.rule_query import RuleQuery
from notifier.model.contradictions import Contradiction, ContradictionState
from notifier.model.notices import Match
from notifier.model.state import Change
from notifier.model.types import ChannelName, NoticeClass, TopicType
from notifier.promises.holds import hold_reason, holding, relevant
from notifier.rules.checked_checks import Check, Hold
from notifier.rules.checked_rules import Claim, Rule
from notifier.rules.conditions import Scope, parse_condition, parse_path, parse_value
from notifier.store.reader import Reader
from notifier.store.sql import table_of
from tests.promises.conftest import Worlds
from tests.promises.examples import BILL, NOW
from tests.promises.world import PLACE, SCHEMA, PromiseWorld, written_callback, written_check

HOLDING = written_check(hold=Hold(topics=("monthly_price",), rules=("installation-reminder",)))


def rule(
    name: str = "bill-is-ready", about: str = "charge", topics: Sequence[str] = (), each: tuple[str, str] | None = None
) -> Rule:
    scope = Scope(SCHEMA, {about: about})
    claim = parse_value(f"{about}.id", scope, PLACE)
    return Rule(
        name=name,
        place=PLACE,
        about=about,
        each_name=None if each is None else each[0],
        each=None if each is None else parse_path(each[1], scope, PLACE),
        to=parse_path(f"{about}.customer" if each is None else f"{about}.site.orders.customer", scope, PLACE),
        touchpoint=None,
        owner="billing",
        notice_class=NoticeClass.BILLING,
        when=(parse_condition(f"{about}.id != ''", scope, PLACE),),
        claims=tuple(
            Claim(name=topic, place=PLACE, expression=claim, topic=topic, type=TopicType.TEXT) for topic in topics
        ),
        template="any",
        channels=(ChannelName.SMS,),
        exit="desk",
    )


@dataclass(frozen=True)
class Plan:
    occurrence: str
    match: Match


def plan(subject: str, each: str | None = None) -> Plan:
    match = Match(
        rule="any", subject_type="any", subject_id=subject, each_id=each, recipient_id="C-1", claims={}, evidence={}
    )
    return Plan(f"{subject}/{each}", match)


def contradicted(world: PromiseWorld) -> Contradiction:
    world.promise()
    world.charge()
    world.tick(NOW)
    return world.only()


def held(world: PromiseWorld, asked: Rule, *plans: Plan, by: Contradiction | None = None) -> dict[str, list[str]]:
    found = relevant(asked, {HOLDING.name: HOLDING}, [by or world.only()])
    with world.engine.begin() as connection:
        query = RuleQuery(asked, SCHEMA)
        held_by = holding(
            query,
            Reader(connection, live=False),
            plans,
            query.reached_entities,
            lambda entity, ids: [each for each in found if each.subject_type == entity and each.subject_id in ids],
        )
    return {occurrence: [each.promise_id for each in contradictions] for occurrence, contradictions in held_by.items()}


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        (rule("installation-reminder"), True),
        (rule("another", topics=("monthly_price", "period")), True),
        (rule("another", topics=("period",)), False),
        (rule("another"), False),
    ],
)
def test_a_rule_is_held_by_its_name_or_by_the_topic_of_a_claim(worlds: Worlds, asked: Rule, held: bool) -> None:
    found = contradicted(worlds(HOLDING))
    assert bool(relevant(asked, {HOLDING.name: HOLDING}, [found])) is held


@pytest.mark.parametrize("state", ContradictionState)
def test_only_open_and_acknowledged_ones_hold(worlds: Worlds, state: ContradictionState) -> None:
    found = replace(contradicted(worlds(HOLDING)), state=state)
    holds = bool(relevant(rule("installation-reminder"), {HOLDING.name: HOLDING}, [found]))
    assert holds is (state in ("open", "acknowledged"))


def test_a_check_that_left_the_project_holds_nothing(worlds: Worlds) -> None:
    assert relevant(rule("installation-reminder"), {}, [contradicted(worlds(HOLDING))]) == []


def test_a_notice_is_held_when_its_row_reaches_the_subject_by_to_one_relations(worlds: Worlds) -> None:
    world = worlds(HOLDING)
    contradicted(world)
    world.contract("K-2")
    world.charge("X-2", contract_id="K-2")
    world.charge("X-3", contract_id=None)
    asked = rule(topics=("monthly_price",))
    assert held(world, asked, plan("X-1"), plan("X-2"), plan("X-3")) == {"X-1/None": ["P-1"]}


def test_a_notice_about_the_subject_itself_is_held(worlds: Worlds) -> None:
    world = worlds(HOLDING)
    contradicted(world)
    asked = rule(about="contract", topics=("monthly_price",))
    assert held(world, asked, plan("K-1"), plan("K-9")) == {"K-1/None": ["P-1"]}


def test_a_notice_whose_row_can_never_reach_the_subject_is_free(worlds: Worlds) -> None:
    world = worlds(HOLDING)
    by = replace(contradicted(world), subject_type="incident")
    assert held(world, rule(topics=("monthly_price",)), plan("X-1"), by=by) == {}


def test_a_row_that_is_reached_by_a_to_many_relation_holds_nothing(worlds: Worlds) -> None:
    world = worlds(HOLDING)
    by = replace(contradicted(world), subject_type="charge", subject_id="X-1")
    assert held(world, rule(about="contract", topics=("monthly_price",)), plan("K-1"), by=by) == {}


def test_of_the_pairs_of_each_only_the_one_whose_second_row_reaches_the_subject_is_held(worlds: Worlds) -> None:
    world = worlds(HOLDING)
    by = contradicted(world)
    world.contract("K-2")
    world.write("site", id="S-1", name="Centro", timezone="America/Bogota", country="CO", opening_hours="24/7")
    world.write("site_day", id="S-1/1", site_id="S-1", date="2026-03-05", starts_at=BILL, ends_at=BILL, kind="closed")
    for order, contract in (("O-1", "K-1"), ("O-2", "K-2")):
        columns: dict[str, Any] = {"customer_id": "C-1", "contract_id": contract, "site_id": "S-1"}
        world.write("order", id=order, status="shipped", placed_at=NOW, **columns)
    asked = rule(about="site_day", topics=("monthly_price",), each=("order", "site_day.site.orders"))
    assert held(world, asked, plan("S-1/1", "O-1"), plan("S-1/1", "O-2"), by=by) == {"S-1/1/O-1": ["P-1"]}


def test_only_rows_that_reach_others_than_before_are_held_anew(worlds: Worlds) -> None:
    world = worlds(HOLDING)
    contradicted(world)
    world.contract("K-2")
    world.charge("X-2", contract_id="K-2")
    query = RuleQuery(rule(topics=("monthly_price",)), SCHEMA)

    def anew() -> set[str]:
        with world.engine.begin() as connection:
            found = Reader(connection, live=False).ids(query.reached_anew_ids(), {})
            connection.execute(sa.delete(table_of(Change)))
        return found

    assert anew() == {"X-2"}, "it is new; the tick took X-1"
    world.charge("X-1", amount="111870")
    world.contract("K-1", plan="another")
    assert anew() == set(), "they are related to the same rows as before"
    world.contract("K-2", customer="C-2")
    assert anew() == {"X-2"}, "its contract is another customer's"
    world.delete("contract", "K-1")
    assert anew() == {"X-1"}, "its contract is gone"


@pytest.mark.parametrize(
    ("entity", "row", "found"), [("contract", "K-2", {"X-2"}), ("customer", "C-1", {"X-1", "X-2"})]
)
def test_what_reaches_a_contradicted_row_is_found_from_that_row(
    worlds: Worlds, entity: str, row: str, found: set[str]
) -> None:
    world = worlds(HOLDING)
    contradicted(world)
    world.contract("K-2")
    world.charge("X-2", contract_id="K-2")
    query = RuleQuery(rule(topics=("monthly_price",)), SCHEMA)
    with world.engine.begin() as connection:
        assert Reader(connection, live=False).ids(query.reaching_ids(entity), {"subjects": [row]}) == found


def test_the_reason_names_both_sides_the_contradiction_and_the_owner(worlds: Worlds) -> None:
    found = contradicted(worlds(HOLDING))
    assert hold_reason([found]) == (
        "held by promised-price-vs-billing: charge X-1 is 111860 COP, promised 79900 COP by sales "
        f"(contradiction {found.id}, owner billing)"
    )


def test_the_reason_of_a_promise_that_nobody_kept_says_so(worlds: Worlds) -> None:
    check: Check = written_callback("promise.customer.name == 'nobody'")
    world = worlds(check)
    due = datetime.fromisoformat("2026-03-02T16:00:00Z")
    world.promise(topic="callback", topic_type=TopicType.TIMESTAMP, value=due, due_at=due, source="agent")
    world.tick(NOW)
    assert hold_reason([world.only()]).startswith(
        "held by callback-kept: callback 2026-03-02T16:00:00Z, promised by agent, is not kept (contradiction X-"
    )
