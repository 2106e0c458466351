"""Bounces by HTTP: kept once, by whoever has the URL, and answered after the commit."""

from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.bounces.verp import BY_HTTP
from notifier.model.tokens import token
from notifier.serving.bounces import MAILS
from notifier.store.bounces import KeptBounce, bounces
from notifier.store.contacts import CONTACT
from notifier.store.database import read_only
from notifier.store.tables import REPLY, REPLY_ANSWER
from tests.serving.conftest import BOUNCES, FORM, KEY, Answer, Service

URL = f"/bounces/{token(KEY, BY_HTTP)}"
MAIL = "message/rfc822"


def post(service: Service, content: bytes, url: str = URL, kind: str = MAIL) -> Answer:
    return service.call("POST", url, content, Content_Type=kind)


def kept(service: Service) -> Sequence[KeptBounce]:
    with read_only(service.rig.database) as connection:
        return bounces(connection)


def letter(words: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "MAILER-DAEMON@mx.example.org", BOUNCES.sender("AAAAA-AAAAA")
    mail.set_content(words)
    return mail.as_bytes()


def test_a_bounce_that_is_posted_is_kept_once(service: Service) -> None:
    before = len(kept(service))
    for _ in range(2):
        answer = post(service, letter("The server said: 550 5.1.1 no such user"))
        assert (answer.status, answer.text) == (204, "")
    new = kept(service)[: len(kept(service)) - before]
    assert [(each.way, each.meaning.code, each.reference) for each in new] == [("http", "550 5.1.1", None)]


def replies_by_mail(service: Service) -> Sequence[sa.Row[Any]]:
    with read_only(service.rig.database) as connection:
        return connection.execute(sa.select(REPLY).where(REPLY.c.channel == "email")).all()


def test_a_reply_that_is_posted_is_heard_once_and_its_answer_waits(service: Service) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ana@example.com", "replies@example.com", "visita"
    mail.set_content("¿A qué hora?")
    url = f"/mails/{token(KEY, BY_HTTP)}"
    before = {row.id for row in replies_by_mail(service)}  # of tests that came first: they had the day's answer
    service.rig.clock.forward(days=2)
    assert [post(service, mail.as_bytes(), url).status for _ in range(2)] == [204, 204]
    heard = [row for row in replies_by_mail(service) if row.id not in before]
    with read_only(service.rig.database) as connection:
        answers = connection.execute(sa.select(REPLY_ANSWER).where(REPLY_ANSWER.c.reply_id.not_in(before))).all()
    assert [(row.address, row.meaning) for row in heard] == [("ana@example.com", "other")]
    assert [row.reply_id for row in answers] == [heard[0].id]


@pytest.mark.parametrize(
    ("url", "kind", "status"),
    [
        ("/bounces/abcdefghabcdefgh", MAIL, 403),
        ("/mails/abcdefghabcdefgh", MAIL, 403),
        ("/bounces/", MAIL, 404),
        ("/bounces/%00", MAIL, 422),
        (URL, FORM, 415),
        (URL, "text/html", 415),
    ],
)
def test_what_is_no_bounce_of_ours_is_refused_and_nothing_is_kept(
    service: Service, url: str, kind: str, status: int
) -> None:
    before = len(kept(service))
    answer = post(service, letter("Hola"), url, kind)
    assert (answer.status, "Hola" in answer.text, len(kept(service))) == (status, False, before)


def test_a_mail_of_ten_megabytes_is_taken_for_what_its_text_says(service: Service) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ana@example.com", "replies@example.com", "foto"
    mail.set_content("Así quedó la puerta")
    mail.add_attachment(b"\xff" * 7_500_000, maintype="image", subtype="jpeg", filename="puerta.jpg")
    content = mail.as_bytes()
    assert len(content) > 10_000_000
    assert post(service, content).status == 204
    with read_only(service.rig.database) as connection:
        texts = connection.execute(sa.select(CONTACT.c.attributes)).scalars().all()
    assert {"text": "Así quedó la puerta"} in texts


def test_what_is_too_large_is_refused_before_it_is_read(service: Service) -> None:
    before = len(kept(service))
    said = service.call("POST", URL, b"From: x", Content_Type=MAIL, Content_Length=str(MAILS.largest + 1))
    assert (said.status, len(kept(service))) == (413, before)
