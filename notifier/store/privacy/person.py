"""Where in the database one person is: rows of state, addresses, notices, contradictions, and what people decided."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from notifier.model.digests import address_digest
from notifier.model.notices import NoticeKind
from notifier.model.reasons import HEARD
from notifier.model.schema import entities
from notifier.model.types import Address, ChannelName
from notifier.planning.occurrences import copy_to
from notifier.store.contacts import numbers_on_whatsapp
from notifier.store.sql import rows_in
from notifier.store.tables import (
    ADDRESS_COLUMNS,
    BOUNCE,
    CONTRADICTION,
    CUSTOMER,
    FORMER_VALUE,
    INTERVENTION,
    MESSAGE,
    NOTICE,
    PROMISE,
    RECEIPT,
    REPLY,
    REPRESENTATIVE,
)
from notifier.store.tombstones import ADDRESSES

Row = sa.Row[Any]


@dataclass(frozen=True, kw_only=True)
class Person:
    """One customer, with the ids of all that is about them."""

    id: str
    names: tuple[str, ...]
    """What they are called in the state: a name, a phone, a mail."""
    addresses: tuple[Address, ...]
    """Where they were ever written to, and where they can be."""
    rows: Mapping[str, tuple[str, ...]]
    """Entity -> the ids of their rows, the customer's own first."""
    notices: tuple[str, ...]
    """The notices to them."""
    told_others: tuple[str, ...]
    """The notices about their rows to those who represent them, such as a carer: they name them, too."""
    alerts: tuple[str, ...]
    """The alerts to owners that are about them."""
    contradictions: tuple[str, ...]

    @property
    def naming(self) -> tuple[str, ...]:
        """All notices that name them."""
        return (*self.notices, *self.told_others)

    @property
    def row_ids(self) -> set[str]:
        """The ids of all their rows."""
        return {each for ids in self.rows.values() for each in ids}

    @property
    def decided_on(self) -> Iterator[tuple[str, str]]:
        """(object type, object id) under which people's decisions about them are recorded."""
        yield from (("notice", each) for each in (*self.naming, *self.alerts))
        yield from (("contradiction", each) for each in self.contradictions)
        yield from (("promise", each) for each in self.rows.get("promise", ()))
        yield from (("reason", f"{entity}:{each}") for entity in HEARD for each in self.rows.get(entity, ()))
        yield from (("consent", address_digest(*each)) for each in self.addresses)


def person(connection: sa.Connection, customer: str) -> Person:
    """All that is about the customer of this id, whether or not it is in the state."""
    own = connection.execute(sa.select(CUSTOMER).where(CUSTOMER.c.id == customer)).first()
    rows = _rows_of(connection, customer, there=own is not None)
    to_them = sa.and_(NOTICE.c.recipient_id == customer, NOTICE.c.kind != NoticeKind.ALERT)
    notices = tuple(connection.execute(sa.select(NOTICE.c.id).where(to_them).order_by(NOTICE.c.id)).scalars())
    current = [] if own is None else [(channel, getattr(own, column)) for column, channel in ADDRESSES.items()]
    current += [(ChannelName.WHATSAPP, number) for number in sorted(numbers_on_whatsapp(connection, [customer]))]
    told = rows_in(connection, sa.select(MESSAGE.c.channel, MESSAGE.c.address), MESSAGE.c.notice_id, notices)
    places = [*current, *((ChannelName(row.channel), row.address) for row in told)]
    addresses = tuple(dict.fromkeys((channel, address) for channel, address in places if address))
    ids = {each for found in rows.values() for each in found}
    return Person(
        id=customer,
        names=() if own is None else tuple(each for each in (own.name, own.phone, own.email) if each),
        addresses=addresses,
        rows=rows,
        notices=notices,
        told_others=_told_others(connection, ids, customer),
        alerts=_alerts(connection, ids, {customer, *(address for _, address in addresses)}, copy_to(customer)),
        contradictions=_contradictions(connection, customer, rows.get("promise", ())),
    )


def shared_with(connection: sa.Connection, found: Person) -> Mapping[Address, Sequence[str]]:
    """Which other customers have one of these addresses."""
    others = {
        (channel, address): connection.execute(
            sa.select(CUSTOMER.c.id)
            .where(ADDRESS_COLUMNS[channel] == address, CUSTOMER.c.id != found.id)
            .order_by(CUSTOMER.c.id)
        )
        .scalars()
        .all()
        for channel, address in found.addresses
    }
    return {place: ids for place, ids in others.items() if ids}


def state_rows(connection: sa.Connection, found: Person) -> Mapping[str, list[Row]]:
    """Their rows of state, whole, by entity."""
    return {
        entity: list(rows_in(connection, sa.select(table := entities()[entity].table), table.c.id, ids))
        for entity, ids in found.rows.items()
        if ids
    }


