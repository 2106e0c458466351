"""The outbox: notices, their messages, and how each channel goes. It is the only truth about what was told."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from notifier.model.columns import Amount, UtcTime, only_where
from notifier.model.notices import MessageState, NoticeKind, NoticeState
from notifier.model.state import JSON_DOCUMENT, Table
from notifier.store.tables.columns import one_of

TOLD = "told_at IS NOT NULL"
UNCONFIRMED = "ask_at IS NOT NULL"
FIRST = "first_of IS NOT NULL"


class NoticeColumns(Table):
    """What is kept of a notice, whether it goes to somebody or is only recorded, in shadow."""

    id: str = Field(primary_key=True)
    """UUIDv7 of the instant at which it was decided."""
    occurrence: str = Field(unique=True)
    reference: str = Field(unique=True)
    kind: str
    live: bool
    rule: str
    subject_type: str
    subject_id: str
    each_id: str | None = None
    recipient_id: str | None = Field(default=None, index=True)
    """The customer's id, or for an alert the owner's."""
    notice_class: str
    owner: str
    touchpoint: str | None = None
    template: str
    ordinal: int = 0
    anchor_at: datetime | None = Field(default=None, sa_type=UtcTime)
    at: datetime | None = Field(default=None, sa_type=UtcTime)
    until_at: datetime | None = Field(default=None, sa_type=UtcTime)
    state: str
    gate: str | None = None
    """Of `planning.gates.GATES`, the one that the verdict came from; null where all let it pass, or none was asked."""
    reason_code: str
    reason: str
    channels: list[str] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    contradictions: list[str] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    deferred_until: datetime | None = Field(default=None, sa_type=UtcTime)
    passed_limits_at: datetime | None = Field(default=None, sa_type=UtcTime)
    approved_digest: str | None = None
    """The digest of rule and claims that a person approved beyond the limits (`model.digests.approval_digest`)."""
    approvals: int = Field(sa_column_kwargs={"server_default": "0"})
    """How many people approved just that."""
    first_of: str | None = None
    """The digest of the version of its rule that its recipient hears before all others."""
    released: bool = False
    """A person lifted the holds of contradictions for this one notice."""
    claims: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)
    previous: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)
    claims_digest: str = ""
    content_digest: str = ""
    """SHA-256 of claims, addresses and rendered bytes, which the recheck before sending compares."""
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)
    rule_digest: str = ""
    template_digest: str = ""
    corrects: str | None = None
    follows: str | None = None
    event: str | None = None
    """What became of the told row, where that is why it is said (`model.notices.ThreadEvent`)."""
    locale: str | None = None
    """The locale in which its messages are written: those of its thread that follow keep it."""
    own_locale: str | None = None
    """The customer's own locale at that time, without defaults; the row's, where that has one."""
    row_locale: str | None = None
    """The row's own, where its language took the place of the customer's."""
    spent: bool = False
    said_again: bool = Field(sa_column_kwargs={"server_default": sa.false()})
    """What it told was told again later, and again: planning decides without it (`planning.repeats`)."""
    version: int = 0
    """Counts the writes to this row: every update is a compare-and-set on it."""
    decided_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime, index=True)
    told_at: datetime | None = Field(default=None, sa_type=UtcTime)


class NoticeRow(NoticeColumns, table=True):
    """One notice to one customer, or, for an alert, to one owner."""

    __tablename__ = "notice"
    __table_args__: ClassVar[Any] = (
        one_of("state", NoticeState),
        one_of("kind", NoticeKind),
        sa.CheckConstraint("state <> 'told' OR told_at IS NOT NULL", name="told_has_time"),
        sa.CheckConstraint("state NOT IN ('told', 'expired') OR spent", name="told_is_spent"),
        sa.CheckConstraint("state <> 'deferred' OR deferred_until IS NOT NULL", name="deferred_has_end"),
        # `said_again` last: a year of daily repeats is passed over in the index, and none of their rows is read.
        sa.Index("ix_notice_rule_subject", "rule", "subject_id", "each_id", "said_again"),
        sa.Index("ix_notice_state_deferred", "state", "deferred_until"),
        sa.Index("ix_notice_state_until", "state", "until_at"),
        # What a rule with `repeat` told a day ago falls due: found among millions that were told at other times.
        sa.Index("ix_notice_told", "told_at", info=only_where(TOLD)),
        # The canary of a version: a few dozen, among all that the rule ever told.
        sa.Index("ix_notice_first_of", "first_of", info=only_where(FIRST)),
    )


class PastVerdictRow(Table, table=True):
    """A former verdict on a notice: append-only, so that every verdict can be shown.

    The current verdict is in the notice itself.
    """

    __tablename__ = "past_verdict"
    notice_id: str = Field(primary_key=True, foreign_key="notice.id")
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """The notice's version that had this verdict."""
    at: datetime = Field(sa_type=UtcTime)
    """When the verdict was made."""
    state: str
    reason_code: str
    reason: str
    contradictions: list[str] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)


