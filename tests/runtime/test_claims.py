"""How many messages a process claims at once: more, the faster they are gone."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from notifier.model.types import ChannelName
from notifier.runtime.claims import FEWEST, Claims
from tests.support.drafts import sms
from tests.support.house import House, open_house, waiting


@pytest.fixture
def house(tmp_path: Path, migrated_url: str) -> Iterator[House]:
    with open_house(tmp_path, migrated_url) as house:
        house.commit(*(waiting(f"B-{n:03}", sms(f"text {n}", to=f"+5730000{n:05}")) for n in range(7 * FEWEST)))
        yield house


def sizes(house: House, seconds: Callable[[int], float]) -> list[int]:
    """Of claims that take so many seconds each, by their place."""
    claims = Claims(house.database, ChannelName.SMS, house.clock, live=False, rate=None)
    found: list[int] = []
    while (claim := claims.next()) is not None:
        house.clock.forward(seconds=seconds(len(found)))
        claims.settle(claim, Counter(accepted=len(claim.messages)), rests=False)
        found.append(len(claim.messages))
    return found


def test_claims_grow_while_their_messages_are_gone_at_once(house: House) -> None:
    assert sizes(house, lambda _: 0.5) == [FEWEST, 2 * FEWEST, 4 * FEWEST]


def test_claims_stay_small_where_a_provider_is_slow(house: House) -> None:
    assert sizes(house, lambda _: 3) == [FEWEST] * 7


def test_claims_shrink_again_where_a_provider_becomes_slow(house: House) -> None:
    assert sizes(house, lambda place: 0.5 if place == 0 else 6) == [FEWEST, 2 * FEWEST, *[FEWEST] * 4]
