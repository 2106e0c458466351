"""Who was forgotten, and what is kept no longer. It names nobody."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from notifier.model.columns import UtcTime
from notifier.model.state import Table


class TombstoneRow(Table, table=True):
    """Somebody, an address or a row that is not to come back: a keyed digest, which names nobody."""

    __tablename__ = "tombstone"
    digest: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)


class TombstoneKeyRow(Table, table=True):
    """The one key of the digests: random, made when somebody is forgotten first, and never changed."""

    __tablename__ = "tombstone_key"
    __table_args__: ClassVar[Any] = (sa.CheckConstraint("id = 1", name="one_key"),)
    id: int = Field(primary_key=True)
    content: bytes


class RetentionRow(Table, table=True):
    """Up to which change of a notice texts or addresses were blanked."""

    __tablename__ = "retention"
    what: str = Field(primary_key=True)
    """`bodies` or `addresses`."""
    changed_at: datetime = Field(sa_type=UtcTime)
    notice_id: str
