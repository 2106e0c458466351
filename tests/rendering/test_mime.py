"""The bytes of a mail: Python's parser reads back what was meant, and a strict server accepts them."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.model.mail_forms import SOFT_BREAK, quoted_printable
from notifier.model.tokens import UNSUBSCRIBE, is_token
from notifier.rendering.errors import RenderingError
from notifier.rendering.mime import Envelope, header_text
from notifier.rendering.settings import RenderSettings
from tests.rendering.support import NOW, SETTINGS

STRICT = SMTP.clone(raise_on_defect=True)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=400)
subjects = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=200)


def message(
    *,
    to: str = "ana@example.com",
    subject: str = "Hola",
    text: str = "Hola",
    html: str = "<p>Hola</p>",
    reference: str = "K7QX",
    settings: RenderSettings = SETTINGS,
    unsubscribable: bool = True,
) -> bytes:
    return Envelope(settings).message(
        to=to,
        subject=subject,
        text=quoted_printable(text),
        html=quoted_printable(html),
        reference=reference,
        now=NOW,
        unsubscribable=unsubscribable,
    )


def parsed(payload: bytes) -> EmailMessage:
    found = message_from_bytes(payload, policy=STRICT)
    assert isinstance(found, EmailMessage)
    return found


def bodies(payload: bytes) -> tuple[str, str]:
    plain, html = parsed(payload).iter_parts()
    assert isinstance(plain, EmailMessage)
    assert isinstance(html, EmailMessage)
    return plain.get_content(), html.get_content()


def test_the_headers_are_the_ones_that_were_meant() -> None:
    found = parsed(message(subject="Su cita de instalación"))
    assert {name: str(found[name]) for name in found} == {
        "From": "Claro Hogar <avisos@claro.example>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "To": "ana@example.com",
        "Subject": "Su cita de instalación",
        "Date": "Tue, 03 Mar 2026 15:00:00 +0000",
        "Message-ID": "<k7qx@claro.example>",
        "List-Unsubscribe": "<https://claro.example/stop?r=K7QX>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Content-Type": 'multipart/alternative; boundary="=_K7QX"',
    }


def test_a_safety_notice_cannot_be_unsubscribed_from() -> None:
    assert b"Unsubscribe" not in message(unsubscribable=False)


def test_a_long_unsubscribe_url_stays_on_one_line() -> None:
    url = "https://claro.example/stop?token=" + "a1" * 300
    settings = RenderSettings(unsubscribe_url=url, unsubscribe_mail="stop@claro.example")
    assert f"\r\nList-Unsubscribe: <{url}>, <mailto:stop@claro.example?subject=K7QX>\r\n".encode() in message(
        settings=settings
    )


@given(subject=subjects, text=texts, html=texts)
def test_whatever_is_written_is_read_back(subject: str, text: str, html: str) -> None:
    payload = message(subject=subject, text=text, html=html)
    found = parsed(payload)
    assert str(found["Subject"]).split() == subject.split()
    plain, marked_up = bodies(payload)
    assert plain.replace("\r\n", "\n") == text.replace("\r\n", "\n")
    assert marked_up.replace("\r\n", "\n") == html.replace("\r\n", "\n")


@given(subject=subjects, text=texts)
def test_every_byte_is_plain_ascii_in_short_lines_that_end_in_crlf(subject: str, text: str) -> None:
    payload = message(subject=subject, text=text, html=text * 3)
    lines = payload.split(b"\r\n")
    assert payload.isascii()
    assert payload.endswith(b"--\r\n")
    assert not any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines)
    body = payload[payload.index(b"\r\n\r\n") :]
    assert max(map(len, body.split(b"\r\n"))) <= 76


@given(st.lists(texts, min_size=1, max_size=8))
def test_pieces_joined_by_soft_breaks_are_the_joined_text(pieces: list[str]) -> None:
    encoded = SOFT_BREAK.join(quoted_printable(piece) for piece in pieces)
    payload = message(text="").replace(quoted_printable("<p>Hola</p>"), encoded)
    assert bodies(payload)[1].replace("\r\n", "\n") == "".join(pieces)


def test_the_same_input_gives_the_same_bytes() -> None:
    assert message() == message()
    assert message(reference="AAAA") != message(reference="BBBB")


@pytest.mark.parametrize(
    "address",
    [
        "a@x.co, b@y.co",
        "a@x.co;b@y.co",
        "a@x.co\r\nBcc: b@y.co",
        "Ana <a@x.co>",
        '"a@x, b@y"',
        "ana",
        "",
        "ñ@x.co\u2028",
        "a@ñ.co",
        "a@",
    ],
)
def test_anything_but_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(RenderingError, match="not exactly one plain address"):
        message(to=address)


def test_an_address_outside_ascii_stands_in_the_header_as_it_is() -> None:
    payload = message(to="josé@example.com")
    assert "\r\nTo: josé@example.com\r\n".encode() in payload
    assert message(to="jose@example.com").isascii()
    assert payload.replace("josé".encode(), b"jose") == message(to="jose@example.com")


@pytest.mark.parametrize("subject", ["Hola\r\nBcc: b@y.co", "Hola\nX", "Hola\rX"])
def test_a_line_break_in_a_subject_is_refused(subject: str) -> None:
    with pytest.raises(RenderingError, match="the subject has a line break"):
        header_text(subject)


def test_control_characters_in_a_subject_are_refused() -> None:
    with pytest.raises(RenderingError, match="control characters"):
        header_text("Hola\0")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Claro", "From: Claro <a@x.co>"),
        ("Claro, S.A.", 'From: "Claro, S.A." <a@x.co>'),
        ('Claro "Hogar"', 'From: "Claro \\"Hogar\\"" <a@x.co>'),
        ("Teléfonos", "From: =?utf-8?b?VGVsw6lmb25vcw==?= <a@x.co>"),
    ],
)
def test_a_sender_name_is_quoted_or_encoded_where_it_must_be(name: str, header: str) -> None:
    payload = message(settings=RenderSettings(from_name=name, from_address="a@x.co"))
    assert payload.startswith(header.encode() + b"\r\n")
    assert parsed(payload)["From"].addresses[0].display_name == name


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("from_address", "a@x.co, b@y.co"),
        ("reply_to", "a@x.co\r\nBcc: b@y.co"),
        ("unsubscribe_mail", "nobody"),
        ("unsubscribe_url", "http://claro.example/stop"),
        ("unsubscribe_url", "https://claro.example/\r\nBcc: x@y.co"),
        ("company", "Claro\r\nBcc: x@y.co"),
        ("from_name", "Claro\nX"),
    ],
)
def test_settings_that_would_break_a_header_are_refused(setting: str, value: str) -> None:
    with pytest.raises(ValueError, match=re.escape(setting)):
        RenderSettings(**{setting: value})  # type: ignore[arg-type]  # one setting at a time, all of them texts


def test_the_link_that_stops_notices_has_a_token_of_reference_and_address_and_not_the_address() -> None:
    settings = RenderSettings(unsubscribe_url="https://x.example/{reference}/{token}", token_key="k" * 32)
    envelope = Envelope(settings)
    given = envelope.unsubscribe_token("7K3QM-X9T2A", "ana@example.com")
    assert is_token(given, "k" * 32, UNSUBSCRIBE, "7K3QM-X9T2A", "ana@example.com")
    assert given != envelope.unsubscribe_token("7K3QM-X9T2A", "luis@example.com")
    assert envelope.unsubscribe_link("7K3QM-X9T2A", given) == f"https://x.example/7K3QM-X9T2A/{given}"
