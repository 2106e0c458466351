"""Each kind of entry says what happened: told, arrived, came back, spoken for, withheld, and in both languages."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.answers.speech import speech_for
from notifier.answers.timeline import Entry, timeline
from notifier.answers.timeline_sources import EntryKind
from notifier.answers.timeline_words import sentence
from notifier.model.notices import MessageState, NoticeKind, NoticeState, ReasonCode
from notifier.store.database import read_only
from notifier.store.tables import BOUNCE, MESSAGE, NOTICE, RECEIPT, TOLD_THROUGH
from tests.support.rig import Rig, ana, open_rig, visit

ENGLISH, SPANISH = speech_for("en-US", "America/Bogota"), speech_for("es-CO", "America/Bogota")


@pytest.fixture
def rig(migrated_file: Path, tmp_path: Path) -> Iterator[Rig]:
    """Ana and somebody at her addresses have one visit each."""
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as rig:
        rig.set(customer=[ana(), ana(id="C-2")], appointment=[visit(), visit(id="A-2", customer_id="C-2")])
        rig.tick()
        rig.dispatch()
        yield rig


def entries(rig: Rig, customer: str = "C-1") -> dict[EntryKind, Entry]:
    with read_only(rig.database) as connection:
        found = timeline(connection, customer, {}, live=False).entries
    assert len({each.kind for each in found}) == len(found)
    return {each.kind: each for each in found}


def test_what_was_told_has_its_words_and_what_became_of_each_message(rig: Rig) -> None:
    told = entries(rig)[EntryKind.TOLD]
    assert told.arrived == [("sms", "accepted"), ("email", "accepted")]
    assert told.text is not None
    assert told.text.startswith("Fibra: we come on")
    assert "(sms accepted, email accepted)" in sentence(told, ENGLISH)
    assert "correo entregado al proveedor" in sentence(told, SPANISH)


def test_a_notice_that_another_one_spoke_for_is_told_at_its_moment(rig: Rig) -> None:
    with rig.database.begin() as connection:
        kind = NOTICE.c.kind == NoticeKind.NOTICE
        rows = connection.execute(sa.select(NOTICE.c.recipient_id, NOTICE.c.occurrence).where(kind))
        named = {row.recipient_id: row.occurrence for row in rows}
        silent = {"state": NoticeState.SUPPRESSED, "told_at": None, "reason_code": ReasonCode.TOLD_THROUGH}
        connection.execute(sa.update(NOTICE).where(NOTICE.c.recipient_id == "C-2").values(**silent))
        through = {"occurrence": named["C-2"], "channel": "sms", "through": named["C-1"]}
        connection.execute(sa.insert(TOLD_THROUGH).values(**through))
    spoken = entries(rig, "C-2")
    assert set(spoken) == {EntryKind.TOLD_THROUGH}
    assert spoken[EntryKind.TOLD_THROUGH].at == entries(rig)[EntryKind.TOLD].at


def test_receipts_and_auto_replies_are_there_and_a_bounce_that_is_a_receipt_is_there_once(rig: Rig) -> None:
    at = rig.clock() + timedelta(minutes=3)
    with rig.database.begin() as connection:
        is_hers = sa.select(NOTICE.c.id).where(NOTICE.c.recipient_id == "C-1", NOTICE.c.kind == NoticeKind.NOTICE)
        notice = connection.execute(is_hers).scalar_one()
        mail = sa.select(MESSAGE.c.id).where(MESSAGE.c.notice_id == notice, MESSAGE.c.channel == "email")
        said = {"id": "R-1", "key": "r", "provider": "smtp", "channel": "email", "status": "failed", "arrived_at": at}
        said |= {"message_id": connection.execute(mail).scalar_one(), "state": "undelivered", "meaning": "nobody there"}
        connection.execute(sa.insert(RECEIPT).values(**said, raw={}))
        back = {"received_at": at, "way": "pipe", "notice_id": notice, "proven": True}
        connection.execute(sa.insert(BOUNCE).values(**back, id="B-1", digest="1", kind="hard", reason="nobody there"))
        connection.execute(sa.insert(BOUNCE).values(**back, id="B-2", digest="2", kind="auto_reply", reason="away"))
    found = entries(rig)
    assert found[EntryKind.DELIVERED].state == "undelivered"
    assert "correo: no llegó" in sentence(found[EntryKind.DELIVERED], SPANISH)
    assert found[EntryKind.CAME_BACK].id == "B-2"


def test_what_was_withheld_says_why_and_what_is_only_recorded_is_left_out(rig: Rig) -> None:
    with rig.database.begin() as connection:
        hers = sa.update(NOTICE).where(NOTICE.c.recipient_id == "C-1", NOTICE.c.kind == NoticeKind.NOTICE)
        held = {"state": NoticeState.HELD, "told_at": None, "spent": False, "reason": "no consent for sms"}
        connection.execute(hers.values(**held, reason_code=ReasonCode.NO_CONSENT))
        connection.execute(sa.update(MESSAGE).values(state=MessageState.CANCELLED))
    withheld = entries(rig)[EntryKind.WITHHELD]
    assert "held, no consent for sms" in sentence(withheld, ENGLISH)
    assert "retenido, sin consentimiento para sms" in sentence(withheld, SPANISH)
    with rig.database.begin() as connection:
        connection.execute(sa.update(NOTICE).values(reason_code=ReasonCode.BASELINE))
    assert EntryKind.WITHHELD not in entries(rig)
