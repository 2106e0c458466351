"""What people deal with: contradictions, what they are made of, and what was decided."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from notifier.model.columns import Amount, UtcTime, only_where
from notifier.model.contradictions import ContradictionState
from notifier.model.settling import Way
from notifier.model.state import JSON_DOCUMENT, Table
from notifier.store.tables.columns import one_of

ALERT_WAITS = "alert_waits"
WAIVED_UNTIL = "waived_until IS NOT NULL"
UNCOUNTED = "NOT counted"
UNTOLD = "admission_id IS NOT NULL AND told_at IS NULL"


class ContradictionRow(Table, table=True):
    """A promise and facts that disagree."""

    __tablename__ = "contradiction"
    __table_args__: ClassVar[Any] = (
        one_of("state", ContradictionState),
        sa.CheckConstraint("state <> 'waived' OR waived_pair IS NOT NULL", name="waived_has_pair"),
        sa.UniqueConstraint("check", "promise_id", name="one_per_check_and_promise"),
        sa.Index("ix_contradiction_subject", "subject_type", "subject_id"),
        sa.Index("ix_contradiction_state_surfaces", "state", "surfaces_at"),
        # A tick asks what nobody has answered for long enough, owner by owner.
        sa.Index("ix_contradiction_steps", "owner", "state", "steps_said", "steps_from"),
        sa.Index(
            "ix_contradiction_waived_until",
            "waived_until",
            info=only_where(WAIVED_UNTIL),
        ),
        sa.Index("ix_contradiction_group", "group_id", "state"),
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
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcTime)
    acknowledged_by: str | None = None
    steps_from: datetime | None = Field(default=None, sa_type=UtcTime)
    """Filled with every write: when it opened, or came back."""
    steps_said: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    waived_until: datetime | None = Field(default=None, sa_type=UtcTime)
    alerted: str | None = None
    group_id: str | None = None
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


class ContradictionGroupRow(Table, table=True):
    """A flood: contradictions that one pass of one check found together, and of which its owner got one alert."""

    __tablename__ = "contradiction_group"
    __table_args__: ClassVar[Any] = (
        sa.Index("ix_contradiction_group_alert_waits", "check", info=only_where(ALERT_WAITS)),
    )
    id: str = Field(primary_key=True)
    """As it is read out: `G-7K3QM-X9T2A`."""
    check: str
    owner: str
    opened_at: datetime = Field(sa_type=UtcTime, index=True)
    count: int
    """How many there were when it was found."""
    causes: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    """What they have in common: `{"what": "contract.plan", "value": "FIBRA-300", "count": 99800}`."""
    alert_waits: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """It is still being found, or its pass was cut short: its owner has no alert of it yet."""


class SettlingRow(Table, table=True):
    """A person takes a contradiction, or a whole flood, to its end: append-only, but for the approval."""

    __tablename__ = "settling"
    __table_args__: ClassVar[Any] = (
        one_of("way", Way),
        sa.CheckConstraint("(contradiction_id IS NULL) <> (group_id IS NULL)", name="one_or_group"),
        sa.CheckConstraint("credit IS NULL OR currency IS NOT NULL", name="credit_has_currency"),
        sa.Index("ix_settling_cause", "cause", "at"),
        sa.Index("ix_settling_uncounted", "at", info=only_where(UNCOUNTED)),
        sa.Index("ix_settling_untold", "at", info=only_where(UNTOLD)),
    )
    id: str = Field(primary_key=True)
    """UUIDv7 of `at`."""
    contradiction_id: str | None = Field(default=None, foreign_key="contradiction.id", index=True)
    group_id: str | None = Field(default=None, foreign_key="contradiction_group.id", index=True)
    at: datetime = Field(sa_type=UtcTime)
    way: str
    by: str
    reason: str
    cause: str | None = None
    action: str | None = None
    owner: str | None = None
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    evidence: str | None = None
    remedy: str | None = None
    next_step: str | None = None
    credit: Decimal | None = Field(default=None, sa_type=Amount)
    currency: str | None = None
    override: str | None = None
    waits_for: str | None = None
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    admission_id: str | None = Field(default=None, index=True)
    told_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When the customer was told, by the notice about that admission."""
    counted: bool = False
    """Whether a tick has looked if its cause came back."""
