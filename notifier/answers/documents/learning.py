"""What was learned from completed rows, as JSON documents."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant, instant_or_null
from notifier.model.columns import EPOCH
from notifier.model.instants import utc_text
from notifier.model.shares import Share
from notifier.store.learned_dates import KeptDates
from notifier.store.learning import LearnedGroup, Learning

SECOND = 1_000_000
DAY = 86_400 * SECOND
"""Microseconds."""


class LearnedGroupDocument(TypedDict):
    """How long it takes in one group of rows."""

    group: str
    """`stage=handed_over_at, region=SP`; `all` for all rows."""
    level: int
    """0 is the finest: a row's finest group that is here answers."""
    cases: int
    """Completed rows in it."""
    seconds: dict[str, int]
    """By probability (`0.8`): until then that share has come."""


class LearningDocument(TypedDict):
    """One learning of one forecast."""

    id: str
    forecast: str
    """`order.completed_at from promised_at -2d`."""
    at: Instant
    """It knows what was completed until then."""
    computed_at: Instant
    valid_from: Instant | None
    """It answers for points from then on; null: for all before, too."""
    valid_until: Instant | None
    """From then on a later one answers."""
    cases: int
    """Completed rows behind it."""
    still_open: int
    """Rows that were not completed, and counted for as long as they had been watched."""
    lost_after_seconds: int | None
    """Rows that are open for longer counted as lost, and were left out."""
    groups: list[LearnedGroupDocument]
    """The coarsest first; empty where there were too few cases to say anything."""


def learning_document(learning: Learning) -> LearningDocument:
    """The learning with all its groups."""
    return {
        "id": learning.id,
        "forecast": learning.forecast,
        "at": utc_text(learning.at),
        "computed_at": utc_text(learning.computed_at),
        "valid_from": None if learning.valid_from == EPOCH else utc_text(learning.valid_from),
        "valid_until": instant_or_null(learning.valid_until),
        "cases": learning.cases,
        "still_open": learning.still_open,
        "lost_after_seconds": None if learning.lost_after is None else learning.lost_after // SECOND,
        "groups": [_group(group) for group in learning.groups],
    }


def _group(group: LearnedGroup) -> LearnedGroupDocument:
    seconds = {f"{probability / 1000:g}": left // SECOND for probability, left in group.time_left.items()}
    return {"group": group.key, "level": group.level, "cases": group.cases, "seconds": seconds}


class ShareDocument(TypedDict):
    """A share, always with the cases that it is of."""

    part: int
    whole: int
    share: float | None
    """`part / whole`, to four places; null where fewer than 20 cases say nothing."""
    low: float | None
    """The lower end of the 95 % interval (Wilson); null where there is no case."""
    high: float | None


class KeptDatesDocument(TypedDict):
    """How many dates of one forecast were kept."""

    forecast: str
    probability: str
    """What was said: `0.8`."""
    kept: ShareDocument
    """Of the rows that came, those that came by the date."""
    mean_days: float | None
    """From the point to the date, on average: what the certainty costs."""
    unsaid: int
    """Rows that came and of which nothing could be said."""
    since: Instant
    """The first point that was measured: that of the first learning."""
    until: Instant
    """The last one: what was open later may still come late."""


def share_document(share: Share) -> ShareDocument:
    """The share with its interval, rounded to four places."""
    low, high = share.interval or (None, None)
    rounded = [None if value is None else round(value, 4) for value in (share.value, low, high)]
    return {"part": share.part, "whole": share.whole, "share": rounded[0], "low": rounded[1], "high": rounded[2]}


def kept_dates_document(dates: KeptDates) -> KeptDatesDocument:
    """One probability of one forecast."""
    return {
        "forecast": dates.forecast,
        "probability": f"{dates.probability / 1000:g}",
        "kept": share_document(dates.kept),
        "mean_days": None if dates.mean_left is None else round(dates.mean_left / DAY, 2),
        "unsaid": dates.unsaid,
        "since": utc_text(dates.since),
        "until": utc_text(dates.until),
    }
