"""The verdict on one intent: the gates that it passes, in order, and what each of them says when it does not pass.

`GATES` is the only list there is: a tick, a preview, `why` and the recheck before sending all ask `verdict_on`. A new
gate is one function and one entry here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from notifier.model.contradictions import Contradiction
from notifier.model.digests import approval_digest, claims_digest
from notifier.model.instants import local_minute, minute_text
from notifier.model.notices import NoticeKind, NoticeState, Reason, ReasonCode, Recipient, ThreadEvent, Verdict, Voice
from notifier.model.types import ChannelName, NoticeClass
from notifier.planning.addressing import Access, LeftOut, barriers, notes_of
from notifier.planning.quiet_hours import WAKE_NOBODY, hours_for, may_override, next_allowed
from notifier.planning.sharing import Sharing
from notifier.planning.situation import Intent
from notifier.promises.holds import hold_reason
from notifier.rules.checked import Policy, Rule

NOBODY = (
    ReasonCode.NO_CONSENT,
    ReasonCode.ADDRESS_SUPPRESSED,
    ReasonCode.NO_PROVIDER,
    ReasonCode.UNUSABLE_ADDRESS,
    ReasonCode.NO_ADDRESS,
)
"""Which reason stands for several where no channel is left: the customer's own word first."""


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What the verdicts of one batch depend on besides each intent."""

    now: datetime
    policy: Policy
    access: Access
    over_limit: Reason | None
    """Why this batch of the rule must wait for approval."""
    sharing: Sharing
    """Who speaks where several recipients share an address."""
    openings: dict[tuple[str, str, ChannelName], datetime] = field(default_factory=dict)
    """When the rule's class may go out next, by country, zone and channel, as far as it was asked for."""


@dataclass(frozen=True, kw_only=True)
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
        return replace(self, channels=channels, left_out=reasons) if channels else _nobody(reasons)


Gate = Callable[[Case], Case | Verdict]
"""Ends the way of a case with a verdict, or lets it pass, perhaps on fewer channels."""


def case_of(
    rule: Rule,
    intent: Intent,
    customer: Recipient | None,
    contradictions: Sequence[Contradiction],
    circumstances: Circumstances,
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
    )


def verdict_on(case: Case) -> Verdict:
    """What the first gate says that the case does not pass; ready where it passes all of them."""
    for gate in GATES:
        outcome = gate(case)
        if isinstance(outcome, Verdict):
            return outcome
        case = outcome
    return _ready(case)


# The gates, in their order


def held(case: Case) -> Case | Verdict:
    """An open contradiction holds what would repeat either side of it, until a person releases this one notice."""
    known = case.intent.known
    if not case.contradictions or (known is not None and known.released):
        return case
    return Verdict(
        state=NoticeState.HELD,
        reason=Reason(code=ReasonCode.OPEN_CONTRADICTION, text=hold_reason(case.contradictions)),
        contradictions=tuple(sorted(contradiction.id for contradiction in case.contradictions)),
    )


def reachable(case: Case) -> Case | Verdict:
    """A channel needs a provider, an address that it can reach and a consent; it must not have refused this notice."""
    if case.customer is None:
        return _suppressed(ReasonCode.UNKNOWN_CUSTOMER, "the customer is not in the state")
    known, access = case.intent.known, case.circumstances.access
    failed = {**case.circumstances.sharing.refused(case.intent), **(known.failed if known is not None else {})}
    return case.without(*barriers(case.customer, case.channels, case.rule.notice_class, access, failed))


def preferred(case: Case) -> Case | Verdict:
    """Corrections and follow-ups go where the customer was told, while one of those channels is left.

    A customer who named a preferred channel is told there alone; safety goes out on every channel.
    """
    channels, left_out = case.channels, case.left_out
    told = case.intent.told.told_channels if case.intent.told is not None else ()
    if again := tuple(channel for channel in channels if channel in told):
        channels, left_out = again, tuple(each for each in left_out if each.channel in told)
    favourite = case.recipient.preferred_channel
    if favourite in channels and case.rule.notice_class is not NoticeClass.SAFETY:
        channels = (favourite,)
    if (channels, left_out) == (case.channels, case.left_out):
        return case
    dropped = tuple(channel for channel in case.channels if channel not in channels)
    return replace(case, channels=channels, left_out=left_out, not_preferred=dropped)


