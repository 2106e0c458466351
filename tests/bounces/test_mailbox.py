"""A mailbox over IMAP: read once, in order, without changing it; what goes wrong loses nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from notifier.consent.mails import MailDesk, receive_mail
from notifier.delivery.accounts import ImapMailbox, SmtpSecurity
from notifier.doctor.bounces import bounces_finding
from notifier.doctor.findings import Level
from notifier.receipts import mailbox as reading
from notifier.receipts.bounces import Way
from notifier.receipts.mailbox import FollowedMailbox, MailboxError, ReadReport, Take, read_mailbox
from notifier.store.bounces import bounces
from notifier.store.database import read_only
from notifier.store.figures import figures
from tests.bounces.conftest import send_mail
from tests.bounces.mails import ADDRESS, real
from tests.support.drafts import NOW
from tests.support.imap_server import ImapServer, imap_server


@pytest.fixture(scope="module")
def running() -> Iterator[ImapServer]:
    with imap_server() as server:
        yield server


@pytest.fixture
def server(running: ImapServer) -> ImapServer:
    running.mails.clear()
    running.said.clear()
    running.validity, running.hangs_up_at = 7, None
    return running


def take(engine: sa.Engine) -> Take:
    """What a daemon does with each mail."""
    desk = MailDesk(bounces=ADDRESS, live=True, company="Fibra")
    return lambda content: receive_mail(engine, content, desk, way=Way.MAILBOX, now=NOW + timedelta(hours=1))


def look(engine: sa.Engine, mailbox: ImapMailbox) -> ReadReport:
    return read_mailbox(engine, mailbox, take(engine), lambda: NOW + timedelta(hours=1))


def read_at(engine: sa.Engine, mailbox: ImapMailbox) -> datetime | None:
    with read_only(engine) as connection:
        return figures(connection, live=False, now=NOW, mailbox=mailbox.name).mailbox_read


def test_what_is_new_is_taken_once_and_the_mailbox_stays_as_it_is(engine: sa.Engine, server: ImapServer) -> None:
    assert look(engine, server.mailbox()) == {}
    assert read_at(engine, server.mailbox()) == NOW + timedelta(hours=1)  # also where nothing was in it
    server.deliver(real("postfix-550-unknown", reference=send_mail(engine)))
    server.deliver(b"From: ana@example.com\n\nHola\n")
    assert look(engine, server.mailbox()) == {"hard": 1, "reply": 1}
    assert look(engine, server.mailbox()) == {}
    server.deliver(b"From: ana@example.com\n\nHola de nuevo\n")
    assert look(engine, server.mailbox()) == {"reply": 1}
    assert set(server.said) == {"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}
    with read_only(engine) as connection:
        assert [each.way for each in bounces(connection)] == ["mailbox"] * 3


def test_a_connection_that_breaks_loses_nothing(engine: sa.Engine, server: ImapServer) -> None:
    for number in range(3):
        server.deliver(f"From: ana@example.com\n\nHola {number}\n".encode())
    server.hangs_up_at = 2
    with pytest.raises(MailboxError):
        look(engine, server.mailbox())
    server.hangs_up_at = None
    assert look(engine, server.mailbox()) == {"reply": 2}


def test_a_mailbox_that_was_made_anew_is_read_anew_and_nothing_is_kept_twice(
    engine: sa.Engine, server: ImapServer
) -> None:
    server.deliver(b"From: ana@example.com\n\nHola\n")
    look(engine, server.mailbox())
    server.validity = 8
    assert look(engine, server.mailbox()) == {"repeated": 1}


def test_much_is_read_in_several_sessions(
    engine: sa.Engine, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    for number in range(3):
        server.deliver(f"From: ana@example.com\n\nHola {number}\n".encode())
    first, second = look(engine, server.mailbox()), look(engine, server.mailbox())
    assert (first.total(), first.more, second.total(), second.more) == (2, True, 1, False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "wrong"}, "refused the login"),
        ({"folder": "Rebotes"}, "no such folder"),
        ({"security": SmtpSecurity.STARTTLS}, "offers no STARTTLS"),
        ({"security": SmtpSecurity.TLS}, "encryption with the mailbox's server failed"),
        ({"port": 9}, "cannot be reached"),
        ({"timeout": timedelta(microseconds=1)}, "cannot be reached"),
    ],
)
def test_what_is_wrong_is_said_without_the_user(
    engine: sa.Engine, server: ImapServer, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(MailboxError, match=said) as raised:
        look(engine, server.mailbox(**changes))
    assert "bounces" not in str(raised.value)


def test_the_daemon_says_once_that_the_mailbox_is_away_and_once_that_it_is_back(
    engine: sa.Engine, server: ImapServer
) -> None:
    followed = FollowedMailbox(engine, server.mailbox(), take(engine), lambda: NOW, 60)
    server.deliver(b"From: ana@example.com\n\nHola\n")
    server.hangs_up_at = 1
    with capture_logs() as logs:
        assert not followed.look()
        assert not followed.look()
        server.hangs_up_at = None
        assert not followed.look()
        assert not followed.look()
    assert [each["event"] for each in logs if each["event"].startswith("mailbox")] == [
        "mailbox.unreachable",
        "mailbox.back",
    ]
    with read_only(engine) as connection:
        assert len(bounces(connection)) == 1


def test_the_doctor_says_whether_bounces_are_heard_of(server: ImapServer) -> None:
    found = [
        bounces_finding(None, None),
        bounces_finding(ADDRESS, None),
        bounces_finding(ADDRESS, server.mailbox()),
        bounces_finding(ADDRESS, server.mailbox(password="wrong")),
    ]
    assert [each.level for each in found] == [Level.DOUBTFUL, Level.FINE, Level.FINE, Level.WRONG]
    assert "refused the login" in found[3].what
    assert set(server.said) == {"CAPABILITY", "LOGIN", "EXAMINE", "LOGOUT"}
