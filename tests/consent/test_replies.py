"""A reply is written into the ledger, answered once, and what it stops is not told: in preview, tick and at sending."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.answers.preview import preview
from notifier.consent.replies import Taken, take_reply
from notifier.decisions.consent import SetConsent
from notifier.decisions.decision import Signature
from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import SuppressAddress
from notifier.delivery.sandbox import SandboxChannel
from notifier.model.consent import Source, Word
from notifier.model.notices import ReasonCode
from notifier.model.replies import Meaning
from notifier.model.types import ChannelName, NoticeClass
from notifier.sending.dispatch import DispatchReport
from notifier.store.consent import ALL_BUT_SAFETY, append, entries_at, ledger_at, undecided
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.support.people import ANA
from tests.support.rig import FILES, Rig, ana, contract, open_rig, visit
from tests.support.scripted import ScriptedChannel

PHONE = "+573001234567"
PLACE = (ChannelName.SMS, PHONE)
MAIL = (ChannelName.EMAIL, "ana@example.com")


@pytest.fixture
def rig(tmp_path: Path, migrated_file: Path) -> Iterator[Rig]:
    """Ana has a visit in two days, of which she is told by SMS and mail."""
    shutil.copyfile(migrated_file, tmp_path / "notifier.db")
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as rig:
        rig.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        yield rig


def reply(rig: Rig, text: str, opt_out_type: str | None = None, **more: Any) -> Taken:
    with rig.database.begin() as connection:
        return take_reply(
            connection, PHONE, ChannelName.SMS, text, opt_out_type, rig.clock(), live=False, company="Fibra", **more
        )


def stopped(rig: Rig) -> set[NoticeClass]:
    """The classes that are out, by SMS."""
    with read_only(rig.database) as connection:
        held = ledger_at(connection, [PLACE], live=False)
    return {of for (_, of), said in held.items() if said.word is Word.OUT}


def test_stop_is_out_of_every_class_and_answered_once(rig: Rig) -> None:
    first, second = reply(rig, "Stop"), reply(rig, "STOP!")
    assert (
        first.answer == "Fibra: you will get no more messages from us at this number. To get them again, reply START."
    )
    assert (second.meaning, second.answer) == (Meaning.STOP, None)
    assert stopped(rig) == set(NoticeClass)


def test_who_stopped_is_told_on_the_other_channel_alone_in_preview_and_tick(rig: Rig) -> None:
    reply(rig, "BAJA")
    with read_only(rig.database) as connection:
        (draft,) = preview(rig.ruleset, Reader(connection, live=False), rig.clock()).told
    rig.tick()
    (notice,) = rig.notices()
    assert draft.verdict.channels == (ChannelName.EMAIL,)
    assert notice.channels == ["email"]
    assert notice.reason == draft.verdict.reason.text
    assert notice.reason.endswith("; sms: asked for no more by reply on 2026-03-03")


def test_who_stopped_everywhere_is_not_told_and_the_preview_counts_it(rig: Rig) -> None:
    reply(rig, "BAJA")
    with rig.database.begin() as connection:
        append(
            connection,
            address=str(ANA.email),
            channel=ChannelName.EMAIL,
            classes=NoticeClass,
            word=Word.OUT,
            source=Source.UNSUBSCRIBE,
            by="one click",
            reason="the link in the mail",
            now=rig.clock(),
            live=False,
        )
    with read_only(rig.database) as connection:
        shown = preview(rig.ruleset, Reader(connection, live=False), rig.clock())
    assert shown.withheld == {"consented": 1}
    assert shown.not_told[0].verdict.reason.code is ReasonCode.OPTED_OUT
    assert [draft.verdict.reason.code for draft in shown.alerts]


def test_a_stop_reaches_what_is_queued_and_start_brings_it_back(rig: Rig) -> None:
    rig.tick()
    reply(rig, "parar")
    assert rig.dispatch() == DispatchReport(stale=1, accepted=1)
    assert [row.channel for row in rig.messages() if row.state == "accepted"] == ["email"]
    answer = reply(rig, "START").answer
    assert answer is not None
    assert stopped(rig) == set()


def test_a_probable_opt_out_mutes_all_but_safety_until_a_person_decides(rig: Rig) -> None:
    taken = reply(rig, "por favor no me escriban más")
    assert (taken.meaning, taken.answer) == (Meaning.PROBABLE_STOP, None)
    assert taken.for_owner is not None
    assert "until somebody decides" in taken.for_owner
    with read_only(rig.database) as connection:
        assert undecided(connection, live=False) == [PLACE, MAIL]
        held = ledger_at(connection, [PLACE, MAIL], live=False)
    assert {of for (_, of), said in held.items() if said.word is Word.PROBABLE} == set(ALL_BUT_SAFETY)
    rig.tick()
    addresses = [row.address for row in rig.messages()]
    assert (rig.notices()[0].state, addresses) == ("suppressed", ["field@example.com"]), "nor by mail: the owner hears"
    assert "a person decides" in rig.notices()[0].reason


@pytest.mark.parametrize("word", [Word.OUT, Word.LIFTED, Word.IN])
def test_one_decision_settles_it_wherever_the_person_was_muted(rig: Rig, word: Word) -> None:
    reply(rig, "por favor no me escriban más", message_id="SM1")
    with rig.database.begin() as connection:
        decision = SetConsent(PLACE, word, list(ALL_BUT_SAFETY), live=False)
        decided = decision.find(connection)
        signature = Signature(by="marta", reason="asked on the phone", now=rig.clock())
        said = decision.sentence([decision.write(connection, each, signature) for each in decided])
        assert undecided(connection, live=False) == []
        held = ledger_at(connection, [PLACE, MAIL], live=False)
    assert "it is decided for ana@example.com, too" in said
    out = {place for (place, _), said in held.items() if said.word is Word.OUT}
    assert out == ({PLACE, MAIL} if word is Word.OUT else set())


def test_who_says_start_has_decided_it_everywhere(rig: Rig) -> None:
    reply(rig, "por favor no me escriban más", message_id="SM1")
    rig.clock.forward(minutes=1)
    reply(rig, "START")
    with read_only(rig.database) as connection:
        assert undecided(connection, live=False) == []


def test_who_shares_a_number_is_muted_with_it_where_no_notice_tells_who_wrote(rig: Rig) -> None:
    rig.set(customer=[ana(id="C-2", email="luis@example.com")])
    reply(rig, "por favor no me escriban más", message_id="SM1")
    with read_only(rig.database) as connection:
        assert undecided(connection, live=False) == [PLACE, MAIL, (ChannelName.EMAIL, "luis@example.com")]


def test_who_answered_a_notice_mutes_nobody_else_at_a_shared_number(rig: Rig) -> None:
    rig.tick()
    rig.dispatch()
    rig.set(customer=[ana(id="C-2", email="luis@example.com")])
    reply(rig, "por favor no me escriban más", message_id="SM1")
    with read_only(rig.database) as connection:
        assert undecided(connection, live=False) == [PLACE, MAIL]


def test_cancelar_after_an_appointment_notice_is_two_things_and_the_owner_is_told(rig: Rig) -> None:
    rig.tick()
    rig.dispatch()
    taken = reply(rig, "Cancelar")
    assert (taken.meaning, taken.answer) == (Meaning.STOP_OR_CANCEL, None)
    assert taken.reply_to is not None
    assert (taken.reply_to.rule, taken.reply_to.subject_id) == ("visit-reminder", "A-1")
    assert taken.for_owner is not None
    assert "'CANCELAR'" in taken.for_owner
    assert "ask whether the appointment is to be cancelled" in taken.for_owner
    assert stopped(rig) == {NoticeClass.MARKETING}


def test_cancel_in_english_stops_everything_and_the_owner_is_told_that_the_provider_blocks(rig: Rig) -> None:
    rig.tick()
    rig.dispatch()
    taken = reply(rig, "CANCEL", "STOP")
    assert taken.meaning is Meaning.STOP_OR_CANCEL
    assert "and the provider blocks it" in (taken.for_owner or "")
    assert stopped(rig) == set(NoticeClass)


def test_without_an_open_appointment_cancelar_is_an_opt_out(rig: Rig) -> None:
    taken = reply(rig, "CANCELAR")
    assert taken.for_owner is None
    assert taken.answer is not None
    assert stopped(rig) == set(NoticeClass)


def test_what_twilio_answered_is_not_answered_again(rig: Rig) -> None:
    assert reply(rig, "STOP", "STOP").answer is None
    assert reply(rig, "START", "START").answer is None
    assert reply(rig, "HELP", "HELP").answer is None
    assert "Fibra" in (reply(rig, "ayuda", way_out=lambda _: "+57 601 7945501").answer or "")


def test_yes_is_a_confirmation_where_nothing_was_stopped_though_twilio_takes_it_for_start(rig: Rig) -> None:
    assert reply(rig, "YES", "START").meaning is Meaning.CONFIRM
    reply(rig, "STOP", "STOP")
    assert reply(rig, "YES", "START").meaning is Meaning.START
    assert stopped(rig) == set()


def test_a_reply_that_comes_twice_is_written_once(rig: Rig) -> None:
    reply(rig, "STOP", message_id="SM1")
    assert reply(rig, "STOP", message_id="SM1") == Taken(meaning=Meaning.STOP)
    with read_only(rig.database) as connection:
        assert len(entries_at(connection, [PLACE])) == len(NoticeClass)


def test_start_leaves_the_register_as_it_is(rig: Rig) -> None:
    with rig.database.begin() as connection:
        append(
            connection,
            address=PHONE,
            channel=ChannelName.SMS,
            classes=[NoticeClass.MARKETING],
            word=Word.OUT,
            source=Source.REGISTER,
            register="RNE",
            by="marta",
            reason="list of March",
            now=rig.clock(),
            live=None,
        )
    reply(rig, "STOP")
    reply(rig, "START")
    assert stopped(rig) == {NoticeClass.MARKETING}


def test_an_opt_out_in_the_sandbox_is_none_live(rig: Rig) -> None:
    reply(rig, "STOP")
    with read_only(rig.database) as connection:
        assert ledger_at(connection, [PLACE], live=True) == {}


SAFETY = {"rules/visits.yaml": FILES["rules/visits.yaml"].replace("class: service", "class: safety")}
AFTER_STOP = {"rules/policy.yaml": "safety_after_stop: tell\n"}


def test_safety_is_told_after_a_stop_only_where_the_policy_says_so_and_the_provider_lets_it_through(rig: Rig) -> None:
    def channels() -> list[str]:
        rig.tick(full=True)
        return [str(channel) for channel in rig.notices()[0].channels]

    rig.reload(SAFETY)
    reply(rig, "no me manden más sms")
    assert channels() == ["sms", "email"]
    reply(rig, "STOP")
    assert channels() == ["email"]
    rig.reload(SAFETY | AFTER_STOP)
    assert channels() == ["sms", "email"]
    reply(rig, "STOP", "STOP")
    assert channels() == ["email"]


def test_an_opt_out_that_the_provider_tells_of_is_written_down_and_start_lifts_what_it_suppressed(
    tmp_path: Path, migrated_file: Path
) -> None:
    shutil.copyfile(migrated_file, tmp_path / "notifier.db")
    told = SuppressAddress(reason="Twilio 21610: the customer opted out by STOP", opted_out=True)
    channels: dict[ChannelName, Channel] = {
        ChannelName.SMS: ScriptedChannel(told),
        ChannelName.EMAIL: SandboxChannel(tmp_path / "outbox"),
    }
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}", channels) as rig:
        rig.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        rig.tick()
        rig.dispatch()
        assert stopped(rig) == set(NoticeClass)
        with read_only(rig.database) as connection:
            reader = Reader(connection, live=False)
            assert all(said.blocked for said in reader.ledger([PLACE]).values())
            assert reader.suppressed([PLACE])
        rig.clock.at += timedelta(minutes=5)
        reply(rig, "START", "START")
        with read_only(rig.database) as connection:
            reader = Reader(connection, live=False)
            assert (reader.suppressed([PLACE]), reader.ledger([PLACE])) == ({}, {})
