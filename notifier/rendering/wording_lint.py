"""The texts of rules -> what a reader will stumble over: warnings, each with the code by which it can be hushed.

The words are read from the templates, with printed values put aside (`prose`). Phrases are lists of a language
(`phrase_lists/`); for a language without lists, nothing is said. Each file is read once, whatever rules share it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from notifier.model.problems import Place, Problem
from notifier.model.texts import folded
from notifier.model.types import ChannelName, NoticeClass, TopicType
from notifier.rendering.catalogue import NEEDED
from notifier.rendering.errors import RenderingError
from notifier.rendering.language import OF_CLAIMS
from notifier.rendering.phrases import PhraseList, Phrases, phrases_of
from notifier.rendering.prose import Prose, readings
from notifier.rendering.readability import EASIEST_WORDS, READABLE, reading_ease
from notifier.rendering.renderer import Renderer
from notifier.rendering.words import language_of
from notifier.rules.checked import Project
from notifier.rules.checked_rules import Rule

EMPTY_PHRASE = "empty_phrase"
PROMOTION = "promotion"
APOLOGY = "apology"
SAYS_WHAT, SAYS_WHEN, SAYS_NEXT = "says_what", "says_when", "says_next"
READING_LEVEL = "reading_level"
LONG_SENTENCES = "long_sentences"
MOST_WORDS = 20
"""Words a sentence, as a mean: what INFLESZ's authors and plain-language guides take for the limit."""
INSTANT = "_at"
"""So end the names of all instants of the state: what a text prints of each element of a list."""
_TIMES = (TopicType.TIMESTAMP, TopicType.DATE, TopicType.WINDOW)


def wording_problems(project: Project, renderer: Renderer) -> list[Problem]:
    """A warning for each thing that a reader will stumble over, sorted by place."""
    found: set[Problem] = set()
    read = _Read(renderer)
    for rule in project.rules.values():
        for template in rule.templates:
            for text in read.texts(template, rule):
                found |= set(_of_text(text, rule))
    return sorted(found)


@dataclass(frozen=True)
class _Text:
    """One file that a reader gets by itself, but for the subject of its mail."""

    file: str
    language: str
    channel: ChannelName
    readings: tuple[Prose, ...]
    subject: tuple[Prose, ...]
    phrases: Phrases | None
    lines: tuple[str, ...]
    """The template as it is written."""

    def place_of(self, phrase: str) -> Place:
        """The first line that has the phrase, which `folded` made; the first one where a printed value parts it."""
        found = (number for number, line in enumerate(self.lines, start=1) if phrase in folded(line))
        return Place(self.file, next(found, 1))


class _Read:
    """Reads each file once."""

    def __init__(self, renderer: Renderer) -> None:
        self._catalogue = renderer.catalogue
        self._texts: dict[tuple[str, ChannelName, str], _Text | None] = {}

    def texts(self, template: str, rule: Rule) -> Iterator[_Text]:
        for channel in rule.channels:
            for locale, parts in sorted(self._catalogue.locales(template, channel).items()):
                if parts >= set(NEEDED[channel]):
                    key = (template, channel, locale)
                    if key not in self._texts:
                        self._texts[key] = self._text(*key)
                    if (text := self._texts[key]) is not None:
                        yield text

    def _text(self, template: str, channel: ChannelName, locale: str) -> _Text | None:
        try:
            wording = self._catalogue.wording(template, channel, locale)
        except RenderingError:  # said where templates are checked
            return None
        language = language_of(locale)
        return _Text(
            file=wording.text.file,
            language=language,
            channel=channel,
            readings=readings(wording.text),
            subject=() if wording.subject is None else readings(wording.subject),
            phrases=phrases_of(language),
            lines=tuple(self._catalogue.environment.source(wording.text.path).split("\n")),
        )


def _of_text(text: _Text, rule: Rule) -> Iterator[Problem]:
    if text.phrases is not None:
        yield from _empty(text, text.phrases)
        if rule.notice_class is not NoticeClass.MARKETING:
            yield from _promotion(text, text.phrases, rule)
        yield from _apology(text, text.phrases)
        yield from _answers(text, text.phrases, rule)
    yield from _readable(text)


def _warning(text: _Text, what: str, code: str, phrase: str = "") -> Problem:
    return Problem(text.place_of(phrase), what, "warning", code=code)


