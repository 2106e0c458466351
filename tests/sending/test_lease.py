"""How many messages a lease has, more the sooner they are gone, and which turns it reserves."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.model.outlet import Outlet
from notifier.model.types import ChannelName
from notifier.sending.lease import FEWEST
from notifier.store.outbox import pace
from tests.support.drafts import sms
from tests.support.leases import leases_of, next_of, turns_at
from tests.support.rig import NOW, Rig, open_rig, waiting


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    with open_rig(tmp_path, migrated_url) as rig:
        rig.commit(*(waiting(f"B-{n:03}", sms(f"text {n}", to=f"+5730000{n:05}")) for n in range(7 * FEWEST)))
        yield rig


def sizes(rig: Rig, seconds: Callable[[int], float]) -> list[int]:
    """Of leases that take this many seconds each, by their index."""
    leases = leases_of(rig)
    found: list[int] = []
    while (lease := next_of(leases)) is not None:
        rig.clock.forward(seconds=seconds(len(found)))
        found.append(len(lease.messages))
    return found


def test_leases_grow_while_their_messages_are_gone_soon(rig: Rig) -> None:
    assert sizes(rig, lambda _: 0.5) == [FEWEST, FEWEST, 2 * FEWEST, 2 * FEWEST, FEWEST]


def test_leases_stay_small_where_a_provider_is_slow(rig: Rig) -> None:
    assert sizes(rig, lambda _: 3) == [FEWEST] * 7


def test_leases_shrink_again_where_a_provider_becomes_slow(rig: Rig) -> None:
    assert sizes(rig, lambda index: 0.5 if index < 2 else 6) == [FEWEST, FEWEST, 2 * FEWEST, *[FEWEST] * 3]


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_the_next_lease_takes_the_turns_that_the_one_before_it_leaves_over(rig: Rig) -> None:
    turns = turns_at(rate=20)
    leases = leases_of(rig, turns)
    first = next_of(leases)
    rig.clock.forward(seconds=1)
    turns.free_at = NOW + after(2)
    second = next_of(leases)
    assert first is not None
    assert second is not None
    assert (first.start, len(first.messages)) == (NOW, 100)
    assert (second.start, len(second.messages)) == (NOW + after(2), 80)


def test_turns_behind_which_another_process_has_its_own_are_not_given_out_again(rig: Rig) -> None:
    turns, their_turns = turns_at(rate=20), turns_at(rate=20)
    ours, others = leases_of(rig, turns), leases_of(rig, their_turns)
    next_of(ours)
    rig.clock.forward(seconds=1)
    theirs = next_of(others)
    assert theirs is not None
    assert (theirs.start, len(theirs.messages)) == (NOW + after(5), 20)
    rig.clock.forward(seconds=2)
    turns.free_at = NOW + after(2)
    second = next_of(ours)
    assert second is not None
    assert second.start == NOW + after(6)
    ours.close()  # nothing of the second was sent: only its own turns are free again
    their_turns.free_at = NOW + after(6)
    third = next_of(others)
    assert third is not None
    assert third.start == NOW + after(6)


@pytest.mark.parametrize("closed", [True, False])
def test_turns_from_before_a_rest_are_not_given_out_again(rig: Rig, closed: bool) -> None:
    turns = turns_at(rate=20)
    leases = leases_of(rig, turns)
    next_of(leases)
    with rig.database.begin() as connection:
        pace.rest(connection, Outlet(live=False, channel=ChannelName.SMS), until=NOW + after(4))
    turns.free_at = NOW + after(1)
    if closed:
        leases.close()
        leases = leases_of(rig, turns)
    rig.clock.forward(seconds=1)
    second = next_of(leases)
    assert second is not None
    assert second.start >= NOW + after(5)
