"""The keys that make a match be told once.

An occurrence names rule, subject (and `each` row), recipient, moment, anchor to the minute, and whether it is live:
what was told in the sandbox does not count as told live. Corrections and follow-ups hang on what they refer to.
"""

import hashlib
import re
from datetime import UTC, datetime
from functools import lru_cache

from notifier.model.notices import Match, ThreadEvent

Thread = tuple[str, str, str]
"""(subject id, each id or "", recipient id or ""): everything one rule tells one recipient about one thing."""

NOTE = "untrue"
LONGEST_CHAIN = 600
"""Characters of a key beyond which what hangs on it holds its digest instead: PostgreSQL indexes 2,700 bytes."""
KEPT_OF_CHAIN = 300
FALLBACK = "fallback"
_SHADOW = "shadow "
_AGAIN = re.compile(r"\|again (\d+)$")
_ELSEWHERE = re.compile(rf"(\|{FALLBACK})+$")


def mode(live: bool, *, shadow: bool = False) -> str:
    """The first words of every key: what was told in the sandbox was not told live, and in shadow nothing is told."""
    name = "live" if live else "sandbox"
    return f"{_SHADOW}{name}" if shadow else name


def holdout_stopped(rule: str, holdout: str, *, live: bool) -> str:
    """The key of the alert that a holdout ended for harm. Where there is such an alert, it has ended for good."""
    return f"{mode(live)}|alert|holdout stopped|{rule}|{holdout}"


def is_in_shadow(occurrence: str) -> bool:
    """Whether it is the key of what a rule in shadow recorded."""
    return occurrence.startswith(_SHADOW)


def thread_of(subject_id: str, each_id: str | None, recipient_id: str | None) -> Thread:
    """The thread a match or a known notice belongs to."""
    return (subject_id, each_id or "", recipient_id or "")


def occurrence_of(match: Match, *, live: bool, shadow: bool = False, repetition: int = 0) -> str:
    """The key of a match.

    The first moment of a rule has no number in its key, so that a rule may gain moments later without telling again
    what was told. `repetition` counts how often a rule with `repeat` was told before.
    """
    parts = [
        mode(live, shadow=shadow),
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


def repetition_of(occurrence: str) -> int:
    """Which repetition of its match this is the key of; 0: the first word."""
    found = _AGAIN.search(_ELSEWHERE.sub("", occurrence))
    return 0 if found is None else int(found[1])


def without_repetition(occurrence: str) -> str:
    """The key of the match, whichever of its repetitions this is, and said elsewhere or not."""
    return _AGAIN.sub("", _ELSEWHERE.sub("", occurrence))


def fallback_of(told: str) -> str:
    """The key of the word that says elsewhere what the told occurrence said and nobody received."""
    return _hung_on(told, FALLBACK)


def is_fallback(occurrence: str) -> bool:
    """Whether it is the key of such a word."""
    return occurrence.endswith(f"|{FALLBACK}")


def correction_of(told: str, claims_digest: str) -> str:
    """The key of the correction that replaces the claims of the told occurrence by those of this digest."""
    return _hung_on(told, f"correction {claims_digest[:16]}")


def copy_to(reader: str) -> str:
    """What stands behind the mode in the occurrences of copies to this owner or customer."""
    return f"|alert|copy|{reader}|"


def follow_up_of(told: str, template: str) -> str:
    """The key of the follow-up with this template to the told occurrence."""
    return _hung_on(told, f"follow-up {template}")


def event_of(told: str, event: ThreadEvent, claims_digest: str = "") -> str:
    """The key of the word that what the told occurrence said ended, is gone, has another holder, or is so again.

    It hangs on the word told last, so each change of truth is told once, and the next one again. `claims_digest` is
    of the claims that it asserts anew.
    """
    return _hung_on(told, f"{event} {claims_digest[:16]}".rstrip())


def note_of(told: str) -> str:
    """The key of the note that an owner was alerted, because nobody says that the told occurrence is untrue."""
    return _hung_on(told, NOTE)


def is_note(occurrence: str) -> bool:
    """Whether it is the key of such a note."""
    return occurrence.endswith(f"|{NOTE}")


def _hung_on(told: str, suffix: str) -> str:
    """The key of what hangs on a told occurrence. A long chain is shortened: keys are indexed, and thus limited."""
    if len(told) > LONGEST_CHAIN:
        told = f"{told[:KEPT_OF_CHAIN]}|{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    return f"{told}|{suffix}"


def last_part_of(occurrence: str) -> str:
    """What hangs on another occurrence in this one: `correction 3f…`, `follow-up visit_off`."""
    return occurrence.rpartition("|")[2]


def same_minute(one: datetime | None, other: datetime | None) -> bool:
    """Whether two anchors give the same occurrence."""
    return _minute(one) == _minute(other)


@lru_cache(maxsize=4096)
def _minute(anchor: datetime | None) -> str:
    return "" if anchor is None else f"{anchor.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='minutes')}Z"
