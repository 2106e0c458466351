"""A mail to Ana that a mail relay has taken, on a database of its own."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
import sqlalchemy as sa

from notifier.model.types import ChannelName
from notifier.store.database import open_engine
from notifier.store.outbox.commit import commit
from notifier.store.outbox.completion import record_accepted
from tests.support.drafts import NOW, batch, draft
from tests.support.leases import lease_due


@pytest.fixture
def engine(migrated_file: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    """SQLite: what differs between databases is tried on both by tests that ask for `migrated_url`."""
    engine = open_engine(f"sqlite:///{copy(migrated_file, tmp_path / 'notifier.db')}")
    yield engine
    engine.dispose()


def send_mail(engine: sa.Engine, subject: str = "A-1") -> str:
    """The mail of this appointment's notice is accepted by the relay; the reference of its notice."""
    sent = draft(subject)
    with engine.begin() as connection:
        commit(connection, batch(sent), now=NOW, live=True)
        for message in lease_due(connection, now=NOW, live=True):
            if message.channel is ChannelName.EMAIL:
                given = f"{message.reference.lower()}@example.com"
                assert record_accepted(connection, message, provider="smtp", provider_id=given, now=NOW)
    return sent.reference