class ToldThroughRow(Table, table=True):
    """One channel on which a notice is told through another one: because that says the same at the same address, or
    has this one as a part of its message.

    Whether it was told follows from the notice that speaks: both have one fate. A part is told by the very message.
    """

    __tablename__ = "told_through"
    occurrence: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    through: str = Field(index=True)
    """The occurrence of the notice that speaks."""
    is_part: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """Whether the message of that notice has this one as a part."""


class MessageRow(Table, table=True):
    """One notice on one channel: its text, the address, the delivery state.

    Every step of the delivery rewrites this row, so a mail's bytes are in a table of their own (`PayloadRow`).
    """

    __tablename__ = "message"
    __table_args__: ClassVar[Any] = (
        one_of("state", MessageState),
        sa.CheckConstraint("state <> 'sending' OR started_at IS NOT NULL", name="sending_has_start"),
        sa.UniqueConstraint("provider", "provider_id", name="provider_id_once"),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'delivered') OR provider IS NOT NULL", name="accepted_has_provider"
        ),
        sa.Index("ix_message_queue", "state", "live", "channel", "urgency", "until_at", "created_at", "id"),
        # The queue of one address, in order: one probe finds the message that must go first.
        sa.Index("ix_message_lane", "address", "channel", "live", "state", "urgency", "until_at", "created_at", "id"),
        # What a provider of receipts said nothing of yet: it is asked, and there is little of it.
        sa.Index(
            "ix_message_unconfirmed",
            "ask_at",
            info=only_where(UNCONFIRMED),
        ),
    )
    id: str = Field(primary_key=True)
    notice_id: str = Field(foreign_key="notice.id", index=True)
    live: bool
    """The notice's mode: a message rendered for the sandbox is never handed to a real provider."""
    urgency: int
    """First sort key of the queue: 0 for safety, 1 for everything else."""
    until_at: datetime = Field(sa_type=UtcTime)
    """Second sort key of the queue: the notice's `until`, or the year 9999 where it has none."""
    channel: str
    address: str
    subject: str | None = None
    text: str
    """The text that a person reads; for an SMS, in UTF-8, exactly what is handed over."""
    encoding: str | None = None
    segments: int | None = None
    cost: Decimal | None = Field(default=None, sa_type=Amount)
    cost_currency: str | None = None
    state: str
    attempts: int = 0
    created_at: datetime = Field(sa_type=UtcTime)
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcTime)
    called_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When the provider was called in the attempt of `started_at`; null until then."""
    accepted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ask_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When its provider, which has it, is asked whether it arrived."""
    changed_at: datetime = Field(sa_type=UtcTime)
    provider: str | None = None
    """Which adapter took it: `sandbox`, `twilio`, `smtp`."""
    provider_id: str | None = None
    error: str | None = None
    """The last failure, without addresses or texts."""
    decision: str | None = None
    """The meaning of the last failure: the name of the `delivery.outcomes` type that the channel returned."""


class PayloadRow(Table, table=True):
    """The exact bytes that are handed over, where they differ from the message's text: those of a mail."""

    __tablename__ = "payload"
    message_id: str = Field(primary_key=True, foreign_key="message.id")
    content: bytes
    """Whole, as what fills a form, or as the difference from a pattern (`store.outbox.payloads`)."""
    pattern_id: str | None = None


class PatternRow(Table, table=True):
    """What mails of one kind have in common, stored once. It names nobody."""

    __tablename__ = "pattern"
    id: str = Field(primary_key=True)
    """A digest of the template, its version, the language and the occasion; of a form, of its content."""
    content: bytes


class SuppressedAddressRow(Table, table=True):
    """An address that must not be written to again: its owner opted out at the provider, or it is dead."""

    __tablename__ = "suppressed_address"
    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    live: bool = Field(primary_key=True)
    reason: str
    """One sentence about the provider's answer, without the address."""
    message_id: str
    """The message whose failure caused it: the evidence."""
    since: datetime = Field(sa_type=UtcTime)


class RefusalRow(Table, table=True):
    """A provider refused a message when it was handed over: kept for a while, for who counts. It names nobody."""

    __tablename__ = "refusal"
    id: str = Field(primary_key=True)
    """UUIDv7 of the instant."""
    at: datetime = Field(sa_type=UtcTime, index=True)
    live: bool
    channel: str
    provider: str
    code: str | None = None
    """The provider's own: `21610`, `5.1.1`, `421`; null where it gave none."""
    decision: str
    """The meaning: the name of the `delivery.outcomes` type."""


class ChannelHaltRow(Table, table=True):
    """A halted channel: nothing goes out until a person acts. Deleted when its provider takes a message again."""

    __tablename__ = "channel_halt"
    channel: str = Field(primary_key=True)
    live: bool = Field(primary_key=True)
    reason: str
    halted_at: datetime = Field(sa_type=UtcTime)
    """When the halt began: the owner is alerted once for each halt."""
    tries_again_at: datetime = Field(sa_type=UtcTime)


class PaceRow(Table, table=True):
    """How far ahead the provider's rate is used up on one channel (GCRA, ITU-T I.371)."""

    __tablename__ = "pace"
    channel: str = Field(primary_key=True)
    live: bool = Field(primary_key=True)
    free_at: datetime = Field(sa_type=UtcTime)
    """GCRA's theoretical arrival time: when all messages handed over or leased so far will have used up their time."""
