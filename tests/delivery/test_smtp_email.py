"""Mails over the wire: what the server received, byte for byte, and what each failure there means."""

import dataclasses
import re
import shutil
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.bounces.verp import BounceAddress
from notifier.delivery import smtp_connections
from notifier.delivery.accounts import SmtpSecurity, SmtpServer
from notifier.delivery.outcomes import Accepted, Halt, OtherChannel, Outcome, Retry, SuppressAddress, Unclear, Unknown
from notifier.delivery.smtp_email import BEFORE_CONTENT, WHOLE_CALL, SmtpEmail
from notifier.store.outbox.leasing import LEASE
from tests.delivery.mails import Desk, desk, mail, rendered
from tests.support.smtp_server import TRUST, ReceivedMail, SmtpServerProcess, smtp_server

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl program is not installed")


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmtpServerProcess]:
    """One server for all tests without special needs."""
    with smtp_server(tmp_path_factory.mktemp("smtp")) as running:
        yield running


class Relay:
    """The shared server for one test: only what came since the test began."""

    def __init__(self, process: SmtpServerProcess) -> None:
        self.process = process
        self.server = process.server
        self.fault = process.fault
        self._mails, self._said = len(process.mails()), len(process.said())

    def mails(self) -> list[ReceivedMail]:
        return self.process.mails()[self._mails :]

    def verbs(self) -> list[str]:
        return [verb for _, verb in self.process.said()[self._said :]]

    def connections(self) -> set[int]:
        return {number for number, _ in self.process.said()[self._said :]}


@pytest.fixture
def relay(process: SmtpServerProcess) -> Iterator[Relay]:
    yield Relay(process)
    process.heal()


@pytest.fixture
def post(relay: Relay) -> Iterator[Desk]:
    with desk(relay.server) as opened:
        yield opened


# -- what arrives -----------------------------------------------------------------------------------------------------


def test_the_stored_bytes_arrive_as_they_are(relay: Relay, post: Desk) -> None:
    message = mail("7K3QM-X9T2A")
    assert post.send(message) == Accepted(provider_id="7k3qm-x9t2a@example.com")
    [received] = relay.mails()
    assert (received.sender, received.recipient) == ("notices@example.com", "ana@example.com")
    assert received.content == message.payload
    assert b"Message-ID: <7k3qm-x9t2a@example.com>\r\n" in received.content
    assert re.search(rb"\r\nList-Unsubscribe: <https://fibra\.example/\S{180,}>, <mailto:\S+>\r\n", received.content)
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in received.content


def test_each_mail_has_an_envelope_sender_of_its_own_where_bounces_have_an_address(relay: Relay) -> None:
    address = BounceAddress(address="bounce@notices.example.com", key="a key of the tests")
    with desk(dataclasses.replace(relay.server, bounces=address)) as post:
        for reference in ("7K3QM-X9T2A", "2B4CD-E6F8G"):
            assert isinstance(post.send(mail(reference)), Accepted)
    senders = [received.sender for received in relay.mails()]
    assert senders == [address.sender("7K3QM-X9T2A"), address.sender("2B4CD-E6F8G")]
    assert [address.reference_in(sender) for sender in senders] == ["7K3QM-X9T2A", "2B4CD-E6F8G"]


lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=200)
bodies = st.lists(st.one_of(lines, lines.map(lambda line: f".{line}"), st.sampled_from([".", "..", "", "x" * 998])))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=bodies, ends=st.booleans())
def test_any_content_arrives_as_it_is(relay: Relay, post: Desk, bodies: list[str], ends: bool) -> None:
    """Leading dots, raw UTF-8, long lines; a final line end is added where it is missing, because SMTP needs one."""
    content = "\r\n".join(["Message-ID: <a@example.com>", "", *bodies]).encode() + (b"\r\n" if ends else b"")
    assert post.send(mail(payload=content)) == Accepted(provider_id="a@example.com")
    assert relay.mails()[-1].content == content + (b"" if content.endswith(b"\r\n") else b"\r\n")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(lines).map("\n".join))
