"""What comes back: receipts, replies, bounces, and what was said of consent."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from notifier.model.columns import UtcTime, only_where
from notifier.model.consent import Source, Word
from notifier.model.receipts import Permanence, ReceiptState
from notifier.model.replies import Meaning
from notifier.model.state import JSON_DOCUMENT, Table
from notifier.store.tables.columns import one_of

PROBABLE = "word = 'probable'"
UNMATCHED = "message_id IS NULL"
OURS = "permanence = 'ours'"
WAITING = "waits_since IS NOT NULL"


class ReceiptRow(Table, table=True):
    """One thing that a provider said of one message: append-only. It names nobody."""

    __tablename__ = "receipt"
    __table_args__: ClassVar[Any] = (
        one_of("state", ReceiptState),
        one_of("permanence", Permanence),
        sa.Index("ix_receipt_message", "message_id", "arrived_at"),
        sa.Index("ix_receipt_arrived_at", "arrived_at"),
        # What led to no message yet: little, unless somebody else's messages are reported to us.
        sa.Index(
            "ix_receipt_unmatched",
            "arrived_at",
            info=only_where(UNMATCHED),
        ),
        # What is our own fault: nothing, as long as all is well.
        sa.Index("ix_receipt_ours", "arrived_at", info=only_where(OURS)),
    )
    id: str = Field(primary_key=True)
    """UUIDv7 of the instant at which it arrived: receipts sort by it."""
    key: str = Field(unique=True)
    """`model.receipts.Receipt.key`: what is said twice is kept once."""
    provider: str
    provider_id: str | None = None
    reference: str | None = None
    channel: str
    message_id: str | None = Field(default=None, foreign_key="message.id")
    """Null while no message is known that it is about. It may come before our own commit of the provider's id."""
    status: str
    """The provider's own word."""
    state: str
    code: str | None = None
    meaning: str | None = None
    permanence: str | None = None
    arrived_at: datetime = Field(sa_type=UtcTime)
    raw: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)
    """Ids and codes, for proof."""


class ReplyRow(Table, table=True):
    """What somebody wrote to us: what it was taken for, and whether its owner has still to hear of it.

    The text is in the row of `contact` with the same id, where a customer is known who wrote it; else here.
    """

    __tablename__ = "reply"
    __table_args__: ClassVar[Any] = (
        one_of("meaning", Meaning),
        sa.Index("ix_reply_address", "channel", "address", "at"),
        sa.Index("ix_reply_at", "at"),
        sa.Index("ix_reply_waits_since", "waits_since", info=only_where(WAITING)),
    )
    id: str = Field(primary_key=True)
    """`sms:SM…`: the channel, and the provider's id."""
    at: datetime = Field(sa_type=UtcTime)
    channel: str
    address: str
    live: bool
    notice_id: str | None = Field(default=None, foreign_key="notice.id")
    """The notice that it answers."""
    meaning: str
    note: str | None = None
    """What the owner must know beside the text."""
    text: str | None = None
    """What was written, where it is no customer's contact; null else, and when it is kept no longer."""
    confirmed: bool = False
    """It confirmed what the notice asked about: the row has its new state."""
    answered: bool = False
    """It got the automatic answer of which an address gets one a day."""
    waits_since: datetime | None = Field(default=None, sa_type=UtcTime)
    """Set while its owner has still to hear of it, by the next tick."""


class ReplyAnswerRow(Table, table=True):
    """The automatic answer to a mail, until it is sent or given up: then the row is deleted, and its text with it."""

    __tablename__ = "reply_answer"
    reply_id: str = Field(primary_key=True, foreign_key="reply.id")
    reference: str
    """Of the notice that was answered."""
    address: str
    live: bool
    subject: str
    text: str
    in_reply_to: str | None = None
    """The Message-ID of the mail, without angle brackets."""
    decided_at: datetime = Field(sa_type=UtcTime)
    next_at: datetime = Field(sa_type=UtcTime, index=True)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """Set while a process hands it over. What a death leaves so is given up: better no answer than two."""


class ConsentEntryRow(Table, table=True):
    """One entry of the consent ledger: what was said about a class of notices at an address. Append-only."""

    __tablename__ = "consent_entry"
    __table_args__: ClassVar[Any] = (
        one_of("word", Word),
        one_of("source", Source),
        sa.CheckConstraint("(source = 'register') = (register_name IS NOT NULL)", name="register_is_named"),
        sa.Index("ix_consent_entry_address", "channel", "address", "id"),
        sa.Index("ix_consent_entry_word", "word", info=only_where(PROBABLE)),
    )
    id: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    at: datetime = Field(sa_type=UtcTime)
    channel: str
    address: str
    class_: str = Field(sa_column=sa.Column("class", sa.String, nullable=False))
    word: str
    """`in`, `out`, `probable` or `lifted`; the last one of an address and class counts."""
    source: str
    register_name: str | None = None
    by: str
    reason: str
    blocked: bool = False
    """The provider lets nothing through any more."""
    live: bool | None = None
    """The mode in which it holds; null: in both."""
    message_id: str | None = None


class BounceRow(Table, table=True):
    """A mail that came back, and what it says: append-only, kept also where it leads to no notice."""

    __tablename__ = "bounce"
    __table_args__: ClassVar[Any] = (
        sa.Index(
            "ix_bounce_lost",
            "lost_at",
            info=only_where("lost_at IS NOT NULL"),
        ),
    )
    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    """SHA-256 of its bytes: what is brought twice is kept once."""
    received_at: datetime = Field(sa_type=UtcTime, index=True)
    way: str
    """`pipe`, `mailbox` or `http`."""
    kind: str
    """`bounces.bounce.BounceKind`"""
    code: str | None = None
    reason: str
    """One sentence, without addresses."""
    reporter: str | None = None
    """The host that wrote it."""
    notice_id: str | None = Field(default=None, foreign_key="notice.id", index=True)
    """The notice whose mail it is about; null where it leads nowhere."""
    proven: bool
    """It bears the token of our envelope sender; else it only names a notice."""
    lost_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """Of a warning that nothing followed yet: when the mail counts as lost."""
    content: bytes | None = None
    """Its bytes, for a person to look at: only where it leads nowhere, and for some weeks."""


class MailboxRow(Table, table=True):
    """How far a mailbox with bounces was read. Nothing is changed in the mailbox itself."""

    __tablename__ = "mailbox"
    name: str = Field(primary_key=True)
    validity: int = Field(sa_type=sa.BigInteger)
    """UIDVALIDITY: where it is another one, the mailbox is read anew."""
    last_uid: int = Field(sa_type=sa.BigInteger)
    read_at: datetime = Field(sa_type=UtcTime)
