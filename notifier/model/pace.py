"""How fast a channel may go: units a second become the instants at which messages leave (GCRA, ITU-T I.371).

A unit is what the provider counts: a segment of an SMS, a mail. GCRA's theoretical arrival time is called `free_at`
here: when what has left so far will have taken its time.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Pace:
    """The provider's rate, for one channel."""

    rate: float
    """Units a second, above 0."""

    def time_of(self, units: float) -> timedelta:
        """How long the provider needs for so many units."""
        return timedelta(seconds=units / self.rate)
