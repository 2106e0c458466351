"""What is told to whom and why: matches, verdicts, drafts, messages. Values only, no I/O."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from notifier.model.holdouts import Assignment
from notifier.model.mail_forms import FilledForm
from notifier.model.mails import calendar_of, html_of
from notifier.model.plain_values import plain_value
from notifier.model.topic_values import TopicValue
from notifier.model.types import ChannelName, NoticeClass, TopicType


class NoticeKind(StrEnum):
    """Why a notice exists."""

    NOTICE = "notice"
    CORRECTION = "correction"
    FOLLOW_UP = "follow_up"
    ALERT = "alert"
    """Goes to an owner, not to a customer."""


BUILT_IN = "(built in)"
"""Instead of the name of a template: the product's own words that a row is somebody else's now."""


class ThreadEvent(StrEnum):
    """What became of a row that a customer was told about. The values are those of a follow-up's `on`."""

    ENDED = "ended"
    """The rule is no longer true for it."""
    DELETED = "deleted"
    REASSIGNED = "reassigned"
    """It belongs to somebody else."""
    REINSTATED = "reinstated"
    """The rule is true again, after the customer was told that it is not, or that the row is no longer theirs."""


class NoticeState(StrEnum):
    """The life of a notice; `told` means a message of it was handed over to a provider (or the sandbox)."""

    READY = "ready"
    HELD = "held"
    DEFERRED = "deferred"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    TOLD = "told"
    FAILED = "failed"


UNSENT = (NoticeState.READY, NoticeState.HELD, NoticeState.DEFERRED, NoticeState.SUPPRESSED, NoticeState.FAILED)
"""States that planning may still change."""


class MessageState(StrEnum):
    """The life of a message. `unknown`: the provider may or may not have it, and is asked before anything is resent."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class ReasonCode(StrEnum):
    """Every reason a verdict can have. `Reason.text` is the sentence with the facts."""

    DUE = "due"
    OPEN_CONTRADICTION = "open_contradiction"
    NO_ADDRESS = "no_address"
    NO_CONSENT = "no_consent"
    ADDRESS_SUPPRESSED = "address_suppressed"
    """The provider said that the address must not be written to again."""
    UNUSABLE_ADDRESS = "unusable_address"
    """The channel cannot reach what stands as its address: a landline, for an SMS."""
    NO_PROVIDER = "no_provider"
    """The channel has no provider here."""
    UNAPPROVED_TEXT = "unapproved_text"
    """WhatsApp sends approved texts alone, and what the notice says is none of them."""
    UNKNOWN_CUSTOMER = "unknown_customer"
    QUIET_HOURS = "quiet_hours"
    QUIET_HOURS_PAST_UNTIL = "quiet_hours_past_until"
    """Quiet hours end too late. Of what is ready: it goes by mail alone, which may not be read in time."""
    OPTED_OUT = "opted_out"
    """The address asked for no more, or seems to have: the consent ledger says so."""
    CONTACT_LAW = "contact_law"
    """Outside the hours that the contact law of the place, or our own limits, allow."""
    CONTACT_LAW_PAST_UNTIL = "contact_law_past_until"
    CONTACT_LIMIT = "contact_limit"
    """The person was written to as often as the law of the place, or our own limits, allow."""
    CONTACT_LIMIT_PAST_UNTIL = "contact_limit_past_until"
    EARLIER = "earlier"
    """It is told before its moment, because hours are closed from then on until it no longer helps."""
    GATHERED = "gathered"
    """It waits for what else falls due for the same person, to go in one message."""
    NO_ZONE = "no_zone"
    """Nobody knows the customer's zone: no hour could be printed, and no night be kept."""
    LIMIT = "limit"
    APPROVAL = "approval"
    """Each notice of the rule, or of its class, waits until so many people have approved it."""
    CANARY = "canary"
    """It waits for what becomes of those who hear this version of the rule first."""
    HELD_OUT = "held_out"
    """The customer is one of those who are not told, by lot, so that it can be seen what telling changes."""
    CANARY_STOPPED = "canary_stopped"
    """Too many of those who heard it first did not get it, asked for no more or wrote back: a person must approve."""
    MISSED = "missed"
    NO_LONGER_TRUE = "no_longer_true"
    NO_FOLLOW_UP = "no_follow_up"
    """What was told is no longer true, and no follow-up of the rule says so."""
    CHANGED_BACK = "changed_back"
    REPLACED = "replaced"
    BACKLOG = "backlog"
    BORN_LATE = "born_late"
    """The moment had passed before what it hangs on came to be."""
    BASELINE = "baseline"
    PERSON = "person"
    UNPRINTABLE = "unprintable"
    """Rendering failed, or the channels would have printed different facts."""
    LACKS_CONTENT = "lacks_content"
    """A message does not say what the contact law of the place wants in it."""
    RULE_REMOVED = "rule_removed"
    UNDELIVERABLE = "undeliverable"
    """A channel would not take it: no other is left, or another one is tried."""
    TOLD_THROUGH = "told_through"
    """Another notice says the same at the same address: it speaks for all who share it."""


