"""Mails to a real mail server, Debian's Exim: what it accepts arrives unchanged, what it refuses has a decision."""

import dataclasses
import re
from collections.abc import Iterator

import pytest

from notifier.delivery.accounts import SmtpSecurity
from notifier.delivery.outcomes import Accepted, Halt, OtherChannel, Outcome, Retry, SuppressAddress
from notifier.delivery.smtp_codes import MUCH_LATER, SLOW_DOWN
from tests.delivery.mails import desk, mail, rendered
from tests.support.exim import BINARY, Exim, exim
from tests.support.smtp_server import TRUST

pytestmark = pytest.mark.skipif(BINARY is None, reason="Exim is not installed (Debian: exim4-daemon-light)")


@pytest.fixture(scope="module")
def running() -> Iterator[Exim]:
    with exim() as server:
        yield server


def test_mails_over_several_connections_arrive_as_they_were_stored(running: Exim) -> None:
    text = "Su técnico llega mañana.\n.\n..\nDesde las 8:00\n" + "muy " * 300
    messages = [
        mail(f"K{number}", to=f"customer-{number}@example.com", payload=rendered(f"K{number}", text=text))
        for number in range(24)
    ]
    with desk(running.server) as post:
        assert all(isinstance(outcome, Accepted) for outcome in post.send_at_once(messages))
    delivered = running.deliver()
    for message in messages:
        [added] = [held.removesuffix(message.payload) for held in delivered if held.endswith(message.payload)]
        assert re.fullmatch(rb"Received: [^\r\n]+\r\n([ \t][^\r\n]+\r\n)*", added)
        assert f"for {message.address};".encode() in added


def test_a_bare_utf8_mail_without_a_line_end_arrives_with_one(running: Exim) -> None:
    payload = "Message-ID: <utf8@example.com>\r\nFrom: notices@example.com\r\nDate: Mon, 2 Mar 2026 14:00:00 +0000\r\n"
    payload += "Subject: Hola\r\n\r\n.mañana\r\n" + "x" * 990
    with desk(running.server) as post:
        assert isinstance(post.send(mail(payload=payload.encode())), Accepted)
    assert sum(held.endswith(f"\r\n{payload}\r\n".encode()) for held in running.deliver()) == 1


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        (
            {"to": "grey@example.com"},
            Retry(reason="the mail relay wants us to come later (451 4.7.1)", after=SLOW_DOWN),
        ),
        ({"to": "full@example.com"}, Retry(reason="the mailbox is full (452 4.2.2)", after=MUCH_LATER, attempts=3)),
        ({"to": "zed@example.com"}, SuppressAddress(reason="nobody receives mail at this address (550)")),
        ({"to": "ana@example.org"}, OtherChannel(reason="the mail relay refused the recipient (550)")),
        (
            {"payload": rendered("K7QX", subject="spam")},
            OtherChannel(reason="the mail relay refused the mail (550)"),
        ),
        (
            {"payload": rendered("K7QX", text="mucho texto " * 12_000)},
            OtherChannel(reason="the mail is too big for the mail relay (552)"),
        ),
    ],
)
def test_what_it_refuses_has_its_decision_and_the_next_mail_goes(
    running: Exim, changes: dict[str, object], decision: Outcome
) -> None:
    with desk(running.server) as post:
        assert post.send(mail(**changes)) == decision  # type: ignore[arg-type] # whatever the case changes
        assert isinstance(post.send(), Accepted)


def test_a_sender_that_it_does_not_allow_halts_the_channel(running: Exim) -> None:
    with desk(dataclasses.replace(running.server, sender="stranger@example.com")) as post:
        assert post.send() == Halt(reason="the mail relay refused our sender address (550)")


def test_it_takes_mails_over_starttls(running: Exim, monkeypatch: pytest.MonkeyPatch) -> None:
    encrypted = dataclasses.replace(running.server, security=SmtpSecurity.STARTTLS)
    with desk(encrypted) as post:
        assert isinstance(post.send(), Halt), "its certificate is its own"
    monkeypatch.setenv(TRUST, str(running.certificate))
    with desk(encrypted) as post:
        assert isinstance(post.send(mail("TLS1", to="customer-tls@example.com")), Accepted)
    [held] = [held for held in running.deliver() if b"\tfor customer-tls@example.com;" in held]
    assert b"with esmtps" in held
