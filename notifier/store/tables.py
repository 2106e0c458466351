"""The notifier's own tables: notices, messages, contradictions, and what people did to them.

The outbox is the only truth about what was told. Unique keys enforce "told once"; CHECKs forbid rows that the code
assumes cannot exist. Times are aware UTC (see `UtcTime`); claims and evidence are JSON in the shapes of `store.codec`.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from notifier.model.columns import Amount, UtcTime
from notifier.model.consent import Source, Word
from notifier.model.contradictions import ContradictionState
from notifier.model.notices import MessageState, NoticeKind, NoticeState
from notifier.model.receipts import Permanence, ReceiptState
from notifier.model.replies import Meaning
from notifier.model.state import JSON_DOCUMENT, Change, Consent, Customer, KeptChange, Promise, Site, SiteDay, Table
from notifier.model.types import ChannelName
from notifier.store.sql import table_of


def _one_of(column: str, values: type[Any]) -> sa.CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({allowed})", name=f"known_{column}")


TOLD = "told_at IS NOT NULL"
PROBABLE = "word = 'probable'"
UNCONFIRMED = "ask_at IS NOT NULL"
UNMATCHED = "message_id IS NULL"
WAITING = "waits_since IS NOT NULL"


class NoticeRow(Table, table=True):
    """One notice to one customer, or, for an alert, to one owner."""

    __tablename__ = "notice"
    __table_args__: ClassVar[Any] = (
        _one_of("state", NoticeState),
        _one_of("kind", NoticeKind),
        sa.CheckConstraint("state <> 'told' OR told_at IS NOT NULL", name="told_has_time"),
        sa.CheckConstraint("state NOT IN ('told', 'expired') OR spent", name="told_is_spent"),
        sa.CheckConstraint("state <> 'deferred' OR deferred_until IS NOT NULL", name="deferred_has_end"),
        sa.Index("ix_notice_rule_subject", "rule", "subject_id", "each_id"),
        sa.Index("ix_notice_state_deferred", "state", "deferred_until"),
        sa.Index("ix_notice_state_until", "state", "until_at"),
        # What a rule with `repeat` told a day ago falls due: found among millions that were told at other times.
        sa.Index("ix_notice_told", "told_at"),  # of those that were told: `_index_the_told`
    )
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
    reason_code: str
    reason: str
    channels: list[str] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    contradictions: list[str] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    deferred_until: datetime | None = Field(default=None, sa_type=UtcTime)
    passed_limits_at: datetime | None = Field(default=None, sa_type=UtcTime)
    approved_digest: str | None = None
    """The digest of rule and claims that a person approved beyond the limits (`model.digests.approval_digest`)."""
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
    """The customer's own locale at that time, without defaults."""
    spent: bool = False
    version: int = 0
    """Counts the writes to this row: every update is a compare-and-set on it."""
    decided_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime, index=True)
    told_at: datetime | None = Field(default=None, sa_type=UtcTime)


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
    """One channel on which a notice is told through another one, which says the same at the same address.

    Whether it was told follows from the notice that speaks: both have one fate.
    """

    __tablename__ = "told_through"
    occurrence: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    through: str = Field(index=True)
    """The occurrence of the notice that speaks."""