def said_once(case: Case) -> Case | Verdict:
    """What another notice says at the same address is not said there again."""
    return case.without(*case.circumstances.sharing.left_out(case.intent, case.recipient, case.channels))


def located(case: Case) -> Case | Verdict:
    """Hours are printed and nights kept in a zone that somebody chose: the customer's, the site's or the default."""
    if case.recipient.timezone is not None:
        return case
    text = "no zone is known for the customer: give customer.timezone, or set NOTIFIER_DEFAULT_TIMEZONE"
    return Verdict(state=NoticeState.HELD, reason=Reason(code=ReasonCode.NO_ZONE, text=text), channels=case.channels)


def approved(case: Case) -> Case | Verdict:
    """What waits for approval waits until a person decides, even when the count has fallen below the limit since."""
    known = case.intent.known
    if known is None or known.reason_code is not ReasonCode.LIMIT or _passed_limits(case):
        return case
    return _waiting(case)


def quiet_hours(case: Case) -> Case | Verdict:
    """In the recipient's quiet hours a notice waits for their end; where that is too late, another channel speaks.

    What corrects or follows up does not wait past its use: it goes at once where that wakes nobody.
    """
    now, until, zone = case.circumstances.now, case.intent.until, case.zone
    opening = {channel: _opening(case, channel) for channel in case.channels}
    quiet = [channel for channel, instant in opening.items() if instant > now]
    if not quiet:
        return case
    reopens = max(opening.values())
    when = minute_text(reopens, zone)
    if until is None or reopens < until:
        return Verdict(
            state=NoticeState.DEFERRED,
            reason=Reason(code=ReasonCode.QUIET_HOURS, text=f"quiet hours until {when}"),
            channels=case.channels,
            send_at=reopens,
        )
    if case.intent.kind in (NoticeKind.CORRECTION, NoticeKind.FOLLOW_UP):
        return _at_once(case, quiet, reopens)
    if len(quiet) < len(opening):
        return case.without(*(LeftOut(channel=channel, code=ReasonCode.QUIET_HOURS) for channel in quiet))
    text = f"quiet hours until {when}, and it helps only before {local_minute(until, zone)}"
    return _suppressed(ReasonCode.QUIET_HOURS_PAST_UNTIL, text)


def within_limits(case: Case) -> Case | Verdict:
    """A batch that reaches more recipients than its rule may waits for approval as a whole."""
    if case.circumstances.over_limit is None or _passed_limits(case):
        return case
    return _waiting(case)


GATES: tuple[Gate, ...] = (held, reachable, preferred, said_once, located, approved, quiet_hours, within_limits)
"""In the order in which they are asked. `approved` stands before the quiet hours: what waits for a person says so, also
by night. `said_once` stands before all that a notice may wait for: only who speaks waits, is approved and counted."""


# What the gates share


def _at_once(case: Case, quiet: Sequence[ChannelName], reopens: datetime) -> Case | Verdict:
    """What corrects or follows up, and would come too late after the quiet hours.

    It goes now on the channels that may speak at this hour. Where none of them is sure to be noticed, its owner hears
    what to say.
    """
    until, zone = case.intent.until, case.zone
    assert until is not None
    going = tuple(channel for channel in case.channels if channel not in quiet or _may_override(case, channel))
    if all(channel in WAKE_NOBODY for channel in going):
        silent = [each for each in case.not_preferred if each in WAKE_NOBODY and _may_override(case, each)]
        going = (*going, *silent)
    helps = f"it helps only before {local_minute(until, zone)}"
    if not going:
        text = f"quiet hours until {minute_text(reopens, zone)}, and {helps}"
        return _suppressed(ReasonCode.QUIET_HOURS_PAST_UNTIL, text)
    left_out = [LeftOut(channel=channel, code=ReasonCode.QUIET_HOURS) for channel in quiet if channel not in going]
    case = replace(case, channels=going, left_out=(*case.left_out, *left_out))
    if all(channel in WAKE_NOBODY for channel in going):
        return replace(case, not_in_time=f"it may not be read in time: {helps}")
    return case


