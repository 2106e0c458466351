"""The text of a reply -> what it means: an opt-out, what sounds like one, an answer to a question, or none of these.

An opt-out is the word alone, after folding. Likeness proves nothing: PARA is a preposition and PARAR is an opt-out, and
who writes that a search may stop wants to be written to. What only sounds like one is for a person to decide.
"""

from collections.abc import Collection
from dataclasses import dataclass

from notifier.consent.words import Words, languages
from notifier.model.replies import Meaning
from notifier.model.texts import folded

LONGEST = 2_000
"""The characters of a reply that are read: a mail that goes on for pages is none of these."""
FEW_WORDS = 3
"""How many words a reply may have of which the first alone sounds like an opt-out: `STOP this now`."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a reply was read as."""

    meaning: Meaning
    language: str | None = None
    """The language whose word or phrase it was."""
    word: str | None = None
    """The word or phrase, folded."""
    stops_all: bool = True
    """For STOP_OR_CANCEL: whether it mutes every class at once, or marketing alone."""


def read_reply(text: str, spoken: Collection[str] = ()) -> Read:
    """What the text means in one of these languages (`es`), which go first; words of the others count as well.

    A person answers STOP in any language, so no language is left out: a wrong guess of ours must not lose an opt-out.
    """
    said = folded(text[:LONGEST])
    known = languages()
    order = [*(language for language in spoken if language in known), *known]
    for language in dict.fromkeys(order):
        found = _word(said, known[language])
        if found is not None:
            meaning, word = found
            return Read(meaning=meaning, language=language, word=word, stops_all=known[language].stops_all)
    for language in dict.fromkeys(order):
        phrase = _sounds_like(said, known[language])
        if phrase is not None:
            return Read(meaning=Meaning.PROBABLE_STOP, language=language, word=phrase)
    return Read(meaning=Meaning.OTHER)


def _word(said: str, words: Words) -> tuple[Meaning, str] | None:
    """The whole reply as one word of the language, perhaps with a courtesy, or said several times."""
    table = (
        (Meaning.STOP, words.stop),
        (Meaning.STOP_OR_CANCEL, words.stop_or_cancel),
        (Meaning.START, words.start),
        (Meaning.HELP, words.help),
        (Meaning.CONFIRM, words.confirm),
        (Meaning.CANCEL, words.cancel),
    )
    for plain in (said, _without_courtesy(said, words), _once(said)):
        for meaning, of in table:
            if plain in of:
                return meaning, plain
    return None


def _without_courtesy(said: str, words: Words) -> str:
    before = ""
    while said != before:
        before = said
        for word in words.courtesy:
            said = said.removeprefix(f"{word} ").removesuffix(f" {word}")
    return said


def _once(said: str) -> str:
    """`stop` for `stop stop stop`."""
    parts = said.split()
    return parts[0] if parts and set(parts) == {parts[0]} else said


def _sounds_like(said: str, words: Words) -> str | None:
    spaced = f" {said} "
    for phrase in words.phrases:
        if f" {phrase} " in spaced:
            return phrase
    parts = _without_courtesy(said, words).split()
    return parts[0] if 1 < len(parts) <= FEW_WORDS and parts[0] in words.leading else None