def _first(phrases: PhraseList, text: _Text) -> str | None:
    """The first of the phrases in the text, or in the subject of the mail."""
    folded_texts = [folded(each.text) for each in (*text.subject, *text.readings)]
    return next((found for each in folded_texts if (found := phrases.first_in(each)) is not None), None)


def _empty(text: _Text, phrases: Phrases) -> Iterator[Problem]:
    if (found := _first(phrases.empty, text)) is not None:
        what = f"'{found}' says nothing that the reader can use; say what is so, until when, or leave it out"
        yield _warning(text, what, EMPTY_PHRASE, found)


def _promotion(text: _Text, phrases: Phrases, rule: Rule) -> Iterator[Problem]:
    if (found := _first(phrases.promotion, text)) is not None:
        what = (
            f"'{found}' is an offer in a notice of class {rule.notice_class}: it hides what the notice is about, and "
            "may be advertising by law; leave it out, or make it a rule of class marketing"
        )
        yield _warning(text, what, PROMOTION, found)


def _apology(text: _Text, phrases: Phrases) -> Iterator[Problem]:
    """Each reading by itself: a correction may apologise where the first notice does not."""
    for reading in text.readings:
        words = folded(reading.text)
        if (sorry := phrases.apology.first_in(words)) is None:
            continue
        lacking = [
            called
            for called, of in (
                ("what went wrong", phrases.admission),
                ("what is made good or what happens next", None),
            )
            if not (of.first_in(words) if of is not None else _is_followed(words, phrases))
        ]
        if lacking:
            what = f"it apologises, and does not say {' nor '.join(lacking)}: an apology alone helps nobody; add it"
            yield _warning(text, what, APOLOGY, sorry)
            return


def _is_followed(words: str, phrases: Phrases) -> bool:
    return phrases.remedy.first_in(words) is not None or phrases.next_step.first_in(words) is not None


def _answers(text: _Text, phrases: Phrases, rule: Rule) -> Iterator[Problem]:
    """What, when and what next: of the reading with all values, since a claim without one is not told."""
    reading = text.readings[0]
    words = folded(" ".join(each.text for each in (*text.subject[:1], reading)))
    about = phrases.about.get(rule.about)
    if about is not None and about.first_in(words) is None:
        some = ", ".join(each.rstrip("*") for each in about.written[:3])
        what = f"it does not say what it is about: no word for the {rule.about} is in it ({some}, …); name it"
        yield _warning(text, what, SAYS_WHAT)
    if not _says_when(reading, rule, words, phrases):
        what = "it does not say when: no date or time is printed, and no word such as "
        what += f"'{phrases.when.written[0]}' or '{phrases.when.written[1]}' is in it; add what the reader waits for"
        yield _warning(text, what, SAYS_WHEN)
    if phrases.next_step.first_in(words) is None:
        some = ", ".join(phrases.next_step.written[:3])
        what = f"it does not say what happens next, or what the reader can do ({some}, …); add a sentence that does"
        yield _warning(text, what, SAYS_NEXT)


def _says_when(reading: Prose, rule: Rule, words: str, phrases: Phrases) -> bool:
    times = {claim.name for claim in rule.claims if claim.type in _TIMES}
    named = times | {f"{group}.{name}" for group in OF_CLAIMS for name in times}
    of_elements = any(name.endswith(INSTANT) for name in reading.printed)
    return of_elements or bool(named & reading.printed) or phrases.when.first_in(words) is not None


def _readable(text: _Text) -> Iterator[Problem]:
    reading = text.readings[0]
    mean = reading.words_per_sentence
    if mean > MOST_WORDS:
        longest = max(reading.sentences, key=len)
        begin = " ".join(longest.split()[:6])
        what = (
            f"its sentences have {ceil(mean)} words in the mean, and {MOST_WORDS} are easy to read; make two of "
            f"the one that begins '{_shown(begin)}…'"
        )
        yield _warning(text, what, LONG_SENTENCES)
    ease = reading_ease(reading.words_only, text.language)
    if ease is not None and ease < READABLE:
        points = f"{max(ease, 0):.0f} of {EASIEST_WORDS}"
        what = (
            f"its words are hard to read: {points} on the scale of {_scale(text.language)}, and "
            f"from {READABLE} on most readers follow; use shorter words and sentences"
        )
        yield _warning(text, what, READING_LEVEL)


def _scale(language: str) -> str:
    return "INFLESZ" if language == "es" else "Flesch"


def _shown(text: str) -> str:
    return "".join("…" if "\ue000" <= each <= "\uf8ff" else each for each in text)
