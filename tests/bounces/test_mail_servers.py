"""A mail to nobody, sent by our own adapter through a real mail server, comes back through its pipe to its notice."""

import dataclasses
import re
import shutil
import smtplib
import time
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.bounces.bounce import BounceKind
from notifier.bounces.verp import BounceAddress
from notifier.delivery.accounts import SmtpServer
from notifier.delivery.outcomes import Accepted
from notifier.delivery.smtp_email import SmtpEmail
from notifier.drivers.clock import system_clock
from notifier.rendering.mime import Envelope
from notifier.rendering.settings import RenderSettings
from notifier.sending.reply_answers import AnswerSender
from notifier.store.bounces import bounces
from notifier.store.database import open_engine, read_only
from notifier.store.tables import MESSAGE, NOTICE, REPLY
from tests.bounces.conftest import send_mail
from tests.delivery.mails import desk, mail, rendered
from tests.support.exim import BINARY, exim
from tests.support.postfix import RUNS, postfix
from tests.wire.projects import write_settings

KEY = "a-key-of-the-tests-with-32-letters"
NOBODY = "ghost@example.com"
"""Taken in the session, and found to be nobody afterwards."""
PATIENCE = 60.0


@pytest.mark.skipif(BINARY is None, reason="Exim is not installed (Debian: exim4-daemon-light)")
def test_exim_brings_a_bounce_back_again_when_it_could_not_be_kept(migrated_file: Path) -> None:
    address = BounceAddress(address="bounce@example.com", key=KEY)
    with exim() as running:
        file = project(running.project, migrated_file, address)
        running.give(file, running.project / ".env")
        reference = send(running.server, file, address)
        away = (running.project / ".env").rename(running.project / "away")
        running.deliver()  # the mail fails, and its bounce waits
        running.deliver()  # the pipe says 75: no address is set
        assert kept(file) == []
        away.rename(running.project / ".env")
        running.deliver()  # Exim tries again
        assert kept(file) == [(BounceKind.HARD, reference, True)]
        assert state(file) == "undelivered"


@pytest.mark.skipif(BINARY is None, reason="Exim is not installed (Debian: exim4-daemon-light)")
def test_exim_brings_a_reply_and_takes_our_answer_which_comes_back_to_nobody(migrated_file: Path) -> None:
    address = BounceAddress(address="bounce@example.com", key=KEY)
    with exim() as running:
        file = project(running.project, migrated_file, address)
        relay = {"smtp_host": "127.0.0.1", "smtp_port": running.server.port, "smtp_security": "none"}
        settings = {"live": "true", "from_address": "notices@example.com", "reply_to": "replies@example.com"}
        write_settings(running.project, {"bounce_address": address.address, "token_key": KEY, **relay, **settings})
        running.give(file, running.project / ".env")
        engine = open_engine(f"sqlite:///{file}")
        reference = send_mail(engine)
        with smtplib.SMTP("127.0.0.1", running.server.port) as session:
            for sender, said in (("ana@example.com", "¿A qué hora?"), ("machine@example.com", "STOP")):
                reply = EmailMessage()
                reply["From"], reply["To"], reply["Subject"] = sender, "replies@example.com", "Re: su visita"
                reply["References"] = f"<{reference.lower()}@example.com>"
                reply["Message-ID"] = f"<{sender}>"
                if sender == "machine@example.com":
                    reply["Auto-Submitted"] = "auto-replied"
                reply.set_content(f"{said}\n\nEl lun, 2 mar 2026, Andina escribió:\n\n> Responda BAJA\n")
                session.send_message(reply, from_addr=sender)
        running.deliver()
        with read_only(engine) as connection:
            heard = connection.execute(sa.select(REPLY.c.address, REPLY.c.meaning, NOTICE.c.reference).join(NOTICE))
            assert [tuple(row) for row in heard] == [("ana@example.com", "other", reference)]
        assert kept(file) == [(BounceKind.AUTO_REPLY, reference, False)]

        shown = RenderSettings(company="Fibra", from_address="notices@example.com", reply_to="replies@example.com")
        server = dataclasses.replace(running.server, bounces=address)
        answers = AnswerSender(engine, lambda: SmtpEmail(server), lambda: Envelope(shown), system_clock, live=True)
        answers.send()
        [delivered] = running.deliver()
        engine.dispose()
        answer = message_from_bytes(delivered)
        assert (answer["Auto-Submitted"], answer["In-Reply-To"]) == ("auto-replied", "<ana@example.com>")
        assert reference in str(answer.get_payload(decode=True))
        log = (running.folder / "log" / "mainlog").read_text()
        assert len(re.findall(r" <= <> ", log)) == 1, "the answer has no sender to which it could come back"


@pytest.mark.skipif(not RUNS, reason="Postfix is not installed, or not started by root (tests/support/postfix.py)")
def test_postfix_brings_a_bounce_back_to_its_notice(migrated_file: Path) -> None:
    address = BounceAddress(address="bounce@notices.example.com", key=KEY)
    with postfix() as running:
        file = project(running.project, migrated_file, address)
        away = (running.project / ".env").rename(running.project / "away")
        reference = send(running.server, file, address)
        give_up = time.monotonic() + PATIENCE
        while not kept(file) and time.monotonic() < give_up:
            running.doorman.look()
            if running.doorman.codes and not (running.project / ".env").exists():
                away.rename(running.project / ".env")  # the pipe said 75: Postfix tries again
            time.sleep(0.05)
        assert running.doorman.codes == [75, 0], running.log
        assert kept(file) == [(BounceKind.HARD, reference, True)]
        assert state(file) == "undelivered"


def project(folder: Path, migrated_file: Path, address: BounceAddress) -> Path:
    """A project folder with its database and settings; the database's file."""
    (folder / "rules").mkdir()
    write_settings(folder, {"bounce_address": address.address, "token_key": address.key})
    return Path(shutil.copy(migrated_file, folder / "notifier.db"))


def send(server: SmtpServer, file: Path, address: BounceAddress) -> str:
    """A mail of a notice to nobody; the reference of the notice."""
    engine = open_engine(f"sqlite:///{file}")
    reference = send_mail(engine)
    engine.dispose()
    with desk(dataclasses.replace(server, bounces=address)) as post:
        sent = mail(reference, to=NOBODY, payload=rendered(reference, to=NOBODY))
        assert isinstance(post.send(sent), Accepted)
    return reference


def kept(file: Path) -> list[tuple[BounceKind, str | None, bool]]:
    engine = open_engine(f"sqlite:///{file}")
    with read_only(engine) as connection:
        found = [(each.meaning.kind, each.reference, each.proven) for each in bounces(connection)]
    engine.dispose()
    return found


def state(file: Path) -> str:
    """Of the mail."""
    engine = open_engine(f"sqlite:///{file}")
    with read_only(engine) as connection:
        found = connection.execute(sa.select(MESSAGE.c.state).where(MESSAGE.c.channel == "email")).scalar_one()
    engine.dispose()
    return str(found)
