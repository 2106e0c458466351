"""Constants as rule files write them -> values: durations (`48h`, `3d`, `1h30m`), instants, dates, texts."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from notifier.model import durations
from notifier.model.types import ValueType
from notifier.rules.expressions import Literal

DURATION_PATTERN = r"(?:\d+(?:ms|[dhms]))+"
LONGEST = timedelta(days=36_500)
"""A hundred years: sums of such durations stay inside what both databases can store as an instant."""
LARGEST_INTEGER = 2**63 - 1
MOST_PLACES = 9
"""The most decimal places of a number in a condition."""
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}


def parse_duration(text: str) -> timedelta:
    """`48h`, `3d`, `1h30m`, `90s`, with a leading `-` for a negative one. Raises ValueError for anything else."""
    duration = durations.parse_duration(text)
    if abs(duration) > LONGEST:
        raise ValueError(f"'{text}' is longer than {LONGEST.days} days")
    return duration


def parse_timestamp(text: str) -> datetime:
    """RFC 3339 with a zone, as aware UTC. Raises ValueError for anything else, including impossible dates."""
    if not _TIMESTAMP.fullmatch(text):
        raise ValueError(f"'{text}' is not an instant; write it with its zone, for example 2026-03-05T10:00:00-05:00")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"'{text}' is not an instant: {error}") from error


def parse_date(text: str) -> str:
    """An ISO date, as text. Raises ValueError for anything else, including impossible dates."""
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError as error:
        raise ValueError(f"'{text}' is not a date: {error}") from error
    raise ValueError(f"'{text}' is not a date; write it as 2026-12-24")


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


def constant(kind: str, written: str) -> Literal:
    """The value of a constant. Raises ValueError for what cannot be kept exactly."""
    match kind:
        case "true" | "false":
            return Literal(type=ValueType.BOOL, value=written == "true")
        case "null":
            return Literal(type=ValueType.NULL, value=None)
        case "integer":
            if int(written) > LARGEST_INTEGER:
                raise ValueError(f"{written} does not fit into 64 bits")
            return Literal(type=ValueType.INT, value=int(written))
        case "decimal":
            return _decimal(written)
        case "duration":
            return Literal(type=ValueType.DURATION, value=parse_duration(written))
    return Literal(type=ValueType.STRING, value=unquoted(written))


def _decimal(written: str) -> Literal:
    places = len(written.partition(".")[2].rstrip("0"))
    if places > MOST_PLACES:
        raise ValueError(f"{written} has more than {MOST_PLACES} decimal places")
    value = Decimal(written)
    if value.scaleb(places) > LARGEST_INTEGER:
        raise ValueError(f"{written} has too many digits to be kept exactly")
    return Literal(type=ValueType.DECIMAL, value=value, scale=places)