def receipts(connection: sa.Connection, found: Person) -> list[Row]:
    """What providers said of the messages to them, oldest first."""
    statement = sa.select(RECEIPT, NOTICE.c.reference.label("notice")).join(
        MESSAGE, MESSAGE.c.id == RECEIPT.c.message_id
    )
    statement = statement.join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
    return sorted(rows_in(connection, statement, NOTICE.c.id, found.notices), key=lambda row: row.id)


def unclaimed_replies(connection: sa.Connection, found: Person) -> list[Row]:
    """What was written from one of their addresses while no customer had it, oldest first: it is in no contact."""
    kept = sa.select(REPLY.c.id, REPLY.c.at, REPLY.c.channel, REPLY.c.address, REPLY.c.text)
    kept = kept.where(REPLY.c.text.is_not(None))
    rows = rows_in(connection, kept, REPLY.c.address, [address for _, address in found.addresses])
    return sorted((row for row in rows if (row.channel, row.address) in found.addresses), key=lambda row: row.at)


def bounce_ids(connection: sa.Connection, found: Person) -> set[str]:
    """The mails to them that came back."""
    return {row.id for row in rows_in(connection, sa.select(BOUNCE.c.id), BOUNCE.c.notice_id, found.notices)}


def former_values(connection: sa.Connection, found: Person) -> list[Row]:
    """What stood in their rows before it was replaced, oldest first."""
    rows = [
        row
        for entity, ids in found.rows.items()
        for row in rows_in(
            connection, sa.select(FORMER_VALUE).where(FORMER_VALUE.c.entity == entity), FORMER_VALUE.c.row_id, ids
        )
    ]
    return sorted(rows, key=lambda row: row.id)


def decisions(connection: sa.Connection, found: Person) -> list[Row]:
    """What people decided about anything of theirs, oldest first."""
    about = set(found.decided_on)
    rows = rows_in(connection, sa.select(INTERVENTION), INTERVENTION.c.object_id, [name for _, name in about])
    return sorted((row for row in rows if (row.object_type, row.object_id) in about), key=lambda row: (row.at, row.id))


def _rows_of(connection: sa.Connection, customer: str, *, there: bool) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {"customer": (customer,)} if there else {}
    for name, entity in entities().items():
        table = entity.table
        if "customer_id" in table.c:
            ids = connection.execute(sa.select(table.c.id).where(table.c.customer_id == customer)).scalars()
            found[name] = tuple(sorted(ids))
    acts = sa.select(REPRESENTATIVE.c.id).where(REPRESENTATIVE.c.person_id == customer)
    found["representative"] = tuple(sorted({*found["representative"], *connection.execute(acts).scalars()}))
    # A promise may name its row alone.
    about = sa.select(PROMISE.c.id, PROMISE.c.subject_type).where(PROMISE.c.customer_id.is_(None))
    more = {
        row.id
        for entity, ids in list(found.items())
        for row in rows_in(connection, about, PROMISE.c.subject_id, ids)
        if row.subject_type == entity
    }
    found["promise"] = tuple(sorted({*found.get("promise", ()), *more}))
    return found


def _told_others(connection: sa.Connection, ids: Iterable[str], customer: str) -> tuple[str, ...]:
    people = sa.select(REPRESENTATIVE.c.person_id).where(
        REPRESENTATIVE.c.customer_id == customer, REPRESENTATIVE.c.person_id != customer
    )
    statement = sa.select(NOTICE.c.id).where(NOTICE.c.recipient_id.in_(people), NOTICE.c.kind != NoticeKind.ALERT)
    columns = (NOTICE.c.subject_id, NOTICE.c.each_id)
    return tuple(sorted({row.id for column in columns for row in rows_in(connection, statement, column, set(ids))}))


def _contradictions(connection: sa.Connection, customer: str, promises: Sequence[str]) -> tuple[str, ...]:
    ids = sa.select(CONTRADICTION.c.id)
    own = set(connection.execute(ids.where(CONTRADICTION.c.customer_id == customer)).scalars())
    return tuple(sorted(own | {row.id for row in rows_in(connection, ids, CONTRADICTION.c.promise_id, promises)}))


def _alerts(connection: sa.Connection, ids: Iterable[str], names: Iterable[str], copies: str) -> tuple[str, ...]:
    """Those about one of their rows, those in whose text one of these ids and names stands (an alert may list many),
    and the copies that went to them as a seller.

    Where they wrote before they were a customer, the alert names their address alone.
    """
    wanted = {*ids, *names}
    word = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(wanted)))})(?![\w-])")
    statement = (
        sa.select(NOTICE.c.id, NOTICE.c.occurrence, NOTICE.c.subject_id, NOTICE.c.each_id, MESSAGE.c.text)
        .outerjoin(MESSAGE, MESSAGE.c.notice_id == NOTICE.c.id)
        .where(NOTICE.c.kind == NoticeKind.ALERT)
    )
    found = set()
    for part in connection.execute(statement).partitions(1_000):
        found |= {
            row.id
            for row in part
            if row.subject_id in wanted
            or row.each_id in wanted
            or copies in row.occurrence
            or word.search(row.text or "")
        }
    return tuple(sorted(found))
