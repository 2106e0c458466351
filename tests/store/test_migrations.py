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
from notifier.store.settling import waiting_groups
from notifier.store.sql import table_of
from notifier.store.tables import CONTRADICTION, MESSAGE, NOTICE, PayloadRow
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


def test_a_flood_of_an_older_version_still_waits_for_its_alert(database_url: str) -> None:
    engine = open_engine(database_url)
    older = CONTRADICTION.to_metadata(sa.MetaData())
    older.append_column(sa.Column("alert_waits", sa.Boolean()))
    row = {
        **dict.fromkeys(("check", "topic", "topic_type", "promised", "promised_by", "owner", "severity"), "price"),
        **dict.fromkeys(("promised_at", "opened_at", "changed_at"), NOW),
        "subject_type": "contract",
        "subject_id": "K-1",
        "state": "open",
        "version": 1,
    }
    with engine.begin() as connection:
        _upgrade(connection, "0042")
        for name in ("X-1", "X-2", "X-3"):
            marked = {"id": name, "promise_id": name, "alert_waits": name != "X-3"}
            connection.execute(sa.insert(older), row | marked)

    migrate(engine)

    with read_only(engine) as connection:
        [(group, check)] = waiting_groups(connection)
        assert check == "price"
        found = connection.execute(sa.select(CONTRADICTION.c.group_id).order_by(CONTRADICTION.c.id))
        assert [each for (each,) in found] == [group, group, None]
    engine.dispose()


def _upgrade(connection: sa.Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
