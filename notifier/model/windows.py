"""From one instant to another: when a visit may come, on which day it is. TM Forum TimePeriod (`validFor`)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from notifier.model.instants import utc_text

EXAMPLE = "2026-03-05T08:00:00-05:00/2026-03-05T12:00:00-05:00"


@dataclass(frozen=True)
class Window:
    """Both instants are aware UTC. An instant alone is a window without length."""

    starts_at: datetime
    ends_at: datetime


def parse_window(text: str) -> Window:
    """An ISO 8601 interval of two instants with their zones, or one such instant.

    Raises ValueError with a sentence for anything else, and for an end before its start.
    """
    first, slash, second = text.strip().partition("/")
    starts_at = _instant(first, text)
    return window_between(starts_at, _instant(second, text) if slash else starts_at, text)


def window_between(starts_at: datetime, ends_at: datetime, text: str) -> Window:
    """The window between two instants. Raises ValueError, naming `text`, for an end before its start."""
    if ends_at < starts_at:
        raise ValueError(f"'{text[:60]}' ends before it begins")
    return Window(starts_at.astimezone(UTC), ends_at.astimezone(UTC))


def window_text(window: Window) -> str:
    """The one text of a window: `2026-03-05T13:00:00Z/2026-03-05T17:00:00Z`."""
    return f"{utc_text(window.starts_at)}/{utc_text(window.ends_at)}"


def _instant(part: str, text: str) -> datetime:
    try:
        value = datetime.fromisoformat(part.strip())
    except ValueError as error:
        raise ValueError(f"'{text[:60]}' is no window of time; write it like {EXAMPLE}") from error
    if value.tzinfo is None:
        raise ValueError(f"'{text[:60]}' has no time zone; write it like {EXAMPLE}")
    return value
