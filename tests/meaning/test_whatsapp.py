"""By WhatsApp goes what was approved letter by letter, to who said yes to it; else the rule's other channels speak."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.answers.preview import preview
from notifier.consent.hearing import Reply, hear
from notifier.decisions.customers import Forget
from notifier.delivery.twilio_receipts import receipt_of
from notifier.model.consent import Source, Word
from notifier.model.types import ChannelName, NoticeClass
from notifier.receipts.taking import take
from notifier.rules.contact_law import law_terms
from notifier.rules.loader import load_project
from notifier.store.consent import append
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.meaning.street import in_force, rule
from tests.privacy.test_forgetting import found_in
from tests.support.deciding import a_person_decides
from tests.support.rig import NOW, Rig, ana, contract, open_rig, visit, write_project

TEXT = (
    "{{ company }}: we come on {{ starts_at | date }} at {{ starts_at | time }}. "
    "Questions: {{ exit.address }}, ref. {{ reference }}. To get no more, answer STOP.\n"
)
BODY = "Fibra: we come on {{1}} at {{2}}. Questions: +57 601 7945501, ref. {{3}}. To get no more, answer STOP."
SID = "HX" + "0a" * 16
RULE = rule(channels=["whatsapp", "sms"], fallback_after="30m")
YES = {"id": "O-1", "customer_id": "C-1", "channel": "whatsapp", "class": "service", "allowed": True, "at": NOW}


def approved(body: str = BODY, sid: str | None = SID) -> dict[str, str]:
    """The files of a project whose text was handed in like this."""
    entry = {"template": "visit", "locale": "en", "body": body} | ({} if sid is None else {"content_sid": sid})
    return {
        "templates/visit/whatsapp.en.txt.j2": TEXT,
        "rules/whatsapp.yaml": json.dumps({"texts": [entry]}),
    }


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    """On each database: Ana prefers WhatsApp, and said yes to it for service."""
    with open_rig(tmp_path, migrated_url) as rig:
        in_force(rig, RULE, files=approved())
        rig.set(
            customer=[ana(preferred_channel="whatsapp")], contract=[contract()], appointment=[visit()], consent=[YES]
        )
        yield rig


def messages(rig: Rig) -> list[tuple[str, str]]:
    return [(row.channel, row.state) for row in rig.messages()]


def reasons(rig: Rig) -> list[str]:
    return [row.reason for row in rig.notices()]


def test_an_approved_text_goes_with_its_values_and_a_lost_one_is_said_by_sms(rig: Rig) -> None:
    with read_only(rig.database) as connection:
        (draft,) = preview(rig.ruleset, Reader(connection, live=False), rig.clock()).told
    rig.tick()
    rig.dispatch()
    assert messages(rig) == [("whatsapp", "accepted")]
    (file,) = rig.outbox.glob("*-whatsapp.json")
    assert file.read_bytes() == draft.messages[0].payload
    written = json.loads(file.read_bytes())
    reference = draft.reference
    assert written["ContentSid"] == SID
    assert written["ContentVariables"] == {"1": "March 5, 2026", "2": "10:00 AM", "3": reference}
    assert written["Text"] == BODY.replace("{{1}}", "March 5, 2026").replace("{{2}}", "10:00 AM").replace(
        "{{3}}", reference
    )
    (row,) = rig.messages()
    lost = receipt_of(row.provider_id, "undelivered", 63024, channel=ChannelName.WHATSAPP)
    rig.clock.forward(minutes=1)
    take(rig.database, [lost_by(lost, row)], now=rig.clock())
    rig.tick()
    rig.dispatch()
    assert messages(rig) == [("whatsapp", "undelivered"), ("sms", "accepted")]
    # Nobody is there on WhatsApp: the next notice is said by SMS at once.
    rig.set(appointment=[visit(id="A-2")])
    rig.tick()
    assert messages(rig)[-1] == ("sms", "queued")
    assert "the provider refuses the whatsapp address" in reasons(rig)[-1]


def lost_by(receipt: Any, row: Any) -> Any:
    return replace(receipt, provider=row.provider)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        (
            approved(body=BODY.replace("come", "came")),
            "whatsapp: nobody approved this text of visit/whatsapp.en.txt.j2",
        ),
        (approved(sid=None), "whatsapp: nobody approved this text of visit/whatsapp.en.txt.j2 yet"),
    ],
)
def test_what_nobody_approved_is_said_by_sms(sqlite: Rig, files: dict[str, str], why: str) -> None:
    in_force(sqlite, RULE, files=files)
    sqlite.tick()
    assert messages(sqlite) == [("sms", "queued")]
    assert reasons(sqlite) == [f"48h before appointment.starts_at (2026-03-03 15:00 UTC); {why}"]


def test_without_a_yes_of_its_own_nothing_goes_there(sqlite: Rig) -> None:
    sqlite.set(consent=[YES | {"channel": "sms"}, YES | {"allowed": False}])
    sqlite.tick()
    assert messages(sqlite) == [("sms", "queued")]
    assert reasons(sqlite)[0].endswith("no consent for whatsapp")


def test_what_is_queued_goes_no_more_once_its_approval_is_gone(sqlite: Rig) -> None:
    sqlite.tick()
    assert messages(sqlite) == [("whatsapp", "queued")]
    in_force(sqlite, RULE, files=approved(sid=None))
    sqlite.dispatch()
    sqlite.tick()
    sqlite.dispatch()
    assert sorted(messages(sqlite)) == [("sms", "accepted"), ("whatsapp", "cancelled")]


def test_stop_by_whatsapp_stops_whatsapp_alone_and_start_brings_it_back(sqlite: Rig) -> None:
    sqlite.tick()
    sqlite.dispatch()
    answers = [heard(sqlite, "STOP")]
    sqlite.set(appointment=[visit(id="A-2")])
    sqlite.tick()
    assert messages(sqlite)[-1] == ("sms", "queued")
    assert "whatsapp: asked for no more by reply on 2026-03-03" in reasons(sqlite)[-1]
    answers.append(heard(sqlite, "START"))
    sqlite.set(appointment=[visit(id="A-3")])
    sqlite.tick()
    assert messages(sqlite)[-1] == ("whatsapp", "queued")
    assert answers[0] == "Fibra: you will get no more messages from us by WhatsApp. To get them again, reply START."


def test_a_register_of_numbers_is_about_whatsapp_too(sqlite: Rig) -> None:
    with sqlite.database.begin() as connection:
        append(
            connection,
            address=ana()["phone"],
            channel=ChannelName.SMS,
            classes=[NoticeClass.SERVICE],
            word=Word.OUT,
            source=Source.REGISTER,
            register="No Llame",
            by="marta",
            reason="list of March",
            now=sqlite.clock(),
            live=None,
        )
    sqlite.tick()
    assert {channel for channel, _ in messages(sqlite)} == {"email"}  # its owner hears of it
    assert any("whatsapp: stands in the register No Llame" in reason for reason in reasons(sqlite))


def heard(rig: Rig, text: str) -> str | None:
    rig.clock.forward(minutes=1)
    reply = Reply(channel=ChannelName.WHATSAPP, address=ana()["phone"], text=text, provider_id=f"SM-{text}")
    with rig.database.begin() as connection:
        return hear(connection, reply, rig.clock(), project=rig.ruleset.project, live=False, company="Fibra")


def test_who_is_forgotten_is_named_nowhere_also_where_it_went_by_whatsapp(sqlite: Rig) -> None:
    sqlite.tick()
    sqlite.dispatch()
    heard(sqlite, "STOP")
    a_person_decides(sqlite.database, Forget("C-1"), reason="asked for it", now=sqlite.clock())
    sqlite.tick()
    assert found_in(sqlite) == set()


def test_the_same_telephone_gets_no_sms_beside_it_but_for_safety(sqlite: Rig) -> None:
    sqlite.set(customer=[ana(preferred_channel=None)], consent=[YES, YES | {"id": "O-2", "class": "safety"}])
    in_force(sqlite, rule(channels=["whatsapp", "sms", "email"]), files=approved())
    sqlite.tick()
    assert {channel for channel, _ in messages(sqlite)} == {"whatsapp", "email"}
    in_force(sqlite, rule(channels=["whatsapp", "sms"], class_="safety", rule="danger"), files=approved())
    sqlite.tick()
    assert {channel for channel, state in messages(sqlite) if state == "queued"} == {"whatsapp", "sms"}


def test_a_rule_that_names_no_channel_says_nothing_there(sqlite: Rig) -> None:
    in_force(sqlite, rule(channels=None), files=approved())
    sqlite.tick()
    assert {channel for channel, _ in messages(sqlite)} == {"sms", "email"}


def test_who_prefers_sms_gets_the_sms(sqlite: Rig) -> None:
    sqlite.set(customer=[ana(preferred_channel="sms")])
    sqlite.tick()
    assert messages(sqlite) == [("sms", "queued")]


def test_a_correction_in_built_in_words_is_said_by_sms(sqlite: Rig) -> None:
    sqlite.tick()
    sqlite.dispatch()
    sqlite.set(appointment=[visit(starts_at=NOW + timedelta(hours=50))])
    sqlite.tick()
    assert messages(sqlite) == [("whatsapp", "accepted"), ("sms", "queued")]
    assert (
        "whatsapp: its text has no holes that can be numbered: a built-in sentence tells the change"
        in reasons(sqlite)[1]
    )


def test_hours_take_it_for_a_channel_of_its_own(sqlite: Rig) -> None:
    night = "quiet_hours: [{ class: service, channel: whatsapp, allowed: '20:00-21:00' }]\n"
    in_force(sqlite, RULE, files=approved() | {"rules/policy.yaml": night})
    sqlite.tick()
    assert [row.state for row in sqlite.notices()] == ["deferred"]
    assert sqlite.notices()[0].channels == ["whatsapp"]


def test_a_law_about_sms_or_apps_holds_for_it() -> None:
    terms = law_terms(["CO", "EC"])
    for country in ("CO", "EC"):
        for of in NoticeClass:
            sms, whatsapp = ((country, of, each) for each in (ChannelName.SMS, ChannelName.WHATSAPP))
            assert terms.get(sms) == terms.get(whatsapp)
    assert terms["CO", NoticeClass.COLLECTIONS, ChannelName.WHATSAPP].hours


def test_without_a_sender_the_other_channels_speak(sqlite: Rig) -> None:
    sqlite.ruleset = replace(sqlite.ruleset, unavailable=frozenset({ChannelName.WHATSAPP}))
    sqlite.tick()
    assert messages(sqlite) == [("sms", "queued")]
    assert reasons(sqlite)[0].endswith("no provider for whatsapp")


def test_several_rows_cannot_be_one_approved_text(tmp_path: Path) -> None:
    listed = rule(
        channels=["whatsapp"], group="customer", claims={"visits": {"list": "appointment", "show": ["starts_at"]}}
    )
    files = {"rules/visits.yaml": json.dumps({"rules": [listed]})}
    project = load_project(write_project(tmp_path, files | approved()))
    assert any("take whatsapp out, or take out 'group'" in problem.what for problem in project.errors)


def test_nothing_goes_in_one_message_with_it(sqlite: Rig) -> None:
    merged = approved() | {"rules/policy.yaml": "merge: { within: 15m }\n"}
    in_force(sqlite, RULE | {"channels": ["whatsapp"]}, files=merged)
    sqlite.set(appointment=[visit(), visit(id="A-2")])
    sqlite.tick()
    assert messages(sqlite) == [("whatsapp", "queued"), ("whatsapp", "queued")]


@pytest.fixture
def sqlite(tmp_path: Path, migrated_file: Path) -> Iterator[Rig]:
    """The same on SQLite alone."""
    shutil.copyfile(migrated_file, tmp_path / "notifier.db")
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as rig:
        in_force(rig, RULE, files=approved())
        rig.set(
            customer=[ana(preferred_channel="whatsapp")], contract=[contract()], appointment=[visit()], consent=[YES]
        )
        yield rig
