"""A folder that is no project is an error, and reading makes no database."""

from pathlib import Path

from tests.cli.conftest import Run, run_command

BY = ["--by", "marta", "--reason", "a slip"]
READING = (
    ["preview"],
    ["why", "C-1"],
    ["notices", "list"],
    ["notices", "show", "AAAAA-AAAAA"],
    ["contradictions", "list"],
    ["contradictions", "show", "X-1"],
    ["suppressions", "list"],
    ["backlog", "list"],
    ["promise", "list"],
    ["digest", "billing"],
    ["digest", "billing", "--json"],
    ["journey"],
    ["reasons", "missing"],
    ["report", "contacts"],
    ["report", "holdout"],
    ["report", "affected", "I-1"],
    ["actions", "list"],
    ["actions", "show", "AC-AAAAA-AAAAA"],
)


def test_every_command_says_that_an_empty_folder_is_no_project_and_leaves_it_empty(tmp_path: Path) -> None:
    what = f"rules:1:1: there is no folder 'rules' in {tmp_path}; --project names the project folder\n"
    writing = (["tick"], ["run"], ["import", "customer", "x.csv"], ["notices", "cancel", "AAAAA-AAAAA", *BY])
    for command in (
        *READING,
        *writing,
        ["rules", "list"],
        ["rules", "test"],
        ["preview", "--html", tmp_path / "page.html"],
    ):
        done = run_command(*command, project=tmp_path)
        assert (done.code, done.out, done.err) == (1, "", what), command
        assert list(tmp_path.iterdir()) == [], command


def test_reading_a_project_without_a_database_makes_none_and_says_that_there_is_none(project: Path, run: Run) -> None:
    note = "there is no database yet: nothing was brought into this project (notifier import)\n"
    before = sorted(project.iterdir())
    for command in READING:
        done = run(*command)
        assert done.err.startswith(note), command
        assert "Traceback" not in done.err, command
        assert sorted(project.iterdir()) == before, command
    assert run("notices", "list").out == "No notices.\n"
    assert "Would be told: 0 notices" in run("preview").out


def test_records_can_be_read_while_the_rules_are_away_and_a_preview_cannot(loaded: Path, run: Run) -> None:
    (loaded / "rules").rename(loaded / "rules.away")

    assert (run("notices", "list").code, run("promise", "list").code) == (0, 0)
    assert (run("preview").code, run("why", "C-1").code) == (1, 1)
