"""Names and fingerprints derived from values: references to read out, ids that sort by time, digests that compare.

Everything here is deterministic, so that a preview in one process and a commit in another give the same names.
"""

import hashlib
import json
import secrets
import struct
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from notifier.model.columns import EPOCH, microseconds, utc
from notifier.model.json_texts import writer_of
from notifier.model.notices import Claims, ClaimValue, Draft, Match
from notifier.model.plain_values import kept_with_value
from notifier.model.quantities import Quantity
from notifier.model.windows import Window, window_text

READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O (mistaken for 1, 1, 0) and U (so that fewer words appear by chance)."""
REFERENCE_LENGTH = 10
"""50 bits: among a million references the chance of any collision is 1 in 2,000; `salt` resolves those."""
_PAIRS = tuple(READABLE[number & 31] + READABLE[number >> 5] for number in range(1 << 10))
"""Two letters at a time: a flood makes a hundred thousand."""
_SPLIT = tuple("-".join(pair) for pair in _PAIRS)
_INDEXES, _BELOW_INDEX = 1 << 20, 54
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


def reference(occurrence: str, salt: int = 0) -> str:
    """The short name of an occurrence, in two groups for reading out: `7K3QM-X9T2A`.

    If another occurrence has it already, the next `salt` gives another one.
    """
    number = int.from_bytes(_sha256(occurrence, str(salt))[-8:], "big")
    first, middle, last = number & 1023, number >> 20 & 1023, number >> 40 & 1023
    second, fourth = number >> 10 & 1023, number >> 30 & 1023
    return f"{_PAIRS[first]}{_PAIRS[second]}{_SPLIT[middle]}{_PAIRS[fourth]}{_PAIRS[last]}"


def references(occurrences: Sequence[str]) -> list[str]:
    """`reference` of each, in three fifths of the time: their digests are taken apart at once."""
    pairs, split, sha256 = _PAIRS, _SPLIT, hashlib.sha256
    digests = b"".join([sha256(f"{each}\0000".encode()).digest() for each in occurrences])
    halves = struct.unpack(">" + "24xII" * len(occurrences), digests)
    return [
        f"{pairs[low & 1023]}{pairs[low >> 10 & 1023]}{split[low >> 20 & 1023]}"
        f"{pairs[(high & 255) << 2 | low >> 30]}{pairs[high >> 8 & 1023]}"
        for high, low in zip(halves[::2], halves[1::2], strict=True)
    ]


def heard_reference(text: str) -> str:
    """The normal form of a reference as typed or heard: `7k3qm x9t2a` and `7K3QMX9T2A` become `7K3QM-X9T2A`.

    Text that cannot be a reference is returned unchanged.
    """
    letters = text.strip().upper().translate(_MISREAD)
    if len(letters) != REFERENCE_LENGTH or not set(letters) <= set(READABLE):
        return text
    return f"{letters[:5]}-{letters[5:]}"


def uuid7(now: datetime, seed: str | None = None, index: int | None = None) -> str:
    """A UUIDv7 (RFC 9562) of the instant `now`, to the millisecond: ids sort by time.

    The other 74 bits are derived from `seed`, so that equal inputs give the same id; without one they are random. With
    an `index`, 20 of them are that number: ids of one instant sort by it, so that rows written together are adjacent in
    every database index.
    """
    entropy = secrets.token_bytes(10) if seed is None else _sha256(seed)[:10]
    bits = int.from_bytes(entropy, "big")
    if index is not None:
        bits = (index % _INDEXES) << _BELOW_INDEX | bits & (1 << _BELOW_INDEX) - 1
    value = (_milliseconds(now) & (1 << 48) - 1) << 80 | 0x7 << 76 | (bits >> 62 & 0xFFF) << 64 | 0b10 << 62
    name = f"{value | bits & (1 << 62) - 1:032x}"  # as `str(uuid.UUID(int=…))`, in a third of its time
    return f"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}"


@lru_cache(maxsize=64)
def _milliseconds(now: datetime) -> int:
    return microseconds(utc(now) - EPOCH) // 1000


def claims_digest(claims: Claims) -> str:
    """SHA-256 of what is asserted: names, types, values and currencies, but not the zones for display."""
    return _digest([[name, *_asserted(claims[name])] for name in sorted(claims)])


@kept_with_value
def match_digest(match: Match) -> str:
    """The `claims_digest` of what a match asserts, which is asked for at several steps of one notice."""
    return claims_digest(match.claims)


def approval_digest(rule_digest: str, claims_digest: str, *, past_stop: bool = False) -> str:
    """What an approval is bound to: after an edit of the rule or a change of a claim, a person is asked again.

    `past_stop`: it was given in the knowledge that the version's canary had stopped.
    """
    return _digest([rule_digest, claims_digest, *(["past stop"] if past_stop else [])])


def text_digest(text: str) -> str:
    """A digest of a text that is only ever compared with others of its kind."""
    return _sha256(text).hex()[:32]


def address_digest(channel: str, address: str) -> str:
    """The channel and a digest: how the record of what people do names an address."""
    return f"{channel}:{hashlib.sha256(address.encode()).hexdigest()[:16]}"


def mail_kind_digest(draft: Draft) -> str:
    """The same for mails that differ by their facts and their reader alone: of one text, language and occasion."""
    return _mail_kind_digest(draft.template, draft.template_digest, draft.kind, draft.event, draft.locale)


@lru_cache(maxsize=256)
def _mail_kind_digest(template: str, digest: str, kind: str, event: str | None, locale: str | None) -> str:
    return _digest([template, digest, kind, event, locale])


def canonical_number(value: Decimal) -> str:
    """A decimal as text without exponent or trailing zeros: `10.50` and `10.5` are the same amount."""
    return f"{value.normalize():f}" if value else "0"


@kept_with_value
def _asserted(claim: ClaimValue) -> tuple[str, str | bool | None, str | None]:
    value = claim.value
    if isinstance(value, Decimal):
        return claim.type, canonical_number(value), claim.currency
    if isinstance(value, datetime):
        return claim.type, utc(value).isoformat(), claim.currency
    if isinstance(value, Quantity):
        return claim.type, f"{canonical_number(value.amount)} {value.unit}", claim.currency
    if isinstance(value, Window):
        return claim.type, window_text(value), claim.currency
    return claim.type, value, claim.currency


_COMPACT = writer_of(json.JSONEncoder(ensure_ascii=False, separators=(",", ":")))


def _digest(parts: list[object]) -> str:
    return _sha256(_COMPACT(parts)).hex()


def _sha256(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode()).digest()
