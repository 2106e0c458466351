"""Promises held against promises: each pair once, with both sides, and who takes the place of whom."""

from typing import Any

import pytest

from notifier.model.contradictions import ContradictionState
from notifier.promises.assess import ContradictionChange, Event
from notifier.promises.wording import sentence
from notifier.rules.promise_policy import DEFAULT_SUPERSEDES, may_supersede
from tests.promises.conftest import Worlds
from tests.promises.examples import DAY, NOW
from tests.promises.world import PromiseWorld, among_promises

HIGHER: dict[str, Any] = {"worse": "higher"}


def between(found: list[ContradictionChange]) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (change.contradiction.promise_id, tuple(member.fact_id for member in change.contradiction.members))
        for change in found
        if change.event is Event.OPENED
    ]


@pytest.mark.parametrize("worse", [None, "higher", "lower"])
@pytest.mark.parametrize("first", ["quote", "contract"])
def test_two_promises_that_differ_are_one_contradiction_whichever_came_first(
    worlds: Worlds, worse: str | None, first: str
) -> None:
    world = worlds(among_promises(worse=worse))
    for number, source in enumerate(sorted(["quote", "contract"], key=lambda source: source != first)):
        value = "79900" if source == "quote" else "111860"
        world.promise(f"P-{source}", value, source=source, made_at=NOW - (3 - number) * DAY, evidence=f"the {source}")
    ((promised, members),) = between(world.tick())
    assert {promised, *members} == {"P-quote", "P-contract"}
    contradiction = world.only()
    (member,) = contradiction.members
    assert member.said is not None
    assert {contradiction.evidence, member.said.evidence} == {"the quote", "the contract"}
    assert {contradiction.source, member.said.source} == {"quote", "contract"}
    if worse == "higher":
        assert sentence(contradiction) == "monthly_price: quote says 79900 COP, contract says 111860 COP"


def test_records_of_one_promise_stand_on_one_side(worlds: Worlds) -> None:
    world = worlds(among_promises())
    world.promise("P-1", "79900", made_at=NOW - 3 * DAY)
    world.promise("P-2", "111860", made_at=NOW - 2 * DAY, source="contract")
    world.promise("P-3", "79900", made_at=NOW - 2 * DAY, source="web")
    assert len(between(world.tick())) == 1


def test_what_ends_before_the_other_begins_contradicts_nothing(worlds: Worlds) -> None:
    world = worlds(among_promises(**HIGHER))
    world.promise("P-1", "79900", valid_until=NOW + 30 * DAY)
    world.promise("P-2", "111860", valid_from=NOW + 30 * DAY)
    assert world.tick() == []
    world.promise("P-2", "111860", valid_from=NOW + 29 * DAY)
    assert between(world.tick()) == [("P-1", ("P-2",))]


def test_another_subject_topic_state_or_a_notice_of_ours_is_no_other_word(worlds: Worlds) -> None:
    world = worlds(among_promises(**HIGHER))
    world.promise("P-1", "79900")
    world.promise("P-2", "111860", subject_id="K-2")
    world.promise("P-3", "111860", subject_type="order")
    world.promise("P-4", "111860", topic="price")
    world.promise("P-5", "111860", state="withdrawn")
    world.promise("P-6", "111860", source="notice")
    assert world.tick() == []


def test_an_order_and_the_contract_that_it_names_are_one_sale(worlds: Worlds) -> None:
    world = worlds(among_promises(on=("other.order.contract",), **HIGHER))
    world.write("order", id="O-1", customer_id="C-1", contract_id="K-1", status="acknowledged", placed_at=NOW)
    world.promise("P-1", "79900", subject_type="order", subject_id="O-1", source="order")
    world.promise("P-2", "111860", source="contract")
    assert between(world.tick()) == [("P-1", ("P-2",))]
    world.promise("P-2", "59900", source="contract")
    assert between(world.tick()) == [("P-2", ("P-1",))], "the better one is the promise"
    world.write("order", id="O-1", contract_id="K-2")
    assert {change.event for change in world.tick()} == {Event.SETTLED}


def test_a_promise_that_may_takes_the_place_of_another_and_gives_it_back(worlds: Worlds) -> None:
    world = worlds(among_promises(**HIGHER))
    world.promise("P-1", "79900", source="quote")
    world.promise("P-2", "111860", source="contract", replaces="P-1")
    assert world.tick() == []
    world.promise("P-3", "129900", source="robot", replaces="P-2")
    assert between(world.tick()) == [("P-2", ("P-3",))], "a robot call does not supersede a contract"
    world.promise("P-2", "111860", source="contract", state="withdrawn")
    world.tick()
    assert world.contradictions()["P-2"].state is ContradictionState.SETTLED
    assert world.contradictions()["P-1"].state is ContradictionState.OPEN, "the quote stands again"


def test_who_may_supersede_whom() -> None:
    def may(source: str, other: str) -> bool:
        return may_supersede(DEFAULT_SUPERSEDES, source, other)

    assert all(may("contract", other) for other in ("quote", "order", "sales", "agent", "robot", "contract"))
    assert not any(may("robot", other) for other in ("contract", "quote", "sales", "agent", "web"))
    assert may("robot", "robot"), "its own earlier word"
    assert not may("notice", "notice"), "our own notices never supersede"


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_pairs_are_found_by_the_index_on_subject_and_topic(worlds: Worlds) -> None:
    """On PostgreSQL the plan follows the rows of the tables, and tables without rows say nothing."""
    world: PromiseWorld = worlds(among_promises(**HIGHER))
    (query,) = world.queries.values()
    with world.engine.connect() as connection:
        statement = query.disagreeing_ids().compile(connection, compile_kwargs={"render_postcompile": True})
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (0,) * str(statement).count("?"))
        plan = [row[3] for row in rows]
    assert any("USING INDEX ix_promise_subject_topic (subject_id=? AND topic=?)" in line for line in plan), plan
    assert not any(line.startswith("SCAN") for line in plan), plan
