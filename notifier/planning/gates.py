"""The verdict on one intent: the gates that it passes, in order, and what each of them says when it does not pass.

`GATES` is the only list there is: a tick, a preview, `why` and the recheck before sending all ask `verdict_on`. A new
gate is one function and one entry here.
"""

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from notifier.model.digests import approval_digest, match_digest
from notifier.model.holdouts import Arm
from notifier.model.instants import minute_text
from notifier.model.notices import NoticeKind, NoticeState, Reason, ReasonCode, Verdict
from notifier.model.types import ChannelName, NoticeClass
from notifier.planning.addressing import LeftOut, address_of, barriers, notes_of, parts_of
from notifier.planning.case import Case, suppressed, voices_of
from notifier.planning.consents import is_stopped_by, said_there
from notifier.planning.contacts import channels_used
from notifier.planning.earlier import earlier_moment, may_be_early
from notifier.planning.fallbacks import lost_of
from notifier.planning.merging import waits_for_others
from notifier.planning.occasions import occasion_of
from notifier.planning.situation import Intent
from notifier.planning.waiting import (
    LAWFUL,
    LIMITED,
    QUIET,
    counted_terms,
    earlier_contacts,
    free_after,
    free_from,
    lawful_opening,
    own_opening,
    waits,
)
from notifier.promises.holds import hold_reason

Gate = Callable[[Case], Case | Verdict]
"""Ends the way of a case with a verdict, or lets it pass, perhaps on fewer channels."""


def verdict_on(case: Case) -> Verdict:
    """What the first gate says that the case does not pass; ready where it passes all of them."""
    for gate in GATES:
        outcome = gate(case)
        if isinstance(outcome, Verdict):
            return replace(outcome, gate=gate.__name__)
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
        return suppressed(ReasonCode.UNKNOWN_CUSTOMER, "the customer is not in the state")
    known, access = case.intent.known, case.circumstances.access
    failed = {**case.circumstances.sharing.refused(case.intent), **(known.failed if known is not None else {})}
    if case.intent.instead_of is not None:
        failed |= lost_of(case.intent.instead_of)
    return case.without(*barriers(case.customer, case.channels, case.rule.notice_class, access, failed))


def consented(case: Case) -> Case | Verdict:
    """Nobody is written to where they asked for no more, nor without a yes where the law of the place wants one.

    Safety goes where the policy says so and the provider lets it through; what only sounds like an opt-out never stops
    it.
    """
    access, rules = case.circumstances.access, case.circumstances.policy.contact
    if not access.ledger and not rules.terms:
        return case
    recipient, notice_class = case.recipient, case.rule.notice_class
    silent = []
    for channel in case.channels:
        said = said_there(access.ledger, (channel, address_of(recipient, channel) or ""), notice_class)
        if said is not None and is_stopped_by(said, notice_class, safety_after_stop=rules.safety_after_stop):
            silent.append(LeftOut(channel=channel, code=ReasonCode.OPTED_OUT, text=f"{channel}: {said.text}"))
            continue
        binding = rules.of(recipient.country, notice_class, channel, recipient.subdivision)
        needs_yes = any(terms.needs_yes for terms in binding)
        if needs_yes and not access.says_yes(recipient, channel, notice_class):
            text = f"{channel}: {notice_class} needs a yes in {recipient.country}, and there is none"
            silent.append(LeftOut(channel=channel, code=ReasonCode.NO_CONSENT, text=text))
    return case.without(*silent)


def worded(case: Case) -> Case | Verdict:
    """By WhatsApp goes what was approved letter by letter, with values that it takes; else another channel speaks."""
    if ChannelName.WHATSAPP not in case.channels or case.unsendable is None:
        return case
    refused = case.unsendable()
    if refused is None:
        return case
    text = f"{ChannelName.WHATSAPP}: {refused}"
    return case.without(LeftOut(channel=ChannelName.WHATSAPP, code=ReasonCode.UNAPPROVED_TEXT, text=text))


def preferred(case: Case) -> Case | Verdict:
    """Corrections and follow-ups go where the customer was told, while one of those channels is left.

    A customer who named a preferred channel is told there alone; safety goes out on every channel. Whoever said yes to
    WhatsApp gets no SMS beside it: both are the same telephone.
    """
    channels, left_out = case.channels, case.left_out
    told = case.intent.told.told_channels if case.intent.told is not None else ()
    if again := tuple(channel for channel in channels if channel in told):
        channels, left_out = again, tuple(each for each in left_out if each.channel in told)
    favourite = case.recipient.preferred_channel
    if favourite in channels and case.rule.notice_class is not NoticeClass.SAFETY:
        channels = (favourite,)
    if ChannelName.WHATSAPP in channels and case.rule.notice_class is not NoticeClass.SAFETY:
        channels = tuple(channel for channel in channels if channel is not ChannelName.SMS)
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


