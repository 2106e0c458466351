"""`kill -9` before and after each commit and call: nothing is lost, and nothing that can be asked about comes twice."""

import random
from collections import Counter
from collections.abc import Sequence

from notifier.model.types import ChannelName
from tests.crash.matrix import NOT_TRIED, Death, deaths, moves_without_a_course
from tests.crash.points import moves
from tests.crash.tally import tally
from tests.crash.world import CrashWorld

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL
MATRIX = tuple(deaths())
HALVES = {
    "sqlite": [death for place, death in enumerate(MATRIX) if place % 4 in (0, 3)],
    "postgresql": [death for place, death in enumerate(MATRIX) if place % 4 in (1, 2)],
}
"""Each death once: of one step before it on SQLite and after it on PostgreSQL, of the next the other way round.

`make long` has each on both."""


def test_the_matrix_has_every_move_of_the_states() -> None:
    assert moves_without_a_course() == set()
    assert {move for move, _ in NOT_TRIED} <= set(moves())


def test_deaths_at_every_point_lose_nothing_and_double_no_sms(world: CrashWorld) -> None:
    half = HALVES[world.database.dialect.name]
    half = random.sample(half, k=len(half))  # pytest-randomly seeds it
    die(world, half)
    counted = tally(world)
    print(f"\n{world.database.dialect.name}:\n{counted.table()}")  # noqa: T201  # the issue asks for the figures

    assert world.journal.commits_without_a_step() == set()
    assert counted.deaths == Counter(str(death.fault.point) for death in half)
    assert counted.faults() == []


def die(world: CrashWorld, matrix: Sequence[Death], customers: int = 1) -> None:
    """Each of these deaths, one life after the other; a last life does what is left."""
    for death in matrix:
        death.course.book(world, customers)
        world.die(death.fault, death.course.jobs)
    world.settle()
