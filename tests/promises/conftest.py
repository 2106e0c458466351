"""Worlds on both databases."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from notifier.rules.checked_checks import Check
from tests.promises.examples import DAY, NOW
from tests.promises.world import PromiseWorld, written_check

Worlds = Callable[..., PromiseWorld]


@pytest.fixture
def worlds(migrated_url: str) -> Iterator[Worlds]:
    """Makes a world with these checks, customer C-1, contract K-1 and a first pass done."""
    made: list[PromiseWorld] = []

    def make(*checks: Check, started: datetime | None = NOW - DAY) -> PromiseWorld:
        world = PromiseWorld(migrated_url, *(checks or (written_check(),)))
        made.append(world)
        world.customer()
        world.contract()
        if started is not None:
            world.tick(started)
        return world

    yield make
    for world in made:
        world.engine.dispose()
