"""Where `now` comes from: the one place that reads the computer's clock."""

from datetime import UTC, datetime


def system_clock() -> datetime:
    """The computer's clock, aware UTC."""
    return datetime.now(UTC)
