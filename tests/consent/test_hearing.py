"""A reply is kept once, answered at most once a day, confirms where the rule asks, and reaches the owner once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.answers.documents.customers import customer_document
from notifier.answers.exports import everything_of
from notifier.answers.records import Directory
from notifier.consent.hearing import Reply, hear
from notifier.decisions.customers import Forget
from notifier.model.types import ChannelName
from notifier.planning.addressing import Defaults
from notifier.rules.checked_owners import Owner
from notifier.store.contacts import CONTACT
from notifier.store.database import read_only
from notifier.store.replies import replies_by_rule
from notifier.store.tables import REPLY
from tests.support.deciding import a_person_decides
from tests.support.rig import FILES, NOW, Rig, ana, open_rig, visit

ASKS = FILES["rules/visits.yaml"].replace(
    "    when: appointment.status == 'confirmed'\n",
    "    when: appointment.status in ['initialized', 'confirmed']\n    replies: { confirm: confirmed }\n",
)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """Ana was asked whether her visit may come."""
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as rig:
        rig.reload({"rules/visits.yaml": ASKS})
        rig.set(customer=[ana()], appointment=[visit(status="initialized")])
        rig.tick()
        rig.dispatch()
        rig.clock.forward(minutes=5)
        yield rig


def say(rig: Rig, text: str, sid: str, address: str = "+573001234567", **more: Any) -> str | None:
    reply = Reply(channel=ChannelName.SMS, address=address, text=text, provider_id=sid, **more)
    with rig.database.begin() as connection:
        return hear(connection, reply, rig.clock(), project=rig.ruleset.project, live=False, company="Fibra")


def status(rig: Rig) -> str:
    with read_only(rig.database) as connection:
        return str(connection.execute(sa.text("SELECT status FROM appointment")).scalar_one())


def alerts(rig: Rig) -> list[str]:
    rig.clock.forward(seconds=1)
    rig.tick()
    texts = {row.notice_id: row.text for row in rig.messages() if row.channel == "email"}
    return [texts[row.id] for row in rig.notices() if row.kind == "alert"]


def outcomes(rig: Rig) -> list[str]:
    with read_only(rig.database) as connection:
        return [row.outcome for row in connection.execute(sa.select(CONTACT).order_by(CONTACT.c.id))]


def test_a_yes_confirms_once_and_nobody_has_to_hear_of_it(rig: Rig) -> None:
    reference = rig.notices()[0].reference
    answer = f"Fibra: thank you, it is confirmed. Questions: +57 601 7945501. Ref. {reference}"
    assert (status(rig), say(rig, "sí.", "1"), status(rig)) == ("initialized", answer, "confirmed")
    assert say(rig, "sí.", "1") is None
    rig.tick()
    assert say(rig, "1", "2") is None, "one automatic answer a day"
    assert (outcomes(rig), alerts(rig)) == (["solved", "solved"], [])


def test_who_cannot_hear_is_answered_with_another_way_than_a_phone(rig: Rig) -> None:
    desks = FILES["rules/contact_points.yaml"].replace("human: true", "human: true, instead: { hard_of_hearing: chat }")
    chat = "chat: { channel: whatsapp, address: '+573157945503', human: true } }"
    files = {
        "rules/contact_points.yaml": desks.rstrip()[:-1] + f", {chat}\n",
        "rules/attributes.yaml": "attributes: { customer: { hard_of_hearing: bool } }\n",
    }
    rig.reload({"rules/visits.yaml": ASKS} | files)
    rig.set(customer=[ana() | {"attributes": {"hard_of_hearing": True}}])
    assert "Questions: +57 315 7945503." in (say(rig, "sí.", "1") or "")


def test_a_yes_to_what_holds_no_longer_is_for_a_person(rig: Rig) -> None:
    rig.set(appointment=[{"id": "A-1", "place": "Calle 1"}])
    say(rig, "SI", "1")
    assert status(rig) == "initialized", "it changed, and nobody looked at it yet"
    rig.set(appointment=[{"id": "A-1", "status": "cancelled"}])
    rig.tick()
    say(rig, "SI", "2")
    rig.clock.forward(days=3)
    say(rig, "SI", "3")
    assert (status(rig), outcomes(rig)) == ("cancelled", ["open"] * 3)


def test_replies_of_one_tick_reach_the_owner_together_and_once(rig: Rig) -> None:
    assert say(rig, "¿A qué hora, <b>más o menos</b>? Son las 3:00", "1") is not None
    assert say(rig, "por favor no me escriban más", "2") is None
    (alert,) = alerts(rig)
    assert "¿A qué hora, <b>más o menos</b>? Son las 3:00" in alert
    assert alert.index("por favor no me escriban más") < alert.index("¿A qué hora"), "what is to be decided goes first"
    assert "a reply sounds like an opt-out" in alert
    assert len(alerts(rig)) == 1
    say(rig, "CANCEL", "3")
    (_, second) = alerts(rig)
    assert "it may mean the appointment, or the messages" in second


def test_machines_and_those_who_want_no_more_get_no_answer(rig: Rig) -> None:
    assert say(rig, "recarga tu saldo", "1", address="85123") is None
    assert "no more messages" in (say(rig, "STOP", "2") or "")
    assert say(rig, "gracias", "3") is None
    assert "our messages again" in (say(rig, "START", "4") or ""), "what is said of consent is said each time"
    assert say(rig, "gracias", "5") is not None
    rig.clock.forward(hours=23)
    assert say(rig, "HELP", "6") is None
    rig.clock.forward(hours=2)
    assert "Questions: +57 601 7945501. To get no more, reply STOP." in (say(rig, "HELP", "7") or "")


def test_what_makes_people_write_back_is_counted_by_rule(rig: Rig) -> None:
    for sid, text in enumerate(("SI", "hola", "STOP")):
        say(rig, text, str(sid))
    say(rig, "hola", "9", address="+573009999999")
    with read_only(rig.database) as connection:
        (found,) = replies_by_rule(connection, live=False, since=NOW - timedelta(days=1))
        assert connection.execute(sa.select(sa.func.count()).select_from(REPLY)).scalar_one() == 4
    assert (found.rule, found.told, found.replies, found.confirmed, found.opted_out) == ("visit-reminder", 1, 3, 1, 1)
    assert found.per_hundred == 300.0


def test_who_is_no_customer_is_read_by_operations_and_by_the_customer_that_they_become(rig: Rig) -> None:
    rig.ruleset = replace(rig.ruleset, operations=Owner(id="ops", name="Operations", email="ops@example.com"))
    assert say(rig, "Soy Ana,\x00 ¿y mi orden?", "1", address="+573009999999") is None
    assert say(rig, "SI", "2") is not None
    with read_only(rig.database) as connection:
        assert connection.execute(sa.select(REPLY.c.id, REPLY.c.text).order_by(REPLY.c.id)).all() == [
            ("sms:1", "Soy Ana, ¿y mi orden?"), ("sms:2", None),
        ]  # fmt: skip
    (alert,) = alerts(rig)
    assert "- no notice of ours, from +573009999999: Soy Ana, ¿y mi orden?" in alert
    rig.set(customer=[ana(id="C-9", phone="+573009999999", email=None)])
    with read_only(rig.database) as connection:
        found = everything_of(connection, "C-9", Directory(defaults=Defaults(), owners={}), live=False, now=rig.clock())
    assert customer_document(found)["unclaimed_replies"][0]["text"] == "Soy Ana, ¿y mi orden?"
    assert len(found.alerts) == 1
    a_person_decides(rig.database, Forget("C-9"), reason="asked for it", now=rig.clock())
    with read_only(rig.database) as connection:
        assert connection.execute(sa.select(REPLY.c.text)).scalars().all() == [None, None]
    assert not any("Soy Ana" in row.text for row in rig.messages())


def promises(rig: Rig) -> list[tuple[str, str, str, str]]:
    with read_only(rig.database) as connection:
        rows = connection.execute(sa.text("SELECT subject_type, subject_id, source, state FROM promise ORDER BY id"))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("text", ["NO", "CANCELAR", "cancel please", "R"])
def test_who_cancels_by_a_reply_has_a_promise_that_the_visit_stops(rig: Rig, text: str) -> None:
    say(rig, text, "1")
    assert (outcomes(rig), promises(rig)) == (["cancel"], [("appointment", "A-1", "customer", "open")])
    say(rig, text, "1")
    assert len(promises(rig)) == 1, "the provider said it twice"


def test_a_yes_after_a_no_takes_the_cancellation_back(rig: Rig) -> None:
    say(rig, "NO", "1")
    rig.tick()
    say(rig, "SI", "2")
    assert (status(rig), promises(rig)) == ("confirmed", [("appointment", "A-1", "customer", "withdrawn")])


def test_a_question_cancels_nothing(rig: Rig) -> None:
    say(rig, "¿a qué hora vienen?", "1")
    assert promises(rig) == []
