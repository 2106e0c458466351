"""The notifier's own tables: notices, messages, contradictions, and what people did to them.

The outbox is the only truth about what was told. Unique keys enforce "told once"; CHECKs forbid rows that the code
assumes cannot exist. Times are aware UTC (see `UtcTime`); claims and evidence are JSON in the shapes of `store.codec`.
"""

from notifier.model.state import (
    Admission,
    Change,
    Consent,
    Contract,
    Customer,
    KeptChange,
    Order,
    Promise,
    Representative,
    Site,
    SiteDay,
)
from notifier.model.types import ChannelName
from notifier.store.sql import table_of
from notifier.store.tables.actions import ActionRow, HoldoutCaseRow
from notifier.store.tables.heard import (
    OURS,
    UNMATCHED,
    BounceRow,
    ConsentEntryRow,
    MailboxRow,
    ReceiptRow,
    ReplyAnswerRow,
    ReplyRow,
)
from notifier.store.tables.matters import (
    ContradictionGroupRow,
    ContradictionRow,
    InterventionRow,
    MemberRow,
    PromiseRecordRow,
    SettlingRow,
)
from notifier.store.tables.outbox import (
    ChannelHaltRow,
    MessageRow,
    NoticeRow,
    PaceRow,
    PastVerdictRow,
    PatternRow,
    PayloadRow,
    RefusalRow,
    SuppressedAddressRow,
    ToldThroughRow,
)
from notifier.store.tables.passes import (
    BacklogRow,
    DerivationRow,
    EvaluationLeadRow,
    EvaluationPortionRow,
    FiguresRow,
    LastPassRow,
    PublishedRulesRow,
    RulesFolderRow,
    RuleStateRow,
    SetAsideRow,
    SiteCalendarRow,
)
from notifier.store.tables.privacy import RetentionRow, TombstoneKeyRow, TombstoneRow
from notifier.store.tables.reasons import ContactReasonRow, ReasonModelRow
from notifier.store.tables.shadow import ApprovalRow, ShadowMessageRow, ShadowNoticeRow
from notifier.store.tables.versions import OldestProgramRow
from notifier.store.tables.writes import FormerValueRow, WriteSourceRow

__all__ = [
    "OURS",
    "UNMATCHED",
    "ActionRow",
    "ApprovalRow",
    "BacklogRow",
    "BounceRow",
    "ChannelHaltRow",
    "ConsentEntryRow",
    "ContactReasonRow",
    "ContradictionGroupRow",
    "ContradictionRow",
    "DerivationRow",
    "EvaluationLeadRow",
    "EvaluationPortionRow",
    "FiguresRow",
    "FormerValueRow",
    "HoldoutCaseRow",
    "InterventionRow",
    "LastPassRow",
    "MailboxRow",
    "MemberRow",
    "MessageRow",
    "NoticeRow",
    "OldestProgramRow",
    "PaceRow",
    "PastVerdictRow",
    "PatternRow",
    "PayloadRow",
    "PromiseRecordRow",
    "PublishedRulesRow",
    "ReasonModelRow",
    "ReceiptRow",
    "RefusalRow",
    "ReplyAnswerRow",
    "ReplyRow",
    "RetentionRow",
    "RuleStateRow",
    "RulesFolderRow",
    "SetAsideRow",
    "SettlingRow",
    "ShadowMessageRow",
    "ShadowNoticeRow",
    "SiteCalendarRow",
    "SuppressedAddressRow",
    "ToldThroughRow",
    "TombstoneKeyRow",
    "TombstoneRow",
    "WriteSourceRow",
]

# The tables for use in statements: our own, and those of the business state that the store uses.
NOTICE = table_of(NoticeRow)
MESSAGE = table_of(MessageRow)
SHADOW_NOTICE = table_of(ShadowNoticeRow)
SHADOW_MESSAGE = table_of(ShadowMessageRow)
APPROVAL = table_of(ApprovalRow)
TOLD_THROUGH = table_of(ToldThroughRow)
RECEIPT = table_of(ReceiptRow)
REPLY = table_of(ReplyRow)
REPLY_ANSWER = table_of(ReplyAnswerRow)
PAYLOAD = table_of(PayloadRow)
PATTERN = table_of(PatternRow)
REFUSAL = table_of(RefusalRow)
CONTRADICTION = table_of(ContradictionRow)
CONTRADICTION_GROUP = table_of(ContradictionGroupRow)
SETTLING = table_of(SettlingRow)
CONTACT_REASON = table_of(ContactReasonRow)
ACTION = table_of(ActionRow)
HOLDOUT_CASE = table_of(HoldoutCaseRow)
REASON_MODEL = table_of(ReasonModelRow)
ADMISSION = table_of(Admission)
MEMBER = table_of(MemberRow)
PROMISE_RECORD = table_of(PromiseRecordRow)
INTERVENTION = table_of(InterventionRow)
HALT = table_of(ChannelHaltRow)
PAST_VERDICT = table_of(PastVerdictRow)
BACKLOG = table_of(BacklogRow)
FIGURES = table_of(FiguresRow)
SET_ASIDE = table_of(SetAsideRow)
RULE_STATE = table_of(RuleStateRow)
LAST_PASS = table_of(LastPassRow)
EVALUATION_LEAD = table_of(EvaluationLeadRow)
EVALUATION_PORTION = table_of(EvaluationPortionRow)
PACE = table_of(PaceRow)
SUPPRESSED = table_of(SuppressedAddressRow)
CONSENT_ENTRY = table_of(ConsentEntryRow)
DERIVATION = table_of(DerivationRow)
SITE_CALENDAR = table_of(SiteCalendarRow)
BOUNCE = table_of(BounceRow)
MAILBOX = table_of(MailboxRow)
TOMBSTONE = table_of(TombstoneRow)
TOMBSTONE_KEY = table_of(TombstoneKeyRow)
RETENTION = table_of(RetentionRow)
WRITE_SOURCE = table_of(WriteSourceRow)
FORMER_VALUE = table_of(FormerValueRow)
SITE = table_of(Site)
SITE_DAY = table_of(SiteDay)
CUSTOMER = table_of(Customer)
ADDRESS_COLUMNS = {
    ChannelName.SMS: CUSTOMER.c.phone,
    ChannelName.EMAIL: CUSTOMER.c.email,
    ChannelName.WHATSAPP: CUSTOMER.c.phone,
}
"""Where a customer's address on each channel stands."""
CHANGE = table_of(Change)
KEPT_CHANGE = table_of(KeptChange)
CONSENT = table_of(Consent)
CONTRACT = table_of(Contract)
ORDER = table_of(Order)
PROMISE = table_of(Promise)
REPRESENTATIVE = table_of(Representative)