AWAIT_APPROVAL = (ReasonCode.LIMIT, ReasonCode.APPROVAL, ReasonCode.CANARY_STOPPED)
"""A person, or two, must approve it."""
PAST_UNTIL = (
    ReasonCode.QUIET_HOURS_PAST_UNTIL,
    ReasonCode.CONTACT_LAW_PAST_UNTIL,
    ReasonCode.CONTACT_LIMIT_PAST_UNTIL,
)
"""What it would have to wait for ends too late."""


@plain_value(frozen=True, kw_only=True)
class Reason:
    """Why a verdict is what it is. `text` is the one sentence that `preview`, `why` and `notices` print."""

    code: ReasonCode
    text: str


@plain_value(frozen=True, kw_only=True)
class Voice:
    """The notice that speaks at an address for all who share it, or whose message has other notices as parts."""

    occurrence: str
    reference: str
    recipient_id: str | None
    """To whom it speaks in its own name."""
    is_part: bool = False
    """Whether its message to the same person has this notice as a part, and does not say the same by itself."""


@plain_value(frozen=True, kw_only=True)
class Verdict:
    """What planning decided. The state is one of ready, held, deferred, suppressed, failed, expired, cancelled."""

    state: NoticeState
    reason: Reason
    channels: tuple[ChannelName, ...] = ()
    """The channels it goes out on, or will, in order of preference."""
    send_at: datetime | None = None
    """When it goes: `now` when ready, the end of the deferral when deferred."""
    contradictions: tuple[str, ...] = ()
    """The ids of the contradictions that hold it."""
    passed_limits: bool = False
    is_first: bool = False
    """Whether its recipient is one of those who hear this version of the rule first."""
    assigned: Assignment | None = None
    """The recipient's side of the rule's holdout, once it was asked for."""
    through: Mapping[ChannelName, Voice] = field(default_factory=dict)
    """The channels on which another notice says it, at the same address."""
    gate: str | None = None
    """The gate that gave the verdict; None where all let it pass, or none was asked."""


@plain_value(frozen=True, kw_only=True)
class ClaimValue:
    """One typed fact that a notice asserts.

    `value` is Decimal (money, number, percent, and a duration in seconds), aware UTC datetime (timestamp), `YYYY-MM-DD`
    (date), bool, str, Quantity or Window; None when the fact is not known. `currency` is ISO 4217. `timezone`
    is the IANA zone an instant is shown in; it is no part of what is asserted, so two values that differ only there are
    equal.
    """

    type: TopicType
    value: TopicValue | None
    currency: str | None = None
    timezone: str | None = field(default=None, compare=False)
    source: str | None = field(default=None, compare=False)
    """The expression it was read by. A claim told by another expression is not compared: rule edits never correct."""
    seen: bool = False
    """No claim: texts ask it and do not print it, so a change of it corrects nothing."""


Claims = Mapping[str, ClaimValue]


@plain_value(frozen=True, kw_only=True)
class Match:
    """A rule is true for one subject and one recipient at `now`."""

    rule: str
    subject_type: str
    subject_id: str
    each_id: str | None
    recipient_id: str | None
    """None where the path to the recipient is empty: nobody can be told, so the owner is alerted."""
    ordinal: int = 0
    """The index of the rule's moment."""
    anchor: datetime | None = None
    at: datetime | None = None
    until: datetime | None = None
    born: datetime | None = None
    """When its rows and its anchor had all come to be; None where that was before anybody kept it."""
    claims: Claims
    evidence: Mapping[str, object]
    """The value of every part of the condition, as JSON values, keyed by its text."""
    timezone: str | None = None
    """The zone of the row's site, if it has one."""
    template: str | None = None
    """The texts that are its own, of a rule that chooses them by a value of the row."""
    locale: str | None = None
    """The language of the row, such as an order: it wins over the recipient's."""


@plain_value(frozen=True, kw_only=True)
class Recipient:
    """Who is told. `id` is the customer's, or the owner's name for an alert. Defaults are already filled in."""

    id: str
    name: str
    locale: str
    timezone: str | None
    """IANA; None where nobody chose one, neither for the customer nor for the site or in the settings."""
    country: str
    phone: str | None
    email: str | None
    preferred_channel: ChannelName | None = None
    subdivision: str | None = None
    """Of the country, where it is known: contact law may be that of a state."""
    owner: bool = False
    chat: str | None = None
    """The name of an owner's chat in the settings."""
    whatsapp: str | None = None
    """The phone number, where the project speaks by WhatsApp."""
    own_locale: str | None = None
    """The customer's locale without defaults: where it is another than before, the language of a thread changes."""
    row_locale: str | None = None
    """The language of the row that it is about, which took the place of the customer's."""
    needs: frozenset[str] = frozenset()
    """The customer's own attributes that are true: a way out may be another one because of them."""


