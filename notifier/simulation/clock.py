"""A clock that moves only when it is set, and only forwards."""

from datetime import datetime

from notifier.model.columns import utc


class SimulatedClock:
    """Called like the real clock; returns the simulated instant (aware UTC)."""

    def __init__(self, start: datetime) -> None:
        self._now = utc(start)

    def __call__(self) -> datetime:
        return self._now

    def advance_to(self, instant: datetime) -> None:
        """Set the clock to `instant`. Raises ValueError for one before the current instant."""
        instant = utc(instant)
        if instant < self._now:
            raise ValueError(f"the clock stands at {self._now.isoformat()} and cannot go back to {instant.isoformat()}")
        self._now = instant
