"""Random conditions over random rows: CEL, SQLite and PostgreSQL say the same true, false or error.

`NOTIFIER_TEST_CONDITIONS=100000 .venv/bin/pytest tests/evaluation/test_oracle.py -n 2` runs more of them.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.model.problems import ProblemsError
from tests.evaluation.oracle.comparing import Oracle, Report, compare, drawn, engine_of, load, run
from tests.evaluation.oracle.faults import FAULTS, Fault
from tests.evaluation.oracle.generator import MOST_ROWS, Generator
from tests.evaluation.oracle.random_state import random_world
from tests.support.postgres import fresh_database

PARTS = 4
CONDITIONS = int(os.environ.get("NOTIFIER_TEST_CONDITIONS", "720")) // PARTS
WORLD = random_world(seed=7)
BUILDING_BLOCKS = {
    "&&", "||", "!", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "null", "has", "now", "duration",
    "startsWith", "endsWith", "contains", "size of text", "date part", "attribute", "exists", "all", "filter", "size",
    "sum", "one hop", "two hops", "to-many links", "to-many ties", "to-many knots", "to-many notes",
    "to-many owner.notes", "to-many twice", "to-one of many",
    "avg", "min", "max", "first", "last", "?:",
}  # fmt: skip


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(WORLD)


@pytest.fixture(scope="module")
def sqlite() -> Iterator[sa.Connection]:
    engine = engine_of("sqlite://")
    with engine.connect() as connection:
        load(connection, WORLD)
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def databases(sqlite: sa.Connection, postgres: sa.URL) -> Iterator[list[sa.Connection]]:
    with fresh_database(postgres) as url:
        engine = engine_of(url.render_as_string(hide_password=False))
        with engine.connect() as connection:
            load(connection, WORLD)
            yield [sqlite, connection]
        engine.dispose()


@pytest.mark.parametrize("part", range(PARTS))
def test_random_conditions_mean_on_both_databases_what_they_mean_in_cel(
    oracle: Oracle, databases: list[sa.Connection], part: int
) -> None:
    report = run(part, CONDITIONS, oracle, databases)
    assert report.differences == []
    assert report.conditions == CONDITIONS
    outcomes = report.outcomes.total()
    assert outcomes == CONDITIONS * 50
    assert report.outcomes[True] >= 0.20 * outcomes
    assert report.outcomes[False] >= 0.20 * outcomes
    assert report.outcomes[None] >= 0.05 * outcomes


def test_every_operator_macro_and_kind_of_path_is_there_often() -> None:
    made_of: Counter[str] = Counter()
    for part in range(PARTS):
        for _, blocks in islice(drawn(random.Random(part)), CONDITIONS):
            made_of.update(dict.fromkeys(blocks, 1))
    assert set(made_of) == BUILDING_BLOCKS
    assert {block: count for block, count in made_of.items() if count < CONDITIONS * PARTS // 72} == {}


def test_no_list_of_the_world_is_longer_than_a_written_out_sum() -> None:
    items = WORLD.items()
    rows = [*items, *(item["owner"] for item in items)]
    lists = [value for row in rows for value in row.values() if isinstance(value, list)]
    assert max(len(rows) for rows in lists) <= MOST_ROWS


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(chance=st.randoms(use_true_random=False), depth=st.integers(0, 4))
def test_hypothesis_finds_no_smaller_difference(
    oracle: Oracle, databases: list[sa.Connection], chance: random.Random, depth: int
) -> None:
    report = Report()
    try:
        compare(oracle, databases, Generator(chance).condition(depth), report)
    except ProblemsError:
        return  # more decimal places than fit
    assert report.differences == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_in_the_compiler_is_caught(
    oracle: Oracle, sqlite: sa.Connection, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    fault.inject(monkeypatch)
    assert run(0, 1_000, oracle, [sqlite], stop=True).differences != []
