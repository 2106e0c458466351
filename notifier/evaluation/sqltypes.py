"""Column types of computed values: exact decimals of any scale, elapsed time, and a list bound as one parameter."""

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import microseconds


class Exact(sa.TypeDecorator[Decimal]):
    """A decimal with `scale` places: integer of the smallest place in SQLite, numeric in PostgreSQL.

    `Amount` columns are `Exact(4)`; products and quotients have other scales.
    """

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(sa.BigInteger() if dialect.name == "sqlite" else sa.Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return int(value.scaleb(self.scale))

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-self.scale) if dialect.name == "sqlite" else Decimal(value)


class Elapsed(sa.TypeDecorator[timedelta]):
    """Elapsed time as whole microseconds on both databases.

    PostgreSQL's interval counts days, and a day has 23 or 25 hours where clocks change.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else microseconds(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> timedelta | None:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else timedelta(microseconds=int(value))


class TextList(sa.TypeDecorator[Sequence[str]]):
    """Any number of texts in one parameter: a JSON array in SQLite, an array in PostgreSQL."""

    impl = sa.String
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(sa.String() if dialect.name == "sqlite" else sa.ARRAY(sa.String()))

    def process_bind_param(self, value: Sequence[str] | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        return json.dumps(list(value)) if dialect.name == "sqlite" else list(value)
