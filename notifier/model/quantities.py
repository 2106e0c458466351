"""Numbers with a unit: what people write (`0.2 Gbit/s`, `un año`, `P12M`) -> an exact number of the topic's unit.

Units of one table can be converted into each other. Any other unit is a name that is only equal to itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_RATES = {"kbit/s": Fraction(1, 1000), "Mbit/s": Fraction(1), "Gbit/s": Fraction(1000)}
_VOLUMES = {"MB": Fraction(1, 1000), "GB": Fraction(1), "TB": Fraction(1000)}
_MONTHS = {"month": Fraction(1), "year": Fraction(12)}
_DAYS = {"day": Fraction(1), "week": Fraction(7)}
CONVERTIBLE: tuple[Mapping[str, Fraction], ...] = (_RATES, _VOLUMES, _MONTHS, _DAYS)
"""Units of one kind, each with its size. A month has no fixed number of days, so months and days are two kinds."""
CALENDAR_UNITS = (*_MONTHS, *_DAYS)
"""Units that have a name in every language; the others are written the same everywhere."""

_SPOKEN: Mapping[str, tuple[str, ...]] = {
    "kbit/s": ("kbps", "kbit", "kbits", "kb", "kb/s", "kbits/s", "kilobit", "kilobits"),
    "Mbit/s": ("mbps", "mbit", "mbits", "mb", "mb/s", "mbits/s", "mega", "megas", "meg", "megs", "megabit", "megabits"),
    "Gbit/s": ("gbps", "gbit", "gbits", "gb", "gb/s", "gbits/s", "giga", "gigas", "gig", "gigs", "gigabit", "gigabits"),
    "MB": ("mb", "mega", "megas", "megabyte", "megabytes"),
    "GB": ("gb", "giga", "gigas", "gig", "gigs", "gigabyte", "gigabytes"),
    "TB": ("tb", "tera", "teras", "terabyte", "terabytes"),
    "month": ("months", "mes", "meses", "mo", "m"),
    "year": ("years", "yr", "yrs", "año", "años", "ano", "anos", "y"),
    "day": ("days", "día", "días", "dia", "dias", "d"),
    "week": ("weeks", "semana", "semanas", "w"),
}
"""What people say for a unit, in lower case: in telephony, `300 megas` are megabits a second."""
_WRITTEN = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*(\S.*?)?\s*")
_ISO = re.compile(r"P(\d+)([YMWD])")
_ISO_UNITS = {"Y": "year", "M": "month", "W": "week", "D": "day"}


@dataclass(frozen=True)
class Quantity:
    """TM Forum Quantity: an exact amount of a unit."""

    amount: Decimal
    unit: str


def parse_quantity(text: str, unit: str) -> Quantity:
    """What was written, in the topic's `unit`; a number alone counts in it.

    Raises ValueError with a sentence for what is no number, for another unit, and for what does not come out exact.
    """
    iso = _ISO.fullmatch(text.strip().upper())
    if iso is not None:
        return _converted(Decimal(iso[1]), _ISO_UNITS[iso[2]], unit, text)
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise ValueError(f"'{text[:40]}' is not a number of {unit}; write it like {example(unit)}")
    return _converted(Decimal(written[1]), written[2] or unit, unit, text)


def parse_canonical_quantity(text: str) -> Quantity:
    """`200 Mbit/s`. Raises ValueError for anything else."""
    amount, _, unit = text.partition(" ")
    written = _WRITTEN.fullmatch(amount)
    if written is None or written[2] or not unit:
        raise ValueError(f"'{text}' is no canonical quantity")
    return Quantity(Decimal(amount), unit)


def example(unit: str) -> str:
    """How a value of the unit is written."""
    return f"{12 if unit in CALENDAR_UNITS else 200} {unit}"


def _converted(amount: Decimal, said: str, unit: str, text: str) -> Quantity:
    if _is(said, unit):
        return Quantity(amount, unit)
    for sizes in CONVERTIBLE:
        if unit not in sizes:
            continue
        known = next((other for other in sizes if _is(said, other)), None)
        if known is None:
            break
        exact = Fraction(amount) * sizes[known] / sizes[unit]
        return Quantity(_decimal(exact, text, unit), unit)
    raise ValueError(f"'{text[:40]}' is not counted in {unit}; write it like {example(unit)}")


def _is(said: str, unit: str) -> bool:
    return said == unit or said.casefold() == unit.casefold() or said.casefold() in _SPOKEN.get(unit, ())


def _decimal(exact: Fraction, text: str, unit: str) -> Decimal:
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    if Fraction(value) != exact:
        raise ValueError(f"'{text[:40]}' is no exact number of {unit}; write it like {example(unit)}")
    return value
