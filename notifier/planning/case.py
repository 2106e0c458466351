"""One intent on its way through the gates, what its verdict depends on, and the verdict that nobody is told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta

from notifier.model.contradictions import Contradiction
from notifier.model.holdouts import Assignment
from notifier.model.notices import NoticeState, Reason, ReasonCode, Recipient, Verdict, Voice
from notifier.model.plain_values import plain_value
from notifier.model.types import ChannelName
from notifier.planning.addressing import Access, LeftOut, notes_of
from notifier.planning.canary import FirstToHear
from notifier.planning.contacts import Contacts
from notifier.planning.holdouts import HeldOut
from notifier.planning.sharing import Sharing
from notifier.planning.situation import Intent
from notifier.rules.checked import Policy
from notifier.rules.checked_rules import Rule

NOBODY = (
    ReasonCode.OPTED_OUT,
    ReasonCode.NO_CONSENT,
    ReasonCode.ADDRESS_SUPPRESSED,
    ReasonCode.NO_PROVIDER,
    ReasonCode.UNAPPROVED_TEXT,
    ReasonCode.UNUSABLE_ADDRESS,
    ReasonCode.NO_ADDRESS,
)
"""Which reason stands for several where no channel is left: the customer's own word first."""


@plain_value(frozen=True, kw_only=True)
class Circumstances:
    """What the verdicts of one batch depend on besides each intent."""

    now: datetime
    policy: Policy
    access: Access
    over_limit: Reason | None
    """Why this batch of the rule must wait for approval."""
    sharing: Sharing
    """Who speaks where several recipients share an address."""
    first: FirstToHear | None = None
    """Who hears this version of the rule first; None where all hear it at once."""
    held_out: HeldOut | None = None
    """Who is not told for a time; None where everybody is."""
    contacts: Contacts | None = None
    """How often they were written to lately; None where nothing limits that."""
    openings: dict[tuple[str, str | None, str, ChannelName], datetime] = field(default_factory=dict)
    """When the rule's class may go out next, by country, subdivision, zone and channel, as far as it was asked for."""


@plain_value(frozen=True, kw_only=True)
class Case:
    """One intent on its way through the gates, with the channels that the gates so far left in play."""

    rule: Rule
    intent: Intent
    customer: Recipient | None
    """None where the customer is not in the state; `reachable` lets nobody else pass."""
    contradictions: Sequence[Contradiction]
    """Those that hold this notice."""
    circumstances: Circumstances
    channels: tuple[ChannelName, ...]
    """Still in play, in the order of preference."""
    left_out: tuple[LeftOut, ...] = ()
    """The channels that a gate took out of play, each with its reason."""
    not_preferred: tuple[ChannelName, ...] = ()
    """Channels that would reach the customer, and are used only where no other one is in time."""
    lead: timedelta = timedelta(0)
    """How long before its moment it may be told, where hours are closed from then on."""
    may_join: bool = False
    """Whether it may go in one message with what else falls due for the same person."""
    carried: Mapping[ChannelName, Voice] = field(default_factory=dict)
    """The channels on which it is a part of a message that goes now to the same person, and the notice that speaks."""
    is_first: bool = False
    """Whether its recipient is one of those who hear this version of the rule first."""
    assigned: Assignment | None = None
    """Its recipient's side of the rule's holdout, where one was asked for."""
    unsendable: Callable[[], str | None] | None = None
    """Asks why WhatsApp would not take what it says; None where nobody has to ask."""
    not_in_time: str = ""
    """Why the customer may not hear it while it helps, although it goes out; then the owner is alerted."""

    @property
    def recipient(self) -> Recipient:
        """The customer, once `reachable` has let the case pass."""
        assert self.customer is not None, "a customer who is not in the state passes no gate"
        return self.customer

    @property
    def zone(self) -> str:
        """The recipient's zone, once `located` has let the case pass."""
        assert self.recipient.timezone is not None, "a customer whose zone nobody knows passes no gate"
        return self.recipient.timezone

    def without(self, *left_out: LeftOut) -> "Case | Verdict":
        """The case on its other channels; where none is left, the verdict that nobody is told."""
        silent = {each.channel: each for each in left_out if each.channel in self.channels}
        if not silent:
            return self
        channels = tuple(channel for channel in self.channels if channel not in silent)
        reasons = (*self.left_out, *silent.values())
        return replace(self, channels=channels, left_out=reasons) if channels else nobody(reasons)


def case_of(
    rule: Rule,
    intent: Intent,
    customer: Recipient | None,
    contradictions: Sequence[Contradiction],
    circumstances: Circumstances,
    *,
    lead: timedelta = timedelta(0),
    may_join: bool = False,
    unsendable: Callable[[], str | None] | None = None,
) -> Case:
    """The case as it comes to the first gate: on every channel that it may use."""
    channels = rule.channels
    if intent.resend_on is not None:
        channels = (intent.resend_on,)
    elif intent.told is not None:
        channels = tuple(dict.fromkeys((*intent.told.told_channels, *rule.channels)))
    return Case(
        rule=rule,
        intent=intent,
        customer=customer,
        contradictions=contradictions,
        circumstances=circumstances,
        channels=channels,
        lead=lead,
        may_join=may_join,
        unsendable=unsendable,
    )


def nobody(left_out: Sequence[LeftOut]) -> Verdict:
    """Nobody can be told. Where a channel was tried and refused it, that is a failure which its owner must know."""
    codes = {each.code for each in left_out}
    if ReasonCode.TOLD_THROUGH in codes:
        reason = Reason(code=ReasonCode.TOLD_THROUGH, text="; ".join(reversed(notes_of(left_out))))
        return Verdict(state=NoticeState.CANCELLED, reason=reason, through=voices_of(left_out))
    if ReasonCode.UNDELIVERABLE in codes:
        reason = Reason(code=ReasonCode.UNDELIVERABLE, text=f"no channel took it: {'; '.join(notes_of(left_out))}")
        return Verdict(state=NoticeState.FAILED, reason=reason)
    code = next((code for code in NOBODY if code in codes), left_out[0].code)
    return suppressed(code, " and ".join(notes_of(left_out)))


def voices_of(left_out: Sequence[LeftOut]) -> Mapping[ChannelName, Voice]:
    """The notices that speak on these channels instead."""
    return {each.channel: each.voice for each in left_out if each.voice is not None}


def suppressed(code: ReasonCode, text: str) -> Verdict:
    """The verdict that nobody is told, for this reason."""
    return Verdict(state=NoticeState.SUPPRESSED, reason=Reason(code=code, text=text))
