"""`phrase_lists/LANGUAGE.yaml` -> the phrases that texts are looked through for, read once, on first use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from notifier.model.texts import folded

LISTS = Path(__file__).with_name("phrase_lists")


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """The lists of one language; each finds the first of its phrases in a folded text."""

    empty: "PhraseList"
    promotion: "PhraseList"
    apology: "PhraseList"
    admission: "PhraseList"
    remedy: "PhraseList"
    next_step: "PhraseList"
    when: "PhraseList"
    about: Mapping[str, "PhraseList"]
    """By entity."""


class PhraseList:
    """Phrases as one pattern: case, accents and punctuation do not count."""

    def __init__(self, written: Sequence[str]) -> None:
        self.written = tuple(written)
        alternatives = sorted((_pattern(each) for each in written), key=len, reverse=True)
        self._pattern = re.compile(rf"\b(?:{'|'.join(alternatives)})\b")

    def first_in(self, text: str) -> str | None:
        """The phrase that comes first in a text that `folded` made; None without one."""
        found = self._pattern.search(text)
        return None if found is None else found.group()


def _pattern(phrase: str) -> str:
    return r"\s".join(re.escape(folded(word)) + (r"\w*" if word.endswith("*") else "") for word in phrase.split())


@cache
def phrases_of(language: str) -> Phrases | None:
    """The phrases of a language (`es`); None where none are shipped."""
    file = LISTS / f"{language}.yaml"
    if not file.is_file():
        return None
    written: Mapping[str, Any] = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    lists = {name: PhraseList(each) for name, each in written.items() if name != "about"}
    return Phrases(**lists, about={entity: PhraseList(each) for entity, each in written["about"].items()})
