"""Shares, lengths of time and tolerances as rule files write them -> exact values.

Every function raises ValueError with a sentence that says what is wrong and how to write it.
"""

import re
from datetime import timedelta
from decimal import Decimal

from notifier.model.types import TopicType
from notifier.model.values import check_currency
from notifier.rules.checked_checks import Tolerance
from notifier.rules.conditions import parse_duration

_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%")
_AMOUNT = re.compile(r"(\d{1,14}(?:\.\d{1,4})?)(?:\s+([A-Za-z]{3}))?")
_DAY = timedelta(days=1)

_FORMS = {
    TopicType.MONEY: "0.5% or 100 COP",
    TopicType.NUMBER: "0.5% or 100",
    TopicType.DURATION: "0.5% or 15m",
    TopicType.TIMESTAMP: "15m",
    TopicType.DATE: "1d",
    TopicType.WINDOW: "15m",
    TopicType.PERCENT: "1%, which is one point",
    TopicType.QUANTITY: "5% or 10",
    TopicType.OPENING_HOURS: "15m",
}
"""How a tolerance of each type is written; texts and booleans have none."""
_OF_SHARES = (TopicType.MONEY, TopicType.NUMBER, TopicType.DURATION, TopicType.QUANTITY)
_OF_TIME = (
    TopicType.TIMESTAMP,
    TopicType.DATE,
    TopicType.DURATION,
    TopicType.WINDOW,
    TopicType.OPENING_HOURS,
)


def share(text: str) -> Decimal:
    """`10%` -> 0.1; above 0% and at most 100%."""
    written = _SHARE.fullmatch(text.strip())
    if written is None:
        raise ValueError(f"'{text}' is not a share; write it like 10%")
    value = Decimal(written[1]) / 100
    if not 0 < value <= 1:
        raise ValueError(f"'{text}' is not a share between 0% and 100%")
    return value


def span(text: str) -> timedelta:
    """`4h` -> a length of time, not negative."""
    value = parse_duration(text)
    if value < timedelta(0):
        raise ValueError(f"'{text}' is negative; write it like 48h")
    return value


def positive_span(text: str) -> timedelta:
    """`24h` -> a length of time above zero."""
    value = span(text)
    if not value:
        raise ValueError(f"'{text}' is no time at all; write it like 24h")
    return value


def tolerance(text: str, topic_type: TopicType) -> Tolerance:
    """`0.5%`, `100 COP`, `100`, `15m`: whichever fits the type of the topic. Of percents, `1%` is one point."""
    if topic_type not in _FORMS:
        raise ValueError(f"a value of type {topic_type} agrees or does not; remove the tolerance")
    if _SHARE.fullmatch(text) and topic_type in _OF_SHARES:
        return Tolerance(share=share(text))
    if _SHARE.fullmatch(text) and topic_type is TopicType.PERCENT:
        return Tolerance(amount=share(text) * 100)
    amount = _AMOUNT.fullmatch(text)
    if amount and topic_type is TopicType.MONEY:
        if amount[2] is None:
            raise ValueError(f"'{text}' is an amount without its currency; write it like 100 COP")
        return Tolerance(amount=Decimal(amount[1]), currency=check_currency(amount[2]))
    if amount and topic_type in (TopicType.NUMBER, TopicType.QUANTITY) and amount[2] is None:
        return Tolerance(amount=Decimal(amount[1]))
    if topic_type in _OF_TIME and not amount and "%" not in text:
        return Tolerance(duration=_days(text) if topic_type is TopicType.DATE else span(text))
    raise ValueError(f"'{text}' is no tolerance for values of type {topic_type}; write it like {_FORMS[topic_type]}")


def _days(text: str) -> timedelta:
    value = span(text)
    if value % _DAY:
        raise ValueError(f"'{text}' is no tolerance for a date; write whole days, like 1d")
    return value
