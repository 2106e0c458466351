"""Problems that a person can do something about end in a sentence and an exit code, with nothing lost."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from notifier.cli.errors import explained
from notifier.model.problems import Place, Problem, ProblemsError
from notifier.store.conflicts import ConflictError
from notifier.store.database import DatabaseError, DiskFullError
from tests.cli.conftest import TICK, Run, rows_of


def test_a_database_of_a_newer_version_is_left_alone(loaded: Path, run: Run) -> None:
    connection = sqlite3.connect(loaded / "notifier.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.execute("UPDATE oldest_program SET revision = '9999'")
    connection.commit()
    connection.close()
    before = rows_of(loaded)

    for command in (["preview"], ["tick", "--at", TICK], ["notices", "list"], ["contradictions", "list"]):
        done = run(*command)
        assert done.code == 1
        assert "made by a newer notifier" in done.err
        assert "upgrade the program" in done.err
    assert rows_of(loaded) == before


def test_a_locked_database_is_one_sentence_and_nothing_of_the_tick_is_written(
    loaded: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (loaded / ".env").open("a", encoding="utf-8") as settings:
        settings.write("NOTIFIER_DATABASE_URL=sqlite:///notifier.db?timeout=0.2\n")
    text = (loaded / ".env").read_text(encoding="utf-8")
    (loaded / ".env").write_text(text.replace("NOTIFIER_DATABASE_URL=sqlite:///notifier.db\n", "", 1), encoding="utf-8")
    before = rows_of(loaded)
    other = sqlite3.connect(loaded / "notifier.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        tick = run("tick", "--at", TICK)
        ack = run("contradictions", "ack", "X-00000-00000", "--by", "marta", "--reason", "x")
        preview = run("preview", "--at", TICK)
    finally:
        other.execute("ROLLBACK")
        other.close()

    for done in (tick, ack):
        assert done.code == 1
        assert "locked by another process; try again" in done.err
        assert len(done.err.splitlines()) == 1
    assert preview.code == 0  # reading waits for nobody
    assert rows_of(loaded) == before


def test_a_file_that_is_no_database_is_said(project: Path, run: Run) -> None:
    (project / "notifier.db").write_text("this is a letter, not a database, and it is long enough to tell\n" * 40)

    done = run("notices", "list")

    assert done.code == 1
    assert "not a SQLite database; check the path" in done.err


def test_settings_that_are_wrong_are_all_said_at_once(project: Path, run: Run) -> None:
    with (project / ".env").open("a", encoding="utf-8") as settings:
        settings.write("NOTIFIER_DEFAULT_TIMEZON=x\nNOTIFIER_TICK_SECONDS=soon\n")

    done = run("preview")

    assert done.code == 1
    assert "did you mean 'NOTIFIER_DEFAULT_TIMEZONE'?" in done.err
    assert "NOTIFIER_TICK_SECONDS" in done.err
    assert done.out == ""


def test_a_folder_without_rules_is_said_and_nothing_is_told(tmp_path: Path) -> None:
    from tests.cli.conftest import run_command

    done = run_command("rules", "check", project=tmp_path)

    assert done.code == 1
    assert "there is no folder 'rules'" in done.err


def test_everything_expected_has_a_sentence_and_nothing_else_does() -> None:
    problem = Problem(Place("a.yaml", 2, 3), "wrong")

    assert explained(ProblemsError([problem, Problem(Place("a.yaml", 1, 1), "first")])) == [
        "a.yaml:1:1: first",
        "a.yaml:2:3: wrong",
    ]
    assert explained(DiskFullError("the disk is full")) == ["the disk is full"]
    assert explained(DatabaseError("gone")) == ["gone"]
    assert explained(ConflictError("again")) == ["again"]
    assert explained(ZeroDivisionError("a mistake in the program")) is None
    assert explained(OperationalError("SELECT", {}, Exception("odd"))) is None


def test_a_file_that_cannot_be_written_is_said(loaded: Path, run: Run) -> None:
    done = run("preview", "--html", loaded / "missing" / "page.html")

    assert (done.code, done.err) == (1, f"{loaded / 'missing' / 'page.html'}: No such file or directory\n")


def test_problems_go_to_stderr_without_a_trace_and_results_to_stdout(loaded: Path) -> None:
    command = [sys.executable, "-m", "notifier", "--project", str(loaded), "notices", "show", "AAAAA-AAAAA"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "there is no notice AAAAA-AAAAA; see notifier notices list\n"


def test_a_missing_token_stops_what_sends_and_nothing_else(loaded: Path, run: Run) -> None:
    with (loaded / ".env").open("a", encoding="utf-8") as settings:
        settings.write(f"NOTIFIER_LIVE=true\nNOTIFIER_TWILIO_ACCOUNT_SID=AC{'0' * 32}\nNOTIFIER_TWILIO_FROM=72345\n")
    missing = "NOTIFIER_TWILIO_ACCOUNT_SID: its token is missing; set NOTIFIER_TWILIO_AUTH_TOKEN"
    before = rows_of(loaded)
    for command in (["tick"], ["run"]):
        done = run(*command)
        assert (done.code, done.out) == (1, "")
        assert missing in done.err
    assert rows_of(loaded) == before
    for command in (["notices", "list"], ["contradictions", "list"], ["rules", "list"], ["preview"]):
        done = run(*command)
        assert done.code == 0
        said = done.err if command == ["preview"] else ""
    assert said.startswith("not sent before this is mended: .env:")
    assert missing in said
