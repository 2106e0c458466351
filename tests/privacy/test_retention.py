"""Texts and addresses are blanked after their days; that something was told, and what makes it good, stays."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.consent.hearing import Reply, hear
from notifier.drivers import retention as driver
from notifier.drivers.retention import Retention
from notifier.model.notices import MessageState
from notifier.model.retention import Kept
from notifier.model.types import ChannelName
from notifier.store.contacts import CONTACT
from notifier.store.database import read_only
from notifier.store.privacy import retention
from notifier.store.tables import MESSAGE, REPLY
from tests.support.rig import Rig, ana, open_rig, visit


@pytest.fixture
def rig(migrated_file: Path, tmp_path: Path) -> Iterator[Rig]:
    path = shutil.copyfile(migrated_file, tmp_path / "notifier.db")
    with open_rig(tmp_path, f"sqlite:///{path}") as rig:
        yield rig


def kept(rig: Rig) -> list[tuple[bool, bool]]:
    """Of each message, whether its text and its address are kept."""
    return [(row.text != "", row.address != "") for row in rig.messages()]


def test_old_texts_and_addresses_go_batch_by_batch_and_a_correction_still_goes_where_it_was_told(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (retention, driver):
        monkeypatch.setattr(module, "BATCH", 1)
    rig.set(customer=[ana(), ana(id="C-2", phone="+573001234568", email=None)])
    rig.set(appointment=[visit(), visit(id="A-2", customer_id="C-2", contract_id=None)])
    rig.tick()
    rig.dispatch()
    rig.set(appointment=[visit(id="A-3")])
    rig.tick()  # its messages wait
    old = Retention(database=rig.database, clock=rig.clock, days={Kept.BODIES: 10, Kept.ADDRESSES: 31})
    rig.clock.forward(days=9)
    old.look()
    assert kept(rig) == [(True, True)] * 5
    rig.clock.forward(days=2)
    old.look()
    assert kept(rig).count((False, True)) == 3
    with rig.database.begin() as connection:
        ended = {"state": MessageState.CANCELLED, "changed_at": rig.clock()}
        connection.execute(MESSAGE.update().where(MESSAGE.c.state == MessageState.QUEUED).values(**ended))
        connection.exec_driver_sql("UPDATE notice SET changed_at = changed_at + 60000000 WHERE state = 'ready'")
    old.look()
    assert kept(rig) == [(False, True)] * 5
    rig.clock.forward(days=30)
    old.look()
    assert kept(rig) == [(False, False)] * 5


def test_what_people_wrote_goes_with_its_days_and_what_nobody_heard_of_stays(rig: Rig) -> None:
    rig.set(customer=[ana()])

    def hears(text: str, address: str = "ana@example.com") -> None:
        reply = Reply(channel=ChannelName.EMAIL, address=address, text=text, provider_id=text)
        with rig.database.begin() as connection:
            hear(connection, reply, rig.clock(), project=None, live=False, company="Fibra")

    def written() -> list[tuple[object, str]]:
        with read_only(rig.database) as connection:
            statement = sa.select(CONTACT.c.attributes, REPLY.c.address).join(REPLY, REPLY.c.id == CONTACT.c.id)
            return [tuple(row) for row in connection.execute(statement.order_by(REPLY.c.at))]

    def of_nobody() -> list[str | None]:
        with read_only(rig.database) as connection:
            return list(connection.execute(sa.select(REPLY.c.text).where(REPLY.c.id == "email:BAJA")).scalars())

    hears("STOP")
    hears("BAJA", "stranger@example.com")
    assert of_nobody() == ["BAJA"]
    rig.clock.forward(days=5)
    hears("¿y?")  # nobody has heard of it yet
    old = Retention(database=rig.database, clock=rig.clock, days={Kept.BODIES: 10, Kept.ADDRESSES: 31})
    rig.clock.forward(days=6)
    old.look()
    assert written() == [({}, "ana@example.com"), ({"text": "¿y?"}, "ana@example.com")]
    assert of_nobody() == [None]
    rig.clock.forward(days=26)
    old.look()
    assert written() == [({}, ""), ({"text": "¿y?"}, "ana@example.com")]


def test_what_was_told_at_an_address_that_is_not_kept_is_corrected_on_the_same_channel(rig: Rig) -> None:
    far = rig.clock() + timedelta(hours=48)
    rig.set(customer=[ana(phone=None)], appointment=[visit(starts_at=far)])
    rig.tick()
    rig.dispatch()
    rig.clock.forward(minutes=1)
    old = Retention(database=rig.database, clock=rig.clock, days={Kept.BODIES: 0, Kept.ADDRESSES: 0})
    old.look()
    assert kept(rig) == [(False, False)]
    rig.set(customer=[ana()], appointment=[visit(starts_at=far + timedelta(hours=1))])
    rig.tick()
    rig.dispatch()
    assert [(row.channel, row.address, row.state) for row in rig.messages()][1:] == [
        ("email", "ana@example.com", "accepted")
    ]
    assert rig.notices()[-1].kind == "correction"
