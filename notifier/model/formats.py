"""Phone numbers, e-mail addresses, zones, locales and countries: what someone wrote -> its checked normal form.

Every function raises ValueError with a sentence that says what is wrong and how to write it.
"""

import re
from functools import cache
from zoneinfo import available_timezones

import phonenumbers
from babel import Locale, localedata
from babel.core import parse_locale
from email_validator import EmailNotValidError, validate_email

from notifier.model.problems import did_you_mean

_BETWEEN_ADDRESSES = re.compile(r"[,;/|\n]|\s(?=\+)|(?<=\S)\s+(?=\S+@)")
"""Separators that people put between two addresses in one cell; a phone number may itself hold single spaces."""


def phone_number(text: str, country: str | None = None) -> str:
    """One phone number as E.164 (`+573001234567`), from any spelling with a country code.

    `country` (ISO 3166) is the country of a number without a country code.
    """
    written = text.strip()
    if len(_parts(written)) > 1:
        raise ValueError(f"{_count(written)} phone numbers in one: '{_shown(written)}'; give exactly one")
    if not written.startswith("+") and country is None:
        raise ValueError(f"'{_shown(written)}' has no country code; write it like +573001234567")
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException as error:
        raise ValueError(f"'{_shown(written)}' is not a phone number; write it like +573001234567") from error
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise ValueError(f"'{_shown(written)}' is not a valid phone number; write it like +573001234567")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_address(text: str) -> str:
    """One e-mail address in its normal form; nothing is looked up on the network."""
    written = text.strip()
    if written.count("@") > 1 and len(_parts(written)) > 1:
        raise ValueError(f"{_count(written)} e-mail addresses in one: '{_shown(written)}'; give exactly one")
    try:
        return validate_email(written, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"'{_shown(written)}' is not an e-mail address: {error}") from error


def zone_name(text: str) -> str:
    """The name of an IANA zone, spelled as in the database."""
    if text not in _zones():
        close = did_you_mean(text, _zones())
        raise ValueError(f"unknown zone '{_shown(text)}'{close or '; write it like America/Bogota'}")
    return text


def locale_name(text: str) -> str:
    """A locale as `language` or `language-COUNTRY` (also with a script), whose language and country CLDR knows.

    A pair without CLDR data of its own, such as `en-CO`, is valid too: it falls back to its language.
    """
    try:
        language, territory, script, _ = parse_locale(text, sep="-")[:4]
    except ValueError:
        language, territory, script = "", None, None
    known = localedata.exists(language) and (territory is None or territory in _territories())
    if not known or text != "-".join(part for part in (language, script, territory) if part):
        close = did_you_mean(text, (name.replace("_", "-") for name in localedata.locale_identifiers()))
        raise ValueError(f"unknown locale '{_shown(text)}'{close or '; write it like es-CO'}")
    return text


def country_code(text: str) -> str:
    """An ISO 3166-1 alpha-2 code in capitals."""
    if text not in _territories() or len(text) != 2:
        raise ValueError(f"unknown country '{_shown(text)}'; use its two-letter ISO 3166 code, for example CO or US")
    return text


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _territories() -> frozenset[str]:
    return frozenset(Locale("en").territories) - {"ZZ", "QO", "XA", "XB", "EU", "EZ", "UN"}


def _parts(text: str) -> list[str]:
    return [part for part in _BETWEEN_ADDRESSES.split(text) if part.strip()]


def _count(text: str) -> str:
    count = len(_parts(text))
    return "two" if count == 2 else str(count)


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
