"""The benchmark still runs: a tiny state, every comparison once, on SQLite. What it measures here means nothing."""

import json
from pathlib import Path

import pytest

from bench.harness import Bench, Case, Job, UnequalError
from bench.report import environment, table, write_json
from bench.sections import load, names
from bench.state import States

TINY = 0.0005


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    states = States(tmp_path_factory.mktemp("bench"), with_postgres=False)
    return Bench(states=states, scale=TINY, quick=True, rounds=1)


def test_the_rules_find_what_the_statements_written_by_hand_find(bench: Bench, tmp_path: Path) -> None:
    results = list(load("evaluation")(bench))
    assert {result.case.other.name for result in results} > {"hand-written SQL"}
    assert all(ratio > 0 for result in results for ratio in result.ratios)
    assert table(results).count("\n") == len(results) + 1
    kept = write_json(tmp_path, environment(bench, 1.0), bench, results)
    assert len(json.loads(kept.read_text(encoding="utf-8"))["results"]) == len(results)


def test_an_import_writes_what_the_bare_script_writes(bench: Bench) -> None:
    (result,) = load("imports")(bench)
    assert result.ratios
    assert result.target == "≥ 0.6"


def test_sides_that_return_different_things_have_no_ratio(bench: Bench) -> None:
    case = Case(name="unequal", ours=Job(name="one", run=lambda: 1), other=Job(name="two", run=lambda: 2))
    with pytest.raises(UnequalError, match="one and two differ"):
        bench.compare("smoke", case)


def test_sides_take_turns_and_what_prepares_a_run_is_not_measured(bench: Bench) -> None:
    heard: list[str] = []

    def job(name: str) -> Job:
        return Job(name=name, before=lambda: heard.append(f"before {name}"), run=lambda: heard.append(name))

    bench.compare("smoke", Case(name="turns", ours=job("a"), other=job("b"), rounds=2))
    assert heard == ["before a", "a", "before b", "b"] * 2


def test_every_section_can_be_loaded() -> None:
    assert {"evaluation", "imports", "start", "tick"} <= set(names())
    assert all(callable(load(name)) for name in names())
