"""How long it takes until a share of some cases is over, where some of them are not over yet.

The Kaplan-Meier estimator: a case that is still open counts as long as it has been watched, so that the newest cases,
of which only the quick ones are over, do not make everything look quick.
"""

import math
from collections.abc import Iterator, Sequence

from notifier.model.learning import MINIMUM_CASES

LOST_BEYOND = 900
"""An open case counts until it is older than this share, in thousandths, of the completed ones took. What is open for
longer is lost more often than it comes, and a date is promised of what comes."""
_ROUNDING = 1e-12


def lasting_quantiles(over: Sequence[int], still_open: Sequence[int], probabilities: Sequence[int]) -> dict[int, int]:
    """How long it takes until a new case is over with each of these probabilities (in thousandths).

    `over` and `still_open` are durations of cases, up to their end or up to now. Empty below `MINIMUM_CASES` ended
    ones; a probability is missing where the cases cannot say it. A share p of n cases is not enough for the next one to
    be among them with probability p: (n + 1) p is needed (Vovk, Gammerman and Shafer, Algorithmic Learning in a Random
    World, 2005), so that is what is asked for. Where that falls between two cases, the duration lies as far between
    theirs: the longer of both would hold the next one up to 1 / (n + 1) too often (Hyndman and Fan, Sample quantiles in
    statistical packages, 1996, definition 6).
    """
    count = len(over)
    if count < MINIMUM_CASES:
        return {}
    found: dict[int, int] = {}
    wanted = sorted(set(probabilities))
    before: tuple[int, float] | None = None
    for duration, first, share in _shares(over, still_open):
        while wanted and share >= (needed := wanted[0] / 1000 * (count + 1) / count) - _ROUNDING:
            found[wanted.pop(0)] = duration if before is None else _between(before, (duration, first), needed)
        before = duration, share
    return found


def _between(before: tuple[int, float], after: tuple[int, float], needed: float) -> int:
    """The duration at which the share that is needed would be reached, between two at which cases ended."""
    (shorter, less), (longer, more) = before, after
    return shorter + round((longer - shorter) * min(1.0, (needed - less) / (more - less)))


def lost_after(over: Sequence[int]) -> int | None:
    """The duration after which an open case counts as lost; None where too few are over to say so."""
    if len(over) < MINIMUM_CASES:
        return None
    rank = min(len(over), math.ceil(LOST_BEYOND * (len(over) + 1) / 1000))
    return sorted(over)[rank - 1]


def _shares(over: Sequence[int], still_open: Sequence[int]) -> Iterator[tuple[int, float, float]]:
    """(duration, share of all cases that is over with the first that took so long, and with all of them), ascending."""
    opened, at = sorted(still_open), 0
    ended = sorted(over)
    open_ones = 0
    remaining = 1.0
    while at < len(ended):
        duration = ended[at]
        while open_ones < len(opened) and opened[open_ones] < duration:
            open_ones += 1
        watched = len(ended) - at + len(opened) - open_ones
        ending = 1
        while at + ending < len(ended) and ended[at + ending] == duration:
            ending += 1
        first = 1 - remaining * (1 - 1 / watched)
        remaining *= 1 - ending / watched
        at += ending
        yield duration, first, 1 - remaining
