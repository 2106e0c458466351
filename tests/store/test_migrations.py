"""Migrations keep what is stored."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from notifier.model.outlet import Outlet
from notifier.store.database import open_engine, read_only
from notifier.store.migrating import MIGRATIONS, migrate
from notifier.store.outbox.leasing import lease_due
from notifier.store.outbox.notice_rows import message_row, notice_row
from notifier.store.sql import table_of
from notifier.store.tables import MESSAGE, NOTICE, PayloadRow
from tests.support.drafts import NOW, draft, mail, messages, sms


def test_messages_of_an_older_version_go_out_with_the_bytes_that_they_had(database_url: str) -> None:
    engine = open_engine(database_url)
    older = MESSAGE.to_metadata(sa.MetaData())
    older.append_column(sa.Column("html", sa.String()))
    older.append_column(sa.Column("payload", sa.LargeBinary()))
    notice = notice_row(draft(), now=NOW, live=False, index=0)
    for later_column in ("event", "locale", "own_locale", "approvals", "first_of", "row_locale", "gate"):
        notice.pop(later_column)
    with engine.begin() as connection:
        _upgrade(connection, "0002")
        connection.execute(sa.insert(NOTICE), notice)
        for message, html in ((sms(), None), (mail(), "<p>Hola</p>")):
            row = message_row(draft(), message, notice_id=notice["id"], version=0, now=NOW, live=False, index=0)
            connection.execute(sa.insert(older), {**row, "payload": message.payload, "html": html})

    migrate(engine)

    with engine.begin() as connection:
        names = {column["name"] for column in sa.inspect(connection).get_columns("message")}
        assert not names & {"html", "payload"}
        for each in (sms(), mail()):
            later = NOW + timedelta(minutes=1)
            (leased,) = lease_due(connection, Outlet(live=False, channel=each.channel), now=later, limit=10)
            assert (leased.payload, leased.text, leased.subject) == (each.payload, each.text, each.subject)
    with read_only(engine) as connection:
        (stored,) = connection.execute(sa.select(table_of(PayloadRow))).all()
        (of_mail,) = [row.id for row in messages(connection) if row.channel == "email"]
    assert stored.message_id == of_mail
    engine.dispose()


def _upgrade(connection: sa.Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
