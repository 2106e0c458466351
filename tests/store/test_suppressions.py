"""Suppressed addresses: stored per mode with their evidence; whoever was written to there is evaluated again."""

from dataclasses import replace

import sqlalchemy as sa

from notifier.model.address_reading import SuppressedAddress
from notifier.model.state import Change
from notifier.model.types import Address, ChannelName
from notifier.store.database import read_only
from notifier.store.outbox.commit import commit
from notifier.store.outbox.suppressions import suppress, suppressions
from notifier.store.reader import Reader
from notifier.store.sql import table_of
from notifier.store.state.changes import write_rows
from notifier.store.state.consumption import delete_changes, take_changes
from tests.support.drafts import ANA, NOW, batch, draft
from tests.support.leases import lease_due

PHONE: Address = (ChannelName.SMS, "+573001234567")
MAIL: Address = (ChannelName.EMAIL, "ana@example.com")
CHANGE = table_of(Change)


def refuse(engine: sa.Engine, subject: str = "A-1", *, live: bool = False) -> list[str]:
    """Every message of this appointment's notice causes a suppression; returns their ids."""
    with engine.begin() as connection:
        commit(connection, batch(draft(subject)), now=NOW, live=live)
        claimed = lease_due(connection, now=NOW, live=live)
        for message in claimed:
            suppress(connection, message, reason="opted out", now=NOW)
    return [message.id for message in claimed]


def known(engine: sa.Engine, *addresses: Address, live: bool = False) -> dict[Address, SuppressedAddress]:
    with read_only(engine) as connection:
        return dict(Reader(connection, live=live).suppressed(addresses))


def changed(engine: sa.Engine) -> list[str]:
    with read_only(engine) as connection:
        return list(connection.execute(sa.select(CHANGE.c.row_id).order_by(CHANGE.c.id)).scalars())


def forget_changes(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        take_changes(connection, "a tick")
        delete_changes(connection, "a tick")


def test_an_address_is_suppressed_in_its_own_world_and_on_its_own_channel(engine: sa.Engine) -> None:
    refuse(engine)
    opted_out = SuppressedAddress(reason="opted out", since=NOW)
    elsewhere = ((ChannelName.SMS, "ana@example.com"), (ChannelName.SMS, "+573009999999"))
    assert known(engine, PHONE, MAIL, *elsewhere) == {PHONE: opted_out, MAIL: opted_out}
    assert known(engine, PHONE, MAIL, live=True) == {}


def test_without_any_suppressed_address_none_is_looked_up(engine: sa.Engine) -> None:
    statements: list[str] = []
    with read_only(engine) as connection:
        sa.event.listen(engine, "before_cursor_execute", lambda *event: statements.append(event[2]))
        reader = Reader(connection, live=False)
        assert reader.suppressed([PHONE]) == reader.suppressed([MAIL]) == {}
    assert len(statements) == 1


def test_the_first_reason_stays_where_another_message_was_refused_as_well(engine: sa.Engine) -> None:
    first = refuse(engine)
    refuse(engine, "A-2")
    with read_only(engine) as connection:
        found = suppressions(connection, live=False)
    assert {each.message_id for each in found} == set(first)
    assert {(each.reference, each.recipient_id, each.reason) for each in found} == {
        (draft().reference, "C-1", "opted out")
    }


def test_who_was_written_to_is_looked_at_again(engine: sa.Engine) -> None:
    customers = [
        {"id": "C-1", "name": "Ana", "phone": PHONE[1]},
        {"id": "C-2", "name": "Her mother", "phone": PHONE[1]},
        {"id": "C-3", "name": "Her sister, not written to yet", "phone": PHONE[1]},
        {"id": "C-4", "name": "Luis", "phone": "+573009999999"},
    ]
    with engine.begin() as connection:
        write_rows(connection, "customer", customers, NOW)
    forget_changes(engine)
    with engine.begin() as connection:
        mother = draft("A-2", occurrence="to her mother", recipient=replace(ANA, id="C-2"), recipient_id="C-2")
        commit(connection, batch(mother), now=NOW, live=False)
    refuse(engine)
    assert set(changed(engine)) == {"C-1", "C-2", "C-3"}
