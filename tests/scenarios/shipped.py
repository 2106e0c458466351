"""The project that this repository ships: its rules, checks and scenarios."""

from functools import cache
from pathlib import Path

from notifier.model.notices import NoticeState
from notifier.rules.checked import Project
from notifier.rules.checked_rules import Rule
from notifier.rules.loader import load_project
from notifier.rules.scenarios import Scenario, load_scenarios
from notifier.simulation.scenario_files import scenario_files

ROOT = Path(__file__).resolve().parents[2]


@cache
def project() -> Project:
    """The shipped project."""
    return load_project(ROOT)


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Every shipped scenario, in the order of the files."""
    return tuple(scenario for path in scenario_files(project()) for scenario in load_scenarios(path, project()))


def scenarios_of(file: str) -> list[Scenario]:
    """The scenarios next to one rule file: those of the file that tests it."""
    neighbour = file.removesuffix(".yaml") + ".test.yaml"
    return [scenario for scenario in scenarios() if scenario.place.file == neighbour]


def spoken(rule: Rule) -> NoticeState:
    """The state of a notice with which the rule speaks: held where each of them waits for a person."""
    return NoticeState.HELD if rule.limits.recipients == 0 else NoticeState.TOLD
