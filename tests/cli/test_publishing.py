"""What is in force, and what a person is told where the files are something else."""

from pathlib import Path

import pytest

from tests.cli.conftest import TICK, Run, rows_of
from tests.support.environment import REST


def edit(project: Path, old: str, new: str) -> None:
    path = project / "rules/installation.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_preview_shows_the_files_as_they_are_and_says_that_they_are_not_in_force(loaded: Path, run: Run) -> None:
    assert "not in force" not in run("preview", "--at", TICK).err
    edit(loaded, "at: 48h before", "at: 20h before")
    before = rows_of(loaded)
    shown = run("preview", "installation-reminder", "--at", TICK)
    assert "tell Ana Ruiz" not in shown.out
    said = (
        "The files are not in force as they are: rules/installation.yaml has changed. The next tick takes them, once "
        "they have rested.\n"
    )
    assert shown.err == said
    assert run("why", "C-1", "installation-reminder", "--at", TICK).err == said
    assert rows_of(loaded) == before
    run("tick", "--at", TICK)
    assert run("preview", "--at", TICK).err == ""


def test_preview_says_of_files_with_errors_that_they_are_not_taken(loaded: Path, run: Run) -> None:
    edit(loaded, "at: 48h before", "at: 48h bevor")
    said = run("preview", "--at", TICK).err
    assert "They have errors: a daemon goes on with those in force, and a tick sets aside what is wrong." in said


def test_where_only_a_person_publishes_a_tick_takes_no_files_with_errors_either(
    loaded: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFIER_RULES_TAKEN", "published")
    edit(loaded, "at: 48h before", "at: 48h bevor")
    assert "They have errors, so what was in force before stays so." in run("preview", "--at", TICK).err
    assert run("tick", "--at", TICK).code == 0


def test_published_files_are_in_force_at_once_and_who_did_it_is_kept(
    loaded: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(REST, "3600")
    edit(loaded, "at: 48h before", "at: 20h before")
    done = run("rules", "publish", "--by", "marta", "--reason", "visits are short")
    assert (done.code, done.out) == (0, "  rules/installation.yaml has changed\nIn force: 2 rules, 5 checks\n")
    (*_, row) = rows_of(loaded)["published_rules"]
    assert (row[4], row[6], row[7]) == ("asked", "marta", "visits are short")
    assert "not in force" not in run("preview", "--at", TICK).err
    assert run("tick", "--at", TICK).code == 0  # it waits for nothing


def test_files_with_an_error_are_not_published(loaded: Path, run: Run) -> None:
    edit(loaded, "at: 48h before", "at: 48h bevor")
    before = rows_of(loaded)["published_rules"]
    done = run("rules", "publish")
    assert done.code == 1
    assert "rules/installation.yaml:" in done.err
    assert rows_of(loaded)["published_rules"] == before


def test_a_text_that_lacks_a_language_is_not_published(loaded: Path, run: Run) -> None:
    (loaded / "templates/installation_reminder/email.es.txt.j2").unlink()
    done = run("rules", "publish")
    assert done.code == 1
    assert (
        "templates/installation_reminder:1:1: email.es.txt.j2 is missing: the rule 'installation-reminder'" in done.err
    )


def test_where_only_a_person_publishes_a_tick_works_by_what_is_published(
    loaded: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFIER_RULES_TAKEN", "published")
    edit(loaded, "at: 48h before", "at: 20h before")
    assert "`notifier rules publish` puts them in force.\n" in run("preview", "--at", TICK).err
    assert "ready" in run("tick", "--at", TICK).out


def test_where_nothing_is_published_yet_a_tick_says_so(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFIER_RULES_TAKEN", "published")
    done = run("tick")
    assert done.code == 1
    assert done.err == "rules:1:1: nothing is in force yet: publish the files with `notifier rules publish`\n"


@pytest.mark.parametrize("command", [("tick",), ("preview",), ("why", "C-1"), ("import", "site", "rows.csv")])
def test_by_half_a_project_no_command_tells_or_writes_anything(
    project: Path, run: Run, command: tuple[str, ...]
) -> None:
    (project / "rules/hours.yaml").write_text("hours: [{ dates: 2026-13-01, hours: 'off' }]\n")
    (project / "rows.csv").write_text("id,name\nS-1,Centro\n")
    done = run(*(str(project / one) if one.endswith(".csv") else one for one in command))
    assert done.code == 1
    assert "rules/hours.yaml:1:18: '2026-13-01' is not a date" in done.err
    assert done.out == ""
