"""Column types that mean the same on SQLite and PostgreSQL.

SQLite has neither instants nor decimals: its DateTime drops the offset and sorts wrongly, its Numeric is a float
(0.10 + 0.20 <> 0.30). So SQLite stores instants as integer microseconds since 1970 and amounts as integers of 1/10000;
PostgreSQL stores timestamptz and numeric(18, 4). Python sees aware UTC datetimes and Decimals on both.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AMOUNT_SCALE = 4
"""Decimal places of every amount: enough for the minor units of all ISO 4217 currencies (at most 4)."""
ONLY_WHERE = "only where"
"""The key of an index's `info` under which `only_where` stands."""


def only_where(condition: str) -> dict[str, str]:
    """As `info` of an index: it holds only the rows for which this SQL is true.

    The store says it to the dialect when the table is made. Said to the index, SQLAlchemy would import the dialects of
    both databases, a twentieth of a start.
    """
    return {ONLY_WHERE: condition}


def microseconds(value: timedelta) -> int:
    """The duration as whole microseconds, exact."""
    return (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds


def utc(value: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive datetime: without a zone it is not an instant."""
    if value.tzinfo is UTC:  # nearly always: values from the database, and `now`
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone")
    return value.astimezone(UTC)


class UtcTime(sa.TypeDecorator[datetime]):
    """An instant: aware UTC in Python, integer microseconds in SQLite, timestamptz in PostgreSQL."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        instant = utc(value)
        return microseconds(instant - EPOCH) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return EPOCH + timedelta(microseconds=value)
        assert isinstance(value, datetime)
        return value.astimezone(UTC)


class Amount(sa.TypeDecorator[Decimal]):
    """An exact decimal with 4 places: integer of 1/10000 in SQLite, numeric(18, 4) in PostgreSQL.

    Binding a value with more than 4 places raises ValueError: rounding money silently is never right.
    """

    impl = sa.Numeric(18, AMOUNT_SCALE)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(18, AMOUNT_SCALE))

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(AMOUNT_SCALE)
        whole = scaled.to_integral_value()
        if whole != scaled:
            raise ValueError(f"{value} has more than {AMOUNT_SCALE} decimal places")
        return int(whole) if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-AMOUNT_SCALE) if dialect.name == "sqlite" else Decimal(value)


class LocalDate(sa.TypeDecorator[str]):
    """A calendar date, stored as ISO 8601 text (`2026-12-24`) on both databases: never converted between zones.

    Such texts sort like the dates, so conditions compare them with plain string literals.
    """

    impl = sa.String(10)
    cache_ok = True
