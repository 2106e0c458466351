"""`rules diff` says what a change of rules means before it is made; `rules show`, what was in force when."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cli.conftest import Run, rows_of
from tests.docs.pages import REPOSITORY, File, steps_of

AT = "2026-03-02T10:00:00-05:00"
"""A day before the reminders of the loaded installations are due."""
RULES, TEXTS = "rules/installation.yaml", "templates/installation_reminder"


def edit(project: Path, file: str, old: str, new: str) -> None:
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def effects(found: Any) -> list[tuple[str, str, str]]:
    """Effect, customer and rule of each notice."""
    return sorted((each["effect"], each["customer"], each["rule"]) for each in found["affected"])


def test_equal_rules_are_one_line(loaded: Path, run: Run, tmp_path: Path) -> None:
    before = rows_of(loaded)
    same = "lo que está en vigor y la carpeta dicen lo mismo: no cambia nada para nadie.\n"
    assert run("rules", "diff").out == same
    other = shutil.copytree(loaded, tmp_path / "other")
    edit(other, RULES, "rules:", "# only a remark\nrules:")
    (other / RULES).rename(other / "rules/moved.yaml")
    assert "dicen lo mismo" in " ".join(run("rules", "diff", other).out.split())
    assert rows_of(loaded) == before


def test_more_than_max_added_is_exit_code_1(loaded: Path, run: Run, tmp_path: Path) -> None:
    old = shutil.copytree(loaded, tmp_path / "old")
    edit(old, RULES, "when:", "when:\n      - appointment.place == 'nowhere'")
    done = run("rules", "diff", old, "--at", AT, "--days", "2", "--max-added", "1")
    assert done.code == 1
    assert "2 clientes con un aviso que no iba a recibir (2 avisos)" in done.out
    assert "porque: 48h before appointment.starts_at" in " ".join(done.out.split())
    assert done.out.endswith("2 clientes recibirían más avisos, y --max-added permite 1.\n")
    found = run("rules", "diff", old, "--at", AT, "--days", "0", "--max-added", "1", "--json")
    assert (found.code, effects(found.json)) == (0, [])


def test_a_folder_with_an_error_is_refused_with_all_of_them(loaded: Path, run: Run) -> None:
    edit(loaded, RULES, "at: 48h before", "at: 48h bevor")
    done = run("rules", "diff")
    assert done.code == 1
    assert "rules/installation.yaml:" in done.err


def test_it_speaks_the_language_of_the_project(loaded: Path, run: Run, tmp_path: Path) -> None:
    old = shutil.copytree(loaded, tmp_path / "old")
    edit(loaded, RULES, "at: 48h before", "at: 40h before")
    asked = ("rules", "diff", old, "--at", AT, "--days", "3")
    spanish = run(*asked).out
    edit(loaded, ".env", "NOTIFIER_DEFAULT_LOCALE=es-CO", "NOTIFIER_DEFAULT_LOCALE=en")
    english = run(*asked).out
    for said, other in (
        ("What the folder says differently from", "Qué dice la carpeta de otra manera que"),
        ("~ rule installation-reminder (edited)", "~ regla installation-reminder (cambia)"),
        ("2 customers would be told at another time (2 notices)", "2 clientes con el aviso en otro momento (2 avisos)"),
        ("before: 2 notices to 2 customers, ", "antes:   2 avisos a 2 clientes, "),
    ):
        assert (said in english, other in spanish) == (True, True), english + spanish


def test_what_changed_of_a_check_or_a_plan_is_shown_with_what_it_was(loaded: Path, run: Run, tmp_path: Path) -> None:
    old = shutil.copytree(loaded, tmp_path / "old")
    edit(loaded, "rules/billing.yaml", "tolerance: 0.5%", "tolerance: 2%")
    edit(loaded, "rules/billing.yaml", "warn: 72h", "warn: 9d")
    edit(loaded, RULES, "within: 4h", "within: 6h")
    rule, check = run("rules", "diff", old, "--at", AT, "--days", "0", "--json").json["changed"]
    call = "call the customer if neither message arrives (field-operations within {})"
    assert rule["parts"] == [{"name": "plan", "before": call.format("4h"), "after": call.format("6h")}]
    assert (check["what"], check["name"]) == ("check", "promised-price-vs-billing")
    assert check["parts"] == [
        {"name": "tolerance", "before": "0.5 %", "after": "2 %"},
        {"name": "warn", "before": "3d", "after": "9d"},
    ]
    shown = run("rules", "diff", old, "--at", AT, "--days", "3").out
    assert "    tolerance: 0.5 % -> 2 %\n" in shown
    assert "No cambia nada para nadie hasta jue 2026-03-05 10:00" in shown


def git(folder: Path, *arguments: str) -> None:
    names = ["-c", "user.name=Marta", "-c", "user.email=marta@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", "-C", folder, *names, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(loaded: Path) -> Path:
    """The project one folder below the top of a git repository, with one commit."""
    git(loaded.parent, "init")
    git(loaded.parent, "add", "project/rules", "project/templates")
    git(loaded.parent, "commit", "-m", "first")
    return loaded


def test_revisions_of_git_are_versions(repository: Path, run: Run) -> None:
    edit(repository, RULES, "confirmed", "initialized")
    git(repository.parent, "commit", "-am", "second")
    assert run("rules", "diff", "main", "--at", AT).out.startswith("main y la carpeta dicen lo mismo")
    found = run("rules", "diff", "main~1", "main", "--at", AT, "--days", "2", "--json").json
    assert (found["before"], found["after"]) == ("main~1", "main")
    assert {each["effect"] for each in found["affected"]} == {"dropped"}
    done = run("rules", "diff", "mian")
    assert done.code == 1
    assert "there is no folder and no revision 'mian'" in done.err


def test_the_workflow_of_the_page_does_what_it_says(
    repository: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = REPOSITORY / "docs" / "operations.md"
    (text,) = [step.text for step in steps_of(page) if isinstance(step, File) and step.path.startswith(".github/")]
    workflow = YAML(typ="safe").load(text)["jobs"]["rules"]
    lines = [step["run"].split() for step in workflow["steps"] if step.get("run", "").startswith("notifier ")]
    git(repository.parent, "update-ref", "refs/remotes/origin/main", "HEAD")
    shutil.copy(repository / "notifier.db", repository / "yesterday.db")
    monkeypatch.chdir(repository)
    monkeypatch.setenv("NOTIFIER_DATABASE_URL", workflow["env"]["NOTIFIER_DATABASE_URL"])
    codes = [run(*line[1:]).code for line in lines if line[1:3] != ["rules", "test"]]
    assert codes == [0, 0]
    assert ["notifier", "rules", "test"] in lines


# rules show


def test_the_version_in_force_at_a_time_is_shown_with_its_plan_and_texts(loaded: Path, run: Run) -> None:
    edit(loaded, RULES, "at: 48h before", "at: 20h before")
    run("rules", "publish", "--by", "marta", "--reason", "visits are short")
    (first, second) = [row[2] for row in rows_of(loaded)["published_rules"]]
    assert first != second
    now = run("rules", "show", "installation-reminder", "--json").json
    assert [step["within_seconds"] for step in now["plan"]] == [4 * 3600, 24 * 3600]
    (listed,) = [each for each in run("rules", "list", "--json").json if each.get("rule") == "installation-reminder"]
    assert listed["plan"] == now["plan"]
    assert (now["by"], now["how"], now["until"]) == ("marta", "asked", None)
    assert "at: 20h before appointment.starts_at" in now["source"]
    assert now["source"].startswith("- rule: installation-reminder")
    assert "checks:" not in now["source"]
    assert "installation_reminder/sms.es.txt.j2" in now["texts"]
    then = run("rules", "show", "installation-reminder", "--at", now["since"], "--json").json
    assert then["digest"] == now["digest"]


def test_what_was_in_force_before_is_shown_and_what_was_never_is_refused(loaded: Path, run: Run) -> None:
    since = run("rules", "show", "installation-reminder", "--json").json["since"]
    edit(loaded, RULES, "at: 48h before", "at: 20h before")
    run("rules", "publish")
    shown = run("rules", "show", "installation-reminder", "--at", since)
    assert "at: 48h before appointment.starts_at" in shown.out
    assert "until " in shown.out
    assert "plan: call the customer if neither message arrives (field-operations, within 4h)" in " ".join(
        shown.out.split()
    )
    early = run("rules", "show", "installation-reminder", "--at", "2020-01-01T00:00:00Z")
    assert early.code == 1
    assert "nothing was in force then, Tue 2019-12-31 19:00 (America/Bogota): no set of files" in early.usage
    assert run("rules", "show", "installation-remainder").code == 2


def test_without_anything_in_force_it_is_that_of_the_folder(project: Path, run: Run) -> None:
    shown = run("rules", "show", "installation-reminder")
    assert "as the folder says it; nothing is in force yet" in shown.out
