"""The ways in which a rule can become untrue after it was told are named, but those that a follow-up speaks of."""

from pathlib import Path

import pytest

from notifier.rules.lint import lint
from notifier.rules.loader import load_project
from tests.rules.projects import write

REMEDY = "add a follow_up with a template, 'tell: nobody' or 'tell: owner'; 'on: ended' is for every other end"


def left_open(folder: Path, rule: str) -> list[str]:
    """What is warned of a rule of this text, without the place and the remedy."""
    write(folder, "rules/one.yaml", f"rules:\n  - rule: one\n    owner: field\n    class: service\n{rule}")
    project = load_project(folder)
    assert [str(problem) for problem in project.problems] == []
    end = f" after 'one' was told, and no follow-up says so; {REMEDY}"
    problems = [problem for problem in lint(project) if problem.what.endswith(end)]
    assert all(not problem.is_error for problem in problems)
    return [f"{problem.place.line}:{problem.place.column} {problem.what.removesuffix(end)}" for problem in problems]


VISIT = "    about: appointment\n    template: reminder\n    exit: desk\n"


def test_the_statuses_that_no_follow_up_speaks_of_are_named(folder: Path) -> None:
    visit = VISIT + "    when: appointment.status in ['initialized', 'confirmed']\n"
    assert left_open(folder, visit) == ["8:11 appointment.status may become completed, cancelled, failed"]
    some = "    follow_up:\n      - { when: appointment.status == 'cancelled', template: cancelled }\n"
    assert left_open(folder, visit + some) == ["8:11 appointment.status may become completed, failed"]
    others = "      - { when: appointment.status != 'cancelled', tell: nobody }\n"
    assert left_open(folder, visit + some + others) == []


def test_on_ended_speaks_of_every_end(folder: Path) -> None:
    rest = "    follow_up: [{ on: ended, tell: owner }]\n"
    assert left_open(folder, VISIT + "    when: appointment.status == 'confirmed'\n" + rest) == []


def test_what_unless_names_and_what_a_relation_leads_to_count(folder: Path) -> None:
    found = left_open(
        folder,
        VISIT
        + "    when: [appointment.kind == 'repair', appointment.status != 'cancelled']\n"
        + "    unless: appointment.contract.status in ['cancelled', 'terminated']\n"
        + "    follow_up:\n      - { when: appointment.status == 'cancelled', template: cancelled }\n",
    )
    assert found == ["9:13 appointment.contract.status may become cancelled, terminated"]


def test_one_follow_up_may_speak_of_several_ways(folder: Path) -> None:
    either = "appointment.status == 'cancelled' or appointment.contract.status in ['cancelled', 'terminated']"
    found = left_open(
        folder,
        VISIT
        + "    when: appointment.status != 'cancelled'\n"
        + "    unless: appointment.contract.status in ['cancelled', 'terminated']\n"
        + f'    follow_up:\n      - {{ when: "{either}", template: cancelled }}\n',
    )
    assert found == []


def test_truths_clauses_and_anchors_that_may_turn_are_named(folder: Path) -> None:
    found = left_open(
        folder,
        "    about: charge\n    template: reminder\n    exit: desk\n"
        "    at: 3d before charge.bill_at\n"
        "    when: [not charge.billed, charge.amount > 0]\n",
    )
    assert found == [
        "8:9 charge.bill_at may lose its value",
        "9:12 charge.billed may become true",
        "9:31 'charge.amount > 0' may become false",
    ]


def test_the_filter_on_the_way_to_the_rows_of_each_counts(folder: Path) -> None:
    outage = (
        "    about: incident\n    template: reminder\n    exit: desk\n"
        "    each: { contract: \"incident.contracts.filter(c, c.status == 'active')\" }\n"
        "    to: contract.customer\n    when: incident.status == 'in_progress'\n"
        "    follow_up:\n      - { when: incident.status != 'in_progress', tell: nobody }\n"
    )
    assert left_open(folder, outage) == ["2:5 contract.status may become pending, suspended, cancelled, terminated"]
    assert left_open(folder, outage + "      - { when: contract.status != 'active', tell: nobody }\n") == []


@pytest.mark.parametrize(
    "when",
    [
        "site_day.kind == 'closed'",
        "site_day.kind in ['closed', 'closed']",
        "not (site_day.kind != 'closed')",
    ],
)
def test_the_kind_of_a_day_may_change_however_it_is_asked_for(folder: Path, when: str) -> None:
    rule = "    about: site_day\n    to: site_day.site.customers\n    template: reminder\n    exit: desk\n"
    assert left_open(folder, f'{rule}    when: "{when}"\n') == [
        "9:11 site_day.kind may become normal, reduced, extended"
    ]
