"""A rule's claims -> sample values for trying its templates, all distinct, and other values to change them to.

Sample texts have no digits and no accents, so a digit or accent found in a trial comes from the template.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from notifier.model.notices import Claims, ClaimValue, Recipient
from notifier.model.quantities import Quantity
from notifier.model.types import TopicType
from notifier.model.windows import Window
from notifier.rules.checked_rules import Claim

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
REFERENCE = "QWXKZJ"
_FIRST = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def sample_claims(claims: Sequence[Claim]) -> Claims:
    """A value for every claim."""
    return {claim.name: replace(sample(claim.type, index), seen=claim.seen) for index, claim in enumerate(claims)}


def sample(kind: TopicType, index: int) -> ClaimValue:
    """The value number `index` of a type."""
    match kind:
        case TopicType.MONEY:
            return ClaimValue(type=kind, value=Decimal(71_377 + 1_117 * index), currency="COP")
        case TopicType.NUMBER:
            return ClaimValue(type=kind, value=Decimal(17 + 6 * index))
        case TopicType.DURATION:
            return ClaimValue(type=kind, value=Decimal(3 * 3_600 + 7 * 60) + 3_660 * index)
        case TopicType.TIMESTAMP:
            return ClaimValue(type=kind, value=_FIRST + index * timedelta(days=1, hours=1, minutes=7))
        case TopicType.DATE:
            return ClaimValue(type=kind, value=(_FIRST + timedelta(days=30 + index)).date().isoformat())
        case TopicType.BOOL:
            return ClaimValue(type=kind, value=index % 2 == 0)
        case TopicType.PERCENT:
            return ClaimValue(type=kind, value=Decimal(11 + index))
        case TopicType.QUANTITY:
            return ClaimValue(type=kind, value=Quantity(Decimal(211 + 2 * index), "Mbit/s"))
        case TopicType.WINDOW:
            starts_at = _FIRST + index * timedelta(days=1, hours=1, minutes=7)
            return ClaimValue(type=kind, value=Window(starts_at, starts_at + timedelta(hours=3)))
        case TopicType.OPENING_HOURS:
            return ClaimValue(type=kind, value=f"Mo-Fr 08:{index % 60:02d}-18:00")
        case TopicType.TEXT:
            letters = "".join(_LETTERS[int(digit)] for digit in f"{index:03d}")
            return ClaimValue(type=kind, value=f"Muestra {letters}")


def changed(claims: Claims, name: str) -> Claims:
    """The same claims with another value for one of them."""
    position = list(claims).index(name)
    other = sample(claims[name].type, 101 + position + position % 2)
    return {**claims, name: replace(other, seen=claims[name].seen)}


def all_changed(claims: Claims) -> Claims:
    """Another value for every claim."""
    return {name: changed(claims, name)[name] for name in claims}


def without(claim: ClaimValue) -> ClaimValue:
    """The claim with an unknown value."""
    return replace(claim, value=None)


def branches(claims: Claims, compared: Mapping[str, Iterable[str]]) -> list[Claims]:
    """Variants of the claims that take every branch: each text that templates compare with, and both booleans."""
    tried: list[Claims] = [
        {**claims, name: replace(claims[name], value=text)}
        for name, texts in sorted(compared.items())
        if name in claims and claims[name].type is TopicType.TEXT
        for text in sorted(texts)
    ]
    tried += [
        {**claims, name: replace(claim, value=value)}
        for name, claim in claims.items()
        if claim.type is TopicType.BOOL
        for value in (True, False)
    ]
    return tried


def around(claims: Claims, compared: Mapping[str, Iterable[Decimal]]) -> list[Claims]:
    """Variants of the claims with each number that templates compare with, and those just below and above it."""
    return [
        {**claims, name: replace(claims[name], value=number + step)}
        for name, numbers in sorted(compared.items())
        if name in claims and isinstance(claims[name].value, Decimal)
        for number in sorted(numbers)
        for step in (-1, 0, 1)
    ]


def sample_recipient(locale: str) -> Recipient:
    """A reader of a locale, whose name has neither digits nor accents."""
    return Recipient(
        id="sample",
        name="Elena Prado",
        locale=locale,
        timezone="America/Bogota",
        country="CO",
        phone="+573001234567",
        email="elena@example.com",
    )


def nameless_recipient(locale: str) -> Recipient:
    """The same reader, where nobody knows the name."""
    return replace(sample_recipient(locale), name="")
