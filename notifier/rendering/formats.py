"""A typed value -> its printed form in a locale and a zone, the same on every channel.

The forms are CLDR's, by Babel, with plain spaces: CLDR's no-break spaces in times and prices would force an SMS into
UCS-2, and with the same form on all channels, parity can be checked letter by letter. Nothing is ever rounded. Results
are cached: a batch of notices repeats dates, and each message prints every value three times.
"""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date as babel_date
from babel.dates import format_time as babel_time
from babel.lists import format_list
from babel.numbers import NumberPattern, format_decimal, get_currency_symbol, parse_pattern
from babel.units import format_unit

DateStyle = Literal["long", "full", "weekday", "short"]
DurationStyle = Literal["long", "short"]
DATE_STYLES: tuple[DateStyle, ...] = ("long", "full", "weekday", "short")
DURATION_STYLES: tuple[DurationStyle, ...] = ("long", "short")

_KEPT = 16_384
"""Cached printed forms per kind: about 2 MB each, and more than a batch has distinct values."""
_EXOTIC_SPACES = "\u00a0\u2007\u2008\u2009\u202f"
_SYMBOLS = {"day": "d", "hour": "h", "minute": "min", "second": "s"}
_YEAR_AT_END = re.compile(r"(?:,?\s*(?:'[^']*'\s*)?)y+$")
_COLOMBIAN = "¤#,##0.00"
"""How people in Colombia write prices (`$79.900`); `es_419` and older CLDR data write `COP 79.900,00`."""


@lru_cache(maxsize=256)
def locale_of(name: str) -> Locale | None:
    """The CLDR locale of `es-CO`, or of its language where CLDR does not have the pair; None for an unknown one."""
    parts = name.replace("_", "-").split("-")
    for candidate in ("_".join(parts), parts[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return None


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone. Raises ValueError for an unknown one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"unknown zone '{name}'") from error


def plain(text: str) -> str:
    """NFC, with ordinary spaces only."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    for space in _EXOTIC_SPACES:  # rare: `replace` finds that out faster than a pattern
        text = text.replace(space, " ")
    return text


@lru_cache(maxsize=_KEPT)
def local_date(instant: datetime, zone: str) -> date:
    """The calendar date of an instant in a zone."""
    return instant.astimezone(zone_of(zone)).date()


@lru_cache(maxsize=_KEPT)
def format_date(value: date, locale: Locale, style: DateStyle = "long") -> str:
    """`5 de marzo de 2026`; weekday: `jueves, 5 de marzo`; full: both; short: `5/03/26`."""
    if style == "weekday":
        pattern = _YEAR_AT_END.sub("", locale.date_formats["full"].pattern)
        return plain(babel_date(value, pattern, locale=locale))
    return plain(babel_date(value, style, locale=locale))


@lru_cache(maxsize=_KEPT)
def format_time(instant: datetime, zone: str, locale: Locale) -> str:
    """`10:00 a. m.`, `15:00`: the wall clock of the zone, without seconds."""
    local = instant.astimezone(zone_of(zone))
    return plain(babel_time(time(local.hour, local.minute), "short", locale=locale))


def format_datetime(instant: datetime, zone: str, locale: Locale, style: DateStyle = "long") -> str:
    """Date and time, joined as the locale does: `5 de marzo de 2026, 10:00 a. m.`"""
    shown = format_date(local_date(instant, zone), locale, style)
    return plain(
        str(locale.datetime_formats["medium"])
        .replace("{1}", shown)
        .replace("{0}", format_time(instant, zone, locale))
        .replace("'", "")
    )


@lru_cache(maxsize=_KEPT)
def format_money(amount: Decimal, currency: str, locale: Locale) -> str:
    """`$79.900`, `79,90 €`, `$12.50`: all digits of the amount, and at least as many as the currency has.

    A whole amount in a currency that is paid without minor units (COP, JPY) is written without decimals.
    """
    digits, _, cash_digits, _ = get_global("currency_fractions").get(currency, (2, 0, 2, 0))
    wanted = cash_digits if amount == amount.to_integral_value() else digits
    pattern = _money_pattern(locale, max(wanted, _decimals(amount)))
    written = pattern.apply(amount, locale, currency=currency, currency_digits=False)
    return plain(_apart(written, get_currency_symbol(currency, locale=locale)))


@lru_cache(maxsize=_KEPT)
def format_number(value: Decimal, locale: Locale) -> str:
    """`1.234,5`: every significant digit, grouped as the locale does."""
    return plain(format_decimal(value.normalize(), locale=locale, decimal_quantization=False))


@lru_cache(maxsize=_KEPT)
def format_duration(seconds: Decimal, locale: Locale, style: DurationStyle = "long") -> str:
    """`2 horas y 30 minutos`; short: `2 h 30 min`, in the symbols that all languages share. Exact; days of 24 hours."""
    rest, counts = abs(seconds), []
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count, rest = divmod(rest, size)
        counts.append((Decimal(int(count)), unit))
    counts = [(count, unit) for count, unit in [*counts, (rest.normalize(), "second")] if count] or [
        (Decimal(0), "second")
    ]
    sign = "-" if seconds < 0 else ""
    if style == "short":
        return sign + " ".join(f"{format_number(count, locale)} {_SYMBOLS[unit]}" for count, unit in counts)
    return plain(sign + format_list([_unit(count, unit, locale) for count, unit in counts], "standard", locale))


def _unit(count: Decimal, unit: str, locale: Locale) -> str:
    """Some locales have only the short pattern; for the long one Babel then prints the unit's id, `2 duration-day`."""
    long = format_unit(count, f"duration-{unit}", "long", locale=locale)
    return long if "duration-" not in long else format_unit(count, f"duration-{unit}", "short", locale=locale)


@lru_cache(maxsize=256)
def _money_pattern(locale: Locale, decimals: int) -> NumberPattern:
    """The locale's pattern for prices, with this number of decimals."""
    colombian = (locale.language, locale.territory) == ("es", "CO")
    pattern = parse_pattern(_COLOMBIAN if colombian else str(locale.currency_formats["standard"].pattern))
    assert isinstance(pattern, NumberPattern)
    pattern.frac_prec = (decimals, decimals)
    return pattern


def _decimals(amount: Decimal) -> int:
    exponent = amount.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)


def _apart(written: str, symbol: str) -> str:
    """A space between a code and the number, `COP 79,900`: CLDR demands it, Babel omits it."""
    if not symbol or not symbol[-1].isalpha():
        return written
    return re.sub(f"{re.escape(symbol)}(?=[-\\d])", f"{symbol} ", written)
