"""The value of a phrase -> the form in which a topic has it. None: the phrase says no value of this topic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from notifier.capture.surroundings import Surroundings, smallest_price
from notifier.capture.values import Amount, Length, Share, Speed, When

_MONTHS = {"month": 1, "year": 12}
_HIGHEST_AMOUNT = Decimal(10) ** 10
_FASTEST, _LONGEST_TERM = Decimal(100_000), 120


@dataclass(frozen=True, kw_only=True)
class Formed:
    """A value in the form of its topic."""

    value: str | bool
    currency: str | None = None
    tax_included: bool | None = None
    assumed: tuple[str, ...] = ()


Former = Callable[[Any, Surroundings], Formed | None]


def formed(form: str, value: object, surroundings: Surroundings) -> Formed | None:
    """The value in this form."""
    return FORMS[form](value, surroundings)


def _money(value: object, surroundings: Surroundings) -> Formed | None:
    if not isinstance(value, Amount):
        return None
    currency = value.currency or surroundings.currency
    if currency is None:
        return None
    bounds = [value.amount] if value.highest is None else [value.amount, value.highest]
    if not all(_is_price(bound, currency) for bound in bounds):
        return None
    return Formed(
        value="/".join(_plain(bound) for bound in bounds),
        currency=currency,
        tax_included=value.tax_included,
        assumed=value.assumed,
    )


def _is_price(amount: Decimal, currency: str) -> bool:
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int)
    places = get_currency_precision(currency)
    return max(1, smallest_price(currency)) <= amount < _HIGHEST_AMOUNT and -exponent <= places


def _plain(amount: Decimal) -> str:
    return format(amount, "f")


def _free(_value: object, surroundings: Surroundings) -> Formed | None:
    """Nothing is to be paid; it needs a currency all the same."""
    return None if surroundings.currency is None else Formed(value="0", currency=surroundings.currency)


def _share(value: object, _: Surroundings) -> Formed | None:
    return Formed(value=f"{_plain(value.percent)}%") if isinstance(value, Share) else None


def _money_or_share(value: object, surroundings: Surroundings) -> Formed | None:
    return _share(value, surroundings) or _money(value, surroundings)


def _speed(value: object, _: Surroundings) -> Formed | None:
    if not isinstance(value, Speed) or not 0 < value.mbit <= _FASTEST:
        return None
    return Formed(value=_plain(value.mbit.normalize()))


def _months(value: object, _: Surroundings) -> Formed | None:
    """`P12M`."""
    if not isinstance(value, Length) or value.highest is not None or value.unit not in _MONTHS:
        return None
    number = value.number * _MONTHS[value.unit]
    if number != int(number) or not 0 < number <= _LONGEST_TERM:
        return None
    return Formed(value=f"P{int(number)}M")


def _until(value: object, surroundings: Surroundings) -> Formed | None:
    """The last day, or the months or days that it lasts."""
    if isinstance(value, Length) and value.highest is None and value.unit in ("day", "week"):
        number = value.number * (7 if value.unit == "week" else 1)
        return Formed(value=f"P{int(number)}D") if number == int(number) else None
    if isinstance(value, When) and value.within is not None:
        return _months(value.within, surroundings)
    if isinstance(value, When) and value.start is None:
        return Formed(value=value.last.isoformat(), assumed=value.assumed)
    return _months(value, surroundings)


def _moment(value: object, surroundings: Surroundings) -> Formed | None:
    """A day, a range of days, an instant, or a window."""
    if not isinstance(value, When):
        return None
    if value.start is None:
        days = [value.first] if value.first == value.last else [value.first, value.last]
        return Formed(value="/".join(day.isoformat() for day in days), assumed=value.assumed)
    instants = [_instant(value.first, value.start, surroundings)]
    if value.end is not None:
        instants.append(_instant(value.first, value.end, surroundings))
    return Formed(value="/".join(instants), assumed=value.assumed)


def _instant(day: date, at: time, surroundings: Surroundings) -> str:
    whole = at.replace(second=0, microsecond=0)
    local = datetime.combine(day, whole, surroundings.at.tzinfo)
    if at == time.max:
        local = datetime.combine(day.fromordinal(day.toordinal() + 1), time(), surroundings.at.tzinfo)
    return local.isoformat()


def _duration(value: object, _: Surroundings) -> Formed | None:
    """`PT15M`, or two with `/` between."""
    if isinstance(value, When) and value.within is not None:
        value = value.within
    if not isinstance(value, Length) or value.unit not in ("minute", "hour"):
        return None
    bounds = [value.number] if value.highest is None else [value.number, value.highest]
    minutes = [bound * (60 if value.unit == "hour" else 1) for bound in bounds]
    if any(each != int(each) or not 0 < each <= 24 * 60 for each in minutes):
        return None
    return Formed(value="/".join(_iso_minutes(int(each)) for each in minutes), assumed=value.assumed)


def _iso_minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest else "")


def _hours(value: object, _: Surroundings) -> Formed | None:
    return Formed(value=value) if isinstance(value, str) else None


def _fixed(value: object, _: Surroundings) -> Formed | None:
    assert isinstance(value, str | bool)
    return Formed(value=value)


FORMS: Mapping[str, Former] = {
    "monthly_price": _money,
    "price": _money,
    "installation_fee": _money,
    "free": _free,
    "refund": _money_or_share,
    "discount": _money_or_share,
    "price_hold": _until,
    "discount_end": _until,
    "term": _months,
    "speed": _speed,
    "delivery_date": _moment,
    "installation_date": _moment,
    "appointment": _moment,
    "callback": _moment,
    "waiting_time": _duration,
    "opening_hours": _hours,
    "cancelled": _fixed,
    "fixed": _fixed,
}