class MessageRow(Table, table=True):
    """One notice on one channel: its text, the address, the delivery state.

    Every step of the delivery rewrites this row, so a mail's bytes are in a table of their own (`PayloadRow`).
    """

    __tablename__ = "message"
    __table_args__: ClassVar[Any] = (
        _one_of("state", MessageState),
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
            sqlite_where=sa.text(UNCONFIRMED),
            postgresql_where=sa.text(UNCONFIRMED),
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


class ReceiptRow(Table, table=True):
    """One thing that a provider said of one message: append-only. It names nobody."""

    __tablename__ = "receipt"
    __table_args__: ClassVar[Any] = (
        _one_of("state", ReceiptState),
        _one_of("permanence", Permanence),
        sa.Index("ix_receipt_message", "message_id", "arrived_at"),
        sa.Index("ix_receipt_arrived_at", "arrived_at"),
        # What led to no message yet: little, unless somebody else's messages are reported to us.
        sa.Index(
            "ix_receipt_unmatched",
            "arrived_at",
            sqlite_where=sa.text(UNMATCHED),
            postgresql_where=sa.text(UNMATCHED),
        ),
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

    The text is in the row of `contact` with the same id, where the address is a customer's.
    """

    __tablename__ = "reply"
    __table_args__: ClassVar[Any] = (
        _one_of("meaning", Meaning),
        sa.Index("ix_reply_address", "channel", "address", "at"),
        sa.Index("ix_reply_at", "at"),
        sa.Index(
            "ix_reply_waits_since", "waits_since", sqlite_where=sa.text(WAITING), postgresql_where=sa.text(WAITING)
        ),
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
    confirmed: bool = False
    """It confirmed what the notice asked about: the row has its new state."""
    answered: bool = False
    """It got the automatic answer of which an address gets one a day."""
    waits_since: datetime | None = Field(default=None, sa_type=UtcTime)
    """Set while its owner has still to hear of it, by the next tick."""


class PayloadRow(Table, table=True):
    """The exact bytes that are handed over, where they differ from the message's text: those of a mail."""

    __tablename__ = "payload"
    message_id: str = Field(primary_key=True, foreign_key="message.id")
    content: bytes
    """Whole, or as the difference from a pattern (`store.outbox.payloads`)."""
    pattern_id: str | None = None


class PatternRow(Table, table=True):
    """What mails of one kind have in common, stored once. It names nobody."""

    __tablename__ = "pattern"
    id: str = Field(primary_key=True)
    """A digest of the template, its version, the language and the occasion."""
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


class ConsentEntryRow(Table, table=True):
    """One entry of the consent ledger: what was said about a class of notices at an address. Append-only."""

    __tablename__ = "consent_entry"
    __table_args__: ClassVar[Any] = (
        _one_of("word", Word),
        _one_of("source", Source),
        sa.CheckConstraint("(source = 'register') = (register_name IS NOT NULL)", name="register_is_named"),
        sa.Index("ix_consent_entry_address", "channel", "address", "id"),
        sa.Index("ix_consent_entry_word", "word", sqlite_where=sa.text(PROBABLE), postgresql_where=sa.text(PROBABLE)),
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


class ContradictionRow(Table, table=True):
    """A promise and facts that disagree."""

    __tablename__ = "contradiction"
    __table_args__: ClassVar[Any] = (
        _one_of("state", ContradictionState),
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
    surfaces_at: datetime | None = Field(default=None, sa_type=UtcTime)
    owner: str
    severity: str
    state: str
    reason: str = ""
    waived_pair: str | None = None
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


class RuleStateRow(Table, table=True):
    """The state of the evaluation of one rule or check; `evaluated_at` is its watermark."""

    __tablename__ = "rule_state"
    kind: str = Field(primary_key=True)
    """`rule` or `check`."""
    name: str = Field(primary_key=True)
    digest: str
    first_pass_at: datetime = Field(sa_type=UtcTime)
    evaluated_at: datetime = Field(sa_type=UtcTime)
    failed: str | None = None
    """Why its last evaluation failed; the next one is a full pass."""
    in_force: bool = True
    definition: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)


class BacklogRow(Table, table=True):
    """A row for which a rule without `at` was true before its first pass: recorded, counted, not told.

    Deleted when the rule turns false for the row, so that it is told if the rule becomes true again.
    """

    __tablename__ = "backlog"
    rule: str = Field(primary_key=True)
    subject_id: str = Field(primary_key=True)
    each_id: str = Field(primary_key=True, default="")
    recipient_id: str = Field(primary_key=True, default="")
    recorded_at: datetime = Field(sa_type=UtcTime)
    cause: str
    """`backlog` (first pass) or `baseline` (import --baseline)."""
    dropped_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When a person decided that it is never told, not even when the rule becomes true again: it is kept for good."""


class FiguresRow(Table, table=True):
    """What a subject of a rule said of many rows at once, when all its rows of `each` were decided last.

    Where it still says so, only those of its rows are decided again that changed themselves.
    """

    __tablename__ = "figures"
    rule: str = Field(primary_key=True)
    subject_id: str = Field(primary_key=True)
    truth: str
    """A digest of what decides for which rows the rule is true."""
    claims: str
    """A digest of what is claimed to each of them."""


class SetAsideRow(Table, table=True):
    """What the last tick found set aside while files had errors: owners are alerted of what is new in it."""

    __tablename__ = "set_aside"
    kind: str = Field(primary_key=True)
    """`rule`, `check` or `file`."""
    name: str = Field(primary_key=True)
    live: bool = Field(primary_key=True)
    """Who was alerted in the sandbox was not alerted live."""
    place: str
    why: str
    since: datetime = Field(sa_type=UtcTime)
    kept: bool


class PublishedRulesRow(Table, table=True):
    """A set of files that was put in force; the newest is."""

    __tablename__ = "published_rules"
    id: int | None = Field(default=None, primary_key=True)
    digest: str
    files: bytes | None = None
    """A ZIP archive of all files that decide what is told; the newest sets keep theirs."""
    at: datetime = Field(sa_type=UtcTime)
    how: str
    """`first`, `rested` or `asked`."""
    place: str
    """The machine and the folder that it came from."""
    actor: str | None = None
    reason: str | None = None
    has_errors: bool


class RulesFolderRow(Table, table=True):
    """What each project folder last had in force: a folder that did not change since offers nothing new."""

    __tablename__ = "rules_folder"
    place: str = Field(primary_key=True)
    digest: str
    at: datetime = Field(sa_type=UtcTime)


class SiteCalendarRow(Table, table=True):
    """The inputs that the days of a site were last computed from: they are computed again only when these change."""

    __tablename__ = "site_calendar"
    site_id: str = Field(primary_key=True)
    digest: str
    """SHA-256 over the site's hours and zone, its holidays, the exceptions that concern it, and the first day."""


class BounceRow(Table, table=True):
    """A mail that came back, and what it says: append-only, kept also where it leads to no notice."""

    __tablename__ = "bounce"
    __table_args__: ClassVar[Any] = (
        sa.Index(
            "ix_bounce_lost",
            "lost_at",
            sqlite_where=sa.text("lost_at IS NOT NULL"),
            postgresql_where=sa.text("lost_at IS NOT NULL"),
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


# The tables for use in statements: our own, and those of the business state that the store uses.
NOTICE = table_of(NoticeRow)
MESSAGE = table_of(MessageRow)
TOLD_THROUGH = table_of(ToldThroughRow)
RECEIPT = table_of(ReceiptRow)
REPLY = table_of(ReplyRow)
PAYLOAD = table_of(PayloadRow)
PATTERN = table_of(PatternRow)
CONTRADICTION = table_of(ContradictionRow)
MEMBER = table_of(MemberRow)
PROMISE_RECORD = table_of(PromiseRecordRow)
INTERVENTION = table_of(InterventionRow)
HALT = table_of(ChannelHaltRow)
PAST_VERDICT = table_of(PastVerdictRow)
BACKLOG = table_of(BacklogRow)
FIGURES = table_of(FiguresRow)
SET_ASIDE = table_of(SetAsideRow)
RULE_STATE = table_of(RuleStateRow)
PACE = table_of(PaceRow)
SUPPRESSED = table_of(SuppressedAddressRow)
CONSENT_ENTRY = table_of(ConsentEntryRow)
SITE_CALENDAR = table_of(SiteCalendarRow)
BOUNCE = table_of(BounceRow)
MAILBOX = table_of(MailboxRow)
TOMBSTONE = table_of(TombstoneRow)
TOMBSTONE_KEY = table_of(TombstoneKeyRow)
RETENTION = table_of(RetentionRow)
SITE = table_of(Site)
SITE_DAY = table_of(SiteDay)
CUSTOMER = table_of(Customer)
ADDRESS_COLUMNS = {ChannelName.SMS: CUSTOMER.c.phone, ChannelName.EMAIL: CUSTOMER.c.email}
"""Where a customer's address on each channel stands."""
CHANGE = table_of(Change)
KEPT_CHANGE = table_of(KeptChange)
CONSENT = table_of(Consent)
PROMISE = table_of(Promise)


@sa.event.listens_for(NOTICE, "before_create")
def _index_the_told(table: sa.Table, connection: sa.Connection, **_: object) -> None:
    """Where the table is made, not above: SQLAlchemy would import both databases' dialects, a twentieth of a start."""
    index = next(index for index in table.indexes if index.name == "ix_notice_told")
    index.dialect_options[connection.dialect.name]["where"] = sa.text(TOLD)
