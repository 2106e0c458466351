"""A clock that stands still until it is told to move, and only ever forwards."""

from datetime import datetime

from notifier.model.columns import utc


class SimulatedClock:
    """Called like the real one; answers with the simulated instant (aware UTC)."""

    def __init__(self, start: datetime) -> None:
        self._now = utc(start)

    def __call__(self) -> datetime:
        return self._now

    def advance_to(self, instant: datetime) -> None:
        """Make it `instant`. Raises ValueError for one that lies before the present: history is not replayed."""
        instant = utc(instant)
        if instant < self._now:
            raise ValueError(f"the clock stands at {self._now.isoformat()} and cannot go back to {instant.isoformat()}")
        self._now = instant