def signed(case: Case) -> Case | Verdict:
    """Where a rule or its class says so, nothing of it goes before so many people approved just what it says."""
    people = case.rule.approvals
    if not people or _passed_people(case, people):
        return case
    known = case.intent.known
    given = known.approvals if known is not None and _is_approved(case) else 0
    text = "a person must approve it" if people == 1 else f"{people} people must approve it, each by themselves"
    text += f"; {given} did" if given else ""
    reason = Reason(code=ReasonCode.APPROVAL, text=text)
    return Verdict(state=NoticeState.HELD, reason=reason, channels=case.channels)


def earlier(case: Case) -> Case | Verdict:
    """What hours would carry past its use goes at the last instant before its moment that they allow."""
    at, now = case.intent.match.at, case.circumstances.now
    if at is None or at <= now or not may_be_early(case.intent):
        return case
    policy, until = case.circumstances.policy, case.intent.until
    moved = earlier_moment(policy, case.rule, case.recipient, at, until, case.lead) or at
    if moved <= now:
        return case
    when = f"{minute_text(moved, case.zone)}, before its moment" if moved < at else minute_text(at, case.zone)
    text = f"goes at {when}: hours are closed from then on until it no longer helps"
    return Verdict(
        state=NoticeState.DEFERRED,
        reason=Reason(code=ReasonCode.EARLIER, text=text),
        channels=case.channels,
        send_at=moved,
    )


def quiet_hours(case: Case) -> Case | Verdict:
    """In the recipient's quiet hours a notice waits for their end; where that is too late, another channel speaks.

    What corrects or follows up does not wait past its use: it goes at once where that wakes nobody.
    """
    closed = [channel for channel in case.channels if own_opening(case, channel) > case.circumstances.now]
    return waits(case, closed, QUIET) if closed else case


def contact_law(case: Case) -> Case | Verdict:
    """As the quiet hours, for the hours of the contact law and of `contact_limits`. Nothing overrides those."""
    if not case.circumstances.policy.contact.terms:
        return case
    closed = [channel for channel in case.channels if lawful_opening(case, channel) > case.circumstances.now]
    return waits(case, closed, LAWFUL) if closed else case


def contact_limits(case: Case) -> Case | Verdict:
    """Who was written to as often as law or policy allow is written to later, or on fewer channels.

    Channels that are used already go first, then those that the rule prefers.
    """
    if not case.circumstances.policy.contact.terms:
        return case
    if not any(counted_terms(case, channel) for channel in case.channels):
        return case
    now = case.circumstances.now
    closed = [channel for channel in case.channels if free_from(case, channel) > now]
    if len(closed) == len(case.channels):
        return waits(case, closed, LIMITED)
    contacts = earlier_contacts(case)
    used = channels_used(contacts, ZoneInfo(case.zone), now)
    fitting: list[ChannelName] = []
    own = [channel for channel in case.channels if channel not in case.carried]
    for channel in sorted(own, key=lambda each: each not in used):  # stable: else the order of preference
        with_those = [*contacts, *((each, now) for each in fitting)]
        if free_after(case, channel, with_those) <= now:
            fitting.append(channel)
    return case.without(
        *(LeftOut(channel=channel, code=ReasonCode.CONTACT_LIMIT) for channel in own if channel not in fitting)
    )


def held_out(case: Case) -> Case | Verdict:
    """Some are not told for a time, by lot: only those who would be told now, and only what nobody owes them.

    Whoever makes contact is told: the question has been asked, and the answer counts.
    """
    lots, intent = case.circumstances.held_out, case.intent
    if lots is None or _is_owed(intent) or (intent.known is not None and intent.known.told_at is not None):
        return case
    assigned = lots.assigned(case.recipient)
    if assigned.arm is Arm.TOLD or lots.is_over_for(intent.occurrence):
        return replace(case, assigned=assigned)
    reason = Reason(code=ReasonCode.HELD_OUT, text=lots.why(case.zone))
    return Verdict(state=NoticeState.SUPPRESSED, reason=reason, assigned=assigned)


def within_limits(case: Case) -> Case | Verdict:
    """A batch that reaches more recipients than its rule may waits for approval as a whole."""
    if case.circumstances.over_limit is None or _passed_limits(case):
        return case
    return _waiting(case)


