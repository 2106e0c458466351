"""`notifier demo`: a week that follows from its data and the rules, and leaves a project folder to go on with."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from notifier.simulation.demo.folder import DATA, MARKER
from tests.cli.conftest import run_command

Played = tuple[Path, str]
CALLED = r"^.*(?= --project )"
"""What a command that the demo names begins with."""


def flat(text: str) -> str:
    return " ".join(re.sub("[│┃╭╮╰╯┌┐└┘─━┏┓┗┛]", " ", text).split())


def commands_of(printed: str) -> list[str]:
    return [line.strip() for line in printed.partition("Try:")[2].splitlines() if line.strip()]


def test_the_price_is_caught_with_owner_time_left_and_the_notice_that_was_held(played: Played) -> None:
    story = flat(played[1])

    assert "CONTRADICTION promised-price-vs-billing promised COP 79,900 monthly_price, by ventas, asesor 4471" in story
    assert "fact COP 111,860 (+40 %) charge X-101" in story
    assert "owner Facturación (billing) · severity high" in story
    assert "time left 5 days 21 h until the customer finds out, Mon 2026-03-09 06:00" in story
    assert "held Ana Ruiz (C-01) · bill-is-ready · charge X-101" in story
    assert "its owner knew Tue 2026-03-03 08:05, 5 days 21 h before the customer would have found out" in story
    assert "settled Fri 2026-03-06 15:40: charge X-101 is 79900 COP, as promised" in story


def test_the_cancelled_installation_is_caught_while_the_technician_still_has_it(played: Played) -> None:
    story = flat(played[1])

    assert "CONTRADICTION cancelled-but-scheduled promised cancelled by servicio, agente 212" in story
    assert "fact not cancelled appointment A-101" in story
    assert "owner Operaciones de campo (field-operations)" in story
    assert "time left 2 days until the customer finds out, Thu 2026-03-05 10:00" in story
    assert "held Ana Ruiz (C-01) · installation-reminder · appointment A-101" in story


def test_every_day_tells_who_when_why_and_the_texts_with_segments(played: Played) -> None:
    story = flat(played[1])

    for day in ("Monday 2 March 2026", "Wednesday 4 March 2026", "Sunday 8 March 2026"):
        assert day in story
    assert "told Luis Ortega (C-02) · installation-reminder · correction · appointment A-102" in story
    assert "SMS · +573105550102 · 2 segments GSM-7 · COP 90" in story
    assert "mail · luis.ortega@example.com" in story
    assert "deferred John Carter (C-04) · outage-in-your-zone" in story
    assert "quiet hours until 2026-03-04 08:00 America/Bogota" in story
    assert "suppressed Pedro Nieto (C-08) · outage-in-your-zone" in story
    assert "no address for sms and email" in story


def test_an_sms_that_does_not_arrive_goes_by_mail_and_who_answers_stop_gets_no_sms(played: Played) -> None:
    folder, printed = played
    story = flat(printed)

    lost = "✕ undelivered Camila Torres (C-11) · late-order · SMS · E3VTP-YPJRT Twilio 30005: an unknown number"
    assert lost in story
    assert "● told Camila Torres (C-11) · late-order · order O-201 · N5MPS-WK5HK why what E3VTP-YPJRT told did" in story
    assert "◂ answer Beatriz Cano (C-20) by SMS: “STOP” ▸ Andina: no recibirá más mensajes nuestros" in story
    told = run_command("notices", "list", "--state", "told", "--limit", "200", "--json", project=folder).json
    ways = {one["reference"]: [(each["channel"], each["state"]) for each in one["messages"]] for one in told}
    assert ways["E3VTP-YPJRT"] == [("sms", "undelivered")]
    assert ways["N5MPS-WK5HK"] == [("email", "accepted")]
    beatriz = [one for one in told if one["customer"] == "C-20"]
    assert [{each["channel"] for each in one["messages"]} for one in beatriz] == [{"email"}, {"sms", "email"}]


def test_a_charge_as_promised_is_no_contradiction_and_the_bill_goes_out_on_its_day(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    week = data / "week.jsonl"
    lines = week.read_text(encoding="utf-8").splitlines()
    # Ana's alone, until after the morning of her bill: each change set of others is a tick that takes its time.
    text = "\n".join(line for line in lines if '"C-01"' in line and line < '{"at": "2026-03-06T10')
    assert text.count('"amount": 111860') == 1
    as_promised = text.replace('"amount": 111860', '"amount": 79900')
    week.write_text(as_promised + '\n{"at": "2026-03-06T10:00:00-05:00"}\n', encoding="utf-8")

    done = run_command("demo", "--folder", tmp_path / "demo", "--data", data)

    assert done.code == 0, done.err
    assert "promised-price-vs-billing" not in done.out
    assert "cancelled-but-scheduled" in done.out
    ana = run_command(
        "notices", "list", "--rule", "bill-is-ready", "--customer", "C-01", "--json", project=tmp_path / "demo"
    )
    assert [(one["state"], one["told_at"]) for one in ana.json] == [("told", "2026-03-06T14:00:00Z")]


def test_every_command_that_the_demo_names_works(played: Played, tmp_path: Path) -> None:
    folder, printed = played
    commands = commands_of(printed)
    copy = tmp_path / "demo"
    shutil.copytree(folder, copy)

    assert len(commands) >= 6
    for command in commands:
        arguments = shlex.split(command.replace(str(folder), str(copy)))[1:]
        done = run_command(*arguments)
        assert done.code == 0, f"{command}: {done.err}"
        assert len(done.out) > 40
    assert (copy / "preview.html").exists()


def test_what_it_leaves_is_a_project_folder_with_the_rendered_messages(played: Played) -> None:
    folder, _ = played
    suffixes = [file.suffix for file in (folder / "outbox").iterdir()]

    assert suffixes.count(".txt") > 25
    assert suffixes.count(".eml") > 25
    assert {"rules", "templates", "notifier.db", ".env", "data", MARKER} <= {path.name for path in folder.iterdir()}
    told = run_command("notices", "list", "--state", "told", "--limit", "200", "--json", project=folder).json
    messages = [message for one in told for message in one["messages"] if message["state"] == "accepted"]
    assert {message["provider_id"] for message in messages} <= {file.name for file in (folder / "outbox").iterdir()}


def test_nothing_is_told_twice_and_nobody_is_told_what_is_not_so(played: Played) -> None:
    folder, _ = played
    told = run_command("notices", "list", "--state", "told", "--limit", "200", "--json", project=folder).json

    assert not [one for one in told if one["customer"] == "C-01" and one["rule"] == "installation-reminder"]
    assert not [one for one in told if one["subject"] == "order:O-202"]  # it was in time
    texts = [message["text"] for one in told for message in one["messages"]]
    assert len(texts) == len(set(texts))
    assert not [text for text in texts if "111.860" in text]


def _monday(folder: Path) -> Path:
    """Data of a week that ends on Monday before noon: enough for one notice."""
    data = folder / "data"
    data.mkdir()
    shutil.copy(DATA / "state.yaml", data)
    (data / "week.jsonl").write_text(json.dumps({"at": "2026-03-02T11:00:00-05:00"}) + "\n", encoding="utf-8")
    return data


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_it_refuses_to_overwrite_what_it_did_not_make(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "precious"
    if kind == "folder":
        target.mkdir()
        (target / "notifier.db").write_text("precious", encoding="utf-8")
    else:
        target.write_text("precious", encoding="utf-8")

    done = run_command("demo", "--folder", target)

    assert done.code == 1
    assert "no demo made it; name another folder with --folder" in done.err
    kept = target / "notifier.db" if kind == "folder" else target
    assert kept.read_text(encoding="utf-8") == "precious"
    assert len(list(tmp_path.rglob("*"))) == (2 if kind == "folder" else 1)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The demo as a program, in an environment with settings of somebody else; the folder around its own."""
    folder = tmp_path_factory.mktemp("program")
    settings = {
        "NOTIFIER_DATABASE_URL": f"sqlite:///{folder / 'production.db'}",
        "NOTIFIER_LIVE": "true",
        "COLUMNS": "100",
    }
    words = ["demo", "--folder", str(folder / "demo"), "--data", str(_monday(folder))]
    done = subprocess.run(
        [sys.executable, "-m", "notifier", *words],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    return folder, done


def test_played_again_it_makes_its_folder_anew_and_prints_the_same(
    program: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    around, first = program
    folder = around / "demo"
    (folder / "notes.txt").write_text("mine", encoding="utf-8")

    second = run_command("demo", "--folder", folder, "--data", around / "data")

    assert (first.returncode, second.code) == (0, 0)
    # Both name themselves as they were called.
    assert re.sub(CALLED, "", second.out, flags=re.MULTILINE) == re.sub(CALLED, "", first.stdout, flags=re.MULTILINE)
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_it_touches_no_database_but_its_own_whatever_the_environment_says(
    program: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = program

    assert done.returncode == 0, done.stderr
    assert not (folder / "production.db").exists()
    assert (folder / "demo" / "notifier.db").exists()
    assert list((folder / "demo" / "outbox").iterdir())


def test_data_that_cannot_be_read_is_said_before_anything_is_made(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(DATA / "state.yaml", data)
    (data / "week.jsonl").write_text('{"at": "2026-03-02T11:00:00"}\nnot JSON\n', encoding="utf-8")

    done = run_command("demo", "--folder", tmp_path / "demo", "--data", data)

    assert done.code == 1
    assert "week.jsonl:1:1: at: '2026-03-02T11:00:00' has no time zone" in done.err
    assert "week.jsonl:2" in done.err
    assert not (tmp_path / "demo").exists()


def test_as_a_program_it_prints_its_story_to_stdout_and_nothing_to_stderr(
    program: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, done = program

    assert done.returncode == 0, done.stderr
    assert "told Luis Ortega (C-02)" in done.stdout
    assert done.stderr.strip() == ""
