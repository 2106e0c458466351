"""Texts that people and programs enter -> what may be kept of them, and how they are shown.

What nobody sees can lie: a line break adds a line to a record, a terminal code hides one, and a direction mark shows
`59,90` as `09,95`. Such characters are refused or taken out where a text enters, and written as `\\u202e` where a text
is shown all the same. Joiners stay: Persian, Hindi and the emoji of a family are spelt with them.

PRECIS (RFC 8264) was considered: its class for free text also refuses `Bar · Café`, and every emoji that has a joiner.
"""

import re
import unicodedata
from functools import cache, lru_cache

JOINERS = "\u200c\u200d"
"""Unseen, and part of how words are written."""
_SEEN = "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
"""Signs of Arabic, Syriac and Kaithi numbers: Unicode files them with the unseen, but they have a shape."""
_FOREIGN = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff]"
)
"""Control characters, halves of characters, and what means something to one program alone (private use)."""
_RARE = "[^\t\n\r -~\u00a0-\u00ac\u00ae-\u024f]"
"""What has to be looked at one by one; most texts have none."""
_BREAKS = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]+")
_BETWEEN = re.compile(r"[\W_]+")
_FIRST = 700
_LAST = 300


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first needed: a set from all over Unicode takes 5 ms, and most texts are plain ASCII."""
    return re.compile(pattern)


@lru_cache(maxsize=4096)
def _is_unseen(character: str) -> bool:
    """Whether it is a mark without a shape of its own: of direction, of a break, a byte order mark, a tag."""
    return unicodedata.category(character) == "Cf" and not re.match(f"[{_SEEN}]", character)


def without_unseen(text: str) -> str:
    """The text without marks of direction and others that nobody sees."""
    if text.isprintable():
        return text
    return "".join(one for index, one in enumerate(text) if not _is_unseen(one) or _joins(text, index))


def folded(text: str) -> str:
    """The text without case, accents, punctuation and unseen characters: `¡Baja!` is `baja`."""
    parts = unicodedata.normalize("NFKD", text)
    seen = "".join(one for one in parts if unicodedata.category(one) not in ("Mn", "Cf"))
    return _BETWEEN.sub(" ", seen.casefold()).strip()


def without_foreign(text: str) -> str:
    """The text without what no text may hold (control characters, halves of characters), and on plain lines."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return without_unseen(_compiled(_FOREIGN).sub("", plain))


def foreign_in(text: str) -> str | None:
    """The first character that no text may hold: `the control character U+001B`; None where there is none."""
    found = _compiled(_FOREIGN).search(text)
    return None if found is None else called(found[0])


def unseen_in(text: str) -> int | None:
    """The index of the first character that a file written by hand has no use for; None where there is none."""
    if text.isascii() and text.isprintable():
        return None
    rare = (found.start() for found in _compiled(_RARE).finditer(text))
    foreign = _compiled(_FOREIGN)
    return next((i for i in rare if foreign.match(text, i) or (_is_unseen(text[i]) and not _joins(text, i))), None)


def problem_of(text: str) -> str | None:
    """Why a text that a person typed on one line is not kept, with what to do; None where nothing is wrong."""
    if _BREAKS.search(text):
        return "holds a line break; write it on one line"
    index = unseen_in(text)
    if index is None:
        return None
    return f"holds {called(text[index])}, which nobody sees; leave it out"


def called(character: str) -> str:
    """`the character U+202E (right-to-left override)`."""
    name = unicodedata.name(character, "").lower()
    kind = "control character" if unicodedata.category(character) == "Cc" else "character"
    return f"the {kind} U+{ord(character):04X}{f' ({name})' if name else ''}"


def shown(text: str, *, lines: bool = False) -> str:
    """The text as a terminal, a log or a page may show it; with `lines`, line breaks and spaces stay what they are."""
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or (lines and _is_space(one)) or _joins(text, index) else _escaped(one)
        for index, one in enumerate(text)
    )


def sentence(text: str) -> str:
    """The text as one line that can be read: what is quoted in it may be a megabyte."""
    told = shown(text)
    return told if len(told) <= _FIRST + _LAST else f"{told[:_FIRST]} … {told[-_LAST:]}"


def one_line(text: str) -> str:
    """The lines of a text behind one another, as they are shown in a table or a list."""
    return shown(_BREAKS.sub(" ⏎ ", text.strip()), lines=True)


def _is_space(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) == "Zs"


def _joins(text: str, index: int) -> bool:
    """Whether a joiner stands where one has a meaning: no word in Latin letters is spelt with one."""
    return text[index] in JOINERS and index > 0 and text[index - 1] > "\u024f"


def _escaped(character: str) -> str:
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
