"""Twilio, the relay and our public address are really asked; nothing is sent, and nothing is stored."""

import asyncio
import shutil
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.delivery.accounts import SmtpSecurity, SmtpServer
from notifier.doctor.findings import Finding, Level
from notifier.doctor.outside import public_finding, smtp_finding, twilio_finding
from notifier.store.database import read_only
from notifier.store.tables import RECEIPT
from tests.cli.conftest import logs_as_before, run_command
from tests.serving.conftest import Service, running, service
from tests.support.ports import free_port
from tests.support.rig import FILES, write_project
from tests.support.smtp_server import TRUST, smtp_server
from tests.support.twilio_server import AUTH_TOKEN, twilio_server

__all__ = ["logs_as_before", "service"]


def asked(question: Coroutine[Any, Any, Finding]) -> tuple[Level, str]:
    found = asyncio.run(question)
    return found.level, found.what


def test_twilio_says_whether_it_knows_account_and_sender(tmp_path: Path) -> None:
    with twilio_server(tmp_path) as twilio:
        assert asked(twilio_finding(twilio.account)) == (Level.FINE, "the account answers, and the sender is its own")
        assert asked(twilio_finding(twilio.account_with(sender="+15005550001")))[0] is Level.WRONG
        level, what = asked(twilio_finding(twilio.account_with(auth_token="another")))
        assert (level, what) == (Level.WRONG, "Twilio 20003: the account SID or the token is refused")
        assert asked(twilio_finding(twilio.account_with(sender="Fibra")))[0] is Level.FINE
        assert twilio.posts() == 0


def test_a_relay_that_nobody_runs_is_said_so() -> None:
    nobody = SmtpServer(host="127.0.0.1", port=free_port(), security=SmtpSecurity.NONE, sender="notices@example.com")
    assert asked(smtp_finding(nobody))[0] is Level.WRONG


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl program is not installed")
def test_a_relay_is_asked_whether_it_encrypts_and_takes_our_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with smtp_server(tmp_path, security=SmtpSecurity.STARTTLS, username="mailer", password="secret") as relay:
        assert "certificate is not trusted" in asked(smtp_finding(relay.server))[1]
        monkeypatch.setenv(TRUST, relay.environment[TRUST])
        assert asked(smtp_finding(relay.server)) == (
            Level.FINE,
            "the relay answers with starttls, and takes our login",
        )
        assert asked(smtp_finding(replace(relay.server, password="another")))[0] is Level.WRONG
        assert relay.mails() == []


def test_the_public_address_is_tried_with_what_twilio_would_sign(service: Service) -> None:
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    assert asked(public_finding(here, AUTH_TOKEN))[0] is Level.WRONG
    with running(replace(service.parts, public_url=here, auth_tokens=(AUTH_TOKEN,)), port):
        assert asked(public_finding(here, AUTH_TOKEN)) == (
            Level.FINE,
            "the service answers, and believes what is signed for it",
        )
        assert "does not believe" in asked(public_finding(here, "another"))[1]
    with read_only(service.rig.database) as connection:
        assert connection.execute(sa.select(RECEIPT)).all() == []


@pytest.mark.parametrize("broken", [False, True])
def test_the_command_says_what_is_so_and_fails_where_something_is_wrong(service: Service, *, broken: bool) -> None:
    rules = service.rig.folder / "rules" / "visits.yaml"
    text = rules.read_text()
    try:
        if broken:
            rules.write_text(text.replace("about: appointment", "about: apointment"))
        ran = run_command("doctor", project=service.rig.folder)
        assert ran.code == int(broken)
        assert ("✗ rules" in ran.out) is broken
        assert "✓ database: SQLite" in ran.out
        assert {found["about"] for found in run_command("doctor", "--json", project=service.rig.folder).json} >= {
            "settings",
            "rules",
            "zones",
            "database",
            "clock",
            "outbox",
            "passes",
        }
    finally:
        rules.write_text(text)


@pytest.mark.parametrize("asks", [True, False])
def test_who_answers_to_ones_own_gateway_is_not_heard_and_the_rules_that_ask_are_named(
    tmp_path: Path, *, asks: bool
) -> None:
    rules = FILES["rules/visits.yaml"]
    if asks:
        rules = rules.replace("    exit: desk\n", "    exit: desk\n    replies: { confirm: confirmed }\n")
        assert rules != FILES["rules/visits.yaml"]
    project = write_project(tmp_path, {"rules/visits.yaml": rules})
    gateway = f"NOTIFIER_SMS_GATEWAY_URL=http://127.0.0.1:9\nNOTIFIER_SMS_GATEWAY_TOKEN={32 * 'x'}\n"
    (tmp_path / ".env").write_text(gateway)
    found = [each["what"] for each in run_command("doctor", "--json", project=project).json]
    unheard = "an answer by SMS is not heard, and visit-reminder asks for one: your own gateway brings none"
    assert (unheard in found) is asks
