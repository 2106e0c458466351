"""E-mail addresses, zones, locales and countries: what someone wrote -> its checked normal form.

Every function raises ValueError with a sentence that says what is wrong and how to write it.
"""

import re
from functools import cache
from zoneinfo import available_timezones

from babel import Locale, localedata
from babel.core import parse_locale

from notifier.model.problems import did_you_mean

_BETWEEN_ADDRESSES = re.compile(r"[,;/|\n]|(?<=\S)\s+(?=\S+@)")
"""Separators that people put between two addresses in one cell."""
_SENDABLE = re.compile(r'[^\x00-\x20"(),:;<>@\[\\\]\x7f-\x9f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?')


def email_address(text: str) -> str:
    """One e-mail address as mails are sent to it; nothing is looked up on the network.

    A domain outside ASCII becomes its A-label: `ana@españa.com` is `ana@xn--espaa-rta.com`. A local part outside ASCII
    stays, for it has no other form: only relays with SMTPUTF8 take it.
    """
    from email_validator import EmailNotValidError, validate_email  # slow to import, and for new addresses alone

    written = text.strip()
    if written.count("@") > 1 and len(_parts(written)) > 1:
        raise ValueError(f"{_count(written)} e-mail addresses in one: '{_shown(written)}'; give exactly one")
    try:
        checked = validate_email(written, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(f"'{_shown(written)}' is not an e-mail address: {error}") from error
    return f"{checked.local_part}@{checked.ascii_domain}"


def is_sendable(address: str) -> bool:
    """Whether it is exactly one address, as `email_address` writes it: no display name, no list, no quoting.

    Nothing in it could start a second header or end a command of SMTP.
    """
    return _SENDABLE.fullmatch(address) is not None and (address.isascii() or address.isprintable())


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
