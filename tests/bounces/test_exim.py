"""A mail to nobody, sent by our own adapter through a real mail server, comes back through its pipe to its notice."""

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.bounces.bounce import BounceKind
from notifier.bounces.verp import BounceAddress
from notifier.delivery.outcomes import Accepted
from notifier.store.bounces import bounces
from notifier.store.database import open_engine, read_only
from notifier.store.tables import MESSAGE
from tests.bounces.conftest import send_mail
from tests.delivery.mails import desk, mail, rendered
from tests.support.exim import BINARY, Exim, exim
from tests.wire.projects import write_settings

pytestmark = pytest.mark.skipif(BINARY is None, reason="Exim is not installed (Debian: exim4-daemon-light)")

ADDRESS = BounceAddress(address="bounce@example.com", key="a key of the tests, 32 letters or more".replace(" ", "-"))
NOBODY = "ghost@example.com"
"""Taken in the session, and found to be nobody afterwards."""


@pytest.fixture
def running() -> Iterator[Exim]:
    with exim() as server:
        yield server


def test_a_mail_to_nobody_comes_back_to_its_notice_also_when_the_database_was_away(
    running: Exim, migrated_file: Path
) -> None:
    file = running.project / "notifier.db"
    shutil.copy(migrated_file, file)
    engine = open_engine(f"sqlite:///{file}")
    reference = send_mail(engine)
    engine.dispose()
    running.give(file)
    (running.project / "rules").mkdir()
    write_settings(running.project, {"bounce_address": ADDRESS.address, "token_key": ADDRESS.key})
    with desk(dataclasses.replace(running.server, bounces=ADDRESS)) as post:
        sent = mail(reference, to=NOBODY, payload=rendered(reference, to=NOBODY))
        assert isinstance(post.send(sent), Accepted)

    settings = running.project / ".env"
    away = settings.rename(running.project / "away")
    running.deliver()  # the mail fails, and its bounce waits
    running.deliver()  # the pipe says 75: there is no key
    away.rename(settings)
    assert kept(file) == []
    running.deliver()  # Exim tries again

    [(kind, found, proven)] = kept(file)
    assert (kind, found, proven) == (BounceKind.HARD, reference, True)
    engine = open_engine(f"sqlite:///{file}")
    with read_only(engine) as connection:
        states = connection.execute(sa.select(MESSAGE.c.state).where(MESSAGE.c.channel == "email")).scalars().all()
    engine.dispose()
    assert states == ["undelivered"]


def kept(file: Path) -> list[tuple[BounceKind, str | None, bool]]:
    engine = open_engine(f"sqlite:///{file}")
    with read_only(engine) as connection:
        found = [(each.meaning.kind, each.reference, each.proven) for each in bounces(connection)]
    engine.dispose()
    return found
