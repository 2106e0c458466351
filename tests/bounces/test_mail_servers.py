"""A mail to nobody, sent by our own adapter through a real mail server, comes back through its pipe to its notice."""

import dataclasses
import shutil
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.bounces.bounce import BounceKind
from notifier.bounces.verp import BounceAddress
from notifier.delivery.accounts import SmtpServer
from notifier.delivery.outcomes import Accepted
from notifier.store.bounces import bounces
from notifier.store.database import open_engine, read_only
from notifier.store.tables import MESSAGE
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
