"""Actions, the week of an owner, and holdouts, as people open, close and read them by command."""

from pathlib import Path

import pytest

from tests.cli.conftest import TICK, Run

BY = ("--by", "marta", "--reason", "so decided")
REASONS = """reasons:
  visit-when: { object: technician visit, step: day before, failure: nobody said the hour, owner: field-operations }
"""
OPEN = ("actions", "open", "say the hour the evening before", "--contacts", "visit-when", *BY, "--at", TICK)
UNTIL = ("--until", "2026-03-20T18:00:00-05:00")
HOLDOUT = "    holdout: { share: 20%, until: 2026-03-20, decided_by: Marta Ruiz, contacts: [visit-when] }\n"


@pytest.fixture
def listening(ticked: Path) -> Path:
    """The project with reasons."""
    (ticked / "rules" / "reasons.yaml").write_text(REASONS, encoding="utf-8")
    return ticked


def test_an_action_is_opened_listed_shown_closed_and_read_of_in_the_week(listening: Path, run: Run) -> None:
    assert "say by when: --until TIME" in run(*OPEN).err
    done = run(*OPEN, *UNTIL)
    assert done.code == 0, done.err
    name = done.out.split()[0]
    assert "field-operations, until 2026-03-20 23:00 UTC" in done.out
    later = ("--at", "2026-03-25T10:00:00-05:00")
    assert "open for 22 days" in " ".join(run("actions", "list", *later).out.split())
    (row,) = run("actions", "list", "--json", *later).json
    assert (row["action"], row["late"], row["age_days"], row["owner"]) == (name, True, 22, "field-operations")
    (matter,) = [each for each in run("today", "--json", *later).json["waiting"] if each["matter"] == "actions"]
    assert matter["tasks"][0]["command"] == f"notifier actions done {name} --cause … --effect … --by … --reason …"
    week = run("digest", "field-operations", *later).out
    assert "Acciones abiertas: 1" in week or "Open actions: 1" in week
    assert run("digest", "field-operations", "--json", *later).json["open"][0]["action"] == name
    assert "there is no owner 'field-operation'" in run("digest", "field-operation").usage
    assert "why it happened" in run("actions", "done", name, *BY, *later).err
    closing = ("--cause", "nobody owned the hour", "--effect", "no call since")
    assert run("actions", "done", name, *closing, *BY, *later).code == 0
    assert run("actions", "list", *later).out == "No action is open.\n"
    shown = run("actions", "show", name.lower(), *later)
    assert "cause found: nobody owned the hour" in shown.out
    assert "marta: done, so decided" in shown.out
    card = run("actions", "show", name, "--json", *later).json
    assert [each["verb"] for each in card["interventions"]] == ["open", "done"]
    assert run("actions", "drop", name, *BY).code == 1
    assert run("actions", "move", name, "--owner", "nobody", *BY).code == 2


def test_the_report_of_a_holdout_waits_for_its_end_and_its_plan_says_its_size(listening: Path, run: Run) -> None:
    path = listening / "rules" / "installation.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    class: service\n", f"    class: service\n{HOLDOUT}", 1), encoding="utf-8")
    plan = run("report", "holdout", "--plan", "--at", TICK)
    assert "if 10 % make contact without it: " in " ".join(plan.out.split())
    assert run("report", "holdout", "--plan", "--json", "--at", TICK).json["plans"][0]["share"] == "20%"
    report = run("report", "holdout", "--at", TICK)
    assert "20 % are not told until 2026-03-20, decided by Marta Ruiz" in report.out
    assert "nobody was drawn yet" in report.out
    (figures,) = run("report", "holdout", "--json", "--at", TICK).json["holdouts"]
    assert (figures["finding"], figures["difference"], figures["told"]) == ("too_early", None, None)
    assert "no share" in run("report", "holdout", "--plan", "--effect", "half").usage
