"""Thousands of bad inputs, each a clear error or a right result: never a trace, never a changed table.

`python -m tests.fuzz.long` tries a million, and `python -m tests.fuzz.guided` lets atheris look for more.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.judges import Judge, judges
from tests.fuzz.long import SHARES

INPUTS = 7_500
AT_ONCE = 25
"""Inputs of one example: Hypothesis takes longer to make an example than most inputs take to be judged."""
TAKEN_AT_LEAST = 0.01
"""Where nearly every input is refused, nothing is known of those that are not."""


@pytest.fixture(scope="module")
def by_kind(migrated_file: Path) -> Iterator[Mapping[str, Judge]]:
    with judges(migrated_file) as each:
        yield each


@pytest.mark.parametrize("kind", SHARES)
def test_a_bad_input_is_a_clear_error_or_a_right_result(by_kind: Mapping[str, Judge], kind: str) -> None:
    judge = by_kind[kind]
    examples = int(INPUTS * SHARES[kind]) // AT_ONCE
    taken = 0

    # Smaller seeds are no simpler inputs, so there is nothing to shrink: the seed and the input stand in the failure.
    @settings(max_examples=examples, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(st.integers(0, 2**48))
    def try_some(number: int) -> None:
        nonlocal taken
        for seed in range(number * AT_ONCE, (number + 1) * AT_ONCE):
            bad = judge.mutations.of(seed)
            try:
                taken += judge.judge(bad)
            except Exception as error:
                error.add_note(f"{kind}, seed {seed}: {bad!r}")
                raise

    try_some()
    assert taken >= TAKEN_AT_LEAST * examples * AT_ONCE