@plain_value(frozen=True, kw_only=True)
class RenderedMessage:
    """One notice on one channel: the exact bytes.

    `payload` is handed over (an RFC 5322 message, or the SMS text in UTF-8); `text`, `subject` and `html` are what a
    person reads. `content` is the payload, or writes it.
    """

    channel: ChannelName
    to: str
    text: str
    content: bytes | FilledForm
    subject: str | None = None
    encoding: str | None = None
    """`GSM-7` or `UCS-2`, for SMS."""
    segments: int | None = None
    cost: Decimal | None = None
    cost_currency: str | None = None

    @cached_property
    def payload(self) -> bytes:
        """What is handed over, written on demand: most messages only wait for it."""
        return bytes(self.content)

    @cached_property
    def html(self) -> str | None:
        """The HTML of a mail, extracted from the payload on demand, because it is rarely needed."""
        return html_of(self.payload) if self.channel is ChannelName.EMAIL else None

    @cached_property
    def calendar(self) -> str | None:
        """The entry for a calendar that a mail carries, as iCalendar text."""
        return calendar_of(self.payload) if self.channel is ChannelName.EMAIL else None


@plain_value(frozen=True, kw_only=True)
class Draft:
    """One notice with its verdict and, when it is ready, its messages: what preview prints and the daemon commits."""

    occurrence: str
    """The unique key: one occurrence is told once."""
    reference: str
    """Short, unique, derived from the occurrence: what a caller reads out."""
    kind: NoticeKind
    rule: str
    """The rule's id; for an alert, the rule or check that caused it."""
    subject_type: str
    subject_id: str
    each_id: str | None = None
    recipient: Recipient | None
    recipient_id: str | None = None
    """The id that the rule found; the customer may be missing in the state."""
    notice_class: NoticeClass
    owner: str
    touchpoint: str | None = None
    template: str
    ordinal: int = 0
    anchor: datetime | None = None
    at: datetime | None = None
    until: datetime | None = None
    claims: Claims
    evidence: Mapping[str, object] = field(default_factory=dict)
    rule_digest: str = ""
    template_digest: str = ""
    claims_digest: str = ""
    content_digest: str = ""
    """Over everything the messages are made of (claims, addresses, locale, template) but not `now`: what is compared
    before sending, so that an unchanged notice keeps its stored bytes."""
    corrects: str | None = None
    """The occurrence of the told notice that this correction replaces."""
    follows: str | None = None
    """The occurrence of the told notice that this follows up."""
    event: ThreadEvent | None = None
    """What became of the told row, where that is why it is said."""
    previous: Claims = field(default_factory=dict)
    """For a correction: the claims as they were last told."""
    holders: tuple[str, ...] = ()
    """Whose the row is now, where its former holder is told: for the owner alone."""
    verdict: Verdict
    messages: tuple[RenderedMessage, ...] = ()
    locale: str | None = None
    """The locale in which the messages are written; None where there are none."""
    unchanged: bool = False
    """The outbox has it just so; nothing is to be written. Only asked for by preview."""
    spent: bool = False
    """Never told again: told, expired, cancelled by a person, or recorded as backlog or baseline."""
    group: str | None = None
    """The occurrence of the notice that speaks: of itself and of the parts of its messages. All are written, or none.
    """
    parts: frozenset[str] = frozenset()
    """The occurrences of the parts of its messages."""
    shadow: bool = False
    """Its rule is in shadow: it is recorded, and goes nowhere."""
    known_version: int | None = None
    """`KnownNotice.version` of the notice that this draft decides again; None for a new occurrence.

    The commit writes only where the outbox still has that version: a faster write wins, and the notice is planned
    again.
    """

    def written(self, messages: tuple[RenderedMessage, ...], locale: str | None) -> "Draft":
        """The same draft with these messages. Said for every notice: `replace` sets thirty fields one by one."""
        draft = object.__new__(Draft)
        draft.__dict__.update(self.__dict__, messages=messages, locale=locale)
        return draft

    @property
    def why_not_as_planned(self) -> str:
        """Why messages that were queued for this occurrence before, and say something else, do not go."""
        why = self.verdict.reason.text
        return f"planned anew: {why}" if self.verdict.state is NoticeState.READY else why
