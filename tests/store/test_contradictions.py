"""Contradictions in the store, and what people may decide about them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from notifier.decisions.contradictions import OBJECT, acknowledge, resolve, waive
from notifier.model.contradictions import Contradiction, ContradictionState
from notifier.model.state import Change
from notifier.model.types import TopicType
from notifier.promises.assess import Event
from notifier.rules.checked import Check
from notifier.store.conflicts import ConflictError
from notifier.store.contradictions import ContradictionFilter, find, listed, save
from notifier.store.interventions import RefusedError, interventions_on
from notifier.store.sql import table_of
from tests.promises.examples import BILL, DAY, HOUR, NOW
from tests.promises.world import SCHEMA, World, written_callback, written_check

LATER = NOW + HOUR
CHECK = written_check()


@pytest.fixture
def world(migrated_url: str) -> Iterator[World]:
    """A price promised and a charge that contradicts it, found."""
    world = World(migrated_url, CHECK)
    world.customer()
    world.contract()
    world.tick(NOW - DAY)
    world.promise()
    world.charge()
    world.tick(NOW)
    yield world
    world.engine.dispose()


def acknowledged(world: World) -> Contradiction:
    name = world_id(world)
    with world.engine.begin() as connection:
        return acknowledge(connection, name, by="marta", reason="on it", now=LATER)


def waived(world: World) -> Contradiction:
    name = world_id(world)
    with world.engine.begin() as connection:
        return waive(connection, name, by="marta", reason="goodwill", now=LATER)


def resolved(
    world: World, check: Check | None = CHECK, *, keep_fact: bool = False, by: str = "marta", reason: str = "corrected"
) -> Contradiction:
    name = world_id(world)
    with world.engine.begin() as connection:
        return resolve(connection, name, check, SCHEMA, keep_fact=keep_fact, by=by, reason=reason, now=LATER)


def world_id(world: World) -> str:
    return world.only().id


def deeds(world: World) -> list[tuple[str, str, str]]:
    name = world_id(world)
    with world.engine.begin() as connection:
        found = interventions_on(connection, OBJECT, name)
    return [(row.actor, row.verb, row.reason) for row in found]


def test_an_acknowledged_contradiction_stays_and_says_who_works_on_it(world: World) -> None:
    found = acknowledged(world)
    assert (found.state, found.reason) == ("acknowledged", "acknowledge by marta: on it")
    assert world.only() == found
    assert deeds(world) == [("marta", "acknowledge", "on it")]
    assert world.tick(NOW + 2 * HOUR, full=True) == []


def test_only_an_open_one_can_be_acknowledged(world: World) -> None:
    acknowledged(world)
    with pytest.raises(RefusedError, match="is acknowledged; only an open contradiction can be acknowledged"):
        acknowledged(world)
    assert len(deeds(world)) == 1


def test_a_waived_contradiction_stays_quiet_until_a_value_changes(world: World) -> None:
    found = waived(world)
    assert (found.state, found.waived_pair) == ("waived", "79900 COP|111860 COP")
    assert world.tick(LATER, full=True) == []
    world.charge(amount="120000", at=NOW + 2 * HOUR)
    (change,) = world.tick(NOW + 2 * HOUR)
    assert (change.event, change.contradiction.id) == (Event.REOPENED, found.id)
    again = waived(world)
    assert again.waived_pair == "79900 COP|111860 COP\n79900 COP|120000 COP"


def test_what_is_waived_or_settled_cannot_be_waived(world: World) -> None:
    waived(world)
    with pytest.raises(RefusedError, match="is waived; there is nothing to waive"):
        waived(world)


def test_resolving_is_refused_while_the_facts_disagree(world: World) -> None:
    with pytest.raises(RefusedError) as refused:
        resolved(world)
    assert str(refused.value) == (
        f"{world_id(world)} cannot be resolved yet: charge X-1 is 111860 COP, promised 79900 COP by sales. Correct the "
        "fact, or settle it with --keep fact, which withdraws the promise, or waive the difference"
    )
    assert (world.only().state, deeds(world)) == ("open", [])


def test_resolving_is_allowed_once_the_facts_agree_even_before_the_next_pass(world: World) -> None:
    world.charge(amount="79900", at=NOW)
    found = resolved(world)
    assert (found.state, found.reason) == ("settled", "resolve by marta: corrected")
    assert world.tick(NOW + 2 * HOUR) == []
    with pytest.raises(RefusedError, match="is settled already: resolve by marta: corrected"):
        resolved(world)


def test_a_row_that_left_when_still_refuses(world: World) -> None:
    world.charge(billed=True, at=NOW)
    with pytest.raises(RefusedError, match="cannot be resolved yet"):
        resolved(world)


def test_keeping_the_fact_withdraws_the_promise_as_a_change(world: World) -> None:
    found = resolved(world, keep_fact=True, reason="the price list says so")
    assert (found.state, found.reason) == ("settled", "resolve, keeping the fact by marta: the price list says so")
    with world.engine.begin() as connection:
        state = connection.execute(sa.text("SELECT state FROM promise WHERE id = 'P-1'")).scalar_one()
        changes = connection.execute(sa.select(table_of(Change).c.entity, table_of(Change).c.row_id)).all()
    assert (state, changes) == ("withdrawn", [("promise", "P-1")])
    assert world.tick(NOW + 2 * HOUR) == []
    assert world.tick(NOW + 2 * HOUR, full=True) == []


def test_keeping_the_fact_settles_one_whose_promise_was_deleted(world: World) -> None:
    world.delete("promise", "P-1")
    assert resolved(world, keep_fact=True).state == "settled"


def test_a_lapsed_one_can_be_waived_so_that_the_next_bill_is_quiet(world: World) -> None:
    world.tick(BILL)
    assert waived(world).state == "waived"
    world.charge("X-2", bill_at=BILL + 30 * DAY, at=BILL)
    assert world.tick(BILL + HOUR) == []


def test_a_callback_that_was_not_made_can_be_settled_only_by_keeping_the_fact(world: World) -> None:
    check = written_callback("promise.customer.name == 'nobody'")
    with world.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM contradiction_member"))
        connection.execute(sa.text("DELETE FROM contradiction"))
    other = World(world.engine.url.render_as_string(hide_password=False), check)
    other.since = NOW
    other.promise("P-2", NOW + HOUR, topic="callback", topic_type=TopicType.TIMESTAMP, due_at=NOW + 2 * HOUR)
    other.tick(LATER)
    with pytest.raises(RefusedError, match="is not kept"):
        resolved(other, check)
    assert resolved(other, check, keep_fact=True).state == "settled"
    other.engine.dispose()


def test_one_whose_check_has_left_the_project_can_be_resolved(world: World) -> None:
    assert resolved(world, None).state == "settled"


@pytest.mark.parametrize(("by", "reason"), [("", "because"), ("marta", "  ")])
def test_a_decision_without_a_name_or_a_reason_is_refused_and_leaves_no_trace(
    world: World, by: str, reason: str
) -> None:
    with pytest.raises(RefusedError, match=r"say (who you are|why)"):
        resolved(world, keep_fact=True, by=by, reason=reason)
    assert (world.only().state, deeds(world)) == ("open", [])


def test_an_unknown_id_is_refused(world: World) -> None:
    with world.engine.begin() as connection, pytest.raises(RefusedError, match="there is no contradiction X-NONE"):
        acknowledge(connection, "X-NONE", by="marta", reason="on it", now=LATER)


def test_a_pass_that_read_before_a_person_decided_is_repeated(world: World) -> None:
    read = world.only()
    decided = waived(world)
    stale = replace(read, state=ContradictionState.LAPSED)
    with world.engine.begin() as connection, pytest.raises(ConflictError, match="was changed by someone else"):
        save(connection, [stale])
    assert world.only() == decided


def test_two_passes_that_find_the_same_contradiction_do_not_write_it_twice(world: World) -> None:
    again = replace(world.only(), version=0)
    with world.engine.begin() as connection, pytest.raises(ConflictError):
        save(connection, [again])


def test_a_contradiction_comes_back_as_it_was_stored(world: World) -> None:
    found = world.only()
    assert (found.topic_type, found.version) == (TopicType.MONEY, 1)
    changed = replace(found, tax_included=True, actual_tax_included=False, reason="checked by hand", surfaces_at=None)
    with world.engine.begin() as connection:
        save(connection, [changed])
    assert world.only() == changed


def test_people_find_what_they_look_for(world: World) -> None:
    with world.engine.begin() as connection:
        only = listed(connection, ContradictionFilter())
        for wanted in (
            ContradictionFilter(states=[ContradictionState.OPEN], owner="billing", check=CHECK.name),
            ContradictionFilter(severity="high", customer="C-1", subject="contract:K-1"),
        ):
            assert listed(connection, wanted) == only
        for wanted in (
            ContradictionFilter(states=[ContradictionState.SETTLED]),
            ContradictionFilter(owner="care"),
            ContradictionFilter(check="another"),
            ContradictionFilter(severity="low"),
            ContradictionFilter(customer="C-2"),
            ContradictionFilter(subject="contract:K-2"),
            ContradictionFilter(subject="order:K-1"),
        ):
            assert listed(connection, wanted) == []


def test_what_surfaces_first_is_listed_first(world: World) -> None:
    world.promise("P-2", subject_id="K-2")
    world.contract("K-2")
    world.charge("X-2", contract_id="K-2", bill_at=BILL - DAY)
    world.promise("P-3", subject_id="K-3")
    world.contract("K-3")
    world.charge("X-3", contract_id="K-3", bill_at=None)
    world.tick(LATER)
    with world.engine.begin() as connection:
        found = listed(connection, ContradictionFilter())
    assert [each.promise_id for each in found] == ["P-2", "P-1", "P-3"]


def test_an_id_is_found_however_it_was_typed(world: World) -> None:
    name = world_id(world)
    with world.engine.begin() as connection:
        for typed in (name, name.lower(), name.replace("-", " "), name.replace("X-", ""), f" {name} "):
            found = find(connection, typed)
            assert found is not None
            assert found.id == name
