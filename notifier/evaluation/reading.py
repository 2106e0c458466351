"""The values of a row found by a rule's statement -> typed claims and evidence, ready to be planned and stored."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from notifier.model.columns import microseconds
from notifier.model.instants import utc_text
from notifier.model.notices import ClaimValue
from notifier.model.types import TopicType
from notifier.rules.checked_rules import Claim

JsonScalar = bool | int | str | None


def claim_value(claim: Claim, value: Any, currency: str | None, timezone: str | None) -> ClaimValue:
    """What the notice asserts; `timezone` is where its instants are shown. Money without one currency is no value."""
    if claim.currency is not None and currency is None:
        value = None
    if value is not None:
        match claim.type:
            case TopicType.MONEY | TopicType.NUMBER:
                value = plain(Decimal(value))
            case TopicType.DURATION:
                value = plain(Decimal(microseconds(value)).scaleb(-6)) if isinstance(value, timedelta) else plain(value)
            case TopicType.TEXT | TopicType.DATE:
                value = str(value)
    return ClaimValue(
        type=claim.type,
        value=value,
        currency=currency if claim.type is TopicType.MONEY and value is not None else None,
        timezone=timezone if claim.type is TopicType.TIMESTAMP else None,
        source=claim.text,
        seen=claim.seen,
    )


def plain(number: Decimal) -> Decimal:
    """The number without trailing zeros, so that equal facts have equal texts: 79900, 0.5."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def json_value(value: Any) -> JsonScalar:
    """The value as evidence is stored and printed: instants in UTC, exact numbers as text."""
    match value:
        case None | bool() | int() | str():
            return value
        case datetime():
            return utc_text(value)
        case Decimal():
            return format(plain(value), "f")
        case timedelta():
            return f"{plain(Decimal(microseconds(value)).scaleb(-6)):f}s"
    raise TypeError(f"{type(value).__name__} is no value of a condition")


def evidence(columns: Mapping[str, int], row: Any) -> dict[str, object]:
    """The values of the parts of a condition, by their text; `columns` holds the index of each in the row."""
    return {text: json_value(row[column]) for text, column in columns.items()}
