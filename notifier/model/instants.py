"""How instants are written, in one place: for people to the minute, for programs as RFC 3339 in UTC."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=4096)
def minute_text(instant: datetime, timezone: str = "UTC") -> str:
    """The aware instant for people, to the minute in the zone (IANA): `2026-03-05 10:00 America/Bogota`."""
    return f"{local_minute(instant, timezone)} {timezone}"


def local_minute(instant: datetime, timezone: str = "UTC") -> str:
    """As `minute_text`, but without the zone: `2026-03-05 10:00`."""
    local = instant.astimezone(UTC if timezone == "UTC" else ZoneInfo(timezone))
    # Several times as fast as strftime, and called for each notice.
    return local.replace(tzinfo=None).isoformat(" ", "minutes")


def utc_text(instant: datetime) -> str:
    """The aware instant for programs, exact, as in RFC 3339: `2026-03-05T15:00:00Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
