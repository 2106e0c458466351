"""Where and to whom a row belongs: what a reader must know to understand what was said about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from notifier.model.schema import entities
from notifier.store.tables import CUSTOMER, PROMISE, SITE

_MONEY_ROWS = ("charge", "order")


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """What is known of the surroundings of a row; None where nothing says it."""

    customer_id: str | None = None
    locale: str | None = None
    timezone: str | None = None
    """Of its site, else of its customer."""
    country: str | None = None
    currency: str | None = None
    """ISO 4217: of the row, or the one in which all that is charged, ordered and promised for it is said."""


def whereabouts(connection: sa.Connection, kind: str, row_id: str) -> Whereabouts:
    """Of this row; nothing where it is not there."""
    table = entities()[kind].table
    row = connection.execute(sa.select(table).where(table.c.id == row_id)).mappings().first()
    if row is None:
        return Whereabouts()
    customer_id = row_id if kind == "customer" else row.get("customer_id")
    site_id = row_id if kind == "site" else row.get("site_id")
    customer = _row(connection, CUSTOMER, customer_id)
    site = _row(connection, SITE, site_id)
    return Whereabouts(
        customer_id=customer_id,
        locale=customer.get("locale"),
        timezone=site.get("timezone") or customer.get("timezone"),
        country=customer.get("country") or site.get("country"),
        currency=row.get("currency") or _currency(connection, kind, row_id),
    )


def _row(connection: sa.Connection, table: sa.Table, row_id: str | None) -> Mapping[str, Any]:
    """The row; without columns where it is not there."""
    found = connection.execute(sa.select(table).where(table.c.id == row_id)).mappings().first()
    return {} if found is None else dict(found)


def _currency(connection: sa.Connection, kind: str, row_id: str) -> str | None:
    """The one currency of the rows that belong to this one; None where there are none, or several."""
    found = set(
        connection.scalars(
            sa.select(PROMISE.c.currency)
            .where(PROMISE.c.subject_type == kind, PROMISE.c.subject_id == row_id)
            .distinct()
        )
    )
    for name in _MONEY_ROWS:
        table = entities()[name].table
        column = f"{kind}_id"
        if column in table.c:
            found |= set(connection.scalars(sa.select(table.c.currency).where(table.c[column] == row_id).distinct()))
    found.discard(None)
    return found.pop() if len(found) == 1 else None
