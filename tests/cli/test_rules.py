"""`notifier rules`: every problem at once, scenarios that must fail do, and what is in force."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

SCENARIOS = """
scenarios:
  - scenario: an installation is announced
    given:
      customer: [{ id: C-1, name: Ana Ruiz, locale: es-CO, timezone: America/Bogota, phone: '+573001234567' }]
      contract: [{ id: K-1, customer_id: C-1, status: active }]
      appointment:
        - id: A-1
          customer_id: C-1
          contract_id: K-1
          kind: installation
          status: confirmed
          starts_at: '2026-03-05T10:00:00-05:00'
    timeline:
      - at: 2026-03-03T11:00:00-05:00
        expect:
          notices: [{ rule: installation-reminder, customer: C-1, state: told }]
"""


def test_a_project_without_problems_is_exit_zero(project: Path, run: Run) -> None:
    done = run("rules", "check")

    assert done.code == 0
    assert done.out == "2 rules, 5 checks: 0 errors, 0 warnings\n"


def test_every_problem_is_said_at_once_with_its_place_and_exit_one(project: Path, run: Run) -> None:
    file = project / "rules" / "installation.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("appointment.kind ==", "appointment.knd ==").replace(
            "owner: field-operations", "owner: fild-operations", 1
        ),
        encoding="utf-8",
    )

    done = run("rules", "check")
    problems = run("rules", "check", "--json").json

    assert done.code == 1
    assert "rules/installation.yaml:9:21: appointment has no field 'knd'; did you mean 'kind'?" in done.err
    assert "did you mean 'field-operations'?" in done.err
    assert {(one["file"], one["severity"]) for one in problems} >= {("rules/installation.yaml", "error")}


def test_the_check_asks_for_texts_in_the_default_locale_of_the_settings(project: Path, run: Run) -> None:
    """With es-CO the Spanish texts are what those are told who have no language of their own."""
    for text in (project / "templates" / "installation_reminder").glob("*.es.*"):
        text.unlink()

    done = run("rules", "check")

    assert done.code == 1
    assert "templates/installation_reminder:1:1: there is no text in 'es-CO', the default locale" in done.err
    assert "write sms.es.txt.j2, email.es.subject.j2, email.es.txt.j2" in done.err


def test_list_shows_when_each_rule_speaks_and_who_answers(project: Path, run: Run) -> None:
    done = run("rules", "list")
    document = run("rules", "list", "--json").json

    assert "48h before appointment.starts_at" in done.out
    assert "promised-price-vs-billing" in done.out
    names = [one.get("rule") or one.get("check") for one in document]
    assert set(names) == {
        "installation-reminder",
        "bill-is-ready",
        "promised-price-vs-billing",
        "period-billed-twice",
        "bill-for-a-cancelled-contract",
        "cancelled-but-billed",
        "cancelled-but-scheduled",
    }


def test_a_rule_with_an_error_is_set_aside_and_the_others_are_in_force(project: Path, run: Run) -> None:
    file = project / "rules" / "installation.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("appointment.kind", "appointment.knd"), encoding="utf-8")

    done = run("rules", "list", "--json")

    assert done.code == 0
    assert [one["rule"] for one in done.json if "rule" in one] == ["bill-is-ready"]
    assert "appointment has no field 'knd'" in done.err


def test_scenarios_that_hold_and_scenarios_that_do_not(project: Path, run: Run) -> None:
    file = project / "rules" / "installation.test.yaml"
    file.write_text(SCENARIOS, encoding="utf-8")
    holds = run("rules", "test")
    file.write_text(SCENARIOS.replace("state: told", "state: held"), encoding="utf-8")
    fails = run("rules", "test")
    document = run("rules", "test", "--json").json

    assert (holds.code, fails.code) == (0, 1)
    assert "1 scenario: all hold" in holds.out
    assert "1 of 1 scenario failed" in fails.out
    assert "rules/installation.test.yaml:3" in fails.out
    assert document[0]["passed"] is False
    assert document[0]["differences"][0]["what"] == "notices"


def test_a_selection_that_matches_no_scenario_is_wrong_usage(project: Path, run: Run) -> None:
    (project / "rules" / "installation.test.yaml").write_text(SCENARIOS, encoding="utf-8")

    assert run("rules", "test", "--only", "announced").code == 0
    assert run("rules", "test", "--only", "no such scenario").code == 2


def test_a_scenario_file_that_cannot_be_read_fails(project: Path, run: Run) -> None:
    (project / "rules" / "bad.test.yaml").write_text("scenarios: [{ scenario: x, givn: {} }]\n", encoding="utf-8")

    done = run("rules", "test")

    assert done.code == 1
    assert "givn" in done.out


def test_a_year_whose_holidays_are_not_all_decreed_yet_is_a_warning(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.calendars.decreed_days.DECREED", {"AR": "a name that no holiday has"})
    monkeypatch.setenv("NOTIFIER_DEFAULT_COUNTRY", "AR")

    done = run("rules", "check")

    assert done.code == 0
    assert "rules/hours.yaml:1:1: warning: the holidays of AR in" in done.err
    assert done.out.endswith("0 errors, 1 warning\n")


CUT = """rules:
  - rule: cut
    about: incident
    to: incident.contracts.customer
    owner: field-operations
    class: service
    when: incident.status == 'in_progress' and incident.contracts.exists(c, c.incidents.size() > 0)
    template: installation_cancelled
    exit: field-desk
    claims: { starts_at: incident.started_at, place: incident.zone }
    follow_up: [{ on: ended, tell: nobody }]
"""


def test_rules_check_notes_how_a_relation_without_an_id_joins(project: Path, run: Run) -> None:
    assert "note:" not in run("rules", "check").err
    (project / "rules" / "cut.yaml").write_text(CUT, encoding="utf-8")
    done = run("rules", "check")
    notes = [line for line in done.err.splitlines() if "note:" in line]
    assert (done.code, notes) == (
        0,
        [
            f"rules/cut.yaml:2:5: note: {which} are found by zone, or by site_id where the incident names no zone"
            for which in ("contract.incidents", "incident.contracts")
        ],
    )
