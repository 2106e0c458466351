"""Customers whose zone nobody gave: where the settings have no default one, their notices are held."""

import sqlalchemy as sa

from notifier.intake.report import MOST_EXAMPLES, Doubts
from notifier.model.schema import entities


def customers_without_zone(connection: sa.Connection) -> Doubts | None:
    """How many customers have no zone, with the first ids; None where every one has."""
    customer = entities()["customer"].table
    without = customer.c.timezone.is_(None)
    count = connection.execute(sa.select(sa.func.count()).select_from(customer).where(without)).scalar_one()
    if not count:
        return None
    first = sa.select(customer.c.id).where(without).order_by(customer.c.id).limit(MOST_EXAMPLES)
    return Doubts(
        column="timezone",
        what="no zone, and no default one is set (NOTIFIER_DEFAULT_TIMEZONE): their notices are held",
        count=count,
        examples=tuple(connection.scalars(first)),
    )
