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
