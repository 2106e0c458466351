"""Phone numbers: what people write -> E.164 (`+573001234567`), as the owner of the number means it, or a refusal.

The library reads most spellings. It does not read those of numbering plans that have changed since (the 1 after
Mexico's +52, Colombia's area codes of one digit, Brazil's mobiles of eight): `_MEANT` has these, by calling code.
Colombia's `0057` it takes for a call to Russia.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber

EXAMPLES = {
    "AR": "+5491123456789",
    "BR": "+5511912345678",
    "CL": "+56961234567",
    "CO": "+573001234567",
    "ES": "+34612345678",
    "MX": "+525512345678",
    "PE": "+51912345678",
    "US": "+13055550123",
}
"""What a mobile number looks like, by country; Colombia's where the country is another one."""

_MEANT = {
    51: ((r"1(9\d{8})", r"\1"),),  # the area code of Lima in front of a mobile
    52: ((r"(?:1|01|044|045)(\d{10})", r"\1"),),  # until 2019: 1 from abroad, 044 and 045 to mobiles, 01 to landlines
    54: (
        (r"9?0?(\d{2})15(\d{8})", r"9\1\2"),  # 15 marks a mobile at home, 9 one from abroad: some write both
        (r"9?0?(\d{3})15(\d{7})", r"9\1\2"),
        (r"9?0?(\d{4})15(\d{6})", r"9\1\2"),
        (r"90(\d{10})", r"9\1"),
    ),
    55: ((r"(\d{2})([689]\d{7})", r"\g<1>9\2"),),  # mobiles got a ninth digit between 2012 and 2016
    56: ((r"0(\d{9})", r"\1"),),  # 09 for mobiles, until 2014
    57: (
        (r"0(3\d{9})", r"\1"),
        (r"0?([124-8]\d{7})", r"60\1"),  # area codes got a 60 in front in 2021
    ),
    34: ((r"0(\d{9})", r"\1"),),
}
"""How national numbers that are not valid are meant, by calling code: (the whole number, what is valid today)."""

_WITHOUT_AREA_CODE = {1: r"\d{7}", 51: r"\d{6,7}", 52: r"\d{7,8}", 54: r"(15)?\d{6,8}", 55: r"\d{8,9}", 57: r"\d{7}"}
"""National numbers that lack their area code, by calling code. Nobody can guess it."""

_RESERVED = re.compile(
    r"\+44(7700900|1632960|2079460|3069990|8081570|9098790|(11[3-8]|1[2-6]1)4960)\d{3}"
    r"|\+1[2-9]\d{2}55501\d{2}|\+1500555\d{4}"
)
"""Kept free for tests and films by Ofcom and the North American plan; Twilio's magic numbers. Some are not valid."""

_BETWEEN = re.compile(r"[,;/|\n]|\s(?=\+)")
"""Separators that people put between two numbers in one cell; a number may itself hold single spaces."""
_LABEL = re.compile(r"tel:\s*", re.IGNORECASE)
_LETTER_AFTER_DIGIT = re.compile(r"\d.*[^\W\d_]")
_ANY_CARRIER = re.compile(r"0[xX]{2}")
"""`0xx11`: Brazilian for "0, the carrier of your choice, 11"."""
_SPREADSHEET = re.compile(r"\d{5,}\.0+|\d(\.\d+)?E\+?\d+", re.IGNORECASE)
_PREFIX_00 = re.compile(r"\W*0\W*0")
_PLAIN = re.compile(r"\+?[0-9 ()-]+")
"""The usual number, of which nothing but the digits can be wrong."""


def phone_number(text: str, country: str | None = None) -> str:
    """One phone number as E.164 (`+573001234567`), from any usual spelling.

    `country` (ISO 3166) is the country of a number without a country code. Raises ValueError with a sentence that says
    what is wrong and how to write it.
    """
    written = text.strip()
    shown = written if len(written) <= 40 else f"{written[:40]}…"
    example = EXAMPLES.get(country or "CO", EXAMPLES["CO"])
    is_plain = _PLAIN.fullmatch(written) is not None
    bare = written if is_plain else _one_number(written, shown, example)
    if bare[:1] not in "+0(" and country is None:
        raise ValueError(f"'{shown}' has no country code; write it like {example}")
    number = _parsed(bare, country, shown, example)
    if number.extension:
        raise ValueError(f"'{shown}' has an extension, where no notice arrives; write a number alone, like {example}")
    if not is_plain and _LETTER_AFTER_DIGIT.search(_ANY_CARRIER.sub("0", bare)):
        raise ValueError(f"'{shown}' has letters between or after its digits; write it like {example}")
    if phonenumbers.is_valid_number(number):
        return _e164(number)
    if _RESERVED.fullmatch(_e164(number)):
        return _e164(number)
    meant = {_e164(other) for other in _meant(number)}
    if len(meant) == 1:
        return meant.pop()
    raise ValueError(f"'{shown}' is not a valid phone number{_hint(number)}; write it like {example}")


def spaced(number: str) -> str:
    """A number (E.164) with spaces as its country writes them: `+57 301 2345678`. Anything else stays as it is.

    The country code stays, too: readers may be abroad, and telephones dial what is written.
    """
    return _spaced(number) if number.startswith("+") else number


