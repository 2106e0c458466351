"""A moment that hours would carry past `until` is kept earlier: at the last instant before it that they allow.

Hours are those of the quiet hours, of contact law and of `contact_limits`. What is told is what is true then. Where the
rule says `earlier: never`, or no instant is found, the notice falls due at its moment: another channel speaks, or its
owner hears.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from notifier.evaluation.windows import distance, slack
from notifier.model.notices import NoticeKind, Reason, ReasonCode, Recipient
from notifier.model.types import ChannelName
from notifier.planning.addressing import address_of, placed
from notifier.planning.intents import ended
from notifier.planning.quiet_hours import first_common, hours_for, next_allowed, opens
from notifier.planning.situation import Action, Intent, Intents
from notifier.rules.checked import AllowedHours, Policy
from notifier.rules.checked_rules import Rule

STEP = timedelta(minutes=15)
"""The instants that are tried lie so far apart, back from the moment."""
MARGIN = timedelta(minutes=5)
"""How long the hours are still open then: a tick, a queue and a provider take a while."""
A_NIGHT = timedelta(hours=24)
"""More than hours of a day are closed in a row."""
HOLIDAYS = timedelta(days=5)
"""How far back hours by weekday are looked for: over a weekend with holidays."""
NEVER = timedelta(0)
NOT_YET = Reason(code=ReasonCode.CHANGED_BACK, text="hours are open when it falls due, and it is told then")


def lead_of(rule: Rule, policy: Policy, *, reads_now: bool) -> timedelta:
    """How long before its moment a notice of the rule may have to be told; zero where hours never carry it past
    `until`, or the rule is told at its moment alone.

    Of a rule that compares something with `now` nobody knows before whether it will be true. One that waits for
    approval beyond a limit, one with rows of `each` and one with several moments are told when they fall due.
    """
    if rule.never_earlier or reads_now or rule.each is not None or len(rule.at) != 1 or not rule.at[0].before:
        return NEVER
    if rule.limits.recipients is not None or rule.limits.share is not None:
        return NEVER
    own = [hours for (_, of, _), hours in policy.hours.items() if of is rule.notice_class]
    by_weekday = any(not isinstance(hours, AllowedHours) for hours in own)
    by_law = any(terms.hours for (_, of, _), terms in policy.contact.terms.items() if of is rule.notice_class)
    if not own and not by_law and hours_for(policy, "", rule.notice_class, ChannelName.SMS) is None:
        return NEVER
    longest = HOLIDAYS if by_weekday or by_law else A_NIGHT
    shortest = _shortest_window(rule)
    return NEVER if shortest is not None and shortest >= longest else longest


def may_be_early(intent: Intent) -> bool:
    """Whether its own moment decides when it is told: not what corrects, follows up, or was told on another channel."""
    return intent.action is Action.PLAN and intent.kind is NoticeKind.NOTICE and intent.instead_of is None


def without_what_is_too_soon(
    intents: Intents,
    rule: Rule,
    policy: Policy,
    customers: Callable[[Sequence[Intent]], Mapping[str, Recipient]],
    *,
    now: datetime,
    lead: timedelta,
) -> Intents:
    """The intents, without those whose moment is ahead and need not be told before; such a one that waits is cancelled.

    `customers`: those to whom intents speak, by id.
    """

    def is_ahead(intent: Intent) -> bool:
        at = intent.match.at
        return intent.reason is None and may_be_early(intent) and at is not None and at > now

    known = customers([intent for intent in intents.intents if is_ahead(intent)])
    kept: list[Intent] = []
    for intent in intents.intents:
        at, until = intent.match.at, intent.until
        if at is None or not is_ahead(intent):
            kept.append(intent)
            continue
        customer = known.get(intent.match.recipient_id or "")
        if customer is not None:
            customer = placed(customer, intent.match.timezone)
            if earlier_moment(policy, rule, customer, at, until, lead) is not None:
                kept.append(intent)
                continue
        if intent.known is not None and intent.known.is_open:
            kept.append(ended(rule, intent.known, Action.CANCEL, NOT_YET))
    return replace(intents, intents=tuple(kept))


def _shortest_window(rule: Rule) -> timedelta | None:
    """How long the rule's window is at least; None where nobody knows, because its ends hang on different instants."""
    at = rule.at[0]
    if rule.until is None:
        return -distance(at) - slack(at)
    if rule.until.anchor != at.anchor:
        return None
    return distance(rule.until) - distance(at) - slack(at) - slack(rule.until)


def earlier_moment(
    policy: Policy, rule: Rule, recipient: Recipient, at: datetime, until: datetime | None, lead: timedelta
) -> datetime | None:
    """When a notice that falls due `at` is told instead, to this recipient; None where its hours open in time, or
    where they were not open within the `lead` before."""
    channels = [channel for channel in rule.channels if address_of(recipient, channel) is not None]
    if until is None or recipient.timezone is None or not channels:
        return None
    if _opens(policy, rule, recipient, channels, at) < until:
        return None
    tried = at - STEP
    while tried > at - lead:
        if all(_opens(policy, rule, recipient, channels, each) == each for each in (tried, tried + MARGIN)):
            return tried
        tried -= STEP
    return None


def _opens(
    policy: Policy, rule: Rule, recipient: Recipient, channels: list[ChannelName], instant: datetime
) -> datetime:
    """The first instant from this one on at which all of these channels may speak."""
    country, zone, of = recipient.country, recipient.timezone, rule.notice_class
    assert zone is not None, "whoever has no zone has no hours"
    hours = [hours_for(policy, country, of, each, recipient.subdivision) for each in channels]
    closing = [partial(next_allowed, each, zone) for each in hours]
    if policy.contact.terms:
        law = partial(_by_law, policy, recipient, rule)
        return first_common([*closing, *(partial(law, each) for each in channels)], instant)
    return first_common(closing, instant)


def _by_law(policy: Policy, recipient: Recipient, rule: Rule, channel: ChannelName, instant: datetime) -> datetime:
    assert recipient.timezone is not None
    where = recipient.country
    return opens(policy, where, rule.notice_class, channel, recipient.timezone, instant, recipient.subdivision)
