"""Constants as rule files write them -> values: durations (`48h`, `3d`, `1h30m`), instants, dates, texts."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
"""Seconds of each unit. A day is 24 elapsed hours, whatever the clocks do."""
DURATION_PATTERN = r"(?:\d+(?:\.\d+)?[dhms])+"
LONGEST = timedelta(days=36_500)
"""A hundred years: sums of such durations stay inside what both databases can store as an instant."""
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}


def parse_duration(text: str) -> timedelta:
    """`48h`, `3d`, `1h30m`, `90s`, with a leading `-` for a negative one. Raises ValueError for anything else."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    if not re.fullmatch(DURATION_PATTERN, digits):
        raise ValueError(f"'{text}' is not a duration; write for example 48h, 3d, 1h30m or 90s")
    seconds = sum(Decimal(number) * UNITS[unit] for number, unit in re.findall(r"(\d+(?:\.\d+)?)([dhms])", digits))
    if seconds > LONGEST.total_seconds():
        raise ValueError(f"'{text}' is longer than {LONGEST.days} days")
    return sign * timedelta(microseconds=int(seconds * 1_000_000))


def parse_timestamp(text: str) -> datetime:
    """RFC 3339 with a zone, as aware UTC. Raises ValueError for anything else, impossible dates among them."""
    if not _TIMESTAMP.fullmatch(text):
        raise ValueError(f"'{text}' is not an instant; write it with its zone, for example 2026-03-05T10:00:00-05:00")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"'{text}' is not an instant: {error}") from error


def parse_date(text: str) -> str:
    """An ISO date, as the text it is. Raises ValueError for anything else, impossible dates among them."""
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError as error:
        raise ValueError(f"'{text}' is not a date: {error}") from error
    raise ValueError(f"'{text}' is not a date; write it as 2026-12-24")


def known_zone(name: str) -> bool:
    """Whether the IANA database has the zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, or no possible file name
        return False
    return True


def unquoted(literal: str) -> str:
    r"""The text of a quoted literal: `\n \t \r \\ \' \" \uXXXX`. Raises ValueError for other escapes and for NUL."""

    def plain(match: re.Match[str]) -> str:
        escape = match[1]
        if escape[0] == "u" and len(escape) == 5:
            return chr(int(escape[1:], 16))
        if escape not in _ESCAPES:
            raise ValueError(f"unknown escape '\\{escape}'")
        return _ESCAPES[escape]

    text = re.sub(r"\\(u[0-9a-fA-F]{4}|.)", plain, literal[1:-1])
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("a text cannot hold this character")
    return text