def test_what_rendering_makes_of_any_text_arrives_as_it_is(relay: Relay, post: Desk, text: str) -> None:
    payload = rendered("K7QX", text=text)
    assert post.send(mail(payload=payload)) == Accepted(provider_id="k7qx@example.com")
    assert relay.mails()[-1].content == payload


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"payload": b"Message-ID: <a@b>\r\n\r\nHola\n.\nMAIL FROM:<eve@example.com>"}, "line ends"),
        ({"payload": b"Message-ID: <a@b>\r\n\r\nHola\r.\r"}, "line ends"),
        ({"payload": b"Subject: Hola\r\n\r\nMessage-ID: <a@b>\r\n"}, "no Message-ID"),
        ({"to": "ana@example.com> SIZE=1"}, "not one plain e-mail address"),
        ({"to": "ana@example.com,eve@example.com"}, "not one plain e-mail address"),
        ({"to": "ana(eve@example.com)@example.com"}, "not one plain e-mail address"),
        ({"to": "añа@example.com"}, "takes no address that is not ASCII"),
    ],
)
def test_what_cannot_be_said_is_not_begun(relay: Relay, post: Desk, changes: dict[str, object], reason: str) -> None:
    outcome = post.send(mail(**changes))  # type: ignore[arg-type] # whatever the case changes
    assert isinstance(outcome, OtherChannel)
    assert reason in outcome.reason
    assert "MAIL" not in relay.verbs()


def test_a_relay_that_takes_only_ascii_is_not_sent_anything_else(relay: Relay, post: Desk) -> None:
    relay.fault("reject", code="250 old-fashioned", phase="ehlo")
    outcome = post.send(mail(payload=b"Message-ID: <a@b>\r\n\r\n\xc3\xb1\r\n"))
    assert outcome == OtherChannel(reason="the mail relay takes no mail that is not ASCII")
    assert "MAIL" not in relay.verbs()


def test_an_address_that_is_not_ascii_goes_where_the_relay_knows_such(tmp_path: Path) -> None:
    with smtp_server(tmp_path, smtputf8=True) as server, desk(server.server) as post:
        assert isinstance(post.send(mail(to="ñandú@example.com")), Accepted)
        assert [received.recipient for received in server.mails()] == ["ñandú@example.com"]


@pytest.mark.parametrize("international", [True, False])
def test_a_mail_rendered_for_such_an_address_goes_or_is_left_to_another_channel(
    tmp_path: Path, international: bool
) -> None:
    payload = rendered("K7QX", to="josé@example.com", text="¿Está en casa?")
    with smtp_server(tmp_path, smtputf8=international) as server, desk(server.server) as post:
        outcome = post.send(mail(to="josé@example.com", payload=payload))
        arrived = [(received.recipient, received.content) for received in server.mails()]
    if international:
        assert outcome == Accepted(provider_id="k7qx@example.com")
        assert arrived == [("josé@example.com", payload)]
    else:
        assert outcome == OtherChannel(reason="the mail relay takes no address that is not ASCII")
        assert arrived == []


