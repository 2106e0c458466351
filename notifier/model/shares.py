"""A share of counted cases, and how sure it is."""

import math
from dataclasses import dataclass

CONFIDENT = 1.959963984540054
"""The normal quantile of a 95 % interval."""
FEWEST = 20
"""Cases below which a share is not said: its interval is wider than forty points."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """`part` of `whole`. A share without its whole says nothing, so they go together."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share; None where there are too few cases to say it."""
        return self.part / self.whole if self.can_be_said else None

    @property
    def can_be_said(self) -> bool:
        """Whether there are enough cases."""
        return self.whole >= FEWEST

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval by Wilson; None where there is no case."""
        return wilson(self.part, self.whole) if self.whole else None


def wilson(part: float, whole: float, quantile: float = CONFIDENT) -> tuple[float, float]:
    """The interval of a share (Wilson, J. Am. Stat. Assoc. 22, 1927, p. 209); `whole` is positive."""
    share, squared = part / whole, quantile**2
    middle = (share + squared / (2 * whole)) / (1 + squared / whole)
    half = quantile / (1 + squared / whole) * math.sqrt(share * (1 - share) / whole + squared / (4 * whole**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def difference(one: Share, other: Share, quantile: float = CONFIDENT) -> tuple[float, float] | None:
    """The interval of one share less the other, of 95 % or by another normal quantile.

    By Newcombe (Stat. Med. 17, 1998, p. 873, method 10).

    It is made of both intervals by Wilson, so it holds for few cases, and where one side has none. None where a side
    has no case.
    """
    if not one.whole or not other.whole:
        return None
    mine, theirs = wilson(one.part, one.whole, quantile), wilson(other.part, other.whole, quantile)
    p, q = one.part / one.whole, other.part / other.whole
    low = p - q - math.hypot(p - mine[0], theirs[1] - q)
    high = p - q + math.hypot(mine[1] - p, q - theirs[0])
    return max(-1.0, low), min(1.0, high)
