"""What people write, read as the owner of the number means it, or refused with what to write instead."""

import re
from collections.abc import Mapping

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from notifier.model.phones import EXAMPLES, country_abroad, is_landline, phone_number

READ: Mapping[str | None, Mapping[str, str]] = {
    "CO": {
        "301 234 5678": "+573012345678",
        "301.234.5678": "+573012345678",
        "(301) 234-5678": "+573012345678",
        "+57 301 234 5678": "+573012345678",
        "57 301 234 5678": "+573012345678",
        "(+57) 301 234 5678": "+573012345678",
        "0057 301 234 5678": "+573012345678",
        "0057 310 234 5678": "+573102345678",
        "00 57 301 234 5678": "+573012345678",
        "(00 57) 301 234 5678": "+573012345678",
        "+0057 301 234 5678": "+573012345678",
        "009 57 301 234 5678": "+573012345678",
        "03 301 234 5678": "+573012345678",
        "0301 234 5678": "+573012345678",
        "tel:+57-301-234-5678": "+573012345678",
        "Tel: 301 234 5678": "+573012345678",
        "Cel. 301 234 5678": "+573012345678",
        "601 745 5905": "+576017455905",
        "(601) 745 5905": "+576017455905",
        "0057 601 745 5905": "+576017455905",
        "1 745 5905": "+576017455905",
        "(1) 745 5905": "+576017455905",
        "+57 1 745 5905": "+576017455905",
        "+57 (4) 444 5566": "+576044445566",
        "09 1 745 5905": "+576017455905",
        "+1 305 555 0123": "+13055550123",
        "001 305 555 0123": "+13055550123",
        "009 1 305 555 0123": "+13055550123",
        "00 7 301 234 5678": "+73012345678",
    },
    "MX": {
        "55 1234 5678": "+525512345678",
        "(55) 1234-5678": "+525512345678",
        "+52 55 1234 5678": "+525512345678",
        "+52 1 55 1234 5678": "+525512345678",
        "5215512345678": "+525512345678",
        "525512345678": "+525512345678",
        "0052 55 1234 5678": "+525512345678",
        "0052 1 55 1234 5678": "+525512345678",
        "044 55 1234 5678": "+525512345678",
        "045 55 1234 5678": "+525512345678",
        "+52 044 55 1234 5678": "+525512345678",
        "01 55 1234 5678": "+525512345678",
    },
    "AR": {
        "011 15 2345-6789": "+5491123456789",
        "11 15 2345-6789": "+5491123456789",
        "+54 11 15 2345-6789": "+5491123456789",
        "+54 9 11 2345-6789": "+5491123456789",
        "54 9 11 2345 6789": "+5491123456789",
        "0054 9 11 2345 6789": "+5491123456789",
        "9 11 2345 6789": "+5491123456789",
        "+54 9 11 15 2345 6789": "+5491123456789",
        "+54 9 011 15 2345 6789": "+5491123456789",
        "+54 9 011 2345 6789": "+5491123456789",
        "0351 15 612 3456": "+5493516123456",
        "0223 15 512 3456": "+5492235123456",
        "+54 9 2966 15 41 2345": "+5492966412345",
        "11 2345-6789": "+541123456789",
        "+54 11 2345-6789": "+541123456789",
        "0341 412 3456": "+543414123456",
    },
    "CL": {
        "9 6123 4567": "+56961234567",
        "09 6123 4567": "+56961234567",
        "(09) 6123 4567": "+56961234567",
        "+56 9 6123 4567": "+56961234567",
        "+56 09 6123 4567": "+56961234567",
        "56961234567": "+56961234567",
        "0056 9 6123 4567": "+56961234567",
        "2 2345 6789": "+56223456789",
        "02 2345 6789": "+56223456789",
    },
    "PE": {
        "912 345 678": "+51912345678",
        "0912345678": "+51912345678",
        "+51 912 345 678": "+51912345678",
        "0051 912 345 678": "+51912345678",
        "51912345678": "+51912345678",
        "+51 1 912345678": "+51912345678",
        "#912345678": "+51912345678",
        "01 234 5678": "+5112345678",
        "(01) 234-5678": "+5112345678",
    },
    "ES": {
        "612 345 678": "+34612345678",
        "612 34 56 78": "+34612345678",
        "712 345 678": "+34712345678",
        "0034 612 345 678": "+34612345678",
        "34612345678": "+34612345678",
        "0 612 345 678": "+34612345678",
        "912 345 678": "+34912345678",
    },
    "US": {
        "(305) 555-0123": "+13055550123",
        "305.555.0123": "+13055550123",
        "1-305-555-0123": "+13055550123",
        "001 305 555 0123": "+13055550123",
        "011 57 301 234 5678": "+573012345678",
        "0057 301 234 5678": "+573012345678",
        "+1 500 555 0006": "+15005550006",
        "+1 999 555 0142": "+19995550142",
    },
    "BR": {
        "11 91234-5678": "+5511912345678",
        "(011) 91234-5678": "+5511912345678",
        "0xx11 91234-5678": "+5511912345678",
        "(0XX11) 91234-5678": "+5511912345678",
        "0 15 11 91234-5678": "+5511912345678",
        "+55 (0) 11 91234-5678": "+5511912345678",
        "0055 11 91234-5678": "+5511912345678",
        "11 8123-4567": "+5511981234567",
        "(11) 9123-4567": "+5511991234567",
        "+55 11 6123 4567": "+5511961234567",
        "11 3123-4567": "+551131234567",
    },
    "GB": {
        "+44 7700 900123": "+447700900123",
        "07700 900123": "+447700900123",
    },
    None: {
        "+57 301 234 5678": "+573012345678",
        "0057 301 234 5678": "+573012345678",
        "(+57) 301 234 5678": "+573012345678",
    },
}