# -- what answers mean ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "code", "decision"),
    [
        ("connect", "421 4.3.2", Retry),
        ("connect", "554 5.7.1", Halt),
        ("ehlo", "450 4.3.2", Retry),
        ("ehlo", "550 5.7.1", Halt),
        ("mail", "421 4.3.2", Retry),
        ("mail", "452 4.3.1", Retry),
        ("mail", "552 5.3.4", OtherChannel),
        ("mail", "530 5.7.0", Halt),
        ("mail", "550 5.7.1", Halt),
        ("rcpt", "421 4.3.2", Retry),
        ("rcpt", "450 4.2.0", Retry),
        ("rcpt", "451 4.7.1", Retry),
        ("rcpt", "552 5.2.2", Retry),
        ("rcpt", "550 5.1.1", SuppressAddress),
        ("rcpt", "550 unknown user", SuppressAddress),
        ("rcpt", "550", OtherChannel),
        ("rcpt", "554 5.7.1", OtherChannel),
        ("rcpt", "nonsense", Retry),
        ("data", "451 4.3.0", Retry),
        ("data", "554 5.5.1", OtherChannel),
        ("content", "421 4.3.0", Retry),
        ("content", "451 4.3.0", Retry),
        ("content", "552 5.3.4", OtherChannel),
        ("content", "554 5.7.1", OtherChannel),
        ("content", "nonsense", Unknown),
    ],
)
def test_an_answer_becomes_its_decision_and_the_next_mail_goes(
    relay: Relay, post: Desk, phase: str, code: str, decision: type[Outcome]
) -> None:
    relay.fault("reject", code=f"{code} <ana@example.com>", phase=phase)
    outcome = post.send()
    assert type(outcome) is decision
    assert "ana@" not in str(outcome)
    assert relay.mails() == []
    assert isinstance(post.send(), Accepted)
    assert len(relay.mails()) == 1


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "content"])
def test_a_refused_mail_leaves_the_connection_fit_for_the_next(relay: Relay, post: Desk, phase: str) -> None:
    relay.fault("reject", code="450 4.2.0", phase=phase)
    assert isinstance(post.send(), Retry)
    assert isinstance(post.send(), Accepted)
    assert len(relay.connections()) == 1


@pytest.mark.parametrize("phase", ["ehlo", "mail", "rcpt", "data"])
def test_a_connection_that_breaks_before_the_content_costs_nothing(relay: Relay, post: Desk, phase: str) -> None:
    relay.fault("close", phase=phase)
    outcome = post.send()
    assert outcome == Retry(
        reason=f"the connection to the mail relay broke at {phase.upper()}, before the mail was handed over"
    )
    assert relay.mails() == []


def test_a_relay_that_hangs_up_before_its_greeting_cannot_be_reached(relay: Relay, post: Desk) -> None:
    relay.fault("close", phase="connect")
    assert post.send() == Retry(reason="the mail relay cannot be reached")


@pytest.mark.parametrize(("kind", "held"), [("close_after_data", 1), ("close_in_data", 0)])
def test_a_connection_that_breaks_after_the_content_leaves_doubt(
    relay: Relay, post: Desk, kind: str, held: int
) -> None:
    assert isinstance(post.send(), Accepted)
    relay.fault(kind)
    assert post.send() == Unknown(reason="the mail was handed over, but the mail relay's answer was lost")
    assert len(relay.mails()) == 1 + held, "it must not be sent again over another connection"
    assert isinstance(post.send(), Accepted)


def test_an_answer_that_does_not_come_in_time_is_a_retry_before_the_content(relay: Relay) -> None:
    with desk(dataclasses.replace(relay.server, timeout=timedelta(seconds=0.2))) as post:
        relay.fault("slow", seconds=60, phase="rcpt")
        assert isinstance(post.send(), Retry)
    assert relay.mails() == []


def test_an_answer_to_the_content_that_does_not_come_in_time_leaves_doubt(relay: Relay) -> None:
    with desk(relay.server, whole_call=timedelta(seconds=1)) as post:
        relay.fault("slow", seconds=60)
        assert isinstance(post.send(), Unknown)
    assert len(relay.mails()) == 1


def test_a_relay_that_takes_its_time_over_the_content_is_waited_for(relay: Relay) -> None:
    with desk(dataclasses.replace(relay.server, timeout=timedelta(seconds=1))) as post:
        relay.fault("slow", seconds=1.2)
        assert isinstance(post.send(), Accepted)


def test_no_call_outlasts_its_claim(relay: Relay) -> None:
    assert BEFORE_CONTENT < WHOLE_CALL < LEASE / 2
    with desk(relay.server, whole_call=timedelta(seconds=0.2)) as post:
        relay.fault("slow", seconds=60, phase="rcpt")
        assert post.send() == Retry(reason="the mail relay took too long, before the mail was handed over")


