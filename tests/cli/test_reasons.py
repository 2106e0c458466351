"""`notifier reasons`: what a person sees who classifies, draws, confirms, trains and counts."""

import shutil
from functools import partial
from pathlib import Path

import pytest

from notifier.rules.shipped import shipped
from tests.cli.conftest import Run, load, run_command
from tests.cli.conftest import _project as make_project
from tests.cli.conftest import _undisturbed as undisturbed
from tests.support.kept import Run as Kept

AT = ["--at", "2026-03-10T09:00:00-05:00"]
BY = ["--by", "marta", "--reason", "the weekly draw"]
CONTACT = {"customer_id": "C-1", "channel": "chat", "direction": "inbound", "at": "2026-03-04T10:00:00-05:00"}
EVENTS = [
    {
        "at": "2026-03-05T08:00:00-05:00",
        "set": {
            "customer": [{"id": "C-1", "name": "Ana Ruiz"}],
            "contact": [
                CONTACT | {"id": "T-1", "attributes": {"text": "Soy Ana, me cobraron de más"}},
                CONTACT | {"id": "T-2", "attributes": {"text": "=1+1 sin internet"}},
                CONTACT | {"id": "T-3", "reason": "late_order"},
                CONTACT | {"id": "T-4", "subject": "Otra cosa"},
            ],
            "feedback": [
                {"id": "T-4", "source": "survey", "at": "2026-03-04T10:00:00-05:00", "text": "arrived three days late"}
            ],
        },
    }
]


@pytest.fixture(scope="session")
def listening_once() -> Path:
    """What `listening` copies: made once for all processes of the run."""
    return Kept.joined().folder_once("listening", _listen_once)


def _listen_once(folder: Path) -> None:
    make_project(folder)
    for name in ("reasons", "attributes", "owners"):
        shutil.copy(shipped() / "rules" / f"{name}.yaml", folder / "rules")
    with pytest.MonkeyPatch.context() as patch, undisturbed(patch):
        load(folder, partial(run_command, project=folder), EVENTS)


@pytest.fixture
def listening(project: Path, listening_once: Path) -> Path:
    """A project with the shipped reasons, four contacts and a survey."""
    return shutil.copytree(listening_once, project, dirs_exist_ok=True)


def test_history_is_classified_once_and_reported_with_its_numbers(listening: Path, run: Run) -> None:
    assert "not looked at yet: 5 (notifier reasons classify)" in run("reasons", "report", *AT).out
    done = run("reasons", "classify", *AT, "--json").json
    assert (done["contacts"], done["reasons"]) == (
        5,
        {"order-late": 2, "bill-higher": 1, "line-down": 1, "unclear": 1},
    )
    assert run("reasons", "classify").out.startswith("0 contacts and feedback looked at")
    assert run("reasons", "classify", "--unclear").out.splitlines() == [
        "1 contacts and feedback looked at",
        "  unclear: 1",
    ]
    shown = run("reasons", "report", *AT).out
    assert "unclear: 1 of 5, the oldest since Wed 2026-03-04 10:00" in shown
    assert "More than 15 % are unclear" not in shown, "of five nobody can say it"
    assert "bill-higher: factura, al recibirla: cobra más de lo acordado\n  “Soy [name], me cobraron de más”" in shown
    none = run("reasons", "report", "--from", "2026-04-01T00:00:00Z", "--json").json
    assert (none["contacts"], none["reasons"], none["unclear"]) == (0, [], None)


def test_a_draw_is_read_in_a_file_and_says_how_often_labels_are_right(listening: Path, run: Run) -> None:
    run("reasons", "classify", *AT)
    assert "2026-W10: 5 contacts drawn by lot, 5 to be read" in run("reasons", "draw", *AT).out
    file = listening / "read.csv"
    assert f"{file} has 5 contacts of 2026-W10" in run("reasons", "draw", "--csv", file, *AT).out.replace("\n", "")
    text = file.read_text(encoding="utf-8")
    assert "contact,T-2,line-down,'=1+1 sin internet" in text, "no formula for a spreadsheet"
    file.write_text(text.replace("T-3,order-late", "T-3,order-where; order-late"), encoding="utf-8")
    done = run("reasons", "confirm", "--file", file, *BY, *AT)
    assert done.out == "5 contacts are confirmed; of 4 the same was said before.\n"
    report = run("reasons", "report", *AT, "--json").json
    right = {each["reason"]: (each["precision"]["part"], each["precision"]["whole"]) for each in report["reasons"]}
    assert right == {"order-late": (1, 2), "bill-higher": (1, 1), "line-down": (1, 1), "order-where": (0, 0)}
    assert report["unclear"]["examples"] == [], "a person said so: nobody has to read it again"
    drawn = run("reasons", "draw", *AT, "--json").json
    assert {each["decided_by"] for each in drawn} == {"person"}
    assert run("reasons", "draw", "--week", "2025-W01").out == "nobody got in touch in 2025-W01\n"
    assert run("reasons", "draw", "--csv", file, *AT).code == 0, "our own file is written over"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["T-1", "bill-hgher"], "there is no reason 'bill-hgher'; did you mean 'bill-higher'?"),
        (["T-9", "unclear"], "there is no contact T-9; see notifier reasons draw"),
        (["feedback:T-1", "unclear"], "there is no feedback T-1"),
        (["T-1"], "say why it came"),
        ([], "give the id of a contact and its reason, or --file"),
    ],
)
def test_what_cannot_be_confirmed_is_said_with_what_to_do(
    listening: Path, run: Run, arguments: list[str], said: str
) -> None:
    done = run("reasons", "confirm", *arguments, *BY)
    assert done.code != 0
    assert said in done.usage


def test_a_contact_is_meant_before_a_feedback_of_the_same_id(listening: Path, run: Run) -> None:
    assert run("reasons", "confirm", "T-4", "thanks", *BY, *AT).code == 0
    assert run("reasons", "confirm", "feedback:T-4", "order-late", "no-answer", *BY, *AT).code == 0
    drawn = {(each["entity"], each["id"]): each for each in run("reasons", "draw", *AT, "--json").json}
    assert drawn["contact", "T-4"]["reason"] == "thanks"
    assert (drawn["feedback", "T-4"]["reason"], drawn["feedback", "T-4"]["others"]) == ("order-late", ["no-answer"])


def test_a_file_that_is_no_draw_or_has_gaps_is_refused_with_its_line(listening: Path, run: Run) -> None:
    file = listening / "read.csv"
    file.write_text("id,why\n", encoding="utf-8")
    assert "has no column entity, reason" in run("reasons", "confirm", "--file", file, *BY).usage
    file.write_text("entity,id,reason,text\ncontact,T-1,unclear,\ncontact,T-2,,\n", encoding="utf-8")
    assert "read.csv:3: T-2 has no reason; give one, or unclear" in run("reasons", "confirm", "--file", file, *BY).usage
    file.write_text("entity,id,reason,text\ncontact,T-1,unclear,\ncontact,T-1,unclear,\n", encoding="utf-8")
    assert "contact T-1 is named twice" in run("reasons", "confirm", "--file", file, *BY).err
    assert "2026-99' is no week" in run("reasons", "draw", "--week", "2026-99").usage


def test_too_little_is_learned_from_and_without_reasons_there_is_nothing_to_say(listening: Path, run: Run) -> None:
    done = run("reasons", "train")
    assert done.code == 1
    assert "nothing can be learned yet: 0 of the reasons have 8 confirmed contacts with a text" in done.usage
    (listening / "rules" / "reasons.yaml").unlink()
    assert "this project has no reasons: write rules/reasons.yaml" in run("reasons", "report").usage
