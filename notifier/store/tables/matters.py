"""What people deal with: contradictions, what they are made of, and what was decided."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from notifier.model.columns import UtcTime
from notifier.model.contradictions import ContradictionState
from notifier.model.state import JSON_DOCUMENT, Table
from notifier.store.tables.columns import one_of


class ContradictionRow(Table, table=True):
    """A promise and facts that disagree."""

    __tablename__ = "contradiction"
    __table_args__: ClassVar[Any] = (
        one_of("state", ContradictionState),
        sa.CheckConstraint("state <> 'waived' OR waived_pair IS NOT NULL", name="waived_has_pair"),
        sa.UniqueConstraint("check", "promise_id", name="one_per_check_and_promise"),
        sa.Index("ix_contradiction_subject", "subject_type", "subject_id"),
        sa.Index("ix_contradiction_state_surfaces", "state", "surfaces_at"),
    )
    id: str = Field(primary_key=True)
    check: str
    promise_id: str
    subject_type: str
    subject_id: str
    customer_id: str | None = Field(default=None, index=True)
    topic: str
    topic_type: str
    promised: str
    currency: str | None = None
    tax_included: bool | None = None
    actual: str | None = None
    actual_currency: str | None = None
    actual_tax_included: bool | None = None
    promised_by: str
    promised_at: datetime = Field(sa_type=UtcTime)
    evidence: str | None = None
    source: str | None = None
    surfaces_at: datetime | None = Field(default=None, sa_type=UtcTime)
    owner: str
    severity: str
    state: str
    reason: str = ""
    waived_pair: str | None = None
    avoided: str | None = None
    version: int = 0
    """Counts the writes to this row: every update is a compare-and-set on it."""
    opened_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime, index=True)


class PromiseRecordRow(Table, table=True):
    """One record of the promise of a contradiction: several systems may have recorded the same promise."""

    __tablename__ = "contradiction_promise"
    contradiction_id: str = Field(primary_key=True, foreign_key="contradiction.id")
    promise_id: str = Field(primary_key=True, index=True)
    promised_by: str
    promised_at: datetime = Field(sa_type=UtcTime)
    evidence: str | None = None


class MemberRow(Table, table=True):
    """One row that disagrees with the promise of a contradiction."""

    __tablename__ = "contradiction_member"
    __table_args__: ClassVar[Any] = (sa.Index("ix_member_fact", "fact_type", "fact_id"),)
    contradiction_id: str = Field(primary_key=True, foreign_key="contradiction.id")
    fact_type: str = Field(primary_key=True)
    fact_id: str = Field(primary_key=True)
    actual: str
    currency: str | None = None
    tax_included: bool | None = None
    surfaces_at: datetime | None = Field(default=None, sa_type=UtcTime)
    summands: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON_DOCUMENT)
    """The rows that `actual` adds up or counts; null where it is the value of one row."""
    said: dict[str, Any] | None = Field(default=None, sa_type=JSON_DOCUMENT)
    """Who promised it (source, by, at, evidence), where it is a promise; null for a fact."""


class InterventionRow(Table, table=True):
    """What a person did: append-only."""

    __tablename__ = "intervention"
    id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime, index=True)
    actor: str
    verb: str
    object_type: str
    object_id: str = Field(index=True)
    reason: str
