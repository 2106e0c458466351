"""`notifier receive` and `notifier bounces`: exit codes that mail servers understand, and lists for people."""

from pathlib import Path

import pytest

from notifier.bounces.verp import BY_HTTP
from notifier.model.tokens import token
from notifier.store.database import open_engine
from notifier.store.state.changes import write_rows
from tests.bounces.conftest import send_mail
from tests.bounces.mails import ADDRESS, real
from tests.cli.conftest import Run
from tests.support.drafts import NOW
from tests.support.imap_server import PASSWORD, USER, imap_server
from tests.wire.projects import write_settings

KEY = "a-key-of-the-tests-with-32-letters"
SETTINGS: dict[str, object] = {"bounce_address": ADDRESS.address, "token_key": KEY, "company": "Fibra"}
MAIL = b"From: ana@example.com\nTo: bounce@notices.example.com\n\nHola\n"


def settings(project: Path, **changes: object) -> None:
    write_settings(project, SETTINGS | changes)


def test_what_is_piped_is_kept_and_listed(project: Path, run: Run) -> None:
    settings(project)
    assert run("bounces", "list").out == "Nothing came back in the last 14 days.\n"
    done = run("receive", stdin=MAIL)
    assert (done.code, done.out) == (0, "")
    listed = run("bounces", "list", "--nowhere", "--json").json
    [bounce] = listed
    assert (bounce["kind"], bounce["notice"], bounce["way"]) == ("reply", None, "pipe")
    shown = run("bounces", "list").out
    assert shown.startswith("In the last 14 days: 1 reply; 1 lead nowhere.\n")
    assert bounce["id"][:18] in shown
    assert run("bounces", "show", bounce["id"][:18]).code == 0
    assert run("bounces", "show", bounce["id"]).out.rstrip("\n") == MAIL.decode().rstrip("\n")
    assert run("bounces", "show", "0195").code == 1


def test_the_former_name_of_the_command_does_the_same(project: Path, run: Run) -> None:
    settings(project)
    assert run("receive-bounce", stdin=MAIL).code == 0
    assert run("receive", stdin=MAIL).code == 0
    assert len(run("bounces", "list", "--json").json) == 1
    assert run("receive-bounce", "--imap").code == 2


def test_a_reply_is_heard_and_answered_by_the_next_tick(project: Path, run: Run) -> None:
    settings(project, from_address="notices@example.com")
    run("tick")
    engine = open_engine(f"sqlite:///{project / 'notifier.db'}")
    with engine.begin() as connection:
        write_rows(connection, "customer", [{"id": "C-9", "name": "Ana", "email": "ana@example.com"}], NOW)
    engine.dispose()
    assert run("receive", stdin=b"From: ana@example.com\nSubject: HELP\n\n").code == 0
    assert run("bounces", "list", "--json").json == []
    run("tick")
    [answer] = (project / "outbox").glob("*-answer-email.eml")
    content = answer.read_text()
    assert "Auto-Submitted: auto-replied" in content
    assert "reply=\n STOP" in content or "reply STOP" in content


def test_a_bounce_leads_to_its_notice(project: Path, run: Run) -> None:
    settings(project)
    run("tick")  # makes the database
    engine = open_engine(f"sqlite:///{project / 'notifier.db'}")
    reference = send_mail(engine)
    engine.dispose()
    address = type(ADDRESS)(address=ADDRESS.address, key=KEY)
    assert run("receive", stdin=real("postfix-alias", reference=reference, address=address)).code == 0
    [bounce] = run("bounces", "list", "--json").json
    assert (bounce["notice"], bounce["kind"], bounce["code"], bounce["proven"]) == (
        reference,
        "hard",
        "550 5.1.1",
        True,
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"token_key": ""}, "there is no key"),
        ({"bounce_address": ""}, "no address for bounces"),
        ({"bounce_address": "bounce+x@example.com"}, "without a plus sign"),
        ({"bounce_address": f"{'b' * 50}@example.com"}, "its name is too long"),
        ({"database_url": "sqlite:////nowhere/at/all/notifier.db"}, "notifier.db"),
    ],
)
def test_what_cannot_be_kept_now_is_to_be_brought_again(
    project: Path, run: Run, changes: dict[str, object], said: str
) -> None:
    """EX_TEMPFAIL, whatever is wrong: a mail server bounces a bounce to nobody."""
    settings(project, **changes)
    done = run("receive", stdin=MAIL)
    assert (done.code, done.out) == (75, "")
    assert said in done.err


def test_a_mistake_of_ours_is_no_reason_to_lose_a_mail(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(project)
    monkeypatch.setattr("notifier.receipts.bounces.read_bounce", lambda _content: 1 / 0)
    assert run("receive", stdin=MAIL).code == 75


def test_a_mailbox_is_read_on_demand(project: Path, run: Run) -> None:
    with imap_server() as server:
        account = {"bounce_imap_host": "127.0.0.1", "bounce_imap_port": server.port, "bounce_imap_security": "none"}
        settings(project, **account, bounce_imap_username=USER, bounce_imap_password=PASSWORD)
        server.deliver(MAIL)
        assert run("receive", "--imap").out == "1 new in the mailbox: 1 reply\n"
        assert run("receive", "--imap").out == "0 new in the mailbox\n"
        settings(project, **account, bounce_imap_username=USER, bounce_imap_password="wrong")
        done = run("receive", "--imap")
        assert (done.code, done.err) == (1, "the mailbox's server refused the login\n")
    settings(project)
    assert run("receive", "--imap").code == 2


def test_where_bounces_come_in_is_said(project: Path, run: Run) -> None:
    settings(project)
    by_mail = "by mail: bounce+REFERENCE-TOKEN@notices.example.com\n"
    assert run("bounces", "address").out == by_mail
    settings(project, public_url="https://notices.example.com")
    by_http = token(KEY, BY_HTTP)
    assert (
        run("bounces", "address").out == f"{by_mail}by HTTP: https://notices.example.com/mails/{by_http} (a secret)\n"
    )


def test_nothing_of_what_is_piped_gets_into_the_log(project: Path, run: Run) -> None:
    settings(project, log_level="debug")
    for content in (real("dma-550-unknown"), real("sendmail-autoreply"), MAIL, b"To: ana@example.com\n\n550 Ana"):
        done = run("receive", stdin=content)
        assert done.code == 0
        assert '"bounce.leads_nowhere"' in done.err
        assert not [word for word in ("@", "ana", "Ana", "Servicio", "Calle") if word in done.err]
