"""Claims and a recipient -> the names that a template sees.

Names
    every claim of the rule by its name: `{{ starts_at }}` prints it in the default form of its type
    `customer`    `.name`, `.first_name`
    `exit`        the contact point: `.channel`, `.address`, `.hours` (in the reader's language, none without hours)
    `owner`       `.name`
    `reference`   short and unique: what a caller reads out
    `status_page` the link to the page on which the reader sees what is done, what is next and by when; none without one
    `company`     the company's name from the settings
    a list of the rule, by its name: `{% for visit in visits %}` loops over its rows, each with its claims
                (`visit.starts_at`) and `visit.previous`, `visit.told`, `visit.current`, `visit.changed`
    `correction`  whether this notice replaces what an earlier one claimed
    `changed`     the names of the claims that changed since they were told: `{% if 'place' in changed %}`
    `changes`     in a correction: each changed claim by its label, with the old and the new value
    `told`        in a correction and a follow-up: `.CLAIM`, the value last told to this person
    `previous`    in a correction: the same as `told`
    `current`     `.CLAIM`, the value that is true now

In a follow-up a claim by its name alone is the value last told: the customer knows no other. In notices and corrections
it is the value that is true now.

Filters
    `date`        `5 de marzo de 2026`; date('weekday') `jueves, 5 de marzo`; date('full') both; date('short') `5/03/26`
    `time`        `10:00 a. m.`; time(24) `10:00`, time(12) with the words of the half days
    `datetime`    date and time, with the styles of `date`
    `money`       `$79.900`, in the claim's own currency
    `number`      `1.234,5`
    `duration`    `2 horas y 30 minutos`; duration('short') `2 h 30 min`, which is free of the í of días
    `phone`       `+57 601 7945501`, for texts; `exit.address` is written so already
    `opening_hours`   `lunes a sábado de 08:00 a 20:00`, for texts in OSM syntax; `exit.hours` is written so already
    `upper`, `lower`, `capitalize`   for texts

Instants are shown in the zone of the row's site where it has one, else the recipient's. A claim without a value is
none: guard it with `{% if place %}`. Claims can be compared, but not computed with: what is computed is a claim of
the rule. A bool, or a text that a branch compares (`{% if kind == 'closed' %}`), counts as printed by that branch.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale

from notifier.model.notices import Claims, ClaimValue
from notifier.model.problems import did_you_mean
from notifier.model.quantities import Quantity
from notifier.model.texts import foreign_in, without_unseen
from notifier.model.topic_values import TopicValue
from notifier.model.types import TopicType
from notifier.model.windows import Window
from notifier.rendering import formats
from notifier.rendering.errors import RenderingError

DATE, TIME, VALUE, BRANCH = "date", "time", "value", "branch"
"""The sides of a claim that a text can print: date and time of an instant, else the value, or a branch on it."""

PREVIOUS, CURRENT = "previous.", "current."
"""Prefix the names of claims: in a correction those last told, in a follow-up those that are true now."""
WORDS = "built-in words"
"""The name under which filters find the built-in words: no template can use it, because it has a space."""
CHANGES = "\ue002"
"""Stands for the list of changes until the text is printed whole: how it shows an instant depends on the rest."""


@dataclass(slots=True)
class Printed:
    """What one text printed of its claims: (claim, side) pairs, and (claim, printed form) pairs."""

    sides: set[tuple[str, str]] = field(default_factory=set)
    forms: list[tuple[str, str]] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)
    """The fixed texts with a digit, such as a customer's name, as often as they were printed, as they were written."""
    asked: set[str] = field(default_factory=set)
    """The changed claims of which the text asked whether they changed."""


@dataclass(slots=True)
class Voice:
    """How one recipient is spoken to, and the record of what the text being rendered prints."""

    locale: Locale
    zone: str
    printed: Printed = field(default_factory=Printed)
    one_line: bool = False
    """A subject is being rendered: a claim with a line break must not get in."""

    def start_text(self, *, one_line: bool = False) -> Printed:
        """The record of the text rendered next. Claims are shared by all texts of a sheet, so it is kept here."""
        self.printed = Printed()
        self.one_line = one_line
        return self.printed

    def claim(self, name: str, claim: ClaimValue) -> "PrintableClaim":
        """A claim that has a value, as templates see it."""
        return PrintableClaim(name, claim, self)

    def text(self, called: str, text: str) -> "FixedText":  # noqa: ARG002 - a voice that marks texts asks what it is called
        """A text that is no claim, by the name that templates have for it."""
        return FixedText.of(text, self)


