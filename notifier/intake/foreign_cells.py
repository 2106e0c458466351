"""A cell of another system -> a cell as imports read it: a number, a part of a JSON text, a pseudonym.

Each function raises ValueError with a sentence that names the remedy. Empty cells never get here.
"""

import base64
import hashlib
import hmac
import re
from decimal import Decimal
from typing import Any

from notifier.intake.cells import Cell, start_of, text
from notifier.intake.exact_json import exact_json

MARKS = {",": "de", ".": "en"}
"""The mark before decimals, and a language of the Unicode locale data that groups thousands by the other one."""
PSEUDONYM = "p-"
"""What every pseudonym begins with: so it cannot look like a number that a spreadsheet rounded."""
PSEUDONYM_BYTES = 15
"""120 bits: of ten million people, two share a pseudonym with a chance below one in 10^22."""

_FIGURES = re.compile(r"[+-]?[\d.,]+")
_BLANKS = re.compile(r"(?<=\d)[\s\u00a0\u202f\u2009'’](?=\d)")
"""Between thousands, some countries write a blank or an apostrophe."""
_ESCAPES = {"~1": "/", "~0": "~"}


def foreign_number(cell: Cell, mark: str) -> Decimal:
    """An exact number with this mark before its decimals; thousands are grouped by threes, or not at all."""
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return Decimal(cell)
    from babel.numbers import NumberFormatError, parse_decimal

    written = text(cell)
    figures = _BLANKS.sub("", written)
    other = "." if mark == "," else ","
    wrong = f"'{start_of(written)}' is no number with '{mark}' before its decimals; write it like 79{other}900{mark}50"
    if not _FIGURES.fullmatch(figures) or figures.count(mark) > 1:
        raise ValueError(wrong)
    try:
        return parse_decimal(figures, MARKS[mark], strict=True)
    except NumberFormatError as error:
        raise ValueError(wrong) from error


def pointer_steps(pointer: str) -> tuple[str, ...]:
    """The steps of a JSON pointer (RFC 6901): `/address/city`, `/line_items/0/sku`."""
    if not pointer.startswith("/"):
        raise ValueError(f"'{pointer}' is no path into JSON; write it like /address/city or /items/0/name")
    return tuple(re.sub("~[01]", lambda found: _ESCAPES[found[0]], step) for step in pointer[1:].split("/"))


def pointed_at(cell: Cell, steps: tuple[str, ...]) -> Any:
    """The value at the end of the steps into a JSON text or value; empty where there is none."""
    value = cell
    if isinstance(cell, str):
        try:
            value = exact_json(cell)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"'{start_of(cell)}' is not JSON: {error}") from error
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return ""
    return "" if value is None else value


def pseudonym(cell: Cell, key: str) -> str:
    """A text that stands for this one: the same for the same key, whatever its capitals, and nobody can turn it back.

    Whoever has the key can try addresses, as with any keyed digest.
    """
    digest = hmac.digest(key.encode(), b"customer\0" + text(cell).casefold().encode(), hashlib.sha256)
    return PSEUDONYM + base64.b32encode(digest[:PSEUDONYM_BYTES]).decode().lower()
