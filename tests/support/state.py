"""Looking at business state in tests."""

from typing import Any

import sqlalchemy as sa

from notifier.model.schema import entities
from notifier.model.state import Change
from notifier.store.database import read_only
from notifier.store.sql import table_of

CHANGE = table_of(Change)


def stored(engine: sa.Engine, entity: str) -> dict[str, dict[str, Any]]:
    """Every row of an entity by id, nulls left out."""
    with read_only(engine) as connection:
        rows = connection.execute(sa.select(entities()[entity].table)).mappings()
        return {row["id"]: {name: value for name, value in row.items() if value is not None} for row in rows}


def changes(engine: sa.Engine, entity: str | None = None) -> list[dict[str, Any]]:
    """The change records in the order written, without their numbers."""
    statement = sa.select(CHANGE).order_by(CHANGE.c.id)
    if entity is not None:
        statement = statement.where(CHANGE.c.entity == entity)
    with read_only(engine) as connection:
        rows = connection.execute(statement).mappings()
        return [{name: value for name, value in row.items() if name not in ("id", "consumed_by")} for row in rows]
