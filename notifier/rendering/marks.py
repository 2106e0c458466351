"""The claims and names of one notice -> the same for a template that sees a mark in place of each printed form.

What a template prints of a claim, of a name or of the reference becomes a hole: what is printed there, and how. A
template that does more with a value than to print it has no holes: `InDoubtError` says so, for instance where it
compares a name. The values of claims that it compares are noted, because they decide which words it prints.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any, NoReturn, SupportsIndex

from babel import Locale

from notifier.model.notices import Claims, ClaimValue
from notifier.model.plain_values import plain_value
from notifier.rendering.context import CURRENT, PREVIOUS, FixedText, PrintableClaim, Voice, form_of, has_lines
from notifier.rendering.greetings import first_name
from notifier.rendering.sheets import Said

FIRST = 0xE100
MOST = 500
MARK = re.compile(f"([{chr(FIRST)}-{chr(FIRST + MOST - 1)}])")
"""Marks are characters of Unicode's private use area: rendering refuses them in every other text."""


class InDoubtError(Exception):
    """Something beside the holes may depend on a value."""


@plain_value(frozen=True, slots=True, kw_only=True)
class Facts:
    """What holes are filled with. `zone` is the reader's, `name` is written as texts print it."""

    said: Said
    zone: str
    name: str
    reference: str
    unsubscribe_token: str
    """Empty where links have none."""
    status_page: str
    """Empty where there is no such page."""
    to: str
    """The mail address; empty where there is none."""
    date: str
    """That of the mail's header."""


@plain_value(frozen=True, slots=True)
class ClaimHole:
    """Where a form of a claim is printed; `prefix` says of which claims."""

    prefix: str
    name: str
    form: str
    style: Any
    locale: Locale
    change: Callable[[str], str] | None = None
    """How a filter writes the form."""

    def claim_in(self, facts: Facts) -> ClaimValue:
        """The claim that is printed."""
        return claims_of(self.prefix, facts.said)[self.name]

    def form_in(self, facts: Facts) -> str:
        """What the claim prints before a filter changes it. Raises RenderingError, or InDoubtError for two lines."""
        claim = self.claim_in(facts)
        if isinstance(claim.value, str) and has_lines(claim.value):
            raise InDoubtError("a subject refuses it, and other texts do not")
        return form_of(self.name, claim, self.form, self.style, self.locale, facts.zone)


@plain_value(frozen=True, slots=True)
class TextHole:
    """Where a text is printed that is no claim, by the name that templates have for it."""

    called: str
    language: str
    change: Callable[[str], str] | None = None

    def form_in(self, facts: Facts) -> str:
        """The text before a filter changes it."""
        match self.called:
            case "customer.name":
                return facts.name
            case "customer.first_name":
                return first_name(facts.name, self.language)
            case "unsubscribe_token":
                return facts.unsubscribe_token
            case "status_page":
                return facts.status_page
            case "to":
                return facts.to
            case "date":
                return facts.date
            case _:
                return facts.reference


Hole = ClaimHole | TextHole
VARYING = ("customer.name", "customer.first_name", "reference", "status_page")
"""The texts that are others for each reader; all others are the same for a whole mould."""
UNPRINTED = "\ue004"
"""What a marked text holds. It is printed as its mark; rendering refuses this character like all others of its kind."""


def claims_of(prefix: str, said: Said) -> Claims:
    """The claims whose names have this prefix."""
    match prefix:
        case "":
            return said.claims
        case _ if prefix == PREVIOUS:
            return said.previous
        case _:
            return said.current


class Marks:
    """The holes of one mould, each with its mark; and the claims whose values were compared, by prefix and name."""

    def __init__(self) -> None:
        self.holes: list[Hole] = []
        self.compared: set[tuple[str, str]] = set()
        self.apart: set[tuple[int, int]] = set()
        """Pairs of holes of which the built-in words about a change suppose that they hold different forms."""

    def of(self, hole: Hole) -> str:
        """The mark of this hole: the same one wherever the same is printed in the same way."""
        if hole not in self.holes:
            self.holes.append(hole)
        index = self.holes.index(hole)
        if index >= MOST:
            raise InDoubtError("there are more holes than marks")
        return chr(FIRST + index)

    def hole(self, mark: str) -> Hole:
        """What the mark stands for."""
        return self.holes[ord(mark) - FIRST]


