"""Figures and number words -> exact numbers, or nothing.

Figures are read by the rules of the note's locale (Babel, strict). Where those see a decimal point before exactly three
digits, thousands are meant: nobody promises thousandths, and people write the separators of their neighbours. Number
words are the library's (text2num), which is kept by others and knows both languages.
"""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import NumberFormatError, parse_decimal
from text_to_num import text2num

_GROUPED = re.compile(r"\d{1,3}(?:([.,'])\d{3})(?:['.,]\d{3})*")
_DECIMALS = re.compile(r"(\d+|\d{1,3}(?:[.,']\d{3})+)[.,](\d{1,2})")
_MOST_DIGITS = 12


@lru_cache(maxsize=4096)
def figure(text: str, locale: str) -> tuple[Decimal, bool] | None:
    """The number that digits and separators write, and whether the locale writes it otherwise; None for none."""
    if sum(character.isdigit() for character in text) > _MOST_DIGITS:
        return None
    if text.isdecimal():
        return Decimal(text), False
    if _GROUPED.fullmatch(text):
        value = Decimal(re.sub(r"\D", "", text))
    elif decimals := _DECIMALS.fullmatch(text):
        value = Decimal(f"{re.sub(r'[.,]', '', decimals[1].replace(chr(39), ''))}.{decimals[2]}")
    else:
        return None
    return value, _by_locale(text, locale) != value


def _by_locale(text: str, locale: str) -> Decimal | None:
    try:
        return Decimal(parse_decimal(text.replace("'", ""), locale=locale.replace("-", "_"), strict=True))
    except (NumberFormatError, InvalidOperation, ValueError):
        return None


@lru_cache(maxsize=4096)
def words(text: str, language: str) -> Decimal | None:
    """The number that words write, all of them; None for none."""
    plain = " ".join(text.replace("-", " ").split()) if language == "en" else " ".join(text.split())
    if language == "en":
        plain = re.sub(r"\ban?\b(?=$| (?:hundred|thousand|million))", "one", plain)
    else:
        plain = re.sub(r"\bveinti(?:dos|tres|seis|un)\b", lambda found: _ACCENTED[found[0]], plain)
    try:
        return Decimal(text2num(plain, language))
    except (ValueError, AttributeError, IndexError, KeyError):
        return None


_ACCENTED = {"veintidos": "veintidós", "veintitres": "veintitrés", "veintiseis": "veintiséis", "veintiun": "veintiuno"}
"""The library knows these with their accent alone, and the text comes folded."""
