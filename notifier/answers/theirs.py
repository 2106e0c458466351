"""Which rows are one customer's: statements that name them by index, so that no other customer's rows are read.

A promise, and what contradicts it, may name only the row that it is about; it is theirs where that row is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import NoticeKind
from notifier.model.schema import entities
from notifier.model.types import TO_PHONES, Address, ChannelName
from notifier.store.tables import ADDRESS_COLUMNS, CONTRADICTION, CUSTOMER, MESSAGE, NOTICE, PROMISE

OWNED = ("contract", "order", "appointment", "charge")
"""Entities whose rows belong to one customer, and that a promise may be about."""
Ids = sa.Select[Any] | sa.CompoundSelect[Any]


@dataclass(frozen=True)
class Theirs:
    """The rows of one customer, in one mode (`live`)."""

    customer: str
    live: bool

    def notices(self) -> Ids:
        """The ids of the notices to them, whatever became of these."""
        return sa.select(NOTICE.c.id).where(
            NOTICE.c.recipient_id == self.customer, NOTICE.c.kind != NoticeKind.ALERT, NOTICE.c.live == self.live
        )

    def promises(self) -> Ids:
        """The ids of the promises to them."""
        return self._by_subject(PROMISE)

    def contradictions(self) -> Ids:
        """The ids of the contradictions of promises to them."""
        return self._by_subject(CONTRADICTION)

    def _by_subject(self, table: sa.Table) -> Ids:
        own = sa.select(table.c.id).where(table.c.customer_id == self.customer)
        itself = sa.select(table.c.id).where(
            table.c.subject_id == self.customer, table.c.subject_type == "customer", table.c.customer_id.is_(None)
        )
        rows = (entities()[name].table for name in OWNED)
        reached = (
            sa.select(table.c.id)
            .join(row, row.c.id == table.c.subject_id)
            .where(row.c.customer_id == self.customer, table.c.subject_type == row.name, table.c.customer_id.is_(None))
            for row in rows
        )
        return sa.union_all(own, itself, *reached)


def addresses_of(connection: sa.Connection, theirs: Theirs) -> Sequence[Address]:
    """Where they can be written to, and where they were: without what is another customer's address now."""
    now = connection.execute(sa.select(CUSTOMER.c.phone, CUSTOMER.c.email).where(CUSTOMER.c.id == theirs.customer))
    row = now.first()
    current = [] if row is None else [*((channel, row.phone) for channel in TO_PHONES), (ChannelName.EMAIL, row.email)]
    told = sa.select(MESSAGE.c.channel, MESSAGE.c.address).distinct().where(MESSAGE.c.notice_id.in_(theirs.notices()))
    former = [(ChannelName(each.channel), each.address) for each in connection.execute(told)]
    former = [each for each in former if each not in current and not _is_anothers(connection, each, theirs.customer)]
    return [(channel, address) for channel, address in dict.fromkeys([*current, *former]) if address]


def _is_anothers(connection: sa.Connection, place: Address, customer: str) -> bool:
    channel, address = place
    has_it = sa.select(CUSTOMER.c.id).where(ADDRESS_COLUMNS[channel] == address, CUSTOMER.c.id != customer).limit(1)
    return connection.execute(has_it).first() is not None
