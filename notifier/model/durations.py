"""Lengths of time as people write them in rules and promises: `48h`, `3d`, `1h30m`, `172800s`."""

import re
from datetime import timedelta

from notifier.model.columns import microseconds

UNITS = {
    "d": timedelta(hours=24),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
"""The units. A day is 24 elapsed hours, never a calendar day."""

_PART = re.compile(r"(\d{1,9})(ms|d|h|m|s)")
_WHOLE = re.compile(r"-?(?:\d{1,9}(?:ms|d|h|m|s))+")
_ISO = re.compile(r"P(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?")


def parse_duration(text: str) -> timedelta:
    """The length of time. Raises ValueError with a sentence for anything but whole numbers with units."""
    written = text.strip()
    if not _WHOLE.fullmatch(written):
        raise ValueError(f"'{text[:40]}' is not a duration; write it like 48h, 3d, 1h30m or 15m")
    try:
        total = sum((int(number) * UNITS[unit] for number, unit in _PART.findall(written)), timedelta())
    except OverflowError:
        raise ValueError(f"'{text[:40]}' is longer than {timedelta.max.days}d, the longest duration") from None
    return -total if written.startswith("-") else total


def iso_duration(text: str) -> timedelta | None:
    """`PT15M`, `P1DT2H` (ISO 8601, days of 24 hours); None for anything else, months and years among it."""
    written = _ISO.fullmatch(text.strip())
    if written is None or not any(written.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in written.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def duration_text(value: timedelta) -> str:
    """The shortest text that `parse_duration` reads back: `3d`, `1h30m`, `0s`; precise to the millisecond."""
    rest = microseconds(abs(value))
    parts = []
    for unit, length in UNITS.items():
        number, rest = divmod(rest, microseconds(length))
        if number:
            parts.append(f"{number}{unit}")
    sign = "-" if value < timedelta() and parts else ""
    return sign + ("".join(parts) or "0s")