def test_a_mail_server_cannot_be_asked(post: Desk) -> None:
    assert post.ask(mail()) == Unclear(reason="a mail server cannot say whether it has a message")


# -- connections ------------------------------------------------------------------------------------------------------


def test_mails_share_a_connection_that_ends_politely(relay: Relay) -> None:
    with desk(relay.server) as post:
        for _ in range(3):
            assert isinstance(post.send(), Accepted)
    assert relay.verbs() == ["EHLO", *["MAIL", "RCPT", "DATA"] * 3, "QUIT"]
    assert len(relay.connections()) == 1


def test_sixteen_at_once_do_not_queue_behind_one_connection(relay: Relay, post: Desk) -> None:
    relay.fault("slow", times=16, seconds=0.02)
    messages = [mail(f"R{number}", to=f"c{number}@example.com") for number in range(16)]
    assert all(isinstance(outcome, Accepted) for outcome in post.send_at_once(messages))
    assert sorted(received.recipient for received in relay.mails()) == sorted(message.address for message in messages)
    assert 1 < len(relay.connections()) <= smtp_connections.AT_MOST


def test_a_relay_that_wants_no_second_connection_is_sent_everything_over_the_first(relay: Relay, post: Desk) -> None:
    assert isinstance(post.send(), Accepted)
    relay.fault("reject", code="421 4.7.0", phase="connect", times=1)
    relay.fault("slow", times=16, seconds=0.01)
    outcomes = post.send_at_once([mail(f"R{number}") for number in range(16)])
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert len(relay.connections()) == 1
    assert len(relay.mails()) == 17


def test_connections_that_the_relay_closed_meanwhile_are_replaced_unnoticed(relay: Relay, post: Desk) -> None:
    assert isinstance(post.send(), Accepted)
    relay.process.hang_up()
    assert isinstance(post.send(), Accepted)
    assert len(relay.connections()) == 2
    assert len(relay.mails()) == 2


@pytest.mark.parametrize("goodbye", ["421 4.4.2", "421"])
def test_a_relay_that_says_goodbye_to_a_kept_connection_is_called_again(relay: Relay, post: Desk, goodbye: str) -> None:
    assert isinstance(post.send(), Accepted)
    relay.fault("reject", code=goodbye, phase="mail")
    assert isinstance(post.send(), Accepted)
    assert len(relay.mails()) == 2


def test_a_connection_that_was_long_unused_is_not_relied_on(
    relay: Relay, post: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp_connections, "IDLE", timedelta(0))
    assert isinstance(post.send(), Accepted)
    assert isinstance(post.send(), Accepted)
    assert len(relay.connections()) == 2


def test_nobody_listening_is_a_retry(relay: Relay) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with desk(dataclasses.replace(relay.server, port=port)) as post:
        assert post.send() == Retry(reason="the mail relay cannot be reached")


@pytest.mark.parametrize(("error", "decision"), [(socket.EAI_NONAME, Halt), (socket.EAI_AGAIN, Retry)])
def test_a_name_that_is_not_known_is_for_a_person_but_a_silent_name_server_is_not(
    relay: Relay, monkeypatch: pytest.MonkeyPatch, error: int, decision: type[Outcome]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(error, "as the resolver says")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with desk(dataclasses.replace(relay.server, host="relay.example.com")) as post:
        assert type(post.send()) is decision


# -- encryption and login ---------------------------------------------------------------------------------------------


@needs_openssl
@pytest.mark.parametrize("security", [SmtpSecurity.STARTTLS, SmtpSecurity.TLS])
def test_mails_and_passwords_go_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: SmtpSecurity
) -> None:
    with smtp_server(tmp_path, security=security, username="notifier", password="contraseña secreta") as server:
        monkeypatch.setenv(TRUST, server.environment[TRUST])
        with desk(server.server) as post:
            assert all(isinstance(outcome, Accepted) for outcome in post.send_at_once([mail(), mail("R2")]))
        assert {(received.encrypted, received.username) for received in server.mails()} == {(True, "notifier")}
        assert server.mails()[0].content == mail().payload


