"""A clock that moves only when it is set, and only forwards; it may show another time than it is."""

from datetime import datetime, timedelta

from notifier.model.columns import utc


class SimulatedClock:
    """Called like the real clock; returns the simulated instant (aware UTC), as far off as `skew` says."""

    def __init__(self, start: datetime) -> None:
        self._now = utc(start)
        self.skew = timedelta(0)
        """How far what it shows is ahead of the story."""

    def __call__(self) -> datetime:
        return self._now + self.skew

    def advance_to(self, instant: datetime) -> None:
        """Set the story to `instant`. Raises ValueError for one before its current instant."""
        instant = utc(instant)
        if instant < self._now:
            raise ValueError(f"the clock stands at {self._now.isoformat()} and cannot go back to {instant.isoformat()}")
        self._now = instant
