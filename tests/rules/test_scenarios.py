"""A scenario file becomes typed values: rows as an import reads them, instants in UTC, expectations by kind."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from notifier.model.contradictions import ContradictionState
from notifier.model.notices import NoticeState
from notifier.model.problems import ProblemsError
from notifier.model.types import ChannelName
from notifier.rules.loader import load_project
from notifier.rules.scenarios import Scenario, load_scenarios
from notifier.simulation.scenario_files import scenario_files
from tests.rules.projects import write

WHOLE = """\
scenarios:
  - scenario: everything
    rules: [good.yaml, deep/other.yaml]
    given:
      customer: [{ id: C-1, name: Ana Ruiz, phone: '+573001234567', site_id: null }]
      charge:
        - { id: X-1, customer_id: C-1, amount: 79900.50, currency: COP, billed: false, attributes: { weight: 2 } }
      promise: [{ id: P-1, subject: contract:K-1, topic: monthly_price, value: 79900 }]
      consent: [{ customer_id: C-1, channel: sms, class: marketing, allowed: false }]
    timeline:
      - at: 2026-03-02T09:00:00-05:00
        set: { charge: [{ id: X-1, attributes.weight: 3 }] }
        delete: { promise: [P-1], contact: [1, 2] }
        receipts:
          - { customer: C-1, channel: sms, state: undelivered, code: 30003 }
          - { customer: 7, channel: email, state: delivered }
        expect:
          notices:
            - { rule: good, customer: C-1, state: told, channels: [sms, email], sms_contains: '10:00', reason: due }
            - { rule: good, customer: 7, email_contains: [a, b] }
          contradictions:
            - { check: good-price, subject: contract:K-1, promised: 79900, actual: 111860.5,
                owner: billing, state: open }
          alerts: [{ owner: billing, check: good-price, reason: opened }]
          follow_ups: []
      - at: 2026-03-02T14:00:00Z
        expect: { corrections: [{ rule: good, customer: C-1 }] }
  - scenario: with every rule
    timeline: [{ at: 2026-03-02T14:00:00Z }]
"""
OTHER = """\
checks:
  - check: other
    promise: speed
    against: charge
    on: charge
    actual: charge.customer.site.daily_capacity
    owner: field
"""


@pytest.fixture
def scenarios(folder: Path) -> list[Scenario]:
    write(folder, "rules/attributes.yaml", "attributes: { charge: { weight: number } }")
    write(folder, "rules/deep/other.yaml", OTHER)
    path = write(folder, "rules/whole.test.yaml", WHOLE)
    return load_scenarios(path, load_project(folder))


def test_given_rows_keep_their_values_and_places(scenarios: list[Scenario]) -> None:
    customer, charge, promise, consent = scenarios[0].given
    assert customer.entity == "customer"
    assert customer.values == {"id": "C-1", "name": "Ana Ruiz", "phone": "+573001234567", "site_id": None}
    assert charge.values["amount"] == Decimal("79900.50")
    assert charge.values["billed"] is False
    assert charge.values["attributes.weight"] == 2
    assert str(charge.places["amount"]) == "rules/whole.test.yaml:7:48"
    assert promise.values["subject"] == "contract:K-1"
    assert consent.values["class"] == "marketing"


def test_a_timeline_entry_writes_and_deletes_at_an_instant(scenarios: list[Scenario]) -> None:
    first, second = scenarios[0].timeline
    assert first.at == datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert [row.values for row in first.set] == [{"id": "X-1", "attributes.weight": 3}]
    assert first.delete == {"promise": ("P-1",), "contact": ("1", "2")}
    assert second.at == first.at
    assert (second.set, second.delete) == ((), {})


def test_a_timeline_entry_says_what_providers_report(scenarios: list[Scenario]) -> None:
    first, second = scenarios[0].timeline
    assert [(each.customer, each.channel, each.delivered, each.code) for each in first.receipts] == [
        ("C-1", ChannelName.SMS, False, 30003),
        ("7", ChannelName.EMAIL, True, None),
    ]
    assert second.receipts == ()


def test_expectations_say_nothing_none_or_what(scenarios: list[Scenario]) -> None:
    expect = scenarios[0].timeline[0].expect
    assert expect is not None
    assert (expect.corrections, expect.follow_ups) == (None, ())
    assert expect.notices is not None
    told, other = expect.notices
    assert (told.rule, told.customer, told.state, told.reason) == ("good", "C-1", NoticeState.TOLD, "due")
    assert told.channels == (ChannelName.SMS, ChannelName.EMAIL)
    assert told.sms_contains == ("10:00",)
    assert (other.customer, other.state, other.channels, other.email_contains) == ("7", None, (), ("a", "b"))
    assert expect.contradictions is not None
    contradiction = expect.contradictions[0]
    assert (contradiction.check, contradiction.subject) == ("good-price", "contract:K-1")
    assert (contradiction.promised, contradiction.actual) == (79900, Decimal("111860.5"))
    assert (contradiction.owner, contradiction.state) == ("billing", ContradictionState.OPEN)
    assert expect.alerts is not None
    assert (expect.alerts[0].owner, expect.alerts[0].check, expect.alerts[0].rule) == ("billing", "good-price", None)


def test_a_scenario_has_the_rules_of_its_files_in_force(folder: Path, scenarios: list[Scenario]) -> None:
    project = load_project(folder)
    assert scenarios[0].files == ("rules/good.yaml", "rules/deep/other.yaml")
    assert set(scenarios[0].restricted(project).checks) == {"good-price", "other"}
    assert scenarios[1].restricted(project) is project
    write(
        folder,
        "rules/deep/other.test.yaml",
        "scenarios: [{ scenario: a, rules: other.yaml, timeline: [{ at: 2026-03-02T14:00:00Z }] }]",
    )
    restricted = load_scenarios(folder / "rules/deep/other.test.yaml", project)[0].restricted(project)
    assert (set(restricted.rules), set(restricted.checks)) == (set(), {"other"})


def test_scenario_files_are_found_and_are_no_rule_files(folder: Path) -> None:
    write(folder, "rules/telco/a.test.yaml", "scenarios: []")
    write(folder, "rules/b.test.yaml", "scenarios: []")
    assert [path.relative_to(folder).as_posix() for path in scenario_files(load_project(folder))] == [
        "rules/b.test.yaml",
        "rules/telco/a.test.yaml",
    ]
    assert load_project(folder).problems == ()


def test_an_unreadable_scenario_file_is_one_problem(folder: Path) -> None:
    path = write(folder, "rules/bad.test.yaml", "scenarios: [")
    with pytest.raises(
        ProblemsError, match=r"^rules/bad.test.yaml:1:13: not YAML: .*; a quote or bracket is not closed$"
    ):
        load_scenarios(path, load_project(folder))


def test_the_shipped_scenarios_can_be_read() -> None:
    root = Path(__file__).parents[2]
    project = load_project(root)
    read = [(path.name, scenario) for path in scenario_files(project) for scenario in load_scenarios(path, project)]
    assert len(read) > len(project.rules)
    # One is about all rules at once; what fails in another one is then found in few files.
    assert {name for name, scenario in read if not scenario.files} == {"claro_week.test.yaml"}
