"""Mails that come in are sorted: bounces, machines, and what people wrote, which is heard as a text message is."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.bounces.bounce import BounceKind
from notifier.consent.mails import MailDesk, receive_mail
from notifier.delivery.accounts import SmtpServer
from notifier.delivery.outcomes import Accepted, Halt, Outcome, Retry, Unknown
from notifier.delivery.sandbox import SandboxChannel
from notifier.delivery.smtp_mail import mail_of
from notifier.model.consent import Word
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName, NoticeClass
from notifier.receipts.bounces import ReceivedBounce, Way
from notifier.rendering.mime import Envelope
from notifier.rendering.reasons import reason_in
from notifier.rendering.settings import RenderSettings
from notifier.sending.reply_answers import AnswerSender, outgoing
from notifier.store.bounces import bounces
from notifier.store.consent import ledger_at
from notifier.store.contacts import CONTACT
from notifier.store.database import read_only
from notifier.store.reply_answers import ReplyAnswer
from notifier.store.tables import REPLY, REPLY_ANSWER
from tests.bounces.mails import ADDRESS, real
from tests.consent.test_hearing import ASKS, alerts, status
from tests.support.rig import NOW, Rig, ana, open_rig, visit

EMAIL, SMS = ChannelName.EMAIL, ChannelName.SMS
ANA = "ana@example.com"
SETTINGS = RenderSettings(company="Fibra", from_address="notices@example.com", reply_to="replies@example.com")


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """Ana was asked by mail whether her visit may come."""
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as rig:
        rig.reload({"rules/visits.yaml": ASKS})
        rig.set(customer=[ana(preferred_channel="email", email=ANA)], appointment=[visit(status="initialized")])
        rig.tick()
        rig.dispatch()
        rig.clock.forward(minutes=5)
        yield rig


def reference(rig: Rig) -> str:
    return str(next(row.reference for row in rig.notices() if row.kind == "notice"))


def letter(rig: Rig | None, words: str, *, of: str = f"Ana Ruiz <{ANA}>", **fields: str) -> bytes:
    """A mail of a person; it answers the notice where a rig is given."""
    mail = EmailMessage()
    mail["From"], mail["To"] = of, "replies@example.com"
    given = {name.replace("_", "-"): value for name, value in fields.items()}
    if rig is not None:
        name = f"<{reference(rig).lower()}@example.com>"
        given = {"Subject": "Re: We visit you", "In-Reply-To": name, "References": f"<x@y> {name}"} | given
    for name, value in ({"Message-ID": f"<{abs(hash(words))}@phone.example>"} | given).items():
        mail[name] = value
    mail.set_content(words)
    return mail.as_bytes()


def take(rig: Rig, content: bytes, **changes: Any) -> ReceivedBounce:
    values: dict[str, Any] = {
        "bounces": ADDRESS,
        "live": False,
        "company": "Fibra",
        "project": lambda: rig.ruleset.project,
        "ours": frozenset({"notices@example.com", "replies@example.com"}),
        "unsubscribing": "leave@example.com",
    }
    return receive_mail(rig.database, content, MailDesk(**(values | changes)), way=Way.PIPE, now=rig.clock())


def rows(rig: Rig, table: sa.Table) -> list[sa.Row[Any]]:
    with read_only(rig.database) as connection:
        return list(connection.execute(sa.select(table)))


def answers(rig: Rig) -> list[str]:
    return [row.text for row in rows(rig, REPLY_ANSWER)]


def said_of(rig: Rig, channel: ChannelName, address: str) -> dict[NoticeClass, Word]:
    with read_only(rig.database) as connection:
        return {of: held.word for (_, of), held in ledger_at(connection, [(channel, address)], live=False).items()}


# -- what a person writes ---------------------------------------------------------------------------------------------


def test_a_yes_by_mail_confirms_and_is_answered_with_the_human_exit(rig: Rig) -> None:
    received = take(rig, letter(rig, "Sí\n\nSaludos\nAna\n\n> Responda BAJA para no recibir más\n> a\n> b\n"))
    assert (received.kind, received.reference, received.counts) == (BounceKind.REPLY, reference(rig), True)
    assert status(rig) == "confirmed"
    [answer] = rows(rig, REPLY_ANSWER)
    assert (answer.address, answer.subject) == (ANA, "Re: We visit you")
    expected = f"Fibra: thank you, it is confirmed. Questions: +57 601 7945501. Ref. {reference(rig)}"
    assert answer.text == expected
    [contact] = rows(rig, CONTACT)
    assert (contact.channel, contact.customer_id, contact.outcome) == ("email", "C-1", "solved")
    assert contact.subject == f"notice:{reference(rig)}"
    assert contact.attributes == {"text": "Sí\n\nSaludos\nAna"}


def test_a_question_reaches_the_owner_without_what_it_quotes_and_once(rig: Rig) -> None:
    content = letter(rig, "¿A qué hora?\n\nOn Mon, 2 Mar 2026, Fibra <notices@example.com> wrote:\n\n> we come\n")
    assert take(rig, content).counts
    [alert] = alerts(rig)
    assert "¿A qué hora?" in alert
    assert "we come" not in alert
    assert len(alerts(rig)) == 1
    assert "passed on" in answers(rig)[0]


def test_the_same_mail_counts_once_whatever_way_it_takes(rig: Rig) -> None:
    content = letter(rig, "Hola")
    again = b"Received: by another server\nX-Spam-Score: 0\n" + content
    found = [take(rig, each) for each in (content, content, again)]
    assert [(each.counts, each.repeated) for each in found] == [(True, False), (False, True), (False, True)]
    assert (len(rows(rig, REPLY)), len(answers(rig))) == (1, 1)


def test_who_repeats_a_message_id_keeps_no_mail_from_being_heard(rig: Rig) -> None:
    take(rig, letter(rig, "spam", Message_ID="<1@phone.example>"))
    assert take(rig, letter(rig, "BAJA", Message_ID="<1@phone.example>")).counts
    assert set(said_of(rig, EMAIL, ANA)) == set(NoticeClass)


def test_stop_by_mail_stops_mail_alone_and_says_so(rig: Rig) -> None:
    take(rig, letter(rig, "BAJA\n\nEnviado desde mi iPhone"))
    assert said_of(rig, EMAIL, ANA) == dict.fromkeys(NoticeClass, Word.OUT)
    assert said_of(rig, SMS, "+573001234567") == {}
    assert "no more messages from us at this address" in answers(rig)[0] or "en esta dirección" in answers(rig)[0]


def test_a_subject_alone_is_a_word_where_it_is_the_writers_own(rig: Rig) -> None:
    take(rig, letter(None, "", Subject="Baja"))
    assert said_of(rig, EMAIL, ANA)
    assert not take(rig, letter(rig, "", Subject="Re: BAJA")).repeated
    assert [row.meaning for row in rows(rig, REPLY)] == ["stop", "other"]


def test_without_references_the_address_and_the_time_tell_the_notice(rig: Rig) -> None:
    assert take(rig, letter(None, "¿A qué hora?", Subject="visita", of="ANA@Example.com".lower())).counts
    assert [row.subject for row in rows(rig, CONTACT)] == [f"notice:{reference(rig)}"]
    rig.clock.forward(days=20)
    take(rig, letter(None, "¿y ahora?", Subject="otra"))
    assert [row.subject for row in rows(rig, CONTACT)].count(None) == 1


def test_a_sentence_that_sounds_like_an_opt_out_mutes_the_person_everywhere_until_decided(rig: Rig) -> None:
    take(rig, letter(rig, "Por favor no me escriban más"))
    for place in ((EMAIL, ANA), (SMS, "+573001234567")):
        assert said_of(rig, *place) == {of: Word.PROBABLE for of in NoticeClass if of is not NoticeClass.SAFETY}
    assert answers(rig) == []
    assert "on any channel" in alerts(rig)[0]


# -- what is not theirs -----------------------------------------------------------------------------------------------


def test_from_another_address_nothing_is_confirmed_and_an_opt_out_waits_for_a_person(rig: Rig) -> None:
    """The reference is read out and printed: who knows it is not the customer yet."""
    take(rig, letter(rig, "1", of="mallory@example.org"))
    assert (status(rig), answers(rig)) == ("initialized", [])
    take(rig, letter(rig, "BAJA", of="mallory@example.org"))
    assert said_of(rig, EMAIL, "mallory@example.org") == dict.fromkeys(NoticeClass, Word.OUT)
    assert set(said_of(rig, EMAIL, ANA).values()) == {Word.PROBABLE}
    assert answers(rig) == []
    assert "from another address than the notice went to" in alerts(rig)[0]
    take(rig, letter(rig, "START", of="mallory@example.org"))
    assert set(said_of(rig, EMAIL, ANA).values()) == {Word.PROBABLE}


def test_who_is_nobody_and_answers_nothing_is_kept_for_a_person_and_not_answered(rig: Rig) -> None:
    received = take(rig, letter(None, "Buy now", Subject="Offer", of="seller@example.net"))
    assert (received.kind, received.counts, received.reference) == (BounceKind.REPLY, False, None)
    with read_only(rig.database) as connection:
        assert [(each.meaning.kind, each.has_content) for each in bounces(connection)] == [(BounceKind.REPLY, True)]
    assert (rows(rig, REPLY), answers(rig)) == ([], [])
    take(rig, letter(None, "STOP", Subject="x", of="seller@example.net"))
    assert said_of(rig, EMAIL, "seller@example.net") == dict.fromkeys(NoticeClass, Word.OUT)
    assert answers(rig) == [], "else anybody could make us write to anybody"


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation)"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"List_Id": "<friends.example.org>"},
        {"X_Autoreply": "yes"},
        {"Subject": "Fuera de la oficina: su visita"},
        {"Subject": "Automatic reply: We visit you"},
        {"Subject": "=?utf-8?q?Respuesta_autom=C3=A1tica=3A_su_visita?="},
    ],
)
def test_machines_are_no_contacts_and_get_no_answer(rig: Rig, fields: dict[str, str]) -> None:
    received = take(rig, letter(rig, "STOP. 1. Estoy de vacaciones.", **fields))
    assert (received.kind, received.reference) == (BounceKind.AUTO_REPLY, reference(rig))
    assert (rows(rig, REPLY), rows(rig, CONTACT), answers(rig)) == ([], [], [])
    assert said_of(rig, EMAIL, ANA) == {}


@pytest.mark.parametrize("fields", [{"Auto_Submitted": "no"}, {"Subject": "Ausencia: el jueves no estoy"}])
def test_people_are_not_taken_for_machines(rig: Rig, fields: dict[str, str]) -> None:
    assert take(rig, letter(rig, "No estoy el jueves", **fields)).kind is BounceKind.REPLY
    assert len(rows(rig, CONTACT)) == 1


def test_our_own_mail_is_not_heard(rig: Rig) -> None:
    for address in ("notices@example.com", "Replies@Example.com", "bounce@notices.example.com"):
        take(rig, letter(rig, "STOP", of=address))
    assert rows(rig, REPLY) == []


def test_a_bounce_that_comes_the_same_way_is_a_bounce(rig: Rig) -> None:
    received = take(rig, real("postfix-550-unknown", reference=reference(rig)))
    assert (received.kind, received.counts) == (BounceKind.HARD, True)


@pytest.mark.parametrize("fields", [{}, {"Auto_Submitted": "auto-generated"}])
def test_a_mail_to_the_address_for_unsubscribing_stops_the_class_as_the_link_does(
    rig: Rig, fields: dict[str, str]
) -> None:
    """A mail program may write it by itself."""
    content = letter(None, "", Subject=reference(rig), **fields).replace(b"replies@example.com", b"leave@example.com")
    assert [take(rig, content).counts, take(rig, content).counts] == [True, False]
    assert said_of(rig, EMAIL, ANA) == {NoticeClass.SERVICE: Word.OUT}
    other = letter(None, "", of="b@example.org", Subject=reference(rig)).replace(b"replies@", b"leave@")
    take(rig, other)
    assert said_of(rig, EMAIL, "b@example.org") == dict.fromkeys(NoticeClass, Word.OUT)


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("por favor no me escriban más", ANA),
        ("BAJA", "mallory@example.org"),
        ("1", "mallory@example.org"),
        ("CANCELAR", ANA),
        ("CANCEL", ANA),
    ],
)
def test_what_an_owner_must_know_is_said_in_spanish_as_a_whole(rig: Rig, text: str, of: str) -> None:
    take(rig, letter(rig, text, of=of))
    [reply] = rows(rig, REPLY)
    english = {"nothing", "goes", "address", "another", "somebody", "messages", "whether", "lists", "answered"}
    assert set(re.findall(r"[a-z]+", reply.note)) & english
    assert set(re.findall(r"[a-z]+", reason_in(reply.note, "es"))) & english == set()


# -- what is wrong with it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 1000,
        b"From: \xff\xfe\n\n\xff",
        b"From: ana@example.com, b@example.com\n\nSTOP",
        b"From: @\n\nSTOP",
        b"From: ana@example.com\nSubject: =?utf-8?b?!!!?= =?x?q?=41?=\nMessage-ID: <a\n b>\n\nHola",
        b"From: ana@example.com\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nHol",
        b"From: ana@example.com\nContent-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n/w==",
        b"From: ana@example.com\nReferences: " + b"<a@b> " * 50_000 + b"\n\nHola",
        b"From: ana@example.com\nContent-Type: text/plain; charset=utf\0-8\n\nHola",
        b"From: ana@example.com\nContent-Type: text/plain; charset=idna\n\nHola.\xff",
        b"From: ana@example.com\nContent-Type: text/html; charset=punycode\n\n<p>\xff",
        b"From: ana@example.com\nSubject: =?utf-8?b?A?=\n\nHola",
        "From: ana@example.com\nSubject: =?uté-8?b?QQ==?=\n\nHola".encode(),
        b"From: ana@example.com\n" + b"Content-Type: message/rfc822\n\n" * 2_000,
    ],
    ids=range(15),
)
def test_whatever_comes_is_kept_and_nothing_is_raised(rig: Rig, content: bytes) -> None:
    take(rig, content)
    assert len(rows(rig, REPLY)) + len(bounces_of(rig)) == 1


def bounces_of(rig: Rig) -> list[Any]:
    with read_only(rig.database) as connection:
        return list(bounces(connection))


def test_of_a_mail_of_ten_megabytes_the_text_counts(rig: Rig) -> None:
    mail = message_from_bytes(letter(rig, "¿A qué hora?"))
    parts = EmailMessage()
    for name, value in mail.items():
        if name not in ("Content-Type", "Content-Transfer-Encoding", "MIME-Version"):
            parts[name] = value
    parts.set_content("¿A qué hora?")
    parts.add_attachment(b"\x89PNG" * 2_500_000, maintype="image", subtype="png", filename="door.png")
    content = parts.as_bytes()
    assert len(content) > 10_000_000
    assert take(rig, content).counts
    assert [row.attributes for row in rows(rig, CONTACT)] == [{"text": "¿A qué hora?"}]


def test_a_text_of_a_megabyte_is_kept_in_part(rig: Rig) -> None:
    take(rig, letter(rig, "¡Hola! " * 100_000))
    [contact] = rows(rig, CONTACT)
    assert 1_000 < len(contact.attributes["text"]) <= 10_000


# -- the answer -------------------------------------------------------------------------------------------------------


class Relay:
    """A way out that answers as it is told."""

    name = "smtp"
    concurrency = 1

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[Outgoing] = []

    async def send(self, message: Outgoing) -> Outcome:
        self.sent.append(message)
        return self.outcomes.pop(0) if self.outcomes else Accepted(provider_id="x")

    async def find(self, *_: Any, **__: Any) -> Any:
        raise AssertionError

    async def aclose(self) -> None:
        """Nothing is open."""


def sender(rig: Rig, channel: Any) -> AnswerSender:
    return AnswerSender(rig.database, lambda: channel, lambda: Envelope(SETTINGS), rig.clock, live=False)


def test_the_answer_is_a_mail_that_no_machine_answers_and_that_comes_back_to_nobody(rig: Rig) -> None:
    take(rig, letter(rig, "¿A qué hora?", Message_ID="<42@phone.example>", Subject="Re: ¿Visita?"))
    relay = Relay()
    assert sender(rig, relay).send() is False
    [sent] = relay.sent
    mail = message_from_bytes(sent.payload)
    assert mail["Auto-Submitted"] == "auto-replied"
    assert (mail["In-Reply-To"], mail["To"]) == ("<42@phone.example>", ANA)
    assert reference(rig) in str(mail.get_payload(decode=True))
    server = SmtpServer(host="relay", sender="notices@example.com", bounces=ADDRESS)
    wire = mail_of(sent, server)
    assert (wire.sender, wire.envelope_id) == ("", None)
    assert take(rig, sent.payload).kind is BounceKind.AUTO_REPLY, "it answers itself no more than others"
    assert rows(rig, REPLY_ANSWER) == []
    sender(rig, relay).send()
    assert len(relay.sent) == 1


def test_two_machines_that_answer_each_other_stop_after_one_answer_a_day(rig: Rig) -> None:
    """The other one says nowhere that it is a machine."""
    relay, turns = Relay(), 0
    take(rig, letter(rig, "We got your mail. Ticket 0"))
    for turns in range(1, 10):
        sender(rig, relay).send()
        if len(relay.sent) < turns:
            break
        rig.clock.forward(seconds=1)
        take(rig, letter(rig, f"We got your mail. Ticket {turns}"))
    assert (len(relay.sent), turns) == (1, 2)
    rig.clock.forward(days=1)
    take(rig, letter(rig, "We got your mail. Ticket 99"))
    sender(rig, relay).send()
    assert len(relay.sent) == 2


def test_an_answer_is_tried_for_a_day_and_never_sent_twice(rig: Rig) -> None:
    take(rig, letter(rig, "¿A qué hora?"))
    relay = Relay(Retry(reason="later"), Halt(reason="no login"), Unknown(reason="the answer was lost"))
    for _ in range(5):
        sender(rig, relay).send()
        sender(rig, relay).send()
        rig.clock.forward(minutes=5)
    assert (len(relay.sent), rows(rig, REPLY_ANSWER)) == (3, [])
    rig.clock.forward(days=2)
    take(rig, letter(rig, "¿y entonces?"))
    rig.clock.forward(days=1)
    sender(rig, relay).send()
    assert (len(relay.sent), rows(rig, REPLY_ANSWER)) == (3, []), "too late to be an answer"


def test_what_a_death_left_in_hand_is_given_up(rig: Rig) -> None:
    take(rig, letter(rig, "¿A qué hora?"))

    class Dies(Relay):
        async def send(self, message: Outgoing) -> Outcome:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sender(rig, Dies()).send()
    relay = Relay()
    sender(rig, relay).send()
    rig.clock.forward(minutes=11)
    sender(rig, relay).send()
    assert (relay.sent, rows(rig, REPLY_ANSWER)) == ([], [])


def test_in_the_sandbox_the_answer_is_a_file(rig: Rig) -> None:
    take(rig, letter(rig, "¿A qué hora?"))
    sender(rig, SandboxChannel(rig.outbox)).send()
    assert [name for name in rig.files() if name.endswith("-answer-email.eml")]


def test_an_answer_takes_no_line_of_a_head_from_the_mail() -> None:
    answer = ReplyAnswer(
        reply_id="email:1", reference="R", address=ANA, subject="Re: ¡Hola! " * 20, text="Gracias", in_reply_to=None
    )
    mail = message_from_bytes(outgoing(Envelope(SETTINGS), answer, NOW).payload)
    assert mail["Bcc"] is None
