"""What was learned becomes a table: by when half, and by when eight of ten have come, and from how many cases."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.shares import interval_text, share_text
from notifier.cli.shown.values import count_text, placed_text, span_text
from notifier.model.learning import MINIMUM_CASES
from notifier.store.learned_dates import KeptDates
from notifier.store.learning import LearnedGroup, Learning

SHOWN_LEVELS = 2
"""Levels of groups that people see: the coarsest ones. JSON has all."""
CANNOT_SAY = "cannot be said"


def learnings_table(learnings: Sequence[Learning]) -> Listing:
    """One row for all rows of each learning, and one for each of its coarse groups."""
    table = Listing("forecast", "rows", "cases", "half by", "8 of 10 by", "9 of 10 by")
    for learning in learnings:
        if not learning.can_say:
            table.add(learning.forecast, "all", str(learning.cases), CANNOT_SAY, "", "")
            continue
        coarse = sorted({group.level for group in learning.groups}, reverse=True)[:SHOWN_LEVELS]
        for group in learning.groups:
            if group.level in coarse:
                table.add(learning.forecast, group.key, str(group.cases), *_spans(group))
    return table


def _spans(group: LearnedGroup) -> list[str]:
    return [_span(group.time_left[p]) if p in group.time_left else CANNOT_SAY for p in (500, 800, 900)]


def _span(microseconds: float) -> str:
    return span_text(timedelta(microseconds=microseconds))


def learned_text(learnings: Sequence[Learning], at: datetime, timezone: str) -> str:
    """`3 forecasts learned from what was completed until Fri 2018-06-01 …; 109 groups of 20 cases or more`."""
    new = sum(learning.is_new for learning in learnings)
    known = len(learnings) - new
    said = f"{count_text(known, 'forecast')} learned" if known and not new else f"{count_text(new, 'forecast')} learned"
    if known and new:
        said += f", {known} known already"
    said += f" from what was completed until {placed_text(at, timezone)}"
    groups = sum(len(learning.groups) for learning in learnings)
    return f"{said}; {groups} groups of {MINIMUM_CASES} cases or more"


def kept_dates_table(found: Sequence[KeptDates]) -> Listing:
    """One row for each probability of each forecast."""
    table = Listing("forecast", "said", "kept", "95 %", "costs", "unsaid")
    for each in found:
        cost = "" if each.mean_left is None else _span(each.mean_left)
        said = f"{each.probability / 10:g} %"
        table.add(each.forecast, said, share_text(each.kept), interval_text(each.kept), cost, str(each.unsaid))
    return table


def measured_text(found: Sequence[KeptDates], timezone: str) -> str:
    """Which points were measured."""
    since, until = min(each.since for each in found), max(each.until for each in found)
    points = f"points from {placed_text(since, timezone)} to {placed_text(until, timezone)}"
    return f"What was learned before, held against what came after: {points}"
