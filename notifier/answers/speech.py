"""Values, topics and instants as one reader says them: timeline, brief and the customer's own page use the same words.

Sentences are in Spanish for readers of Spanish, in English for all others; amounts, dates and times are written as the
reader's locale writes them in every text of the product.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from babel import Locale

from notifier.model.quantities import Quantity
from notifier.model.texts import one_line
from notifier.model.types import TopicType
from notifier.model.values import parse_canonical
from notifier.model.windows import Window
from notifier.rendering.formats import (
    format_date,
    format_datetime,
    format_duration,
    format_money,
    format_number,
    format_percent,
    format_quantity,
    format_window,
    local_date,
    locale_of,
)
from notifier.rendering.labels import Labels
from notifier.rendering.spoken_names import row_name, topic_name

SPANISH, ENGLISH = "es", "en"
LANGUAGES = (ENGLISH, SPANISH)


@dataclass(frozen=True)
class Speech:
    """How one reader is spoken to. `timezone` (IANA) is the zone in which instants are said."""

    language: str
    locale: Locale
    timezone: str
    labels: Labels = field(default_factory=dict, compare=False)
    """What the project calls its topics."""

    @property
    def is_spanish(self) -> bool:
        """Whether sentences are in Spanish; else they are in English."""
        return self.language == SPANISH

    def pick(self, english: str, spanish: str) -> str:
        """The one of both that is this reader's."""
        return spanish if self.is_spanish else english

    def topic(self, name: str) -> str:
        """What a topic, or a claim, is called: `monthly price`, `precio mensual`."""
        own = self.labels.get(name, {}).get(str(self.locale).replace("_", "-"))
        return own or topic_name(name, self.language, self.labels)

    def row(self, about: str) -> str:
        """A row as it is spoken of: `contract K-1`, `contrato K-1`."""
        return row_name(about, self.language)

    def instant(self, value: datetime) -> str:
        """`Thursday, March 5, 10:00 AM`, `jueves, 5 de marzo, 10:00 a. m.`: without the year."""
        return format_datetime(value, self.timezone, self.locale, "weekday")

    def day(self, value: datetime) -> str:
        """The local day: `Thursday, March 5`."""
        return format_date(local_date(value, self.timezone), self.locale, "weekday")

    def value(self, topic_type: TopicType, text: str | None, currency: str | None = None) -> str:
        """A canonical text of a promise, a fact or a claim; nothing yet where there is none."""
        if text is None:
            return self.pick("nothing yet", "todavía nada")
        match topic_type, parse_canonical(topic_type, text):
            case TopicType.MONEY, Decimal() as amount:
                return format_money(amount, currency, self.locale) if currency else format_number(amount, self.locale)
            case TopicType.DURATION, Decimal() as seconds:
                return format_duration(seconds, self.locale)
            case TopicType.PERCENT, Decimal() as share:
                return format_percent(share, self.locale)
            case _, Quantity() as quantity:
                return format_quantity(quantity, self.locale)
            case _, Window() as window:
                return format_window(window, self.timezone, self.locale)
            case _, Decimal() as number:
                return format_number(number, self.locale)
            case _, bool() as truth:
                return self.pick("yes", "sí") if truth else "no"
            case _, datetime() as instant:
                return self.instant(instant)
            case TopicType.DATE, str() as day:
                return format_date(date.fromisoformat(day), self.locale, "weekday")
        return one_line(text)


def speech_for(locale: str, timezone: str | None, labels: Labels | None = None) -> Speech:
    """The speech of a locale such as `es-CO`, in an IANA zone; in UTC where there is none. `labels` are what the
    project calls its topics."""
    language = SPANISH if locale.partition("-")[0].partition("_")[0].lower() == SPANISH else ENGLISH
    known = locale_of(locale)
    if known is None or known.language != language:
        known = Locale.parse(language)
    return Speech(language, known, timezone or "UTC", labels or {})
