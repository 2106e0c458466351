"""What a notice waits for: its quiet hours, the hours and the limits of contact law; and what may not wait for them.

All of it is resolved together with `until`: it waits where what comes then still helps, another channel speaks where it
may, and otherwise its owner hears that nobody was told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from notifier.model.instants import local_minute, minute_text
from notifier.model.notices import NoticeKind, NoticeState, Reason, ReasonCode, Verdict
from notifier.model.types import ChannelName
from notifier.planning.addressing import LeftOut
from notifier.planning.case import Case, suppressed
from notifier.planning.contacts import allowed_from, channel_allowed_from
from notifier.planning.quiet_hours import WAKE_NOBODY, first_common, hours_for, may_override, next_allowed, opens
from notifier.rules.contact_terms import ContactTerms


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Why a notice must wait: its reasons, and how they say it."""

    code: ReasonCode
    past_until: ReasonCode
    text: str
    """`{when}` stands for the instant until which it waits."""
    overridable: bool = False
    """Whether the policy may let a late correction pass."""


QUIET = Wait(
    code=ReasonCode.QUIET_HOURS,
    past_until=ReasonCode.QUIET_HOURS_PAST_UNTIL,
    text="quiet hours until {when}",
    overridable=True,
)
LAWFUL = Wait(
    code=ReasonCode.CONTACT_LAW, past_until=ReasonCode.CONTACT_LAW_PAST_UNTIL, text="closed by contact law until {when}"
)
LIMITED = Wait(
    code=ReasonCode.CONTACT_LIMIT, past_until=ReasonCode.CONTACT_LIMIT_PAST_UNTIL, text="no contact left until {when}"
)


def waits(case: Case, closed: Sequence[ChannelName], why: Wait) -> Case | Verdict:
    """The case waits until everything that closes one of its channels lets it go: hours, law and limits together.

    Where that is too late, another channel speaks; where there is none, nobody does, and its owner hears of it.
    """
    until, zone = case.intent.until, case.zone
    reopens = _opening(case)
    when = why.text.format(when=minute_text(reopens, zone))
    if until is None or reopens < until:
        return Verdict(
            state=NoticeState.DEFERRED,
            reason=Reason(code=why.code, text=when),
            channels=case.channels,
            send_at=reopens,
        )
    if case.intent.kind in (NoticeKind.CORRECTION, NoticeKind.FOLLOW_UP):
        return _at_once(case, closed, when, why)
    if len(closed) < len(case.channels):
        return case.without(*(LeftOut(channel=channel, code=why.code) for channel in closed))
    return suppressed(why.past_until, f"{when}, and it helps only before {local_minute(until, zone)}")


def _at_once(case: Case, closed: Sequence[ChannelName], when: str, why: Wait) -> Case | Verdict:
    """What corrects or follows up, and would come too late after what closes these channels.

    It goes now on the channels that may speak at this hour. Where none of them is sure to be noticed, its owner hears
    what to say.
    """
    until, zone = case.intent.until, case.zone
    assert until is not None

    def may_override(channel: ChannelName) -> bool:
        return why.overridable and _may_override(case, channel)

    going = tuple(channel for channel in case.channels if channel not in closed or may_override(channel))
    if all(channel in WAKE_NOBODY for channel in going):
        silent = [each for each in case.not_preferred if each in WAKE_NOBODY and may_override(each)]
        going = (*going, *silent)
    helps = f"it helps only before {local_minute(until, zone)}"
    if not going:
        return suppressed(why.past_until, f"{when}, and {helps}")
    left_out = [LeftOut(channel=channel, code=why.code) for channel in closed if channel not in going]
    case = replace(case, channels=going, left_out=(*case.left_out, *left_out))
    if all(channel in WAKE_NOBODY for channel in going):
        return replace(case, not_in_time=f"it may not be read in time: {helps}")
    return case


def _may_override(case: Case, channel: ChannelName) -> bool:
    """Whether it goes out in quiet hours. What the law closes now stays closed."""
    rule, country = case.rule, case.recipient.country
    overrides = may_override(case.circumstances.policy, country, rule.notice_class, channel)
    return overrides and lawful_opening(case, channel) <= case.circumstances.now


def own_opening(case: Case, channel: ChannelName, now: datetime | None = None) -> datetime:
    """The first instant from now on, or from another one, outside of the quiet hours."""
    zone, known = case.zone, case.circumstances.openings
    country, subdivision = case.recipient.country, case.recipient.subdivision
    key = (country, subdivision, zone, channel)
    if now is None and key in known:
        return known[key]
    hours = hours_for(case.circumstances.policy, country, case.rule.notice_class, channel, subdivision)
    opening = next_allowed(hours, zone, now or case.circumstances.now)
    if now is None:
        known[key] = opening
    return opening


def lawful_opening(case: Case, channel: ChannelName, now: datetime | None = None) -> datetime:
    """The same by the hours of contact law."""
    recipient, policy, at = case.recipient, case.circumstances.policy, now or case.circumstances.now
    where, of = recipient.country, case.rule.notice_class
    return opens(policy, where, of, channel, case.zone, at, recipient.subdivision)


def _opening(case: Case) -> datetime:
    """The first instant at which the hours of all channels let them speak, and the limits at least one of them."""
    closing: list[Callable[[datetime], datetime]] = [partial(own_opening, case, each) for each in case.channels]
    if case.circumstances.policy.contact.terms:
        closing += [partial(lawful_opening, case, each) for each in case.channels]
        free = min(free_from(case, each) for each in case.channels)
        closing.append(partial(max, free))
    return first_common(closing, case.circumstances.now)


def counted_terms(case: Case, channel: ChannelName) -> tuple[ContactTerms, ...]:
    """The terms with numbers in them."""
    rules, recipient = case.circumstances.policy.contact, case.recipient
    terms = rules.of(recipient.country, case.rule.notice_class, channel, recipient.subdivision)
    return tuple(each for each in terms if each.caps or each.channels_per_week is not None)


def earlier_contacts(case: Case) -> list[tuple[ChannelName, datetime]]:
    """Where and when the person was written to before this notice; what is about to go counts as of now."""
    contacts = case.circumstances.contacts
    if contacts is None:
        return []
    found = contacts.before(case.intent, case.rule.notice_class, case.recipient)
    return [(each.address[0], each.at or case.circumstances.now) for each in found]


def free_from(case: Case, channel: ChannelName) -> datetime:
    """The first instant at which the limits allow the channel one more message. A part of one is no message more."""
    if channel in case.carried:
        return case.circumstances.now
    return free_after(case, channel, earlier_contacts(case)) if counted_terms(case, channel) else case.circumstances.now


def free_after(case: Case, channel: ChannelName, contacts: Sequence[tuple[ChannelName, datetime]]) -> datetime:
    """The first instant at which the limits allow one more message on the channel, after these contacts."""
    now, zone = case.circumstances.now, ZoneInfo(case.zone)
    instants = [at for _, at in contacts]
    free = [now]
    for terms in counted_terms(case, channel):
        free += [allowed_from(cap, instants, zone, now) for cap in terms.caps]
        if terms.channels_per_week is not None:
            free.append(channel_allowed_from(terms.channels_per_week, contacts, channel, zone, now))
    return max(free)
