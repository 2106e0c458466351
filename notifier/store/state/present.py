"""Rows of the state as they are."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from notifier.model.schema import entities


def rows_of(connection: sa.Connection, entity: str, ids: Collection[str]) -> Sequence[sa.Row[Any]]:
    """The rows of an entity with these ids, by id; those that are not there are left out."""
    table = entities()[entity].table
    return connection.execute(sa.select(table).where(table.c.id.in_(ids)).order_by(table.c.id)).all()
