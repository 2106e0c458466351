"""What waits for a person: each matter with its count, its most urgent tasks, and a command that there is."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.answers.documents.today import today_document
from notifier.answers.speech import speech_for
from notifier.answers.today import today
from notifier.answers.waiting import Matter, Today
from notifier.cli.sheets.today import today_sheet
from notifier.model.instants import utc_text
from notifier.model.notices import MessageState, NoticeKind, NoticeState, ReasonCode
from notifier.store.database import read_only
from notifier.store.tables import BOUNCE, HALT, MESSAGE, NOTICE, SET_ASIDE
from tests.cli.test_help import COMMANDS
from tests.support.rig import Rig, ana, open_rig, visit


@pytest.fixture
def rig(migrated_file: Path, tmp_path: Path) -> Iterator[Rig]:
    """Five people were told of a visit; then one thing of each kind went wrong."""
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as rig:
        people = [ana(id=f"C-{n}", phone=f"+57300123456{n}", email=f"ana{n}@example.com") for n in range(5)]
        rig.set(customer=people, appointment=[visit(id=f"A-{n}", customer_id=f"C-{n}") for n in range(5)])
        rig.tick()
        rig.dispatch()
        due = {"made_at": rig.clock(), "due_at": rig.clock() + timedelta(hours=5)}
        promise = {"topic": "monthly_price", "value": "1", "source": "sales", "state": "open"}
        about = {"subject_type": "contract", "subject_id": "K-1", "customer_id": "C-1"}
        later = {"id": "P-2", "due_at": rig.clock() + timedelta(days=9)}
        rig.set(promise=[promise | about | due | {"id": "P-1"}, promise | about | due | later])
        with rig.database.begin() as connection:
            ids = list(connection.execute(sa.select(NOTICE.c.id).where(NOTICE.c.kind == NoticeKind.NOTICE)).scalars())
            held: dict[str, Any] = {"state": NoticeState.HELD, "told_at": None, "spent": False}
            changes = [
                held | {"reason_code": ReasonCode.LIMIT},
                held | {"reason_code": ReasonCode.OPEN_CONTRADICTION},
                held | {"state": NoticeState.FAILED, "reason_code": ReasonCode.UNDELIVERABLE, "owner": "billing"},
            ]
            for name, values in zip(ids, changes, strict=False):
                connection.execute(sa.update(NOTICE).where(NOTICE.c.id == name).values(**values))
            unknown = sa.update(MESSAGE).where(MESSAGE.c.notice_id == ids[3])
            connection.execute(unknown.values(state=MessageState.UNKNOWN))
            aside = {"kind": "file", "name": "rules/x.yaml", "live": False, "place": "rules/x.yaml:1", "why": "broken"}
            connection.execute(sa.insert(SET_ASIDE).values(**aside, since=rig.clock(), kept=False))
            back = {"id": "B-1", "digest": "d", "received_at": rig.clock(), "way": "pipe", "kind": "hard"}
            connection.execute(sa.insert(BOUNCE).values(**back, reason="nobody is there", proven=False))
            halt = {"channel": "sms", "live": False, "reason": "401", "halted_at": rig.clock()}
            connection.execute(sa.insert(HALT).values(**halt, tries_again_at=rig.clock()))
        yield rig


def read(rig: Rig, **options: Any) -> Today:
    with read_only(rig.database) as connection:
        return today(connection, rig.ruleset.project, rig.clock(), live=False, **options)


def test_every_matter_is_there_once_with_its_command(rig: Rig) -> None:
    found = read(rig)
    assert {each.matter: each.count for each in found.waiting} == dict.fromkeys(
        [
            *(Matter.HALTED, Matter.SET_ASIDE, Matter.PROMISES_DUE, Matter.TO_APPROVE),
            *(Matter.HELD, Matter.UNKNOWN, Matter.FAILED, Matter.BOUNCES),
        ],
        1,
    )
    for waiting in found.waiting:
        for task in waiting.tasks:
            program, *words = task.command.split()
            assert program == "notifier"
            assert words[0] in COMMANDS or " ".join(words[:2]) in COMMANDS, task.command


def test_an_owner_sees_what_is_theirs_and_nothing_that_is_nobodys(rig: Rig) -> None:
    assert [each.matter for each in read(rig, owner="billing").waiting] == [Matter.FAILED]
    assert [each.matter for each in read(rig, owner="field").waiting] == [
        *(Matter.PROMISES_DUE, Matter.TO_APPROVE, Matter.HELD, Matter.UNKNOWN),
    ]


def test_of_many_the_most_urgent_are_shown_and_all_are_counted(rig: Rig) -> None:
    with rig.database.begin() as connection:
        limit = {"state": NoticeState.HELD, "told_at": None, "spent": False, "reason_code": ReasonCode.APPROVAL}
        which = NOTICE.c.kind == NoticeKind.NOTICE
        connection.execute(sa.update(NOTICE).where(which).values(**limit))
    (waiting,) = (each for each in read(rig, limit=2).waiting if each.matter is Matter.TO_APPROVE)
    assert (waiting.count, len(waiting.tasks)) == (5, 2)


@pytest.mark.parametrize("code", [ReasonCode.CANARY_STOPPED, ReasonCode.LIMIT])
def test_what_one_rule_stopped_is_one_line_with_the_command_that_goes_on(rig: Rig, code: ReasonCode) -> None:
    reason = "3 of the first 50 (95 %: 2 to 16 %) did not get it, and 3 stop it; a person must approve"
    with rig.database.begin() as connection:
        ids = list(connection.execute(sa.select(NOTICE.c.id).where(NOTICE.c.kind == NoticeKind.NOTICE)).scalars())
        stopped = {"state": NoticeState.HELD, "told_at": None, "spent": False, "reason": reason}
        for name, why in zip(ids, [ReasonCode.APPROVAL, code, code, code], strict=False):
            connection.execute(sa.update(NOTICE).where(NOTICE.c.id == name).values(**stopped, reason_code=why))
    found = read(rig)
    (waiting,) = (each for each in found.waiting if each.matter is Matter.TO_APPROVE)
    (together,) = (task for task in waiting.tasks if task.count > 1)
    assert (waiting.count, waiting.shown, together.count, together.rule) == (4, 4, 3, together.id)
    assert together.command == f"notifier notices approve --rule {together.rule} --by … --reason …"
    assert together.deadline is not None
    assert together.deadline.tzinfo is not None
    (document,) = (each for each in today_document(found)["waiting"] if each["matter"] == "to_approve")
    assert sorted(task["count"] for task in document["tasks"]) == [1, 3]
    (section,) = (
        each
        for each in today_sheet(found, speech_for("es-CO", "America/Bogota"), {}).sections
        if each.title == "Por aprobar"
    )
    (line,) = (line for line in section.lines if line.command == together.command)
    assert line.text.startswith(f"{together.rule}: 3 avisos: 3 de los primeros 50 (95 %: 2 a 16 %) ")
    assert [part for part in line.more if together.id in part] == []


def test_what_is_due_is_said_in_the_words_of_a_person(rig: Rig) -> None:
    call = {"topic": "callback", "value": "2026-03-02T20:00:00Z", "source": "agent", "state": "open", "id": "P-3"}
    when = rig.clock() + timedelta(hours=6)
    call |= {"subject_type": "customer", "subject_id": "C-1", "customer_id": "C-1", "value": utc_text(when)}
    rig.set(promise=[call | {"made_at": rig.clock(), "due_at": when, "value_at": when}])
    labels = {"callback": {"es": "la llamada que prometimos"}}
    speech = speech_for("es-CO", "America/Bogota", labels)
    (section,) = (each for each in today_sheet(read(rig), speech, {}).sections if each.title == "Promesas por vencer")
    price, callback = (line.text for line in section.lines)
    assert price.startswith("P-1: precio mensual: ")
    assert callback == "P-3: la llamada que prometimos"


def test_nothing_of_the_other_mode_waits(rig: Rig) -> None:
    with read_only(rig.database) as connection:
        found = today(connection, rig.ruleset.project, rig.clock(), live=True)
    assert [each.matter for each in found.waiting] == [Matter.PROMISES_DUE, Matter.BOUNCES]
