"""A mail as its form and its values: the bytes come back as they were, or it is an error."""

import dataclasses

import pytest

from notifier.model.mail_forms import ENCODERS, FilledForm, MailForm, Text, form_of

FORM = MailForm(
    frame=b"To: %b\r\nSubject: %b\r\nMessage-ID: <%b@a>\r\n\r\n%b, 100 %% sure\r\n%b</p>\r\n",
    order=(0, 1, 2, 3, 4),
    texts=(
        Text("as it is", "%s", (0,)),
        Text("header", "Aviso para %s", (1,)),
        Text("lower", "%s", (2,)),
        Text("line", "Hola, %s: 100 %% en %s", (1, 2)),
        Text("html", "%s & %s", (1, 3)),
    ),
    values=4,
)
VALUES = ("ana@example.com", "Ana Nuñez", "7K3QM-X9T2A", "a las 10:00 a. m.")


def test_what_was_written_once_is_written_for_ever() -> None:
    """Mails wait in outboxes while this program is replaced: whoever needs other bytes adds an encoder."""
    assert bytes(FORM.filled(VALUES)) == (
        b"To: ana@example.com\r\n"
        b"Subject: =?utf-8?b?QXZpc28gcGFyYSBBbmEgTnXDsWV6?=\r\n"
        b"Message-ID: <7k3qm-x9t2a@a>\r\n\r\n"
        b"Hola, Ana Nu=C3=B1ez: 100 % en 7K3QM-X9T2A, 100 % sure\r\n"
        b"Ana Nu=C3=B1ez &amp; a las 10:00=C2=A0a.=C2=A0m.=\r\n</p>\r\n"
    )


@pytest.mark.parametrize(
    ("encoder", "text", "written"),
    [
        ("as it is", "Ñ <", "Ñ <".encode()),
        ("lower", "7K3QM", b"7k3qm"),
        ("header", "A visit", b"A visit"),
        ("header", "x" * 61, b"=?utf-8?b?%b?=\r\n =?utf-8?b?eHh4eHh4eHh4eHh4eHh4eA==?=" % (b"eHh4" * 15)),
        ("line", "x" * 80, b"x" * 75 + b"=\r\nxxxxx"),
        ("line", "a=b ", b"a=3Db=20"),
        ("html", "Calle 5 # 3-9", b"Calle 5 # 3-9=\r\n"),
        ("html", "<b>\n'", b"&lt;b&gt;<br>&#x27;=\r\n"),
    ],
)
def test_each_encoder_writes_what_it_always_wrote(encoder: str, text: str, written: bytes) -> None:
    assert ENCODERS[encoder](text) == written


def test_a_stored_form_writes_the_same() -> None:
    mail = FORM.filled(VALUES)
    assert form_of(FORM.stored).written(mail.content) == bytes(mail)
    assert form_of(FORM.stored).digest == FORM.digest


def test_values_of_another_form_are_an_error_and_no_other_text() -> None:
    other = dataclasses.replace(FORM, frame=FORM.frame.replace(b"sure", b"safe"))
    with pytest.raises(ValueError, match="are of the form"):
        other.written(FORM.filled(VALUES).content)


@pytest.mark.parametrize("values", [(*VALUES, "more"), VALUES[1:], (*VALUES[:3], "a\0b")])
def test_values_that_would_come_back_as_others_are_refused(values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="between values"):
        FORM.filled(values)


def test_a_filled_form_equals_the_bytes_that_it_writes() -> None:
    mail = FORM.filled(VALUES)
    assert mail == bytes(mail)
    assert bytes(mail) == mail
    assert hash(mail) == hash(bytes(mail))
    assert mail != FilledForm(FORM, FORM.filled(VALUES[::-1]).content)
    assert mail != "text"
