"""How many messages a process claims at once, more the faster they are gone, and which turns they take."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.model.pace import NEVER_USED, Pace
from notifier.model.types import ChannelName
from notifier.sending.lease import FEWEST, Claims
from notifier.store.outbox import pace
from tests.support.drafts import sms
from tests.support.house import NOW, House, open_house, waiting


@pytest.fixture
def house(tmp_path: Path, migrated_url: str) -> Iterator[House]:
    with open_house(tmp_path, migrated_url) as house:
        house.commit(*(waiting(f"B-{n:03}", sms(f"text {n}", to=f"+5730000{n:05}")) for n in range(7 * FEWEST)))
        yield house


def sizes(house: House, seconds: Callable[[int], float]) -> list[int]:
    """Of claims that take so many seconds each, by their place."""
    claims = claims_of(house)
    found: list[int] = []
    while (claim := claims.next(free_at=NEVER_USED)) is not None:
        house.clock.forward(seconds=seconds(len(found)))
        found.append(len(claim.messages))
    return found


def claims_of(house: House, rate: float | None = None) -> Claims:
    """Those of a process of its own."""
    known = Pace(rate) if rate is not None else None
    return Claims(house.database, ChannelName.SMS, house.clock, live=False, rate=known)


def test_claims_grow_while_their_messages_are_gone_at_once(house: House) -> None:
    assert sizes(house, lambda _: 0.5) == [FEWEST, FEWEST, 2 * FEWEST, 2 * FEWEST, FEWEST]


def test_claims_stay_small_where_a_provider_is_slow(house: House) -> None:
    assert sizes(house, lambda _: 3) == [FEWEST] * 7


def test_claims_shrink_again_where_a_provider_becomes_slow(house: House) -> None:
    assert sizes(house, lambda place: 0.5 if place < 2 else 6) == [FEWEST, FEWEST, 2 * FEWEST, *[FEWEST] * 3]


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_the_next_claim_takes_the_turns_that_the_one_before_it_leaves_over(house: House) -> None:
    claims = claims_of(house, rate=20)
    first = claims.next(free_at=NEVER_USED)
    house.clock.forward(seconds=1)
    second = claims.next(free_at=NOW + after(2))
    assert first is not None
    assert second is not None
    assert (first.start, len(first.messages)) == (NOW, 100)
    assert (second.start, len(second.messages)) == (NOW + after(2), 80)


def test_turns_behind_which_another_process_has_its_own_are_not_given_out_again(house: House) -> None:
    ours, others = claims_of(house, rate=20), claims_of(house, rate=20)
    ours.next(free_at=NEVER_USED)
    house.clock.forward(seconds=1)
    theirs = others.next(free_at=NEVER_USED)
    assert theirs is not None
    assert (theirs.start, len(theirs.messages)) == (NOW + after(5), 20)
    house.clock.forward(seconds=2)
    second = ours.next(free_at=NOW + after(2))
    assert second is not None
    assert second.start == NOW + after(6)
    ours.settle(free_at=NOW + after(2))  # nothing of the second was handed over: only its own turns are free again
    third = others.next(free_at=NOW + after(6))
    assert third is not None
    assert third.start == NOW + after(6)


@pytest.mark.parametrize("settled", [True, False])
def test_turns_from_before_a_rest_are_not_given_out_again(house: House, settled: bool) -> None:
    claims = claims_of(house, rate=20)
    claims.next(free_at=NEVER_USED)
    with house.database.begin() as connection:
        pace.rest(connection, channel=ChannelName.SMS, live=False, until=NOW + after(4))
    if settled:
        claims.settle(free_at=NOW + after(1))
    house.clock.forward(seconds=1)
    second = claims.next(free_at=NOW + after(1))
    assert second is not None
    assert second.start >= NOW + after(5)
