"""A typed value -> its printed form in a locale and a zone, the same on every channel.

The forms are those of `usages` for the countries that it lists, else CLDR's, by Babel. Spaces are plain: no-break
spaces in times and prices would force an SMS into UCS-2, and with the same form on all channels, parity can be checked
letter by letter. Nothing is ever rounded. Results are cached: a batch of notices repeats dates, and each message prints
every value three times.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
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

from notifier.model.quantities import CALENDAR_UNITS, Quantity
from notifier.model.windows import Window
from notifier.rendering import usages

DateStyle = Literal["long", "full", "weekday", "short"]
DurationStyle = Literal["long", "short"]
CLOCKS = (12, 24)
"""The styles of a time; without one it is that of the reader's country."""
DATE_STYLES: tuple[DateStyle, ...] = ("long", "full", "weekday", "short")
DURATION_STYLES: tuple[DurationStyle, ...] = ("long", "short")

_KEPT = 16_384
"""Cached printed forms per kind: about 2 MB each, and more than a batch has distinct values."""
_EXOTIC_SPACES = "\u00a0\u2007\u2008\u2009\u202f"
_SYMBOLS = {"day": "d", "hour": "h", "minute": "min", "second": "s"}
_YEAR_AT_END = re.compile(r"(?:,?\s*(?:'[^']*'\s*)?)y+$")


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
def format_time(instant: datetime, zone: str, locale: Locale, hours: int | None = None) -> str:
    """`10:00 a. m.`, `15:00`: the wall clock of the zone, without seconds; `hours` is 12, 24 or the country's."""
    local = instant.astimezone(zone_of(zone))
    usage = usages.usage_of(locale)
    if hours == 24 or (hours is None and str(locale) in usages.TWENTY_FOUR):
        return f"{local.hour:02d}:{local.minute:02d}"
    if usage is not None and (hours is None or usage.half_days is not None):
        return usages.clock(local.hour, local.minute, usage)
    pattern = "short" if hours is None else "h:mm a"
    return plain(babel_time(time(local.hour, local.minute), pattern, locale=locale))


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
    """`$79.900`, `79,90 €`, `$12.50`: all digits of the amount, and at least the decimals of the currency in print.

    A whole amount in a currency that is paid without minor units (COP, JPY) is written without decimals.
    """
    decimals = max(_decimals_in_print(currency)[amount != amount.to_integral_value()], _decimals(amount))
    usage = usages.usage_of(locale)
    if usage is not None:
        return usages.money(amount, currency, decimals, usage)
    pattern = _money_pattern(locale, decimals)
    written = pattern.apply(amount, locale, currency=currency, currency_digits=False)
    return plain(_apart(written, get_currency_symbol(currency, locale=locale)))


def _decimals_in_print(currency: str) -> tuple[int, int]:
    """The decimals of a whole amount, and the fewest of any other."""
    digits, _, cash_digits, _ = get_global("currency_fractions").get(currency, (2, 0, 2, 0))
    return usages.DECIMALS.get(currency, (cash_digits, digits))


@lru_cache(maxsize=_KEPT)
def format_number(value: Decimal, locale: Locale) -> str:
    """`1.234,5`: every significant digit, grouped as the locale does."""
    usage = usages.usage_of(locale)
    if usage is not None:
        return f"{'-' if value < 0 else ''}{usages.number(value, _decimals(value), usage)}"
    return plain(format_decimal(value.normalize(), locale=locale, decimal_quantization=False))


def format_percent(value: Decimal, locale: Locale) -> str:
    """`20 %`, `12.5%`, as the language writes it; of 20 percent the value is 20."""
    number = format_number(value, locale)
    return f"{number}%" if locale.language == "en" else f"{number} %"


def format_quantity(value: Quantity, locale: Locale) -> str:
    """`200 Mbit/s`, `12 meses`: units of the calendar by their name, others as they are written everywhere."""
    if value.unit in CALENDAR_UNITS:
        return _unit(value.amount.normalize(), value.unit, locale)
    return f"{format_number(value.amount, locale)} {value.unit}"


def format_window(value: Window, zone: str, locale: Locale) -> str:
    """`5 de marzo de 2026, 8:00 a. m. - 12:00 p. m.`; a whole day by its date alone, an instant by itself."""
    first, last = local_date(value.starts_at, zone), local_date(value.ends_at, zone)
    if value.starts_at == value.ends_at:
        return format_datetime(value.starts_at, zone, locale)
    midnights = [instant.astimezone(zone_of(zone)).time() == time() for instant in (value.starts_at, value.ends_at)]
    if all(midnights):
        last -= timedelta(days=1)
        days = [format_date(day, locale) for day in dict.fromkeys((first, last))]
        return " - ".join(days)
    end = format_time if first == last else format_datetime
    return f"{format_datetime(value.starts_at, zone, locale)} - {end(value.ends_at, zone, locale)}"


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
    pattern = parse_pattern(str(locale.currency_formats["standard"].pattern))
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