class Marking(Voice):
    """Speaks to a recipient in marks."""

    def __init__(self, voice: Voice, language: str, marks: Marks) -> None:
        super().__init__(locale=voice.locale, zone=voice.zone)
        self.marks = marks
        self.language = language
        self.change: Callable[[str], str] | None = None
        """What a filter makes of the text that is printed next."""

    def claim(self, name: str, claim: ClaimValue) -> PrintableClaim:
        """One whose forms are marks."""
        return MarkedClaim(name, claim, self)

    def text(self, called: str, text: str) -> FixedText:
        """A mark where the text varies from reader to reader."""
        if called not in VARYING:
            return FixedText.of(text, self)
        return MarkedText.standing_for(TextHole(called, self.language if called == "customer.first_name" else ""), self)


class MarkedText(FixedText):
    """A text that templates may print, change by a filter, and nothing else: what they print is a mark."""

    __slots__ = ("hole",)
    voice: Marking
    hole: Hole

    @classmethod
    def standing_for(cls, hole: Hole, voice: Marking) -> "MarkedText":
        """The text in this hole."""
        text = cls(UNPRINTED)
        text.voice, text.hole = voice, hole
        return text

    def print(self) -> str:
        """The mark, noted."""
        mark = self.voice.marks.of(self.hole)
        self.voice.printed.fixed.append(mark)
        return mark

    def changed(self, change: Callable[[str], str]) -> FixedText:
        """Another hole, for the changed text."""
        if self.hole.change is not None:
            raise InDoubtError("two filters change it")
        return MarkedText.standing_for(replace(self.hole, change=change), self.voice)

    def __iter__(self) -> Iterator[str]:
        raise InDoubtError("its letters are looped over")

    def _compared(self, other: object) -> NoReturn:
        raise InDoubtError(f"it is compared with {type(other).__name__}")

    def __getitem__(self, index: SupportsIndex | slice) -> str:
        self._compared(index)

    def __contains__(self, other: object) -> bool:
        self._compared(other)

    def __eq__(self, other: object) -> bool:
        self._compared(other)

    def __ne__(self, other: object) -> bool:
        self._compared(other)

    def __lt__(self, other: str) -> bool:
        self._compared(other)

    def __le__(self, other: str) -> bool:
        self._compared(other)

    def __gt__(self, other: str) -> bool:
        self._compared(other)

    def __ge__(self, other: str) -> bool:
        self._compared(other)

    __hash__ = str.__hash__


class NotedMark(str):
    """The mark of a form of which built-in words ask whether it is another one: it is, in each notice of the mould."""

    __slots__ = ("marks",)
    marks: "Marks"

    @classmethod
    def of(cls, mark: str, marks: "Marks") -> "NotedMark":
        """The mark, noted in these marks when it is compared."""
        noted = cls(mark)
        noted.marks = marks
        return noted

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NotedMark) and str(self) != str(other):
            self.marks.apart.add((ord(self) - FIRST, ord(other) - FIRST))
        return str(self) == other

    __hash__ = str.__hash__


class MarkedClaim(PrintableClaim):
    """A claim whose printed forms are marks. It is compared by its value, which is noted."""

    __slots__ = ()
    voice: Marking

    def print(self, form: str | None = None, style: str | int = "long") -> str:
        """The mark, recorded like any form."""
        marks = self.voice.marks
        return MarkedText.standing_for(marks.hole(super().print(form, style)), self.voice)

    def changed(self, change: Callable[[str], str]) -> str:
        """The mark of the text as a filter writes it."""
        self.voice.change = change
        changed = self.print("text")
        self.voice.change = None
        return changed

    def noted(self, form: str | None) -> str:
        """The mark, for the built-in words about a change: they compare the form before with that of now."""
        return NotedMark.of(super().noted(form), self.voice.marks)

    def _form(self, form: str, style: Any) -> str:
        voice = self.voice
        return voice.marks.of(ClaimHole(*self._key, form, style, voice.locale, voice.change))

    @property
    def _key(self) -> tuple[str, str]:
        prefix = next((each for each in (PREVIOUS, CURRENT) if self.name.startswith(each)), "")
        return prefix, self.name.removeprefix(prefix)

    def _compared(self, other: object) -> tuple[object, object]:
        for one in (self, other):
            if isinstance(one, MarkedClaim):
                self.voice.marks.compared.add(one._key)
        return super()._compared(other)


def has_marks(texts: Collection[str]) -> bool:
    """Whether there is a hole in any of the texts."""
    return any(MARK.search(text) for text in texts)