class FixedText(str):
    """A text that is no claim and may hold digits: a name, the way out, the reference. What is printed of it is noted.

    `3M Colombia` has a digit that nobody claims. Parity lets through just what was printed of such a text, as often as
    it was printed, so a customer called `59,90` hides no wrong price.
    """

    __slots__ = ("voice",)
    voice: Voice

    @classmethod
    def of(cls, text: str, voice: Voice) -> "FixedText":
        """The text, noted in the record of whatever this voice is printing."""
        fixed = cls(text)
        fixed.voice = voice
        return fixed

    def __iter__(self) -> Iterator[str]:
        """A template may print an initial."""
        return (FixedText.of(character, self.voice) for character in str(self))

    def changed(self, change: Callable[[str], str]) -> "FixedText":
        """The same text as a filter writes it."""
        return FixedText.of(change(str(self)), self.voice)

    def print(self) -> str:
        """The text, noted."""
        text = str(self)
        if not text.isalpha():
            self.voice.printed.fixed.append(text)
        return text


class Names(dict[str, object]):
    """A group of names that a template reads by dot: `customer.name`. `called` is what the template calls it."""

    def __init__(self, called: str, names: Mapping[str, object]) -> None:
        super().__init__(names)
        self.called = called


class Changed:
    """The names of the claims that changed, for `{% if 'place' in changed %}`; what a text asks for is recorded.

    Of a row of a list, those whose names begin with `row`: `visits.1.`.
    """

    __slots__ = ("changed", "claims", "row", "voice")

    def __init__(self, changed: Collection[str], claims: Collection[str], voice: Voice, row: str = "") -> None:
        self.changed = changed
        self.claims = claims
        self.voice = voice
        self.row = row

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            called = name.name if isinstance(name, PrintableClaim) else "place"
            raise RenderingError(f"'in changed' needs the name of a claim in quotes; write '{called}' in changed")
        if self.row + name in self.changed:
            self.voice.printed.asked.add(self.row + name)
            return True
        if self.row + name not in self.claims:
            raise RenderingError(f"'{name}' is no claim of the rule{did_you_mean(name, self.claims)}")
        return False

    def __bool__(self) -> bool:
        return any(name.startswith(self.row) for name in self.changed) if self.row else bool(self.changed)


class PrintableClaim:
    """One claim with a value, as a template sees it: printing it or branching on it is recorded in `voice.printed`."""

    __slots__ = ("claim", "name", "value", "voice")

    def __init__(self, name: str, claim: ClaimValue, voice: Voice) -> None:
        assert claim.value is not None
        self.name = name
        self.claim = claim
        self.value: TopicValue = claim.value
        self.voice = voice

    def print(self, form: str | None = None, style: str | int = "long") -> str:
        """The printed form, recorded. `form` is a filter's name; None is the default form of the claim's type.

        Raises RenderingError when the claim's type has no such form.
        """
        if self.claim.seen:
            raise RenderingError(f"'{self.name}' is only asked (texts_see); make it a claim to print it")
        form = form or _DEFAULT_FORM[self.claim.type]
        if form not in _FORMS[self.claim.type]:
            usable = ", ".join(_FORMS[self.claim.type]) or "none: branch on it with if"
            raise RenderingError(f"'{self.name}' is a {self.claim.type}; the filter '{form}' is not for it ({usable})")
        if style not in _STYLES.get(form, formats.DATE_STYLES):
            known = ", ".join(map(str, _STYLES.get(form, formats.DATE_STYLES)))
            raise RenderingError(f"'{style}' is no style of {form}; use one of {known}")
        text = self._form(form, style)
        printed = self.voice.printed
        printed.forms.append((self.name, text))
        for side in _SIDES.get(form, (VALUE,)):
            printed.sides.add((self.name, side))
        return text

    def noted(self, form: str | None) -> str:
        """The printed form, recorded as a figure that may stand in the text, but not as what its template prints."""
        return self._note(self._form(form or _DEFAULT_FORM[self.claim.type], "long"))

    def changed(self, change: Callable[[str], str]) -> str:
        """The text as a filter writes it; both forms are recorded."""
        return self._note(change(self.print("text")))

    def _note(self, text: str) -> str:
        self.voice.printed.forms.append((self.name, text))
        return text

    def _form(self, form: str, style: Any) -> str:
        """`clean` would join the lines of a text; a subject refuses it instead, so that no line break can slip in."""
        if form == "text" and self.voice.one_line and isinstance(self.value, str) and has_lines(self.value):
            raise RenderingError(f"'{self.name}' has a line break, which a subject must not have")
        return form_of(self.name, self.claim, form, style, self.voice.locale, self.voice.zone)

    def _compared(self, other: object) -> tuple[object, object]:
        if self.claim.type is TopicType.TEXT:
            self.voice.printed.sides.add((self.name, BRANCH))
        return self.value, other.value if isinstance(other, PrintableClaim) else other

    def __bool__(self) -> bool:
        if self.claim.type is TopicType.BOOL:
            self.voice.printed.sides.add((self.name, BRANCH))
            return bool(self.value)
        return True

    def __eq__(self, other: object) -> bool:
        mine, others = self._compared(other)
        return mine == others

    def __hash__(self) -> int:
        return hash(self.value)

    def __lt__(self, other: object) -> bool:
        mine, others = self._compared(other)
        return bool(mine < others)  # type: ignore[operator]  # a TypeError becomes the template's RenderingError

    def __le__(self, other: object) -> bool:
        return self < other or self == other

    def __gt__(self, other: object) -> bool:
        return not self <= other

    def __ge__(self, other: object) -> bool:
        return not self < other


