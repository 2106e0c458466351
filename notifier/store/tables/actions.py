"""What owners do so that something does not happen again; and who is not told, so that one sees what telling does."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from notifier.model.actions import ActionStatus
from notifier.model.columns import UtcTime, only_where
from notifier.model.holdouts import Arm
from notifier.model.state import Table
from notifier.store.tables.columns import one_of

WATCHED = "status = 'done'"


class ActionRow(Table, table=True):
    """What an owner does about a cause of broken promises, or about a reason for which customers make contact."""

    __tablename__ = "action"
    __table_args__: ClassVar[Any] = (
        one_of("status", ActionStatus),
        sa.CheckConstraint("(cause IS NULL) <> (contacts IS NULL)", name="cause_or_contacts"),
        sa.CheckConstraint(
            "status <> 'done' OR (found_cause IS NOT NULL AND effect IS NOT NULL AND watched_until IS NOT NULL)",
            name="done_has_cause_and_effect",
        ),
        sa.Index("ix_action_owner", "owner", "status", "due_at"),
        # A tick asks what came back of what is done.
        sa.Index("ix_action_watched", "watched_until", info=only_where(WATCHED)),
    )
    id: str = Field(primary_key=True)
    owner: str
    what: str
    cause: str | None = None
    contacts: str | None = None
    """The reason for which customers made contact."""
    due_at: datetime = Field(sa_type=UtcTime)
    status: str
    opened_at: datetime = Field(sa_type=UtcTime)
    opened_by: str
    again_within: int = Field(sa_type=sa.BigInteger)
    """In seconds."""
    again_at: int
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_by: str | None = None
    found_cause: str | None = None
    effect: str | None = None
    watched_until: datetime | None = Field(default=None, sa_type=UtcTime)
    settling_id: str | None = Field(default=None, index=True)
    """The settling that said what is done; null where a person opened it."""
    came_back_at: datetime | None = Field(default=None, sa_type=UtcTime)
    came_back_count: int = 0
    times_back: int = 0


class HoldoutCaseRow(Table, table=True):
    """On which side of a holdout one customer is, for one occurrence: append-only, and never drawn again."""

    __tablename__ = "holdout_case"
    __table_args__: ClassVar[Any] = (
        one_of("arm", Arm),
        sa.Index("ix_holdout_case_recipient", "recipient_id", "holdout"),
        sa.Index("ix_holdout_case_rule", "rule", "live", "assigned_at"),
    )
    occurrence: str = Field(primary_key=True)
    holdout: str
    rule: str
    subject_id: str
    recipient_id: str | None = None
    """Null where the customer was forgotten."""
    unit: str
    """A digest of the address that a household shares."""
    arm: str
    assigned_at: datetime = Field(sa_type=UtcTime)
    live: bool
