"""Every file under bad/ is refused with exactly the problems that its last lines (`#> …`) state.

The folder says what the file is: those in `rules` are added to the good project's rules, any other one replaces the
file of that name.
"""

from pathlib import Path

import pytest

from notifier.model.problems import Problem, ProblemsError
from notifier.rules.loader import load_project
from notifier.rules.scenarios import load_scenarios
from tests.rules.projects import HERE

BAD = HERE / "bad"
FILES = sorted(path.relative_to(BAD).as_posix() for path in BAD.rglob("*.yaml"))
EXPECTED = "#> "


def _target(file: str) -> str:
    kind, name = file.split("/")
    return {"rules": f"rules/{name}", "scenarios": "rules/scenarios.test.yaml"}.get(kind, f"rules/{kind}.yaml")


def _problems(folder: Path, target: str) -> list[Problem]:
    project = load_project(folder)
    if not target.endswith(".test.yaml"):
        return [*project.problems, *project.map_problems]
    with pytest.raises(ProblemsError) as refusal:
        load_scenarios(folder / target, project)
    return [*project.problems, *refusal.value.problems]


@pytest.mark.parametrize("file", FILES)
def test_a_bad_file_is_refused_with_every_problem_and_its_place(folder: Path, file: str) -> None:
    text = (BAD / file).read_text()
    target = _target(file)
    (folder / target).write_text(text)
    expected = [line.removeprefix(EXPECTED) for line in text.splitlines() if line.startswith(EXPECTED)]
    assert expected
    assert [str(problem) for problem in _problems(folder, target)] == expected


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith("rules/")])
def test_a_bad_rule_file_leaves_the_good_rules_in_force(folder: Path, file: str) -> None:
    (folder / _target(file)).write_text((BAD / file).read_text())
    project = load_project(folder)
    assert set(project.rules) == {"good"}
    assert set(project.checks) == {"good-price"}
