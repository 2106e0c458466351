"""`notifier init`: from nothing to a project that runs, and to the first notice that somebody sees."""

import os
import shlex
import time
from pathlib import Path

import pytest

from tests.cli.conftest import run_command
from tests.docs.pages import commands_of, not_printed

TYPED = "pip install notifier", "notifier init --country CL --language es --pack telco --yes"
"""The first two; what comes then is what the program says."""
LANGUAGES = ("es", "en") if os.environ.get("NOTIFIER_TEST_STARTS") else ("es",)
"""Both in `make long`."""


def told_to_type(printed: str) -> list[str]:
    return [line.strip() for line in printed.splitlines() if line.startswith("  notifier ")]


def test_from_the_installation_to_the_first_notice_in_a_preview_are_five_commands_and_three_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    began = time.monotonic()
    done = run_command(*shlex.split(TYPED[1])[1:])
    assert done.code == 0, done.err
    following = told_to_type(done.out)
    for command in following:
        done = run_command(*shlex.split(command)[1:])
        assert done.code == 0, f"{command}: {done.err}"

    assert len([*TYPED, *following]) <= 5
    assert time.monotonic() - began < 180
    assert "● tell Ana Ruiz (C-T1) · installation-reminder" in done.out
    assert "Mi empresa: instalamos su servicio el" in done.out
    assert "CONTRADICTION promised-price-vs-billing" in done.out
    assert "withheld: 1 by open contradictions" in done.out


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_readme_can_be_followed_to_the_letter(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run_command("init", "clinica", "--country", "CL", "--language", language, "--pack", "clinic", "--yes")
    assert done.code == 0, done.err
    monkeypatch.chdir(tmp_path / "clinica")
    commands = commands_of(tmp_path / "clinica" / "README.md")

    assert [command.text.split()[1] for command in commands] == ["import", "preview", "rules", "rules", "rules"]
    for command in commands:
        done = run_command(*shlex.split(command.text)[1:])
        assert done.code == command.exit_code, f"{command.text}: {done.out}{done.err}"
        assert not_printed(command.printed, done.out) is None
        if "check" in command.text:
            assert done.out.endswith(": 0 errors, 0 warnings\n"), done.err


def test_without_flags_it_asks_on_a_pipe_too_and_explains_a_wrong_answer(tmp_path: Path) -> None:
    answers = "es,chile,cl,clinik,clinic,Clínica Norte,,,,ana@clinica.cl,2 2345 6789,,"
    done = run_command("init", tmp_path / "c", stdin=answers.replace(",", "\n").encode())

    assert done.code == 0, done.err
    assert "citas: la víspera" in done.out
    assert "unknown country 'CHILE'" in done.err
    assert "there is no pack 'clinik'; did you mean 'clinic'?" in done.err
    settings = (tmp_path / "c" / ".env").read_text(encoding="utf-8")
    assert "NOTIFIER_COMPANY='Clínica Norte'" in settings
    assert "NOTIFIER_DEFAULT_TIMEZONE=America/Santiago" in settings
    assert "care: { name: Servicio al cliente, email: ana@clinica.cl" in _text(tmp_path / "c", "rules/owners.yaml")
    assert "+56223456789" in _text(tmp_path / "c", "rules/contact_points.yaml")


def test_where_answers_end_nothing_is_written(tmp_path: Path) -> None:
    done = run_command("init", tmp_path / "c", stdin=b"es\ncl\n")
    assert done.code == 1
    assert not (tmp_path / "c").exists()


def test_what_is_missing_or_wrong_is_said_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    done = run_command("init", tmp_path / "c", "--yes", "--language", "pt", "--contact-hours", "always open")
    assert done.code == 2
    assert [line.partition(":")[0] for line in done.err.splitlines()] == [
        *("--contact-hours", "--country", "--language", "--pack"),
    ]
    assert not (tmp_path / "c").exists()


def test_no_file_is_replaced_all_in_the_way_are_named_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.yaml").write_text("rules: []\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("mine\n", encoding="utf-8")
    (tmp_path / ".packs").write_text("a file where a folder is needed\n", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    command = ("init", "--country", "CL", "--pack", "clinic", "--yes")

    done = run_command(*command, project=tmp_path)

    assert done.code == 1
    assert [line.partition(":")[0] for line in done.err.splitlines()] == [".packs", "README.md", "rules/mine.yaml"]
    assert sorted(tmp_path.rglob("*")) == before

    for path in (tmp_path / "rules" / "mine.yaml", tmp_path / "README.md", tmp_path / ".packs"):
        path.unlink()
    (tmp_path / "notes.txt").write_text("mine\n", encoding="utf-8")
    done = run_command(*command, project=tmp_path)
    assert done.code == 0
    assert done.out.startswith("La carpeta tenía notes.txt, rules: eso queda como está.\n")
    assert _text(tmp_path, "notes.txt") == "mine\n"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "es",
            (
                "ya es un proyecto: clinic para CL, es-CL",
                "No se envía nada. Vea el primer aviso:",
                "dice cómo hacerlo suyo",
            ),
        ),
        (
            "en",
            (
                "is a project now: clinic for CL, en-CL",
                "Nothing is sent. See the first notice:",
                "says how to make it yours",
            ),
        ),
    ],
)
def test_what_it_wrote_is_said_in_the_language_of_the_project(
    language: str, said: tuple[str, ...], tmp_path: Path
) -> None:
    done = run_command(
        "init", tmp_path / "mine", "--country", "CL", "--language", language, "--pack", "clinic", "--yes"
    )
    assert [one for one in said if one not in done.out] == []


def test_packs_are_listed_and_a_newer_version_is_never_written_by_itself(tmp_path: Path) -> None:
    run_command("init", tmp_path, "--country", "CL", "--pack", "clinic", "--yes")
    rules = tmp_path / "rules" / "clinic" / "visits.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("warn: 24h", "warn: 48h"), encoding="utf-8")

    listed = run_command("rules", "packs", "--json", project=tmp_path)
    states = {one["name"]: one["state"] for one in listed.json}
    assert states["cancelled-but-in-the-diary"] == "changed by you"
    assert states["visit-reminder"] == "untouched"
    assert "changed by you" in run_command("rules", "packs", project=tmp_path).out
    shown = run_command("rules", "packs", "--diff", project=tmp_path).out
    assert "    -    warn: 24h\n    +    warn: 48h\n" in shown
    refused = run_command("rules", "packs", "visit-reminder", "--take", project=tmp_path)
    assert (refused.code, "there is nothing newer to take" in refused.err) == (1, True)
    assert run_command("rules", "packs", "--take", project=tmp_path).code == 2
    assert run_command("rules", "packs", "visit-remindr", project=tmp_path).code == 2


def _text(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")