def canary(case: Case) -> Case | Verdict:
    """Those who hear a version of the rule first go; the others wait for what becomes of it, and perhaps for a person.

    What corrects, follows up or says elsewhere what was told is owed to somebody, and waits for nobody.
    """
    first, intent = case.circumstances.first, case.intent
    if first is None or _is_owed(intent) or (intent.known is not None and intent.known.told_at is not None):
        return case
    if first.includes(case.recipient.id):
        return replace(case, is_first=True)
    if first.stopped is not None:
        given = intent.known.approvals if intent.known is not None else 0
        if _is_approved(case, past_stop=True) and given >= case.rule.approvals:
            return case
        reason = Reason(code=ReasonCode.CANARY_STOPPED, text=first.stopped)
        return Verdict(state=NoticeState.HELD, reason=reason, channels=case.channels, passed_limits=True)
    if (why := first.why_waiting(case.zone)) is None:
        return case
    return Verdict(
        state=NoticeState.DEFERRED,
        reason=Reason(code=ReasonCode.CANARY, text=f"waits {why}"),
        channels=case.channels,
        send_at=first.opens_at,
        passed_limits=True,
    )


def gathered(case: Case) -> Case | Verdict:
    """What may go in one message with others waits some minutes for them, unless one of those goes now."""
    ends = None if any(channel in case.carried for channel in case.channels) else waits_for_others(case)
    if ends is None:
        return case
    text = f"until {minute_text(ends, case.zone)} for what else falls due for the same person"
    return Verdict(
        state=NoticeState.DEFERRED,
        reason=Reason(code=ReasonCode.GATHERED, text=f"waits {text}"),
        channels=case.channels,
        send_at=ends,
        passed_limits=True,
        is_first=case.is_first,
    )


GATES: tuple[Gate, ...] = (
    held,
    reachable,
    consented,
    worded,
    preferred,
    said_once,
    located,
    approved,
    signed,
    earlier,
    quiet_hours,
    contact_law,
    contact_limits,
    held_out,
    within_limits,
    canary,
    gathered,
)
"""In the order in which they are asked. `worded` stands before `preferred`, so that what WhatsApp does not take is said
by SMS. `approved` and `signed` stand before the quiet hours: what waits for a person says so, also by night.
`said_once` stands before all that a notice may wait for: only who speaks waits, is approved and counted. `held_out`
stands behind all that keeps a notice back for its own sake, so that both sides of a holdout are customers who would be
told, and before what counts whom the rule reaches. `canary` stands behind all that may keep one of the first back.
`gathered` is the last: it keeps back only what could go."""


# What the gates share


def _is_owed(intent: Intent) -> bool:
    """Whether it corrects, follows up or says elsewhere what was told."""
    return intent.kind is not NoticeKind.NOTICE or intent.event is not None or intent.instead_of is not None


def _passed_limits(case: Case) -> bool:
    """Whether the limits let it pass before, or a person did. An approval is of exactly this content of this rule.

    What was told has passed: one more channel of it reaches nobody new.
    """
    known = case.intent.known
    if known is not None and known.approved_digest is None and known.passed_limits:
        return True
    return _passed_people(case, case.rule.approvals)


def _passed_people(case: Case, people: int) -> bool:
    """Whether so many people approved exactly this content of this rule, or it was told."""
    known = case.intent.known
    if case.intent.instead_of is not None:
        return True
    if known is None:
        return False
    return known.told_at is not None or (_is_approved(case) and known.approvals >= people)


def _is_approved(case: Case, *, past_stop: bool = False) -> bool:
    """Whether anybody approved exactly this content of this rule; with `past_stop`, knowing that its canary stopped."""
    known = case.intent.known
    if known is None or known.approved_digest is None:
        return False
    content = (case.rule.digest, match_digest(case.intent.match))
    if known.approved_digest == approval_digest(*content, past_stop=True):
        return True
    return not past_stop and known.approved_digest == approval_digest(*content)


def _ready(case: Case) -> Verdict:
    notes = [case.not_in_time] if case.not_in_time else []
    carried = {channel: voice for channel, voice in case.carried.items() if channel in case.channels}
    text = "; ".join([occasion_of(case), *notes_of(case.left_out), *parts_of(carried), *notes])
    code = ReasonCode.QUIET_HOURS_PAST_UNTIL if case.not_in_time else ReasonCode.DUE
    return Verdict(
        state=NoticeState.READY,
        reason=Reason(code=code, text=text),
        channels=case.channels,
        send_at=case.circumstances.now,
        passed_limits=True,
        is_first=case.is_first,
        assigned=case.assigned,
        through={**voices_of(case.left_out), **carried},
    )


def _waiting(case: Case) -> Verdict:
    reason = case.circumstances.over_limit
    reason = reason or Reason(code=ReasonCode.LIMIT, text="it waits for a person's approval")
    return Verdict(state=NoticeState.HELD, reason=reason, channels=case.channels)
