"""What a first pass or a baseline kept from being told, as people see it, tell it after all and drop it by command."""

from pathlib import Path

import pytest

from tests.cli.conftest import TICK, Run, load

BEFORE = "2026-03-01T09:00:00-05:00"
BY = ("--by", "marta", "--reason", "nobody told them")
OUTAGE = """rules:
  - rule: outage-of-mine
    about: incident
    to: incident.contracts.customer
    owner: field-operations
    class: safety
    when: incident.status == 'in_progress'
    template: outage_of_mine
    exit: field-desk
    claims: { expected_end_at: incident.expected_end_at }
    follow_up: [{ on: ended, tell: nobody }]
"""
WAY_OUT = "{{ exit.address }}, ref. {{ reference }}"


@pytest.fixture
def kept_back(project: Path, run: Run) -> Path:
    """Two cuts began before the rule about them was first read; each reaches one customer."""
    folder = project / "templates" / "outage_of_mine"
    folder.mkdir()
    for language, cut, until in (("en", "A power cut", "Cut until"), ("es", "Un corte", "Corte hasta")):
        text = f"{until} {{{{ expected_end_at }}}}."
        (folder / f"sms.{language}.txt.j2").write_text(f"{text} {WAY_OUT}", encoding="utf-8")
        (folder / f"email.{language}.subject.j2").write_text(cut, encoding="utf-8")
        (folder / f"email.{language}.txt.j2").write_text(f"{text}\n\n{WAY_OUT}", encoding="utf-8")
    people = [
        {"id": f"C-{n}", "name": f"Ana {n}", "locale": "en", "email": f"ana{n}@example.com", "country": "CO"}
        for n in (1, 2)
    ]
    contracts = [{"id": f"K-{n}", "customer_id": f"C-{n}", "status": "active", "zone": f"Z-{n}"} for n in (1, 2)]
    cuts = [
        {"id": f"I-{n}", "kind": "outage", "status": "in_progress", "zone": f"Z-{n}", "started_at": BEFORE}
        | {"expected_end_at": "2026-03-09T09:00:00-05:00"}
        for n in (1, 2)
    ]
    load(project, run, [{"at": BEFORE, "set": {"customer": people, "contract": contracts, "incident": cuts}}])
    (project / "rules" / "mine.yaml").write_text(OUTAGE, encoding="utf-8")
    assert run("tick", "--at", BEFORE).code == 0
    return project


def told(run: Run) -> list[str]:
    return sorted(row["subject"] for row in run("notices", "list", "--state", "told", "--json").json)


def listed(run: Run, *options: str) -> str:
    return " ".join(run("backlog", "list", *options).out.split())


def test_the_backlog_of_a_first_pass_is_listed_by_rule_and_by_row_and_told_after_all(kept_back: Path, run: Run) -> None:
    assert "outage-of-mine" in listed(run)
    assert run("backlog", "list", "--json").json[0]["count"] == 2
    assert "I-1" in listed(run, "--rule", "outage-of-mine")
    assert run("tick", "--at", TICK).code == 0
    assert told(run) == []
    said = run("backlog", "tell", "outage-of-mine", "I-1", *BY, "--at", TICK)
    assert said.code == 0
    assert "1 entry of rule outage-of-mine left the backlog" in " ".join(said.out.split())
    assert run("tick", "--at", TICK).code == 0
    assert told(run) == ["incident:I-1"]
    assert "I-1" not in listed(run, "--rule", "outage-of-mine")


def test_what_a_person_drops_is_listed_no_longer_and_never_told(kept_back: Path, run: Run) -> None:
    said = run("backlog", "drop", "outage-of-mine", *BY, "--at", TICK)
    assert (said.code, said.out.strip()) == (0, "2 entries of rule outage-of-mine will never be told.")
    assert listed(run) == "Nothing is in the backlog."
    assert listed(run, "--rule", "outage-of-mine") == "Rule outage-of-mine has no backlog."
    assert run("tick", "--at", TICK).code == 0
    assert told(run) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tell", "outage-of-mine", "I-9"), "the backlog of rule outage-of-mine has no I-9; did you mean 'I-2'?"),
        (("drop", "outage-of-min"), "there is no rule outage-of-min; did you mean 'outage-of-mine'?"),
    ],
)
def test_what_is_not_in_the_backlog_is_said_with_where_to_look(
    kept_back: Path, run: Run, arguments: tuple[str, ...], said: str
) -> None:
    refused = run("backlog", *arguments, *BY, "--at", TICK)
    assert refused.code != 0
    assert said in " ".join(refused.err.split())
    assert run("backlog", "list", "--json").json[0]["count"] == 2
