"""`notifier rules new`: what it writes passes, and what would not is not written."""

import os
import shlex
import shutil
from pathlib import Path

import pytest

from notifier.starter.subjects import SUBJECTS
from tests.cli.conftest import run_command

ABOUT = tuple(SUBJECTS) if os.environ.get("NOTIFIER_TEST_STARTS") else ("incident",)
"""All of them in `make long`; appointments and orders are in other tests, too."""
BASE = ("--owner", "care", "--exit", "care-desk")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "clinic"
    assert run_command("init", folder, "--country", "CL", "--pack", "clinic", "--yes").code == 0
    return folder


@pytest.fixture
def folder(made_once: Path, tmp_path: Path) -> Path:
    """A clinic's project."""
    return Path(shutil.copytree(made_once, tmp_path / "clinic"))


@pytest.mark.parametrize("about", ABOUT)
def test_a_rule_about_anything_is_written_with_texts_and_stories_that_hold(about: str, folder: Path) -> None:
    done = run_command("rules", "new", f"new-{about}", "--about", about, *BASE, project=folder)

    assert done.code == 0, done.err
    written = [line.strip() for line in done.out.splitlines() if line.startswith(("  rules/", "  templates/"))]
    assert f"rules/own/new_{about}.yaml" in written
    assert {path.split(".")[-3] for path in written if "/sms." in path} == {"es", "en"}
    assert all((folder / path).is_file() for path in written)
    checked = run_command("rules", "check", project=folder)
    assert (checked.code, checked.out.partition(": ")[2]) == (0, "0 errors, 0 warnings\n"), checked.err


def test_its_own_words_conditions_moment_and_example_are_in_it(folder: Path) -> None:
    done = run_command(
        *("rules", "new", "big-order", "--about", "order", *BASE, "--when", "order.seller != null"),
        *("--when", "order.total / 2 > 250", "--example", "order.total=600"),
        *("--when", "order.contract.status == 'active'", "--at", "2 working days before order.promised_at at 09:30"),
        *("--claim", "order_number=order.id", "--claim", "total=order.total"),
        *("--says", "es=su pedido grande sale pronto", "--says", "en=your large order leaves soon"),
        project=folder,
    )
    assert done.code == 0, done.err
    rule = (folder / "rules" / "own" / "big_order.yaml").read_text(encoding="utf-8")
    story = (folder / "rules" / "own" / "big_order.test.yaml").read_text(encoding="utf-8")
    assert "order.total / 2 > 250" in rule
    assert "at: 2 working days before order.promised_at at 09:30" in rule
    assert "total: '600'" in story
    assert "seller: x" in story
    assert "contract_id: K-1" in story
    assert "2026-03-03T09:30:00-03:00" in story
    sms = (folder / "templates" / "big_order" / "sms.es.txt.j2").read_text(encoding="utf-8")
    assert sms.startswith("{{ company }}: su pedido grande sale pronto.")
    tested = run_command("rules", "test", folder / "rules" / "own" / "big_order.test.yaml", project=folder)
    assert tested.code == 0, tested.out


def test_without_flags_it_asks_on_a_pipe_too(folder: Path) -> None:
    answers = "citas,cita,repair-booked,repair,,now,,,,cares,care,care-desk,"
    done = run_command("rules", "new", project=folder, stdin=answers.replace(",", "\n").encode())

    assert done.code == 0, done.err
    assert "¿quiso decir 'care'?" in done.err
    rule = (folder / "rules/own/repair_booked.yaml").read_text(encoding="utf-8")
    assert "appointment.kind == 'repair'" in rule
    assert "    at:" not in rule  # it speaks once it is true


def test_a_wrong_answer_is_explained_at_its_question_in_the_language_of_the_project(folder: Path) -> None:
    answers = ("cita", "", "Mi regla", "visit-reminder", "repair-booked", "repar", "repair", "appointment.plce == 'x'")
    conditions = ("appointment.place = 'x'", "appointment.place != null", "1d befor appointment.starts_at", "")
    facts = ("place", "place=appointment.plaze", "")
    rest = ("le esperamos a las 10", "", "", "care", "care-desk")
    typed = "\n".join((*answers, *conditions, *facts, *rest, ""))
    done = run_command("rules", "new", project=folder, stdin=typed.encode())

    assert done.code == 1
    for said in (
        "appointment = cita",
        "esto no puede quedar vacío",
        "'Mi regla' no sirve de nombre",
        "'visit-reminder' ya está en rules/clinic/visits.yaml",
        "¿quiso decir 'repair'?",
        "en el carácter 13 de 'appointment.plce == 'x'': appointment has no field 'plce'; did you mean 'place'?",
        "en el carácter 19 de 'appointment.place = 'x'': unexpected '='; write '==' to compare",
        "de '1d befor appointment.starts_at': ",
        "'place' no es NOMBRE=CAMPO",
        "en el carácter 13 de 'appointment.plaze': appointment has no field 'plaze'; did you mean 'place'?",
        "no se escribió nada",
    ):
        assert said in done.err
    assert not (folder / "rules/own").exists()

    again = shlex.split(done.err.splitlines()[-1])[1:]
    wrong = again.index("es=le esperamos a las 10")
    corrected = [*again[:wrong], "es=le esperamos", *again[wrong + 1 :]]
    done = run_command(*corrected, project=folder)
    assert done.code == 0, done.err
    assert "repair-booked está escrita" in done.out
    assert "appointment.kind == 'repair'" in (folder / "rules/own/repair_booked.yaml").read_text(encoding="utf-8")


def test_names_that_are_taken_or_unknown_are_refused_together_and_nothing_is_written(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    done = run_command(
        "rules", "new", "x", "--about", "apointment", "--owner", "cares", "--exit", "care-dsk", project=folder
    )
    assert done.code == 2
    for meant in ("appointment", "care", "care-desk"):
        assert f"did you mean '{meant}'?" in done.err

    done = run_command("rules", "new", "visit-reminder", "--about", "appointment", *BASE, project=folder)
    assert done.code == 2
    assert "'visit-reminder' is at rules/clinic/visits.yaml:6:5 already" in done.err
    assert "templates/visit_reminder/sms.es.txt.j2 is there already" in done.err
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--when", "appointment.plce == 'x'"), "appointment has no field 'plce'; did you mean 'place'?"),
        (("--says", "es=le esperamos a las 10"), "templates/new/"),
        (("--when", "appointment.party_size * 2 > 10"), "--example appointment.COLUMN=VALUE"),
    ],
)
def test_what_would_not_pass_is_not_written(options: tuple[str, ...], said: str, folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    done = run_command("rules", "new", "new", "--about", "appointment", *BASE, *options, project=folder)
    assert done.code == 1
    assert "no se escribió nada" in done.err or "nothing was written" in done.err
    assert said in done.err
    assert sorted(folder.rglob("*")) == before
