"""A small project with one rule and one check, for scenarios that pass and scenarios that must fail."""

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from notifier.model.scenario_results import ScenarioResult
from notifier.rules.loader import load_project
from notifier.simulation.databases import Databases, temporary_databases
from notifier.simulation.scenarios import run_scenarios
from tests.support.small_project import write_small_project

FILES = {
    "rules/topics.yaml": "topics: { monthly_price: { type: money, worse: higher } }",
    "rules/visit.yaml": """
        rules:
          - rule: visit-reminder
            about: appointment
            owner: field
            class: service
            when: appointment.status in ['initialized', 'confirmed']
            unless: appointment.contract.status == 'cancelled'
            at: 48h before appointment.starts_at
            claims: { starts_at: appointment.starts_at }
            template: visit
            exit: desk
            follow_up:
              - { when: appointment.status == 'cancelled', template: visit }
        """,
    "rules/price.yaml": """
        checks:
          - check: price
            promise: monthly_price
            against: charge
            on: charge.contract
            when: not charge.billed
            actual: charge.amount
            surfaces_at: charge.bill_at
            warn: 72h
            owner: field
            hold: { rules: [visit-reminder] }
        """,
    "templates/visit/sms.en.txt.j2": "Visit on {{ starts_at | datetime }}. {{ exit.address }} {{ reference }}",
    "templates/visit/email.en.subject.j2": "Your visit",
    "templates/visit/email.en.txt.j2": "We come on {{ starts_at | datetime }}. {{ exit.address }} {{ reference }}",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_project(tmp_path, FILES)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    with temporary_databases() as made:
        yield made


Played = Callable[..., list[ScenarioResult]]


@pytest.fixture
def played(folder: Path) -> Played:
    """Writes a scenario file next to the rules and plays it."""

    def play(text: str, only: str | None = None) -> list[ScenarioResult]:
        path = folder / "rules" / "x.test.yaml"
        path.write_text(dedent(text))
        project = load_project(folder)
        assert [str(problem) for problem in project.problems] == []
        return list(run_scenarios(project, [path], only))

    return play
