"""What rules in shadow recorded, apart from the outbox: nothing that reads what was told can take it for that."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from notifier.model.columns import Amount, UtcTime
from notifier.model.state import Table
from notifier.store.tables.outbox import NoticeColumns


class ShadowNoticeRow(NoticeColumns, table=True):
    """What a rule in shadow would have told, or why not. `told` means: it would have been handed over at `told_at`."""

    __tablename__ = "shadow_notice"
    __table_args__: ClassVar[Any] = (
        sa.Index("ix_shadow_notice_rule_subject", "rule", "subject_id", "each_id", "said_again"),
        sa.Index("ix_shadow_notice_state_deferred", "state", "deferred_until"),
        sa.Index("ix_shadow_notice_state_until", "state", "until_at"),
    )


class ShadowMessageRow(Table, table=True):
    """One message that would have gone: to whom, when, saying what."""

    __tablename__ = "shadow_message"
    id: str = Field(primary_key=True)
    notice_id: str = Field(foreign_key="shadow_notice.id", index=True)
    at: datetime = Field(sa_type=UtcTime, index=True)
    channel: str
    address: str
    subject: str | None = None
    text: str
    payload: bytes
    """Exactly what would have been handed over."""
    segments: int | None = None
    cost: Decimal | None = Field(default=None, sa_type=Amount)
    cost_currency: str | None = None


class ApprovalRow(Table, table=True):
    """One person approved one notice, for just what it says: append-only."""

    __tablename__ = "approval"
    __table_args__: ClassVar[Any] = (sa.UniqueConstraint("notice_id", "digest", "person", name="each_once"),)
    id: str = Field(primary_key=True)
    """UUIDv7 of the instant."""
    at: datetime = Field(sa_type=UtcTime)
    notice_id: str = Field(foreign_key="notice.id", index=True)
    digest: str
    """What was approved (`model.digests.approval_digest`)."""
    person: str
    """The name as given with --by, in small letters and without spaces around it: whoever signs twice is one person."""
