"""The keys that make a match be told once.

An occurrence names rule, subject (and `each` row), recipient, moment, anchor to the minute, and whether it is live:
what was told in the sandbox does not count as told live. Corrections and follow-ups hang on what they refer to.
"""

import re
from datetime import UTC, datetime

from notifier.model.notices import Match

Thread = tuple[str, str, str]
"""(subject id, each id or "", recipient id or ""): everything one rule tells one recipient about one thing."""

_AGAIN = re.compile(r"\|again \d+$")


def mode(live: bool) -> str:
    """The first word of every key: what was told in the sandbox was not told live."""
    return "live" if live else "sandbox"


def thread_of(subject_id: str, each_id: str | None, recipient_id: str | None) -> Thread:
    """The thread a match or a known notice belongs to."""
    return (subject_id, each_id or "", recipient_id or "")


def occurrence_of(match: Match, *, live: bool, repetition: int = 0) -> str:
    """The key of a match.

    The first moment of a rule has no number in its key, so that a rule may gain moments later without telling again
    what was told. `repetition` counts how often a rule with `repeat` was told before.
    """
    parts = [
        mode(live),
        match.rule,
        f"{match.subject_type}:{match.subject_id}",
        match.each_id or "",
        match.recipient_id or "",
        _minute(match.anchor),
    ]
    if match.ordinal:
        parts.append(f"moment {match.ordinal}")
    if repetition:
        parts.append(f"again {repetition}")
    return "|".join(parts)


def without_repetition(occurrence: str) -> str:
    """The key of the match, whichever of its repetitions this is."""
    return _AGAIN.sub("", occurrence)


def correction_of(told: str, claims_digest: str) -> str:
    """The key of the correction that replaces the claims of the told occurrence by those of this digest."""
    return f"{told}|correction {claims_digest[:16]}"


def follow_up_of(told: str, template: str) -> str:
    """The key of the follow-up with this template to the told occurrence."""
    return f"{told}|follow-up {template}"


def last_part_of(occurrence: str) -> str:
    """What hangs on another occurrence in this one: `correction 3f…`, `follow-up visit_off`."""
    return occurrence.rpartition("|")[2]


def same_minute(one: datetime | None, other: datetime | None) -> bool:
    """Whether two anchors give the same occurrence."""
    return _minute(one) == _minute(other)


def _minute(anchor: datetime | None) -> str:
    return "" if anchor is None else f"{anchor.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='minutes')}Z"