@needs_openssl
@pytest.mark.parametrize("security", [SmtpSecurity.STARTTLS, SmtpSecurity.TLS])
def test_a_certificate_that_nobody_vouches_for_halts_the_channel(tmp_path: Path, security: SmtpSecurity) -> None:
    with smtp_server(tmp_path, security=security, username="notifier", password="secret") as server:
        with desk(server.server) as post:
            assert post.send() == Halt(reason="the mail relay's certificate is not trusted: self-signed certificate")
        assert {verb for _, verb in server.said()} <= {"EHLO", "STARTTLS"}


@needs_openssl
def test_a_certificate_for_someone_else_halts_the_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with smtp_server(tmp_path, security=SmtpSecurity.TLS, names="DNS:other.example.com") as server:
        monkeypatch.setenv(TRUST, server.environment[TRUST])
        with desk(server.server) as post:
            outcome = post.send()
    assert isinstance(outcome, Halt)
    assert "certificate" in outcome.reason


@needs_openssl
@pytest.mark.parametrize(("code", "decision"), [("454 4.7.0", Retry), ("502 5.5.1", Halt)])
def test_a_relay_that_will_not_encrypt_is_told_nothing(tmp_path: Path, code: str, decision: type[Outcome]) -> None:
    with smtp_server(tmp_path, security=SmtpSecurity.STARTTLS) as server, desk(server.server) as post:
        server.fault("reject", code=code, phase="starttls")
        assert type(post.send()) is decision
        assert [verb for _, verb in server.said()] == ["EHLO", "STARTTLS"]


@pytest.mark.parametrize("security", [SmtpSecurity.STARTTLS, SmtpSecurity.TLS])
def test_encryption_that_the_relay_does_not_know_halts_the_channel(relay: Relay, security: SmtpSecurity) -> None:
    with desk(dataclasses.replace(relay.server, security=security)) as post:
        assert isinstance(post.send(), Halt)
    assert set(relay.verbs()) <= {"EHLO", "QUIT"}


def with_password(server: SmtpServer, password: str) -> SmtpServer:
    return dataclasses.replace(server, password=password)


def test_a_wrong_password_is_tried_once_for_all_that_wait(tmp_path: Path) -> None:
    with smtp_server(tmp_path, username="notifier", password="right") as server:
        with desk(with_password(server.server, "wrong")) as post:
            outcomes = post.send_at_once([mail(f"R{number}") for number in range(16)])
        assert set(outcomes) == {Halt(reason="the mail relay refused the login (535 5.7.8)")}
        assert len({connection for connection, _ in server.said()}) == 1
        with desk(server.server) as post:
            assert isinstance(post.send(), Accepted)


def test_a_login_that_fails_for_now_is_a_retry(tmp_path: Path) -> None:
    with smtp_server(tmp_path, username="notifier", password="right") as server, desk(server.server) as post:
        server.fault("reject", code="454 4.7.0", phase="auth", times=2)  # for each way to log in that it offers
        assert isinstance(post.send(), Retry)
        assert isinstance(post.send(), Accepted)


def test_a_password_is_not_said_in_the_clear_to_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp_connections, "_is_local", lambda _client: False)
    with smtp_server(tmp_path, username="notifier", password="right") as server, desk(server.server) as post:
        outcome = post.send()
        assert isinstance(outcome, Halt)
        assert "in the clear" in outcome.reason
        assert [verb for _, verb in server.said()] == ["EHLO"]


def test_a_relay_without_login_halts_a_channel_that_has_a_password(relay: Relay) -> None:
    with desk(dataclasses.replace(relay.server, username="notifier", password="secret")) as post:
        assert post.send() == Halt(reason="the mail relay offers no way to log in that is known here")
    assert "MAIL" not in relay.verbs()


def test_the_channel_shows_no_password() -> None:
    server = SmtpServer(host="127.0.0.1", username="notifier", password="secret", sender="notices@example.com")
    assert "secret" not in repr(server)
    assert "secret" not in repr(SmtpEmail(server))
