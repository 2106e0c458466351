"""`notifier consent`: what people write down, decide and bring in, and who is told no more because of it."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.model.types import ChannelName
from notifier.store.consent import entries_at
from notifier.store.database import open_engine, read_only
from tests.cli.conftest import run_command
from tests.support.rig import write_project

PHONE = "+573001234567"
WHO = ("--by", "marta", "--reason", "asked for it")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".env").write_text("NOTIFIER_DEFAULT_COUNTRY=CO\nNOTIFIER_DEFAULT_TIMEZONE=America/Bogota\n")
    return write_project(tmp_path)


def entries(project: Path, address: str = PHONE, channel: ChannelName = ChannelName.SMS) -> list[tuple[str, str, str]]:
    engine: sa.Engine = open_engine(f"sqlite:///{project / 'notifier.db'}")
    with read_only(engine) as connection:
        found = [
            (each.notice_class.value, each.word.value, each.by) for each in entries_at(connection, [(channel, address)])
        ]
    engine.dispose()
    return found


def test_what_a_person_writes_down_is_shown_with_who_and_why_and_never_deleted(project: Path) -> None:
    done = run_command("consent", "set", "300 123 4567", "out", "--class", "marketing", *WHO, project=project)
    assert done.out == f"{PHONE} is written to by sms with marketing no more. The next tick plans what that changes.\n"
    run_command("consent", "set", PHONE, "lift", "--class", "marketing", *WHO, project=project)
    assert [word for _, word, _ in entries(project)] == ["out", "lifted"]
    (shown,) = run_command("consent", "show", PHONE, "--json", project=project).json
    assert shown["holds"] == []
    assert [(each["class"], each["word"], each["by"], each["reason"]) for each in shown["entries"]] == [
        ("marketing", "out", "marta", "asked for it"),
        ("marketing", "lifted", "marta", "asked for it"),
    ]
    assert "asked for it" in run_command("consent", "show", PHONE, project=project).out
    exported = run_command("consent", "export", project=project).out.splitlines()
    assert exported[0] == "at,channel,address,class,word,source,register,by,reason,mode"
    assert [line.split(",")[1:] for line in exported[1:]] == [
        ["sms", PHONE, "marketing", "out", "person", "", "marta", "asked for it", ""],
        ["sms", PHONE, "marketing", "lifted", "person", "", "marta", "asked for it", ""],
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("set", PHONE, "lift", *WHO), "nothing is known of"),
        (("set", PHONE, "uot", *WHO), "did you mean 'out'?"),
        (("set", PHONE, "out", "--class", "markting", *WHO), "'markting' is no class"),
        (("set", "ana@", "out", *WHO), "is not an e-mail address"),
        (("set", PHONE, "out", "--register", "RNE", *WHO), "--register goes with lift"),
        (("set", PHONE, "out", "--by", " ", "--reason", "x"), "say who you are"),
        (("show", "nobody"), "there is no customer"),
    ],
)
def test_a_slip_is_an_error_that_says_what_was_probably_meant(
    project: Path, arguments: tuple[str, ...], says: str
) -> None:
    run_command("consent", "set", "+573009999999", "out", *WHO, project=project)
    done = run_command("consent", *arguments, project=project)
    assert done.code in (1, 2)
    assert says in done.err
    assert entries(project) == []


def test_a_register_is_brought_in_line_by_line_and_a_bad_line_keeps_nobody_from_being_protected(project: Path) -> None:
    listed = project / "rne.csv"
    listed.write_text(
        "Número;Fecha\n300 123 4567;2026-01-01\n12;2026-01-02\n\n+57 300 123 4567;2026-01-03\nluis@example.com;\n",
        encoding="latin-1",
    )
    arguments = ("consent", "import", str(listed), "--register", "RNE", *WHO)
    done = run_command(*arguments, project=project)
    assert done.code == 1
    assert done.out.startswith("RNE: 2 read, 2 new; they get no more marketing.")
    assert f"{listed}:3:1: " in done.err
    again = run_command(*arguments, project=project)
    assert again.out.startswith("RNE: 2 read, 0 new;")
    assert entries(project) == [("marketing", "out", "marta")]
    assert entries(project, "luis@example.com", ChannelName.EMAIL) == [("marketing", "out", "marta")]
    left = run_command(
        "consent", "set", PHONE, "lift", "--class", "marketing", "--register", "RNE", *WHO, project=project
    )
    assert left.code == 0
    (shown,) = run_command("consent", "show", PHONE, "--json", project=project).json
    assert shown["holds"] == []


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        ("a,b\n1,2\n", (), "nobody can tell which column has the addresses"),
        ("a,b\n+573001234567,2\n", ("--column", "c"), "there is no column 'c'; there are a, b"),
    ],
)
def test_a_list_that_nobody_can_read_changes_nothing(
    project: Path, content: str, options: tuple[str, ...], says: str
) -> None:
    listed = project / "list.csv"
    listed.write_text(content)
    done = run_command("consent", "import", str(listed), "--register", "RNE", *options, *WHO, project=project)
    assert (done.code, entries(project)) == (1, [])
    assert says in done.err


def test_the_law_that_ships_is_shown_with_its_sources_and_is_no_legal_advice(project: Path) -> None:
    shown = run_command("rules", "law", "CO", project=project).out
    assert shown.startswith("Not legal advice")
    assert "co-hours-collections" in shown
    laws = {each["id"]: each for each in run_command("rules", "law", "US-FL", "--json", project=project).json}
    assert {"us-fl-hours", "us-hours-marketing"} <= laws.keys()
    assert "us-tx-hours" not in laws
    assert laws["us-fl-hours"]["url"].startswith("http")
    assert run_command("rules", "law", "XX", project=project).code == 2
    assert len(run_command("rules", "law", "--json", project=project).json) == 169
