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


class SharedClaims:
    """Reads the claims of one rule: the very value of the row before, where it claims the same, as for one incident."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[tuple[Any, str | None, str | None], ClaimValue]] = {}
        """By the name of the claim, what was read last."""

    def of(self, claim: Claim, value: Any, currency: str | None, timezone: str | None) -> ClaimValue:
        """As `claim_value`."""
        read = (value, currency, timezone)
        last = self._last.get(claim.name)
        if last is None or last[0] != read or type(last[0][0]) is not type(value):  # 1 equals True
            last = self._last[claim.name] = (read, claim_value(claim, *read))
        return last[1]


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
