"""Why people got in touch, as it was decided: rows that are only ever added."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from notifier.model.columns import UtcTime, only_where
from notifier.model.reasons import HEARD, DecidedBy
from notifier.model.state import JSON_DOCUMENT, Table
from notifier.store.tables.columns import one_of

CURRENT = "replaced_at IS NULL"
BY_PERSON = "decided_by = 'person'"


class ContactReasonRow(Table, table=True):
    """The reason of one contact or feedback, as something or somebody decided it.

    Of one row there is one that nothing has replaced; what was replaced stays, with the digest of what decided it.
    """

    __tablename__ = "contact_reason"
    __table_args__: ClassVar[Any] = (
        sa.CheckConstraint(f"entity IN ({', '.join(repr(name) for name in HEARD)})", name="known_entity"),
        one_of("decided_by", DecidedBy),
        sa.CheckConstraint("confidence IS NULL OR (confidence >= 0 AND confidence <= 1)", name="confidence_is_share"),
        sa.Index("ix_contact_reason_current", "entity", "row_id", unique=True, info=only_where(CURRENT)),
        sa.Index("ix_contact_reason_reason", "reason", "entity", info=only_where(CURRENT)),
        sa.Index("ix_contact_reason_by_person", "decided_at", info=only_where(BY_PERSON)),
    )
    id: str = Field(primary_key=True)
    """UUIDv7 of `decided_at`."""
    entity: str
    """`contact` or `feedback`."""
    row_id: str
    reason: str
    """A key of rules/reasons.yaml, or `unclear`: the primary one."""
    others: list[str] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    confidence: float | None = None
    decided_by: str
    decided_from: str
    digest: str | None = None
    """Of the words or the model that decided; null for a person."""
    decided_at: datetime = Field(sa_type=UtcTime)
    replaced_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When a later decision took its place; null for what is so now."""
    was: str | None = None
    was_by: str | None = None
    draw: str | None = None


class ReasonModelRow(Table, table=True):
    """A model that was taken into use: append-only, so that every label leads to what decided it."""

    __tablename__ = "reason_model"
    digest: str = Field(primary_key=True)
    """SHA-256 of the model and its threshold."""
    taken_at: datetime = Field(sa_type=UtcTime, index=True)
    """The one taken last decides."""
    threshold: float
    confirmed: int
    """Contacts that it was learned from."""
    newest_at: datetime = Field(sa_type=UtcTime)
    """When the last of them was confirmed: later ones it has never seen."""
    stored: bytes
