"""An SMS text -> its encoding and the number of segments that are billed.

A text is sent in GSM-7 (3GPP TS 23.038) when every character is in that alphabet, else all of it in UCS-2. One segment
holds 160 septets or 70 code units; several hold 153 or 67 each, because each carries a header. An extended character is
an escape pair of two septets. Neither such a pair nor a grapheme is split between segments, so dividing the length
would count too few.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "^{}\\[~]|€\f"
"""Two septets each."""

MAX_CHARACTERS = 1600
"""Twilio refuses a longer body (error 21617)."""

SMART = str.maketrans(
    {
        **dict.fromkeys("«»“”„‟", '"'),
        **dict.fromkeys("‘’‛´`", "'"),
        **dict.fromkeys("–—―‐•⁃", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f", " "),
        **dict.fromkeys("\u200b\u200c\u2060\ufeff", ""),
        "…": "...",
        "\t": " ",
        "‹": "<",
        "›": ">",
    }
)
"""The characters in common use that Twilio's Smart Encoding replaces; it keeps every accent."""

_GSM = re.compile(f"[{re.escape(BASIC + EXTENDED)}]*")
_BASIC_IN_LATIN = "".join(one for one in BASIC if one <= "\xff").encode("latin-1")
_ESCAPED = re.compile(f"[{re.escape(EXTENDED)}]")
_JOINER = "\u200d"


@dataclass(frozen=True, kw_only=True)
class Segments:
    """How a text is transmitted. `units` are septets (GSM-7) or code units (UCS-2)."""

    encoding: str
    units: int
    segments: int
    outside_gsm: tuple[str, ...]
    """The graphemes that force UCS-2, each once, in the order of the text; empty for GSM-7."""


def count_segments(text: str, *, toll_free: bool = False, smart_encoding: bool = False) -> Segments:
    """Counts as Twilio bills; an empty text counts as one segment.

    `toll_free`: segments from North American toll-free numbers hold 152 or 66. `smart_encoding`: the sender replaces
    typographic characters first.
    """
    if smart_encoding:
        text = text.translate(SMART)
    if _is_basic(text):
        return _count("GSM-7", len(text), None, 160, 152 if toll_free else 153, ())
    if _GSM.fullmatch(text):
        sizes = [2 if character in EXTENDED else 1 for character in text] if _ESCAPED.search(text) else None
        return _count("GSM-7", len(text) if sizes is None else sum(sizes), sizes, 160, 152 if toll_free else 153, ())
    graphemes = list(_graphemes(text))
    outside = tuple(dict.fromkeys(grapheme for grapheme in graphemes if not _GSM.fullmatch(grapheme)))
    sizes = [_code_units(grapheme) for grapheme in graphemes]
    return _count("UCS-2", sum(sizes), sizes, 70, 66 if toll_free else 67, outside)


def _is_basic(text: str) -> bool:
    """Whether each character takes one septet; False also where only the slower way can tell."""
    try:
        return not text.encode("latin-1").translate(None, _BASIC_IN_LATIN)
    except UnicodeEncodeError:
        return False


def _count(
    encoding: str, units: int, sizes: Iterable[int] | None, single: int, joined: int, outside: tuple[str, ...]
) -> Segments:
    """`sizes` are the units of each character that must not be split; None where all have one unit."""
    if units <= single:
        segments = 1
    elif sizes is None:
        segments = -(-units // joined)
    else:
        segments, filled = 1, 0
        for size in sizes:
            if filled + size > joined and filled:
                segments, filled = segments + 1, 0
            segments, filled = segments + (filled + size - 1) // joined, (filled + size - 1) % joined + 1
    return Segments(encoding=encoding, units=units, segments=segments, outside_gsm=outside)


def _code_units(grapheme: str) -> int:
    return sum(2 if character > "\uffff" else 1 for character in grapheme)


def _graphemes(text: str) -> Iterator[str]:
    """The graphemes of a text, as far as notices need them: combining marks, joined emoji, skin tones, flags."""
    start, previous, flags = 0, "", 0
    for position, character in enumerate(text):
        flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        extends = (
            previous == _JOINER
            or character == _JOINER
            or unicodedata.category(character) in ("Mn", "Me", "Mc")
            or "\U0001f3fb" <= character <= "\U0001f3ff"
            or (flag and flags % 2 == 1)
            or (previous == "\r" and character == "\n")
        )
        if position > start and not extends:
            yield text[start:position]
            start = position
        flags = flags + 1 if flag else 0
        previous = character
    yield text[start:]