REFUSED: Mapping[str | None, Mapping[str, str]] = {
    "CO": {
        "745 5905": "is not a valid phone number: its area code is missing; write it like +573001234567",
        "301 234 5678 ext 3": "has an extension, where no notice arrives; write a number alone, like +573001234567",
        "tel:301-234-5678;ext=3": "has an extension, where no notice arrives; write a number alone, like +573001234567",
        "301 234 5678 Ana": "has letters between or after its digits; write it like +573001234567",
        "301 234 5678 o 310 234 5678": "is not a phone number; write it like +573001234567",
        "3012345678.0": "is a number as a spreadsheet writes it; write it as a text, like +573001234567",
        "3.012345678E+09": "is a number as a spreadsheet writes it; write it as a text, like +573001234567",
        "005 7 301": "is not a valid phone number; write it like +573001234567",
        "301 234 567": "is not a valid phone number; write it like +573001234567",
        "ninguno": "is not a phone number; write it like +573001234567",
    },
    "MX": {
        "1234 5678": "is not a valid phone number: its area code is missing; write it like +525512345678",
        "1234567890.0": "is a number as a spreadsheet writes it; write it as a text, like +525512345678",
    },
    "AR": {
        "15 2345-6789": "is not a valid phone number: its area code is missing; write it like +5491123456789",
        "2345-6789": "is not a valid phone number: its area code is missing; write it like +5491123456789",
    },
    "CL": {
        "6123 4567": "is not a valid phone number: one in Chile has nine digits, 9 6123 4567 for a mobile and "
        "2 2345 6789 for Santiago; write it like +56961234567",
    },
    "PE": {"234 5678": "is not a valid phone number: its area code is missing; write it like +51912345678"},
    "ES": {"12 345 678": "is not a valid phone number; write it like +34612345678"},
    "US": {
        "555-0123": "is not a valid phone number: its area code is missing; write it like +13055550123",
        "1-800-FLOWERS": "has letters between or after its digits; write it like +13055550123",
        "305.555.0123 x12": "has an extension, where no notice arrives; write a number alone, like +13055550123",
    },
    "BR": {"91234-5678": "is not a valid phone number: its area code is missing; write it like +5511912345678"},
    None: {
        "301 234 5678": "has no country code; write it like +573001234567",
        "(301) 234 5678": "has no country code; write it like +573001234567",
        "00 000": "has no country code; write it like +573001234567",
    },
}

LANDLINES = ("+576017455905", "+541123456789", "+5112345678", "+34912345678", "+551131234567", "+442079460123")


def _rows(table: Mapping[str | None, Mapping[str, str]]) -> list[tuple[str | None, str, str]]:
    return [(country, written, result) for country, rows in table.items() for written, result in rows.items()]


@pytest.mark.parametrize(("country", "written", "number"), _rows(READ))
def test_a_number_is_read_as_its_owner_means_it(country: str | None, written: str, number: str) -> None:
    assert phone_number(written, country) == number
    assert phone_number(number) == number


@pytest.mark.parametrize(("country", "written", "sentence"), _rows(REFUSED))
def test_a_number_that_nobody_can_dial_is_refused_with_what_to_write(
    country: str | None, written: str, sentence: str
) -> None:
    whole = f"'{written}' {sentence}"
    with pytest.raises(ValueError, match=f"^{re.escape(whole)}$"):
        phone_number(written, country)


def test_what_can_be_two_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match=r"can be \+\d+ or \+\d+; write the one that is meant$"):
        phone_number("009 1 917 555 0123", "CO")  # +91 917 555 0123 in India, or +1 917 555 0123 by the carrier 9


@pytest.mark.parametrize("number", EXAMPLES.values())
def test_the_examples_are_mobiles(number: str) -> None:
    assert phone_number(number) == number
    assert not is_landline(number)


@pytest.mark.parametrize("number", LANDLINES)
def test_landlines_are_told_from_mobiles(number: str) -> None:
    assert is_landline(number)


@pytest.mark.parametrize("country", ["AR", "BR", "CL", "CO", "DE", "ES", "FR", "MX", "PE", "US"])
@pytest.mark.parametrize("kind", [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE])
def test_a_landline_is_what_the_library_calls_one(country: str, kind: int) -> None:
    number = phonenumbers.example_number_for_type(country, kind)
    assert number is not None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert is_landline(written) is (phonenumbers.number_type(number) == PhoneNumberType.FIXED_LINE)


@pytest.mark.parametrize(
    ("number", "country", "abroad"),
    [
        ("+573012345678", "CO", None),
        ("+573012345678", "US", "CO"),
        ("+13055550123", "CO", "US"),
        ("+13055550123", "US", None),
        ("+13055550123", "DO", "US"),
        ("+18095550123", "DO", None),
        ("+18095550123", "US", "DO"),
        ("+18005550123", "US", None),
        ("+73012345678", "CO", "RU"),
        ("+447700900123", "GB", None),
    ],
)
def test_a_number_says_which_country_it_leads_to(number: str, country: str, abroad: str | None) -> None:
    assert country_abroad(number, country) == abroad
