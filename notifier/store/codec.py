"""Claims, evidence and channels as JSON documents, and back without loss: exact decimals, UTC instants, zones.

`{"amount": {"type": "money", "value": "111860", "currency": "COP", "source": "charge.amount"}}`
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, assert_never

from notifier.model.columns import utc
from notifier.model.notices import Claims, ClaimValue
from notifier.model.plain_values import kept_with_value
from notifier.model.quantities import Quantity
from notifier.model.topic_values import TopicValue
from notifier.model.types import ChannelName, TopicType
from notifier.model.values import canonical, parse_canonical
from notifier.model.windows import Window

Document = dict[str, Any]
SHARED_CLAIMS = 64
"""Claims that are read once for all notices that have them: most of what was told of an incident is its own."""


def claims_to_json(claims: Claims) -> Document:
    """The claims as a document; attributes that are None are omitted, except `value` itself."""
    return {name: _claim_to_json(claim) for name, claim in claims.items()}


def claims_from_json(document: Mapping[str, Any]) -> dict[str, ClaimValue]:
    """The claims of a document by `claims_to_json`: equal to the original ones, including zones."""
    return {name: _claim_from_json(claim) for name, claim in document.items()}


def evidence_to_json(evidence: Mapping[str, object]) -> Document:
    """The values of a condition's parts as JSON: decimals and instants become text."""
    return {part: _plain(value) for part, value in evidence.items()}


def channels_from_json(names: Iterable[str]) -> tuple[ChannelName, ...]:
    """The channels in their stored order."""
    return tuple(ChannelName(name) for name in names)


@kept_with_value
def _claim_to_json(claim: ClaimValue) -> Document:
    """One document for all who write this very value: nobody changes it."""
    value = claim.value
    if isinstance(value, Quantity | Window):
        value = canonical(claim.type, value)
    document: Document = {"type": claim.type.value, "value": _plain(value)}
    extras = {"currency": claim.currency, "timezone": claim.timezone, "source": claim.source}
    if claim.seen:
        document["seen"] = True
    return document | {name: value for name, value in extras.items() if value is not None}


def _claim_from_json(document: Mapping[str, Any]) -> ClaimValue:
    get = document.get
    return _claim(document["type"], document["value"], get("currency"), get("timezone"), get("source"), get("seen"))


@lru_cache(maxsize=SHARED_CLAIMS)
def _claim(
    of: str, value: Any, currency: str | None, timezone: str | None, source: str | None, seen: bool | None
) -> ClaimValue:
    """One value for all notices that have the same: what was told of one incident, above all."""
    topic_type = TopicType(of)
    return ClaimValue(
        type=topic_type,
        value=_typed(topic_type, value),
        currency=currency,
        timezone=timezone,
        source=source,
        seen=bool(seen),
    )


def _typed(topic_type: TopicType, value: Any) -> TopicValue | None:
    if value is None:
        return None
    match topic_type:
        case TopicType.MONEY | TopicType.NUMBER | TopicType.DURATION | TopicType.PERCENT:
            return Decimal(value)
        case TopicType.TIMESTAMP:
            return datetime.fromisoformat(value)
        case TopicType.BOOL:
            return bool(value)
        case TopicType.TEXT | TopicType.DATE | TopicType.OPENING_HOURS:
            return str(value)
        case TopicType.QUANTITY | TopicType.WINDOW:
            return parse_canonical(topic_type, value)
        case _:
            assert_never(topic_type)


def _plain(value: object) -> Any:
    if value is None or type(value) in (str, bool, int):  # nearly always; `type` because an Enum may be a str
        return value
    if isinstance(value, datetime):
        return utc(value).isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | date | timedelta):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    if isinstance(value, int | float | str):
        return value
    raise TypeError(f"{type(value).__name__} has no form in JSON")
