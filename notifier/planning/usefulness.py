"""Until when a correction or a follow-up still helps: until the earlier of the moment that was told and the new one.

A visit told for 15:00 moves to 07:30: whoever learns it after 07:30 was not at home. A visit told for 07:30 moves to
11:30: whoever learns it after 07:30 got up in vain. A moment that had passed before its notice became untrue bounds
nothing: an order whose date has gone by gets a new date, and its customer hears it.
"""

from datetime import datetime

from notifier.model.notices import UNSENT, Match
from notifier.model.reading import KnownNotice


def correction_until(told: KnownNotice, match: Match, known: KnownNotice | None, now: datetime) -> datetime | None:
    """The end of the use of a correction of `told` to what the match says; `known` is that correction in the outbox.

    It has passed where the new moment had, while the customer still expects the old one: no message helps then.
    """
    before, after = told.anchor, match.anchor
    ahead = [moment for moment in (before, after) if moment is not None and _was_ahead(moment, known, now)]
    if before in ahead and after is not None and after not in ahead:
        return after
    ends = (before, told.until, after, match.until)
    return min(ahead) if ahead else max((end for end in ends if end is not None), default=None)


def follow_up_until(told: KnownNotice, known: KnownNotice | None, now: datetime) -> datetime | None:
    """The end of the use of a follow-up to `told`: the moment that was told, unless it had passed before."""
    return told.anchor if told.anchor is not None and _was_ahead(told.anchor, known, now) else None


def reinstated_until(match: Match, known: KnownNotice | None, now: datetime) -> datetime | None:
    """The end of the use of a word that something is so again: its moment. Nobody expects the one told before."""
    if match.anchor is not None and _was_ahead(match.anchor, known, now):
        return match.anchor
    return max((end for end in (match.anchor, match.until) if end is not None), default=None)


def _was_ahead(moment: datetime, known: KnownNotice | None, now: datetime) -> bool:
    """Whether it was still to come when the notice became untrue: it is, or what waits was bounded by it."""
    bounded = known is not None and known.state in UNSENT and known.until is not None and known.until <= moment
    return bounded or moment > now
