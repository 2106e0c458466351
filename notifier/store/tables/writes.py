"""How rows of state came to be what they are: what wrote them, and what stood there before."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from notifier.model.columns import UtcTime
from notifier.model.state import JSON_DOCUMENT, Table
from notifier.model.writers import Way
from notifier.store.tables.columns import one_of


class WriteSourceRow(Table, table=True):
    """One import, change set, decision or reply that wrote rows of state: append-only. It names no customer."""

    __tablename__ = "write_source"
    __table_args__: ClassVar[Any] = (one_of("way", Way),)
    id: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    at: datetime = Field(sa_type=UtcTime)
    """When it was written, by the clock; the rows have the date that it was written for (`written_at`)."""
    way: str
    name: str
    """The file, the command, or the rule whose question was answered."""
    by: str
    """Who typed it, or whom the machine calls so."""


class FormerValueRow(Table, table=True):
    """What stood in a row of state before a write replaced it: append-only, and only what checks read.

    The current values are in the row itself.
    """

    __tablename__ = "former_value"
    __table_args__: ClassVar[Any] = (
        sa.Index("ix_former_value_row", "entity", "row_id", "id"),
        sa.Index("ix_former_value_replaced_at", "replaced_at"),
    )
    id: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    entity: str
    row_id: str
    source_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    """What wrote these values; null where that was not recorded."""
    source_line: int | None = None
    replaced_at: datetime = Field(sa_type=UtcTime)
    """The date for which they were replaced."""
    replaced_by: int | None = Field(default=None, sa_type=sa.BigInteger)
    deleted: bool = False
    """The row went away; nothing replaced it."""
    written: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)
    """By column, as the database writes them (`store.state.provenance`)."""
