"""docs/mission.md names all 64 needs, and what it says shows them exists."""

import ast
import re
from collections.abc import Iterator

import pytest
import typer
from ruamel.yaml import YAML

from notifier.cli.main import app
from tests.docs.pages import REPOSITORY

PAGE = REPOSITORY / "docs" / "mission.md"
ROW = re.compile(r"^\| (M\d\d) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = {name: shown for name, _, shown in ROW.findall(PAGE.read_text(encoding="utf-8"))}
SHOWN_NOW = ("M01", "M02", "M05", "M07", "M14", "M15", "M16", "M28", "M33", "M34", "M35", "M40", "M42")
NOT_YET = "not yet"
TEST = re.compile(r"`(tests/[\w/]+\.py)?::(\w+)`")
SCENARIOS = re.compile(r'`(rules/[\w/]+\.test\.yaml)` ("[^"]+"(?:, "[^"]+")*)')
FILE = re.compile(r"`(rules/[\w/.]+|docs/[\w/.]+)`")
COMMAND = re.compile(r"`notifier ([a-z ]+)`")
SHOWN = [name for name, shown in ROWS.items() if shown != NOT_YET]


def named_tests_in(shown: str) -> Iterator[tuple[str, str]]:
    """The file and the name of every test; a name without a file is in the file named last."""
    last = ""
    for file, name in TEST.findall(shown):
        last = file or last
        yield last, name


def named_scenarios_in(shown: str) -> Iterator[tuple[str, str]]:
    """The file and the name of every scenario."""
    for file, names in SCENARIOS.findall(shown):
        for name in re.findall(r'"([^"]+)"', names):
            yield file, name


def test_every_need_has_one_row_in_order() -> None:
    assert list(ROWS) == [f"M{number:02}" for number in range(1, 65)]
    assert len(ROW.findall(PAGE.read_text(encoding="utf-8"))) == 64


def test_what_must_be_shown_by_now_is() -> None:
    assert [name for name in SHOWN_NOW if name not in SHOWN] == []


@pytest.mark.parametrize("need", SHOWN)
def test_what_is_shown_is_shown_by_a_test_or_a_scenario_that_exists(need: str) -> None:
    named_tests, named_scenarios = list(named_tests_in(ROWS[need])), list(named_scenarios_in(ROWS[need]))
    assert named_tests or named_scenarios, "a command or a file alone shows nothing"
    for file, name in named_tests:
        tree = ast.parse((REPOSITORY / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, f"{file}::{name}"
    for file, name in named_scenarios:
        document = YAML(typ="safe").load((REPOSITORY / file).read_text(encoding="utf-8"))
        assert name in [scenario["scenario"] for scenario in document["scenarios"]], f"{file}: {name}"
    for file in FILE.findall(ROWS[need]):
        assert (REPOSITORY / file).is_file(), file


@pytest.mark.parametrize("need", SHOWN)
def test_every_command_that_is_named_exists(need: str) -> None:
    command = typer.main.get_command(app)
    for words in COMMAND.findall(ROWS[need]):
        found = command
        for word in words.split():
            assert isinstance(found, typer.core.TyperGroup), words
            assert word in found.commands, words
            found = found.commands[word]
