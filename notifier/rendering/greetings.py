"""A customer's name as it was recorded -> the name to greet with, or none: nobody is greeted as `Dr.` or `-`."""

import re
from functools import lru_cache

NOBODY = "\ue003"
"""Stands for a name that nobody can be greeted with, until `without_nobody` takes it out of the text."""

_TITLES = frozenset(
    {
        *(
            "sr",
            "sra",
            "srta",
            "sres",
            "sras",
            "señor",
            "señora",
            "señorita",
            "doña",
            "d",
            "dña",
            "dn",
            "sr(a)",
            "sr/a",
        ),
        *("dr", "dra", "dr(a)", "doctor", "doctora", "ing", "lic", "licda", "arq", "abg", "abog", "prof", "profa"),
        *("mtro", "mtra", "mr", "mrs", "ms", "miss", "mx", "sir", "madam", "rev", "herr", "frau"),
    }
)
_SPANISH_TITLES = frozenset({"don"})
"""Titles that are first names elsewhere."""
_LINKS = frozenset({"y", "e", "and", "&", "+"})
_COMPANY = re.compile(
    r"(?:^|[\s,])(?:S\.\s?A\.|S\.\s?L\.|S\.\s?R\.\s?L|SAS|S\.A\.S|SRL|LLC|EIRL|(?i:ltda|cia|inc|ltd|gmbh|corp))\.?(?:$|\s|[A-Z]\.)"
)
_NO_NAME = frozenset(
    {
        *(
            "na",
            "n/a",
            "nn",
            "n.n",
            "null",
            "none",
            "nil",
            "nan",
            "undefined",
            "unknown",
            "test",
            "prueba",
            "xx",
            "xxx",
        ),
        *("sin", "cliente", "customer", "usuario", "user", "guest", "invitado", "desconocido", "anonymous", "anonimo"),
        *("anónimo", "no", "consumidor", "ninguno", "nombre", "name"),
    }
)
_AROUND = "\"'“”«»()[].,;:*"
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")


class NoName(str):
    """A name that cannot be used: false in `{% if customer.first_name %}`, and nothing where it is printed."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


@lru_cache(maxsize=4096)
def first_name(name: str, language: str) -> str:
    """`Ana` of `Ana Ruiz`, `Ruiz, Ana`, `SRA. ANA RUIZ` and `ana ruiz`; `NoName` where there is none to greet with.

    `language` is that of the greeting: `Don` is a title in Spanish, and a name in English.
    """
    if not any(character.isalpha() for character in name) or _COMPANY.search(name) or "@" in name:
        return NoName(NOBODY)
    surname, _, given = name.partition(",")
    couple = False
    for word in (*given.split(), *surname.split()):
        bare = word.strip(_AROUND).casefold()
        if bare in _TITLES or word.casefold() in _TITLES or (language == "es" and bare in _SPANISH_TITLES):
            continue
        if bare in _LINKS:
            couple = True  # Sr. y Sra. Gómez: what follows is no first name
            continue
        if couple or bare in _NO_NAME or not _is_name(word):
            break
        return _written(word.strip(_AROUND))
    return NoName(NOBODY)


def without_nobody(text: str) -> str:
    """The text without the place of a name that cannot be used: `Hola, Ana:` becomes `Hola,`."""
    if NOBODY not in text:
        return text
    text = re.sub(rf",\s*{NOBODY}\s*[:,]", ",", text)  # Hola, …:
    text = re.sub(rf"(^|\n){NOBODY}\s*[,:]\s*(\w?)", lambda found: found[1] + found[2].upper(), text)
    text = re.sub(rf"([:.!?])\s*{NOBODY}\s*,", r"\1", text)
    text = re.sub(rf",?\s*{NOBODY}(?=\s*[,.:;!?])", "", text)
    return re.sub(rf"\s?{NOBODY}", "", text)


def _is_name(word: str) -> bool:
    """Whether a word can be a first name: letters, and no initial."""
    bare = word.strip(_AROUND.replace(".", ""))
    return (
        _WORD.fullmatch(bare) is not None
        and (len(bare.rstrip(".")) > 1 or bare.upper() == bare.lower())
        and not re.fullmatch(r"(?:\w\.)+\w?", bare)
    )


def _written(word: str) -> str:
    """`Ana` for `ANA` and `ana`; a word in mixed letters stays as it is."""
    if not (word.isupper() or word.islower()):
        return word
    return re.sub(r"[^\W\d_]+", lambda part: part.group()[:1].upper() + part.group()[1:].lower(), word)
