"""Counts per hundred of something, and whether such a rate rises: with an interval, never by a hunch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from notifier.model.shares import CONFIDENT, FEWEST, wilson

FEWEST_WEEKS = 4
"""Weeks below which nobody can say a course: two halves of one week each have no spread."""


class Course(StrEnum):
    """Where a rate goes."""

    RISES = "rises"
    FALLS = "falls"
    STEADY = "steady"
    """Neither is shown: the interval of the ratio holds 1."""
    UNKNOWN = "cannot be said"


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`count` per hundred of `base`. A rate without its base says nothing, so they go together."""

    count: int
    base: int

    @property
    def per_hundred(self) -> float | None:
        """None where there is nothing to count by."""
        return 100 * self.count / self.base if self.base else None


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The later half of the weeks, compared with the half before it."""

    earlier: Rate
    later: Rate
    weeks: int
    """Whole weeks that were compared, those with a base: an odd one at the beginning is left out."""
    ratio: float | None
    """The later rate divided by the earlier one; None where it cannot be said."""
    interval: tuple[float, float] | None
    """95 % of the ratio; its upper end is infinite where the earlier half has no case."""

    @property
    def course(self) -> Course:
        """What the interval shows."""
        if self.interval is None:
            return Course.UNKNOWN
        low, high = self.interval
        return Course.RISES if low > 1 else Course.FALLS if high < 1 else Course.STEADY


def trend_of(weeks: Sequence[Rate]) -> Trend:
    """The trend of weekly rates, in the order of time.

    Counts are of people, not of their calls: those of one person are not independent. Of all cases of both halves, the
    later ones are a share that follows from the ratio (Przyborowski and Wilenski, Biometrika 31, 1940, p. 313); its
    interval is Wilson's. Where weeks of one half differ by more than chance, the interval widens by as much
    (quasi-Poisson: McCullagh and Nelder, Generalized Linear Models, 1989, section 6.2), with the quantile of Student.
    """
    known = [week for week in weeks if week.base]
    half = len(known) // 2
    earlier, later = known[len(known) - 2 * half : len(known) - half], known[len(known) - half :]
    before, after = _together(earlier), _together(later)
    ratio, interval = None, None
    if 2 * half >= FEWEST_WEEKS and before.count + after.count >= FEWEST:
        spread, quantile = _spread((earlier, before), (later, after))
        share = wilson(after.count / spread, (before.count + after.count) / spread, quantile)
        low, high = (math.inf if each >= 1 else each / (1 - each) * before.base / after.base for each in share)
        interval = (low, high)
        ratio = after.count * before.base / (before.count * after.base) if before.count else math.inf
    return Trend(earlier=before, later=after, weeks=2 * half, ratio=ratio, interval=interval)


def _together(weeks: Sequence[Rate]) -> Rate:
    return Rate(count=sum(week.count for week in weeks), base=sum(week.base for week in weeks))


def _spread(*halves: tuple[Sequence[Rate], Rate]) -> tuple[float, float]:
    """How much more the weeks of a half differ than by chance (1: no more), and the quantile that goes with it."""
    squares, free = 0.0, 0
    for weeks, whole in halves:
        free += len(weeks) - 1
        for week in weeks:
            expected = whole.count * week.base / whole.base
            squares += (week.count - expected) ** 2 / expected if expected else 0.0
    if squares <= free:
        return 1.0, CONFIDENT
    return squares / free, _student(free)


def _student(free: int) -> float:
    """The quantile of a 95 % interval with so many degrees of freedom: within 2 % from 4 on, 12 % low for 2.

    By the expansion of Cornish and Fisher (Abramowitz and Stegun 26.7.5).
    """
    z = CONFIDENT
    return z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
