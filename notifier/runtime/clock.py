"""Where `now` comes from: the one place that reads the computer's clock."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Called for the present instant, aware UTC."""

    def __call__(self) -> datetime:
        """Now."""
        ...


def system_clock() -> datetime:
    """The computer's clock."""
    return datetime.now(UTC)
