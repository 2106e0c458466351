"""What falls due for one person within minutes goes in one message: what may be a part of it, and how long that waits.

Here is only what one notice says of itself. Which of those that wait go together is found in `drafting.joining`.
"""

from datetime import datetime, timedelta

from notifier.model.notices import NoticeKind, NoticeState, ReasonCode
from notifier.planning.case import Case
from notifier.planning.sharing import Sharing
from notifier.planning.situation import Action, Intent
from notifier.planning.waiting import lawful_opening, own_opening
from notifier.rules.checked_rules import Rule
from notifier.rules.contact_terms import Merging

NEXT_PASS = timedelta(seconds=1)
"""What a pass sees for the first time waits for the next one at least: by then all that it may go with is in the
outbox."""


def may_join(merging: Merging, rule: Rule, intent: Intent, sharing: Sharing) -> bool:
    """Whether the intent is one that may go in one message with others.

    Not what corrects or follows up, for somebody believes what is not so; nor what asks for an answer, for a "yes"
    must have one question; nor what is said to all who share an address; nor what carries an invitation, which
    is to one thing.
    """
    return (
        intent.action is Action.PLAN
        and intent.reason is None
        and intent.kind is NoticeKind.NOTICE
        and intent.event is None
        and intent.instead_of is None
        and goes_with_others(merging, rule)
        and not sharing.is_shared(intent)
    )


def goes_with_others(merging: Merging, rule: Rule) -> bool:
    """Whether the rule lets its notices go in one message with those of others."""
    return (
        rule.merges
        and rule.confirm is None
        and rule.invitation is None
        and rule.notice_class in merging.classes
        and any(channel in merging.channels for channel in rule.channels)
    )


def waits_for_others(case: Case) -> datetime | None:
    """Until when the notice waits for what else falls due for its person; None where it goes now.

    Its wait begins at its moment, so what was late for another reason waits no more. It never waits into closed hours,
    nor until less than that long is left of its use.
    """
    merging, known, now = case.circumstances.policy.contact.merging, case.intent.known, case.circumstances.now
    if not case.may_join or merging is None or not set(case.channels) & set(merging.channels):
        return None
    if known is not None and known.state is NoticeState.READY:
        return None
    if known is not None and known.reason_code is ReasonCode.GATHERED and known.deferred_until is not None:
        ends = known.deferred_until
    else:
        ends = _begins(case) + merging.within
    if known is None:
        ends = max(ends, now + NEXT_PASS)
    return ends if ends > now and _may_wait(case, ends, merging.within) else None


def _begins(case: Case) -> datetime:
    match, known = case.intent.match, case.intent.known
    if match.at is not None:
        return match.at
    return case.circumstances.now if known is None else known.changed_at


def _may_wait(case: Case, ends: datetime, within: timedelta) -> bool:
    until = case.intent.until
    if until is not None and until < ends + within:
        return False
    return all(
        opening(case, channel, ends) <= ends for channel in case.channels for opening in (own_opening, lawful_opening)
    )
