"""Values of topics: what people write in a promise -> a typed value; every value has one canonical text.

Two values of a topic are the same exactly when their canonical texts are. In Python a value is a Decimal (money,
number, percent, and duration in seconds), an aware UTC datetime (timestamp), `YYYY-MM-DD` text (date), a bool, a str
(text, opening hours), a Quantity or a Window.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import TypedDict

from babel.numbers import get_currency_precision, list_currencies

from notifier.model.columns import AMOUNT_SCALE, microseconds
from notifier.model.durations import iso_duration, parse_duration
from notifier.model.instants import utc_text
from notifier.model.opening_hours_text import normalised
from notifier.model.quantities import Quantity, example, parse_canonical_quantity, parse_quantity
from notifier.model.topic_values import TopicValue
from notifier.model.types import TopicType
from notifier.model.windows import Window, parse_window, window_text

LARGEST_AMOUNT = Decimal(10) ** 14
"""Amounts lie strictly between minus this and this: numeric(18, 4)."""

NUMERIC_TYPES = (TopicType.MONEY, TopicType.NUMBER, TopicType.DURATION, TopicType.PERCENT, TopicType.QUANTITY)
"""The topic types whose values are numbers, which SQL compares through `promise.value_number`."""

_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")


class StoredValue(TypedDict):
    """The columns of a promise that hold its value: the canonical text, and a form that SQL compares."""

    value: str
    value_number: Decimal | None
    value_at: datetime | None
    """For a window, its start."""
    value_until: datetime | None
    """The end of a window."""


@lru_cache(maxsize=4_096, typed=True)  # of a price list that was loaded wrongly there are a hundred thousand charges
def canonical(topic_type: TopicType, value: TopicValue) -> str:
    """The one text of a value: `79900`, `0.5`, `true`, `2026-03-05T15:00:00Z`, `2026-12-24`, `172800s`, `20%`.

    Raises ValueError when the value is not of the topic's type, or cannot be kept exactly.
    """
    match topic_type, value:
        case TopicType.BOOL, bool():
            return "true" if value else "false"
        case TopicType.MONEY | TopicType.NUMBER, Decimal():
            return _plain(_storable(value))
        case TopicType.DURATION, Decimal():
            return f"{_plain(_storable(value))}s"
        case TopicType.TIMESTAMP, datetime() if value.tzinfo is not None:
            return utc_text(value)
        case TopicType.DATE, str():
            return date.fromisoformat(value).isoformat()
        case TopicType.TEXT | TopicType.OPENING_HOURS, str():
            return value
        case TopicType.PERCENT, Decimal():
            return f"{_plain(_storable(value))}%"
        case TopicType.QUANTITY, Quantity():
            return f"{_plain(_storable(value.amount))} {value.unit}"
        case TopicType.WINDOW, Window():
            return window_text(value)
    raise ValueError(f"{value!r} is no value of type {topic_type}")


def parse_canonical(topic_type: TopicType, text: str) -> TopicValue:
    """The value of a canonical text. Raises ValueError when the text is not canonical for the type."""
    match topic_type:
        case TopicType.BOOL if text in ("true", "false"):
            return text == "true"
        case TopicType.MONEY | TopicType.NUMBER if _PLAIN_NUMBER.fullmatch(text):
            return Decimal(text)
        case TopicType.DURATION if text.endswith("s") and _PLAIN_NUMBER.fullmatch(text[:-1]):
            return Decimal(text[:-1])
        case TopicType.TIMESTAMP if text.endswith("Z"):
            return datetime.fromisoformat(text)
        case TopicType.DATE:
            return date.fromisoformat(text).isoformat()
        case TopicType.TEXT | TopicType.OPENING_HOURS:
            return text
        case TopicType.PERCENT if text.endswith("%") and _PLAIN_NUMBER.fullmatch(text[:-1]):
            return Decimal(text[:-1])
        case TopicType.QUANTITY:
            return parse_canonical_quantity(text)
        case TopicType.WINDOW:
            return parse_window(text)
    raise ValueError(f"'{text}' is no canonical {topic_type}")


def parse_value(topic_type: TopicType, raw: object, currency: str | None = None, unit: str | None = None) -> TopicValue:
    """The value that someone wrote: a text from a CSV cell or an option, or a typed value from YAML or JSON.

    `currency` is its ISO 4217 code; money needs one, other types ignore it. `unit` is the topic's; a quantity needs
    one. Raises ValueError with a sentence that says what is wrong and how to write it.
    """
    match topic_type:
        case TopicType.MONEY:
            return _money(raw, currency)
        case TopicType.NUMBER:
            return _number(raw)
        case TopicType.BOOL:
            return _bool(raw)
        case TopicType.TIMESTAMP:
            return _timestamp(raw)
        case TopicType.DATE:
            return _date(raw)
        case TopicType.DURATION:
            return _duration(raw)
        case TopicType.TEXT:
            return _text(raw)
        case TopicType.OPENING_HOURS:
            return normalised(_text(raw))
        case TopicType.PERCENT:
            return _percent(raw)
        case TopicType.QUANTITY:
            return _quantity(raw, unit)
        case TopicType.WINDOW:
            return raw if isinstance(raw, Window) else parse_window(_text(raw))


def check_currency(code: str) -> str:
    """The code, if it is an ISO 4217 currency. Raises ValueError with a sentence if not."""
    if code not in _currencies():
        raise ValueError(f"'{code}' is not a currency; use its ISO 4217 code, for example COP or USD")
    return code


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def stored(topic_type: TopicType, value: TopicValue) -> StoredValue:
    """The columns of the promise table for a value."""
    return StoredValue(
        value=canonical(topic_type, value),
        value_number=number_of(value),
        value_at=value.starts_at if isinstance(value, Window) else value if isinstance(value, datetime) else None,
        value_until=value.ends_at if isinstance(value, Window) else None,
    )


def number_of(value: TopicValue | None) -> Decimal | None:
    """The number that a value is, without its unit; None where it is no number."""
    match value:
        case Decimal():
            return value
        case Quantity():
            return value.amount
    return None


def seconds(value: timedelta) -> Decimal:
    """The length of time as the value of a duration topic, in exact seconds."""
    return Decimal(microseconds(value)) / 1_000_000


def _shown(value: object) -> str:
    """The start of what was written, enough to recognise it in a sentence."""
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _plain(value: Decimal) -> str:
    """Without exponent, trailing zeros or a negative zero: 7.99E+4 and 79900.00 are both `79900`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _storable(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError(f"{value} is not a number")
    if abs(value) >= LARGEST_AMOUNT:
        raise ValueError(f"{_shown(value)} is too large; the largest amount has 14 digits before the point")
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if -exponent > AMOUNT_SCALE and value != value.quantize(Decimal(1).scaleb(-AMOUNT_SCALE)):
        raise ValueError(f"{value} has more than {AMOUNT_SCALE} decimals")
    return value


def _number(raw: object) -> Decimal:
    if isinstance(raw, bool):
        raise ValueError(f"'{str(raw).lower()}' is not a number")  # noqa: TRY004 - callers report every bad value as ValueError
    if isinstance(raw, (int, Decimal)):
        return _storable(Decimal(raw))
    text = str(raw).strip()
    if not _PLAIN_NUMBER.fullmatch(text):
        raise ValueError(
            f"'{_shown(text)}' is not a plain number; write digits with a point before decimals, like 79900.50"
        )
    try:
        return _storable(Decimal(text))
    except InvalidOperation as error:
        raise ValueError(f"'{_shown(text)}' is too long for a number") from error


def _money(raw: object, currency: str | None) -> Decimal:
    if not currency:
        raise ValueError("an amount of money needs its currency, for example COP")
    precision = get_currency_precision(check_currency(currency))
    if isinstance(raw, str) and _THOUSANDS.fullmatch(raw.strip()) and precision < 3:
        whole = raw.strip().replace(".", "")
        raise ValueError(
            f"'{raw.strip()}' is ambiguous: {currency} has {precision} decimals; "
            f"write {whole} for thousands, or {_plain(Decimal(raw.strip()))} for a fraction"
        )
    return _number(raw)


def _bool(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    text = str(raw).strip().lower()
    if text not in ("true", "false"):
        raise ValueError(f"'{_shown(raw)}' is neither true nor false")
    return text == "true"


def _timestamp(raw: object) -> datetime:
    if not isinstance(raw, datetime):
        text = str(raw).strip()
        try:
            raw = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValueError(f"'{_shown(text)}' is not an instant; write it like 2026-03-05T10:00:00-05:00") from error
    if raw.tzinfo is None:
        raise ValueError(f"'{raw.isoformat()}' has no time zone; write it like 2026-03-05T10:00:00-05:00")
    return raw.astimezone(UTC)


def _date(raw: object) -> str:
    if isinstance(raw, datetime):
        raise ValueError(f"'{raw.isoformat()}' is an instant, not a date; write it like 2026-12-24")  # noqa: TRY004 - as above
    text = raw.isoformat() if isinstance(raw, date) else str(raw).strip()
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date().isoformat()
    except ValueError as error:
        raise ValueError(f"'{_shown(text)}' is not a date; write it like 2026-12-24") from error


def _duration(raw: object) -> Decimal:
    if isinstance(raw, timedelta):
        return _storable(seconds(raw))
    iso = iso_duration(str(raw))
    return _storable(seconds(parse_duration(str(raw)) if iso is None else iso))


def _percent(raw: object) -> Decimal:
    """`20%`, or 20: percent as people say it, never a fraction of one."""
    return _number(raw.strip().removesuffix("%").rstrip() if isinstance(raw, str) else raw)


def _quantity(raw: object, unit: str | None) -> Quantity:
    if unit is None:
        raise ValueError("a quantity needs the unit of its topic")
    if isinstance(raw, bool):
        raise ValueError(f"'{str(raw).lower()}' is not a number of {unit}; write it like {example(unit)}")  # noqa: TRY004 - as above
    found = parse_quantity(str(raw), unit)
    return Quantity(_storable(found.amount), found.unit)


def _text(raw: object) -> str:
    text = str(raw).strip()
    if not text:
        raise ValueError("the text is empty")
    return text
