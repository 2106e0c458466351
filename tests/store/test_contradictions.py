"""Contradictions in the store: written once, read back whole, found by what people look for."""

from dataclasses import replace

import pytest

from notifier.model.contradictions import ContradictionState
from notifier.model.types import TopicType
from notifier.store.conflicts import ConflictError
from notifier.store.contradictions import ContradictionFilter, find, how_many, listed, save
from tests.promises.examples import BILL, DAY, HOUR, NOW
from tests.promises.world import PromiseWorld, written_check

LATER = NOW + HOUR
CHECK = written_check()


def test_two_passes_that_find_the_same_contradiction_do_not_write_it_twice(world: PromiseWorld) -> None:
    again = replace(world.only(), version=0)
    with world.engine.begin() as connection, pytest.raises(ConflictError):
        save(connection, [again])


def test_a_contradiction_comes_back_as_it_was_stored(world: PromiseWorld) -> None:
    found = world.only()
    assert (found.topic_type, found.version) == (TopicType.MONEY, 1)
    changed = replace(found, tax_included=True, actual_tax_included=False, reason="checked by hand", surfaces_at=None)
    with world.engine.begin() as connection:
        save(connection, [changed])
    assert world.only() == changed


def test_people_find_what_they_look_for(world: PromiseWorld) -> None:
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


def test_what_surfaces_first_is_listed_first(world: PromiseWorld) -> None:
    world.promise("P-2", subject_id="K-2")
    world.contract("K-2")
    world.charge("X-2", contract_id="K-2", bill_at=BILL - DAY)
    world.promise("P-3", subject_id="K-3")
    world.contract("K-3")
    world.charge("X-3", contract_id="K-3", bill_at=None)
    world.tick(LATER)
    with world.engine.begin() as connection:
        found = listed(connection, ContradictionFilter())
        page = listed(connection, ContradictionFilter(limit=2))
        assert how_many(connection, ContradictionFilter(limit=2)) == 3
    assert [each.promise_id for each in found] == ["P-2", "P-1", "P-3"]
    assert page == found[:2]


def test_an_id_is_found_however_it_was_typed(world: PromiseWorld) -> None:
    name = world.only().id
    with world.engine.begin() as connection:
        for typed in (name, name.lower(), name.replace("-", " "), name.replace("X-", ""), f" {name} "):
            found = find(connection, typed)
            assert found is not None
            assert found.id == name
