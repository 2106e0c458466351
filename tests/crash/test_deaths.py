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
QUARTERS = {
    "sqlite": [death for place, death in enumerate(MATRIX) if place % 8 in (0, 3)],
    "postgresql": [death for place, death in enumerate(MATRIX) if place % 8 in (5, 6)],
}
"""Of four steps in a row: before the first and after the second on SQLite, after the third and before the fourth on
PostgreSQL. A death takes a second of a core, and `make long` has each of both moments on both databases."""


def test_the_matrix_has_every_move_of_the_states() -> None:
    assert moves_without_a_course() == set()
    assert {move for move, _ in NOT_TRIED} <= set(moves())


def test_deaths_lose_nothing_and_double_no_sms(world: CrashWorld) -> None:
    quarter = QUARTERS[world.database.dialect.name]
    quarter = random.sample(quarter, k=len(quarter))  # pytest-randomly seeds it
    die(world, quarter)
    counted = tally(world)
    print(f"\n{world.database.dialect.name}:\n{counted.table()}")  # noqa: T201  # the issue asks for the figures

    assert world.journal.commits_without_a_step() == set()
    assert counted.deaths == Counter(str(death.fault.point) for death in quarter)
    assert counted.faults() == []


def die(world: CrashWorld, matrix: Sequence[Death], customers: int = 1) -> None:
    """Each of these deaths, one life after the other; a last life does what is left."""
    for death in matrix:
        death.course.book(world, customers)
        world.die(death.fault, death.course.jobs)
    world.settle()
