"""A draft with its messages, and what is extracted from their bytes."""

from dataclasses import replace

import pytest

from notifier.model.mails import html_of
from tests.support.drafts import draft, mail, sms


def test_a_draft_gets_its_messages_and_stays_as_it_was() -> None:
    plan = draft(messages=())
    with_both = plan.written((sms(), mail()), "es-CO")
    assert with_both == replace(plan, messages=(sms(), mail()), locale="es-CO")
    assert plan.messages == ()


@pytest.mark.parametrize(
    ("payload", "html"),
    [
        (b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>ma\xc3\xb1ana</p>\r\n", "<p>mañana</p>\n"),
        (b"Subject: Hola\r\n\r\nHola\r\n", None),
        (
            b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\n\r\nHola\r\n'
            b"--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            b"<p>ma=C3=B1=\r\nana</p>\r\n\r\n--b--\r\n",
            "<p>mañana</p>\n",
        ),
    ],
)
def test_the_html_is_read_out_of_a_mail(payload: bytes, html: str | None) -> None:
    assert html_of(payload) == html
    assert replace(mail(), content=payload).html == html
    assert sms().html is None
