"""Customers, what they allowed, and the addresses that must not be written to."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from notifier.model.address_reading import SuppressedAddress
from notifier.model.consent import Ledger
from notifier.model.reading import CustomerRow
from notifier.model.types import Address, ChannelName, NoticeClass
from notifier.store.consent import ledger_at
from notifier.store.reader.snapshot import LIVE, Snapshot
from notifier.store.sql import is_among, rows_among
from notifier.store.tables import ADDRESS_COLUMNS, CONSENT, CONSENT_ENTRY, CUSTOMER, SUPPRESSED

_NAMES = tuple(field.name for field in fields(CustomerRow) if field.name != "needs")
_CUSTOMERS = sa.select(*(CUSTOMER.c[name] for name in _NAMES), CUSTOMER.c.attributes).where(is_among(CUSTOMER.c.id))
_ADDRESSES = sa.select(CUSTOMER.c.id, CUSTOMER.c.phone, CUSTOMER.c.email).where(is_among(CUSTOMER.c.id))
_AT = tuple(
    sa.select(CUSTOMER.c.id, column.label("address")).where(is_among(column))
    for column in dict.fromkeys(ADDRESS_COLUMNS.values())
)
_CUSTOMER_COUNT = sa.select(sa.func.count()).select_from(CUSTOMER)
_CONSENTS = sa.select(
    CONSENT.c.customer_id, CONSENT.c.channel, CONSENT.c["class"].label("of"), CONSENT.c.allowed
).where(is_among(CONSENT.c.customer_id))
_REFUSALS = {
    channel: sa.select(column.label("address"), CONSENT.c["class"].label("of"), CONSENT.c.customer_id)
    .join(CONSENT, CONSENT.c.customer_id == CUSTOMER.c.id)
    .where(CONSENT.c.channel == channel, CONSENT.c.allowed.is_(False), is_among(column))
    .order_by(CONSENT.c.customer_id)
    for channel, column in ADDRESS_COLUMNS.items()
}
_SUPPRESSED_AMONG = sa.select(SUPPRESSED).where(
    SUPPRESSED.c.live == LIVE,
    SUPPRESSED.c.channel == sa.bindparam("channel", type_=sa.String()),
    is_among(SUPPRESSED.c.address),
)


class CustomerReader(Snapshot):
    """Questions about customers and addresses."""

    def customers(self, ids: Collection[str]) -> Mapping[str, CustomerRow]:
        """The customers that exist among these ids."""
        found = rows_among(self.connection, _CUSTOMERS, ids)
        return {row.id: _customer(row) for row in found}

    def addresses_of(self, ids: Collection[str]) -> Iterator[tuple[str, str]]:
        """(customer, phone or mail address) of these customers."""
        for row in rows_among(self.connection, _ADDRESSES, ids):
            yield from ((row.id, address) for address in (row.phone, row.email) if address is not None)

    def customers_at(self, addresses: Collection[str]) -> Iterator[tuple[str, str]]:
        """(customer, phone or mail address) of all customers who have one of these, whatever else they have."""
        for statement in _AT:
            for row in rows_among(self.connection, statement, addresses):
                yield row.id, row.address

    def customer_count(self) -> int:
        """How many customers there are: what `share` is a share of."""
        return self.connection.execute(_CUSTOMER_COUNT).scalar_one()

    def consents(self, customer_ids: Collection[str]) -> Mapping[tuple[str, ChannelName, NoticeClass], bool]:
        """What these customers allowed or refused; absent means never asked."""
        return {
            (row.customer_id, ChannelName(row.channel), NoticeClass(row.of)): row.allowed
            for row in (rows_among(self.connection, _CONSENTS, customer_ids) if self.has_any(CONSENT) else ())
        }

    def refusals(self, addresses: Collection[Address]) -> Mapping[tuple[Address, NoticeClass], Sequence[str]]:
        """Which customers refused which class at one of these addresses, whosever else it is.

        A database without consents is not asked further.
        """
        if not self.has_any(CONSENT):
            return {}
        found: dict[tuple[Address, NoticeClass], list[str]] = defaultdict(list)
        for channel, wanted in _by_channel(addresses).items():
            for row in rows_among(self.connection, _REFUSALS[channel], wanted):
                found[(channel, row.address), NoticeClass(row.of)].append(row.customer_id)
        return found

    def suppressed(self, addresses: Collection[Address]) -> Mapping[Address, SuppressedAddress]:
        """Which of these addresses must not be written to. Most databases have none: then nothing is looked up."""
        if not self.has_any(SUPPRESSED):
            return {}
        return {
            (channel, row.address): SuppressedAddress(reason=row.reason, since=row.since)
            for channel, wanted in _by_channel(addresses).items()
            for row in rows_among(self.connection, _SUPPRESSED_AMONG, wanted, live=self.live, channel=channel)
        }

    def ledger(self, addresses: Collection[Address]) -> Ledger:
        """What the consent ledger says of these addresses. Where it is empty, nothing is looked up."""
        return ledger_at(self.connection, addresses, live=self.live) if self.has_any(CONSENT_ENTRY) else {}


def _by_channel(addresses: Collection[Address]) -> Mapping[ChannelName, list[str]]:
    by_channel: dict[ChannelName, list[str]] = defaultdict(list)
    for channel, address in addresses:
        by_channel[channel].append(address)
    return by_channel


def needs_of(connection: sa.Connection, customer: str | None) -> frozenset[str]:
    """The attributes of the customer that are true; none for nobody."""
    found = [] if customer is None else list(rows_among(connection, _CUSTOMERS, [customer]))
    return _customer(found[0]).needs if found else frozenset()


def _customer(row: sa.Row[Any]) -> CustomerRow:
    values: Sequence[Any] = row[:-1]
    attributes: Mapping[str, Any] | None = row[-1]
    needs = frozenset(name for name, value in (attributes or {}).items() if value is True)
    return CustomerRow(**dict(zip(_NAMES, values, strict=True)), needs=needs)
