"""How countries write money, numbers and times: ours, so that no text changes with the version of Babel.

Between Babel 2.18 and 2.19 (CLDR 47 and 48) the Colombian peso lost its decimals, and Argentina, Chile, Paraguay and
Uruguay changed from twelve hours to twenty-four. What is written here is CLDR 48's, except where a line says otherwise.
Countries that are not listed follow the installed Babel.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from babel import Locale


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What the readers of one locale expect."""

    money: str
    """The places of currency (`¤`), sign (`-`) and number (`#`)."""
    decimal: str
    group: str
    half_days: tuple[str, str] | None
    """The words for the hours before and after noon; None where people write twenty-four hours."""
    padded: bool = True
    """Whether an hour of the twenty-four has two digits."""
    symbols: Mapping[str, str] = field(default_factory=dict)
    """The currencies that are not written by their code."""


_SPANISH = ("a. m.", "p. m.")
"""The Academy's form, which CLDR has for Spanish."""
_CLOSE = ("a.m.", "p.m.")
"""The form without a space, which CLDR has for Spanish in Mexico and the United States."""

_ARGENTINA = Usage(money="-¤#", decimal=",", group=".", half_days=None, symbols={"ARS": "$", "USD": "US$"})
_BRITAIN = {"GBP": "£", "EUR": "€", "USD": "US$"}

USAGES: Mapping[str, Usage] = {
    # CLDR es_CO; the pattern `$79.900` is that of prices in print, CLDR's before 2024 had a space.
    "es_CO": Usage(money="-¤#", decimal=",", group=".", half_days=_SPANISH, symbols={"COP": "$", "USD": "US$"}),
    "es_MX": Usage(money="-¤#", decimal=".", group=",", half_days=_CLOSE, symbols={"MXN": "$"}),
    # CLDR 48: 24 hours. CLDR 47 had twelve.
    "es_AR": _ARGENTINA,
    # CLDR 48: 24 hours; the sign stands behind the symbol.
    "es_CL": Usage(money="¤-#", decimal=",", group=".", half_days=None, symbols={"CLP": "$", "USD": "US$"}),
    "es_PE": Usage(money="-¤ #", decimal=".", group=",", half_days=_SPANISH, symbols={"PEN": "S/"}),
    "es_ES": Usage(
        money="-# ¤", decimal=",", group=".", half_days=None, padded=False, symbols={"EUR": "€", "USD": "US$"}
    ),
    "es_US": Usage(money="-¤#", decimal=".", group=",", half_days=_CLOSE, symbols={"USD": "$"}),
    "en_US": Usage(
        money="-¤#", decimal=".", group=",", half_days=("AM", "PM"), symbols={"USD": "$", "EUR": "€", "GBP": "£"}
    ),
    "pt_BR": Usage(
        money="-¤ #", decimal=",", group=".", half_days=None, symbols={"BRL": "R$", "USD": "US$", "EUR": "€"}
    ),
    "en_GB": Usage(money="-¤#", decimal=".", group=",", half_days=None, symbols=_BRITAIN),
}

DECIMALS: Mapping[str, tuple[int, int]] = {
    # ISO 4217 has two decimals for the Colombian peso, and a bill may have centavos; prices in print have none.
    "COP": (0, 2),
    **dict.fromkeys(("CLP", "PYG", "JPY"), (0, 0)),  # ISO 4217
    **dict.fromkeys(("ARS", "BRL", "EUR", "GBP", "MXN", "PEN", "USD", "UYU"), (2, 2)),  # ISO 4217
}
"""The decimals of a currency in print: of a whole amount, and the fewest of any other."""

TWENTY_FOUR = frozenset({"es_PY", "es_UY"})
"""Locales without a usage of their own whose clock has twenty-four hours since CLDR 48."""


def usage_of(locale: Locale) -> Usage | None:
    """The usage of a locale; None where Babel is asked."""
    return USAGES.get(f"{locale.language}_{locale.territory}") if locale.territory else None


def number(value: Decimal, decimals: int, usage: Usage) -> str:
    """The absolute value, with groups of three digits."""
    return f"{abs(value):,.{decimals}f}".translate({ord(","): usage.group, ord("."): usage.decimal})


def money(amount: Decimal, currency: str, decimals: int, usage: Usage) -> str:
    """`$79.900`, `12,50 €`; a code stands apart from the number: `COP 79,900`. Without a currency it is a number."""
    symbol = usage.symbols.get(currency, currency)
    written = usage.money.replace("-", "-" if amount < 0 else "").replace("#", number(amount, decimals, usage))
    if symbol[-1:].isalpha() and "¤ " not in written and " ¤" not in written:
        written = written.replace("¤", "¤ ")
    return written.replace("¤", symbol).strip()


def clock(hour: int, minute: int, usage: Usage) -> str:
    """`10:00 a. m.`, `15:00`."""
    if usage.half_days is None:
        return f"{hour:02d}:{minute:02d}" if usage.padded else f"{hour}:{minute:02d}"
    return f"{hour % 12 or 12}:{minute:02d} {usage.half_days[hour >= 12]}"