@lru_cache(maxsize=1024)
def _spaced(number: str) -> str:
    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    if _e164(read) != re.sub(r"[^+\d]", "", number):
        return number
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def is_landline(number: str) -> bool:
    """Whether a number (E.164) is certainly no mobile, by the numbering plan of its country.

    False where the plan does not tell the two apart, as in Chile, Mexico and the United States.
    """
    begin, plan = _plan_of(number[1:4])
    if plan is None:
        return False
    fixed, mobile = plan
    return fixed.fullmatch(number, begin) is not None and mobile.fullmatch(number, begin) is None


def country_abroad(number: str, country: str) -> str | None:
    """The country (ISO 3166) that a number (E.164) leads to, where it is another than this one.

    Countries that share a calling code count as one, except in North America and the Caribbean.
    """
    code = _calling_code(number[1:4])
    if code != _code_of_country(country):
        return phonenumbers.region_code_for_country_code(code)
    if code != 1:
        return None
    there = _american_country(number[2:5])
    return there if there != country else None


def _one_number(written: str, shown: str, example: str) -> str:
    """The text without its label, where it is one number and no spreadsheet's."""
    bare = _LABEL.sub("", written, count=1).replace("＋", "+")
    if len(bare) == len(written) and (count := len([part for part in _BETWEEN.split(bare) if part.strip()])) > 1:
        raise ValueError(f"{'two' if count == 2 else count} phone numbers in one: '{shown}'; give exactly one")
    if _SPREADSHEET.fullmatch(bare):
        raise ValueError(f"'{shown}' is a number as a spreadsheet writes it; write it as a text, like {example}")
    return bare


def _parsed(bare: str, country: str | None, shown: str, example: str) -> PhoneNumber:
    """What the library reads. `00` in front is the prefix for calls abroad wherever the number is then valid.

    Colombia dials 00 and the digit of a carrier: there the library takes `005` off `0057 301 …`.
    """
    try:
        abroad = _after_00(bare)
        if abroad is not None and (country is None or phonenumbers.country_code_for_region(country) == _code(abroad)):
            return abroad
        if country is None and not bare.lstrip("(").startswith("+"):
            if abroad is None:
                raise ValueError(f"'{shown}' has no country code; write it like {example}")
            return abroad
        number = phonenumbers.parse(bare, country)
    except phonenumbers.NumberParseException as error:
        if abroad := _after_00(bare):
            return abroad
        raise ValueError(f"'{shown}' is not a phone number; write it like {example}") from error
    if abroad is not None and phonenumbers.is_valid_number(abroad):
        if phonenumbers.is_valid_number(number) and number != abroad:
            raise ValueError(f"'{shown}' can be {_e164(abroad)} or {_e164(number)}; write the one that is meant")
        return abroad
    return number


def _after_00(bare: str) -> PhoneNumber | None:
    """The number after an international prefix 00 (also `+00`); None where there is no such prefix or number."""
    prefix = _PREFIX_00.match(bare)
    if prefix is None:
        return None
    try:
        return phonenumbers.parse(f"+{bare[prefix.end() :]}")
    except phonenumbers.NumberParseException:
        return None


def _meant(number: PhoneNumber) -> Iterator[PhoneNumber]:
    """The valid numbers that a number of an older plan can mean today."""
    national = phonenumbers.national_significant_number(number)
    for pattern, today in _MEANT.get(_code(number), ()):
        found = re.fullmatch(pattern, national)
        if found is not None:
            other = PhoneNumber(country_code=number.country_code, national_number=int(found.expand(today)))
            if phonenumbers.is_valid_number(other):
                yield other


def _hint(number: PhoneNumber) -> str:
    national = phonenumbers.national_significant_number(number)
    code = _code(number)
    if code == 56 and re.fullmatch(r"\d{8}", national):
        return ": one in Chile has nine digits, 9 6123 4567 for a mobile and 2 2345 6789 for Santiago"
    if code in _WITHOUT_AREA_CODE and re.fullmatch(_WITHOUT_AREA_CODE[code], national):
        return ": its area code is missing"
    return ""


Plan = tuple[re.Pattern[str], re.Pattern[str]]
"""The national numbers of landlines, and those of mobiles."""


@cache
def _plan_of(start: str) -> tuple[int, Plan | None]:
    """Where the national number begins in a number (E.164) with these three digits, and its plan.

    The plan is None where it does not tell landlines from mobiles. It is read from the library's data, because to ask
    the library takes 50 µs, and planning asks for each recipient.
    """
    code = _calling_code(start)
    begin = 1 + len(str(code))
    found = PhoneMetadata.metadata_for_region(phonenumbers.region_code_for_country_code(code))
    if found is None or found.fixed_line is None or found.mobile is None:
        return begin, None
    fixed, mobile = found.fixed_line.national_number_pattern, found.mobile.national_number_pattern
    if not fixed or not mobile or fixed == mobile:
        return begin, None
    return begin, (re.compile(fixed), re.compile(mobile))


@cache
def _american_country(area: str) -> str | None:
    """The country of an area code of the North American plan."""
    number = PhoneNumber(country_code=1, national_number=int(f"{area}5550123"))
    return phonenumbers.region_code_for_number(number)


@cache
def _calling_code(start: str) -> int:
    """The calling code with which these digits begin; none is the beginning of another."""
    known = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return next((code for length in (1, 2, 3) if (code := int(start[:length])) in known), 0)


@cache
def _code_of_country(country: str) -> int:
    code: int = phonenumbers.country_code_for_region(country)
    return code


def _code(number: PhoneNumber) -> int:
    return number.country_code or 0


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
