"""How a row came to be what it is: every write says what wrote it, and keeps what it replaces where a check reads it.

A transaction is signed once, before its first write; all rows that it writes then bear the signature. Rows that nobody
signed for (the simulator's, those of older versions) have none. What came first costs an import nothing but the number
of its signature in each row; what is kept besides is written where a value that a check reads is replaced.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.writers import Writer
from notifier.store.tables import FORMER_VALUE, WRITE_SOURCE

SIGNED = "notifier_signed"
"""The execution option of a signed connection. It ends with the connection, as the transaction does."""
LINE = "source_line"
"""The column that holds the line of a file; no field of a row."""
SOURCE = "source_id"


@dataclass
class Signature:
    """By what the rows of a transaction are written."""

    writer: Writer
    watched: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Entity -> the columns of which former values are kept."""
    source_id: int | None = None

    def number(self, connection: sa.Connection) -> int:
        """The id of the writer's row, which is written on first use: an import of nothing new has none."""
        if self.source_id is None:
            insert = sa.insert(WRITE_SOURCE).values(
                at=self.writer.at, way=self.writer.way, name=self.writer.name, by=self.writer.by
            )
            self.source_id = connection.execute(insert.returning(WRITE_SOURCE.c.id)).scalar_one()
        return self.source_id

    def kept(self, entity: str, columns: Collection[str]) -> tuple[str, ...] | None:
        """The columns among these whose former values are kept, sorted; None where nothing of the entity is."""
        watched = self.watched.get(entity)
        return None if watched is None else tuple(sorted(watched.intersection(columns)))


def sign(connection: sa.Connection, writer: Writer, watched: Mapping[str, frozenset[str]]) -> None:
    """All rows that are written on this connection from now on are this writer's."""
    connection.execution_options(**{SIGNED: Signature(writer, watched)})


def signature_of(connection: sa.Connection) -> Signature | None:
    """Who signs for what this connection writes; None where nobody does."""
    found: Signature | None = connection.get_execution_options().get(SIGNED)
    return found


@contextmanager
def savepoint(connection: sa.Connection) -> Iterator[None]:
    """What is written within is taken back where an exception leaves it, and so is the writer's row, if it is new."""
    signature = signature_of(connection)
    numbered = None if signature is None else signature.source_id
    try:
        with connection.begin_nested():
            yield
    except BaseException:
        if signature is not None:
            signature.source_id = numbered
        raise


def forget_former(connection: sa.Connection, entity: str, ids: Sequence[str]) -> None:
    """Delete what these rows were before: their person is forgotten."""
    gone = sa.and_(FORMER_VALUE.c.entity == entity, FORMER_VALUE.c.row_id.in_(ids))
    connection.execute(sa.delete(FORMER_VALUE).where(gone))


def drop_former(connection: sa.Connection, before: datetime, limit: int) -> int:
    """Delete the oldest of what was replaced before this instant, at most `limit` rows; how many they were."""
    old = sa.select(FORMER_VALUE.c.id).where(FORMER_VALUE.c.replaced_at < before)
    oldest = old.order_by(FORMER_VALUE.c.replaced_at, FORMER_VALUE.c.id).limit(limit)
    return connection.execute(sa.delete(FORMER_VALUE).where(FORMER_VALUE.c.id.in_(oldest))).rowcount


def former_columns() -> list[str]:
    """The columns of a record of what was replaced, in the order in which `former_values` selects them."""
    return ["entity", "row_id", SOURCE, LINE, "replaced_at", "replaced_by", "deleted", "written"]


def stored_text(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    """The column's value within the document: exact numbers as text, because JSON would round them."""
    from notifier.model.columns import Amount

    if isinstance(column.type, Amount) and dialect != "sqlite":
        return sa.cast(column, sa.Text())
    if isinstance(column.type, sa.JSON):
        return sa.cast(column, sa.Text())
    return column