_FORMS: Mapping[TopicType, tuple[str, ...]] = {
    TopicType.MONEY: ("money",),
    TopicType.NUMBER: ("number",),
    TopicType.DURATION: ("duration",),
    TopicType.TIMESTAMP: ("datetime", "date", "time"),
    TopicType.DATE: ("date",),
    TopicType.TEXT: ("text",),
    TopicType.OPENING_HOURS: ("text",),
    TopicType.PERCENT: ("percent",),
    TopicType.QUANTITY: ("quantity",),
    TopicType.WINDOW: ("window",),
    TopicType.BOOL: (),
}
_DEFAULT_FORM: Mapping[TopicType, str] = {kind: (forms or ("bool",))[0] for kind, forms in _FORMS.items()}
_STYLES: Mapping[str, tuple[str | int, ...]] = {"duration": formats.DURATION_STYLES, "time": ("long", *formats.CLOCKS)}
_SIDES: Mapping[str, tuple[str, ...]] = {"date": (DATE,), "time": (TIME,), "datetime": (DATE, TIME)}


def form_of(name: str, claim: ClaimValue, form: str, style: Any, locale: Locale, zone: str) -> str:
    """The printed form of a claim with a value, where the claim has no zone of its own in this `zone`.

    Raises RenderingError where it has no such form.
    """
    value = claim.value
    zone = claim.timezone or zone
    match form, value:
        case "date", datetime():
            return formats.format_date(formats.local_date(value, zone), locale, style)
        case "date", str():
            return formats.format_date(date.fromisoformat(value), locale, style)
        case "time", datetime():
            return formats.format_time(value, zone, locale, None if style == "long" else style)
        case "datetime", datetime():
            return formats.format_datetime(value, zone, locale, style)
        case "money", Decimal():
            if claim.currency is None:
                raise RenderingError(f"'{name}' is an amount whose currency nobody gave")
            return formats.format_money(value, claim.currency, locale)
        case "number", Decimal():
            return formats.format_number(value, locale)
        case "duration", Decimal():
            return formats.format_duration(value, locale, style)
        case "text", str():
            return clean(value)
        case "percent", Decimal():
            return formats.format_percent(value, locale)
        case "quantity", Quantity():
            return formats.format_quantity(value, locale)
        case "window", Window():
            return formats.format_window(value, zone, locale)
    raise RenderingError(f"'{name}' holds no {claim.type}")


def has_lines(text: str) -> bool:
    """Whether it has more than one line, or ends in a line break."""
    return "\n" in text or "\r" in text


def clean(text: str) -> str:
    """A text of the state as it is printed: NFC, on one line, without marks that nobody sees.

    Raises RenderingError for control characters, and for those that rendering itself uses as marks.
    """
    one_line = " ".join(without_unseen(formats.plain(text)).split())
    if foreign_in(one_line) is not None:
        raise RenderingError("a text holds control characters, or such as no other program knows")
    return one_line


def printable(claims: Claims, voice: Voice, prefix: str = "") -> dict[str, PrintableClaim | None]:
    """The claims by name, as templates see them; None for a claim without a value."""
    return {name: None if claim.value is None else voice.claim(prefix + name, claim) for name, claim in claims.items()}