def _may_override(case: Case, channel: ChannelName) -> bool:
    return may_override(case.circumstances.policy, case.recipient.country, case.rule.notice_class, channel)


def _passed_limits(case: Case) -> bool:
    """Whether the limits let it pass before, or a person did. An approval is of exactly this content of this rule.

    What was told has passed: one more channel of it reaches nobody new.
    """
    known = case.intent.known
    if known is None:
        return False
    if known.told_at is not None:
        return True
    if known.approved_digest is None:
        return known.passed_limits
    return known.approved_digest == approval_digest(case.rule.digest, claims_digest(case.intent.match.claims))


def _opening(case: Case, channel: ChannelName) -> datetime:
    country, zone, known = case.recipient.country, case.zone, case.circumstances.openings
    key = (country, zone, channel)
    if key not in known:
        hours = hours_for(case.circumstances.policy, country, case.rule.notice_class, channel)
        known[key] = next_allowed(hours, zone, case.circumstances.now)
    return known[key]


def _ready(case: Case) -> Verdict:
    notes = [case.not_in_time] if case.not_in_time else []
    text = "; ".join([_occasion(case), *notes_of(case.left_out), *notes])
    code = ReasonCode.QUIET_HOURS_PAST_UNTIL if case.not_in_time else ReasonCode.DUE
    return Verdict(
        state=NoticeState.READY,
        reason=Reason(code=code, text=text),
        channels=case.channels,
        send_at=case.circumstances.now,
        passed_limits=True,
        through=_voices(case.left_out),
    )


def _occasion(case: Case) -> str:
    """Why it is told now."""
    rule, intent = case.rule, case.intent
    told = "what was told" if intent.told is None else f"what {intent.told.reference} told"
    match intent.event:
        case ThreadEvent.REINSTATED:
            return f"{told} is true again" if intent.told else "what the rule says is true again"
        case ThreadEvent.REASSIGNED:
            return f"{told} is no longer about the customer's own"
        case ThreadEvent.DELETED:
            return f"{told} is about what is deleted"
    match intent.kind:
        case NoticeKind.CORRECTION:
            return f"corrects {intent.told.reference}" if intent.told else "corrects"
        case NoticeKind.FOLLOW_UP:
            return f"follows up {intent.told.reference}" if intent.told else "follows up"
        case _ if rule.at:
            moment = rule.at[intent.match.ordinal].text
            return moment if intent.match.at is None else f"{moment} ({minute_text(intent.match.at)})"
        case _:
            return "what the rule says is true"


def _waiting(case: Case) -> Verdict:
    reason = case.circumstances.over_limit
    reason = reason or Reason(code=ReasonCode.LIMIT, text="it waits for a person's approval")
    return Verdict(state=NoticeState.HELD, reason=reason, channels=case.channels)


def _nobody(left_out: Sequence[LeftOut]) -> Verdict:
    """Nobody can be told. Where a channel was tried and refused it, that is a failure which its owner must know."""
    codes = {each.code for each in left_out}
    if ReasonCode.TOLD_THROUGH in codes:
        reason = Reason(code=ReasonCode.TOLD_THROUGH, text="; ".join(reversed(notes_of(left_out))))
        return Verdict(state=NoticeState.CANCELLED, reason=reason, through=_voices(left_out))
    if ReasonCode.UNDELIVERABLE in codes:
        reason = Reason(code=ReasonCode.UNDELIVERABLE, text=f"no channel took it: {'; '.join(notes_of(left_out))}")
        return Verdict(state=NoticeState.FAILED, reason=reason)
    code = next((code for code in NOBODY if code in codes), left_out[0].code)
    return _suppressed(code, " and ".join(notes_of(left_out)))


def _voices(left_out: Sequence[LeftOut]) -> Mapping[ChannelName, Voice]:
    return {each.channel: each.voice for each in left_out if each.voice is not None}


def _suppressed(code: ReasonCode, text: str) -> Verdict:
    return Verdict(state=NoticeState.SUPPRESSED, reason=Reason(code=code, text=text))
