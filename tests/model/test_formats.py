"""Addresses, zones, locales and countries have one normal form, or are refused with a sentence."""

import re
from collections.abc import Callable

import pytest

from notifier.model.formats import country_code, email_address, is_sendable, locale_name, zone_name
from notifier.model.phones import phone_number

ACCEPTED = [
    (phone_number, "+573001234567", "+573001234567"),
    (phone_number, " +57 300 123 4567 ", "+573001234567"),
    (phone_number, "+1 (212) 555-0100", "+12125550100"),
    (email_address, "ana@example.com", "ana@example.com"),
    (email_address, " Ana@EXAMPLE.com", "Ana@example.com"),
    (email_address, "ana@españa.com", "ana@xn--espaa-rta.com"),
    (email_address, "ana@xn--espaa-rta.com", "ana@xn--espaa-rta.com"),
    (email_address, "ANA@ESPAÑA.com", "ANA@xn--espaa-rta.com"),
    (email_address, "josé@example.com", "josé@example.com"),
    (email_address, "jose\u0301@españa.com", "josé@xn--espaa-rta.com"),
    (zone_name, "America/Bogota", "America/Bogota"),
    (zone_name, "UTC", "UTC"),
    (locale_name, "es", "es"),
    (locale_name, "es-CO", "es-CO"),
    (locale_name, "en-CO", "en-CO"),
    (locale_name, "es-419", "es-419"),
    (locale_name, "zh-Hans-CN", "zh-Hans-CN"),
    (country_code, "CO", "CO"),
]

REFUSED = [
    (phone_number, "3001234567", "'3001234567' has no country code; write it like +573001234567"),
    (phone_number, "+57300", "'+57300' is not a valid phone number; write it like +573001234567"),
    (phone_number, "+57 abc", "'+57 abc' is not a phone number; write it like +573001234567"),
    (
        phone_number,
        "+573001234567 ext 5",
        "'+573001234567 ext 5' has an extension, where no notice arrives; write a number alone, like +573001234567",
    ),
    (
        phone_number,
        "+573001234567, +573001234568",
        "two phone numbers in one: '+573001234567, +573001234568'; give exactly one",
    ),
    (
        phone_number,
        "+573001234567 +573001234568",
        "two phone numbers in one: '+573001234567 +573001234568'; give exactly one",
    ),
    (phone_number, "+573001234567/8", "two phone numbers in one: '+573001234567/8'; give exactly one"),
    (
        email_address,
        "ana@example.com;luis@example.com",
        "two e-mail addresses in one: 'ana@example.com;luis@example.com'; give exactly one",
    ),
    (
        email_address,
        "ana@example.com luis@example.com",
        "two e-mail addresses in one: 'ana@example.com luis@example.com'; give exactly one",
    ),
    (email_address, "ana", "'ana' is not an e-mail address: An email address must have an @-sign."),
    (zone_name, "America/Bogotá", "unknown zone 'America/Bogotá'; did you mean 'America/Bogota'?"),
    (zone_name, "-05:00", "unknown zone '-05:00'; write it like America/Bogota"),
    (locale_name, "es_CO", "unknown locale 'es_CO'; did you mean 'es-CO'?"),
    (locale_name, "ES-co", "unknown locale 'ES-co'; write it like es-CO"),
    (locale_name, "es-ZZ", "unknown locale 'es-ZZ'; did you mean 'es-BZ'?"),
    (locale_name, "", "unknown locale ''; write it like es-CO"),
    (country_code, "co", "unknown country 'co'; use its two-letter ISO 3166 code, for example CO or US"),
    (country_code, "COL", "unknown country 'COL'; use its two-letter ISO 3166 code, for example CO or US"),
    (country_code, "ZZ", "unknown country 'ZZ'; use its two-letter ISO 3166 code, for example CO or US"),
]


@pytest.mark.parametrize(("check", "written", "form"), ACCEPTED)
def test_a_good_text_gets_its_one_form(check: Callable[[str], str], written: str, form: str) -> None:
    assert check(written) == form


@pytest.mark.parametrize(("check", "written", "sentence"), REFUSED)
def test_a_bad_text_is_refused_with_a_sentence(check: Callable[[str], str], written: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        check(written)


@pytest.mark.parametrize("written", [written for check, _, written in ACCEPTED if check is email_address])
def test_mails_can_go_to_every_address_that_is_accepted(written: str) -> None:
    assert is_sendable(written)


@pytest.mark.parametrize(
    "address", ["ana@españa.com", "josé\u2028@example.com", "jo\u202esé@example.com", "j é@example.com", "é\u0085@x.co"]
)
def test_no_mail_goes_to_what_no_command_of_smtp_can_hold(address: str) -> None:
    assert not is_sendable(address)
