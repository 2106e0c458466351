"""A notice that goes out later before its anchor than its rule's `lead` says is an incident: the owner hears of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from notifier.model.durations import duration_text
from notifier.model.notices import Draft, NoticeKind, NoticeState
from notifier.rules.checked_rules import Rule

MINUTE = timedelta(minutes=1)


def is_short_of_lead(rule: Rule, draft: Draft, now: datetime) -> bool:
    """Whether the notice goes out now, and had to go out before: its moment kept the lead.

    A moment that lies nearer to its anchor than the lead is meant to: it says a second time what was told before.
    """
    if rule.lead is None or draft.kind is not NoticeKind.NOTICE or draft.verdict.state is not NoticeState.READY:
        return False
    if draft.anchor is None or draft.at is None:
        return False
    return draft.at <= draft.anchor - rule.lead < now


def with_left_time(rule: Rule, draft: Draft, now: datetime) -> Draft:
    """The draft whose reason says how short of it the notice is: for its alert."""
    assert rule.lead is not None, "asked of rules with a lead"
    assert draft.anchor is not None, "and of notices with an anchor"
    left = max(draft.anchor - now, timedelta()) // MINUTE * MINUTE
    text = f"{duration_text(left)} are left, and the customer was to know {duration_text(rule.lead)} before"
    return replace(draft, verdict=replace(draft.verdict, reason=replace(draft.verdict.reason, text=text)))
