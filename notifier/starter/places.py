"""A country -> what is usual there: zone, language, currency, and what its phone numbers look like.

It comes from CLDR and libphonenumber. Nothing is guessed where a country has several answers: a person says it then.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

from notifier.model.phones import EXAMPLES

PRIMARY_ZONES = {
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "MH": "Pacific/Majuro",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kiev",
    "UZ": "Asia/Tashkent",
    "VN": "Asia/Saigon",
}
"""The zone that stands for a country with several: CLDR, metaZones.json, primaryZones. Babel lacks them."""
LANGUAGES = ("es", "en")
"""The languages of what is shipped."""
_YEAR = 366


def zones_of(country: str) -> Sequence[str]:
    """The zones of a country, by name."""
    return sorted(get_global("territory_zones").get(country, ()))


def zone_of(country: str, now: datetime) -> str | None:
    """The zone of a country that has one, or whose clocks all show the same for a year; None where one must be said."""
    if country in PRIMARY_ZONES:
        return PRIMARY_ZONES[country]
    zones = zones_of(country)
    days = [now + timedelta(days=day) for day in range(0, _YEAR, 7)]
    clocks = {tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in days) for zone in zones}
    if len(clocks) != 1:
        return None
    return next((zone for zone in zones if zone.rpartition("/")[2] in _CAPITALS), zones[0])


_CAPITALS = ("Buenos_Aires",)
"""Of zones that show the same clock, the one whose name people know."""


def currency_of(country: str) -> str | None:
    """The ISO 4217 code of the money of a country."""
    return next(iter(get_territory_currencies(country)), None)


def language_of_country(country: str) -> str:
    """Spanish where it is official, else English: the two languages that packs are written in."""
    return "es" if "es" in get_official_languages(country, regional=True) else "en"


def locale_of(language: str, country: str) -> str:
    """`es-CL`"""
    return f"{language}-{country}"


def country_name(country: str, language: str) -> str:
    """`Chile`; the code where CLDR has no name."""
    try:
        return str(Locale(language).territories.get(country, country))
    except UnknownLocaleError:
        return country


def example_mobile(country: str, number: int) -> str:
    """A mobile number of the country's form as E.164, a different one for each of the numbers 0 to 99."""
    mobile = EXAMPLES.get(country) or _example(country, phonenumbers.PhoneNumberType.MOBILE)
    return f"{mobile[:-2]}{(int(mobile[-2:]) + number) % 100:02d}"


def example_landline(country: str) -> str:
    """A number of the country's form, E.164."""
    return _example(country, phonenumbers.PhoneNumberType.FIXED_LINE)


def _example(country: str, kind: int) -> str:
    found = phonenumbers.example_number_for_type(country, kind) or phonenumbers.example_number_for_type("US", kind)
    assert found is not None, "there is one of every kind in the US"
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
