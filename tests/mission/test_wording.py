"""M52, M56: a text that says nothing, or apologises and no more, is named before anybody gets it; ours are clean."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run, logs_as_before
from tests.mission.conftest import project, run

__all__ = ["logs_as_before", "project", "run"]


def say(project: Path, file: str, text: str) -> None:
    path = project / "templates" / file
    path.write_text(f"{path.read_text(encoding='utf-8').rstrip()} {text}\n", encoding="utf-8")


def test_m52_and_m56_what_is_shipped_says_what_when_and_what_next(run: Run) -> None:
    done = run("rules", "check", "--json")
    assert [each for each in done.json if each["code"] is not None] == []


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("bill_is_ready/email.es.txt.j2", "Su llamada es muy importante para nosotros.", "empty_phrase"),
        ("bill_is_ready/sms.en.txt.j2", "We apologise.", "apology"),
    ],
)
def test_m52_and_m56_empty_phrases_and_bare_apologies_are_named(
    project: Path, run: Run, file: str, text: str, code: str
) -> None:
    say(project, file, text)
    found = run("rules", "check", "--json").json
    assert [(each["file"], each["severity"]) for each in found if each["code"] == code] == [
        (f"templates/{file}", "warning")
    ]
