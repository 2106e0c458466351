"""What a phrase can say: amounts, shares, speeds, lengths of time, days, hours. No I/O."""

from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import TypeVar

Assuming = TypeVar("Assuming", bound="Assumed")


@dataclass(frozen=True, kw_only=True)
class Assumed:
    """Any value, with what was assumed to read it: phrases for the person who confirms it."""

    assumed: tuple[str, ...] = ()

    def assuming(self: Assuming, *what: str) -> Assuming:
        """The same, with more that was assumed."""
        return replace(self, assumed=tuple(dict.fromkeys((*self.assumed, *what))))


@dataclass(frozen=True, kw_only=True)
class Amount(Assumed):
    """Money, or a number that may be money; `highest` where two bounds were said."""

    amount: Decimal
    highest: Decimal | None = None
    currency: str | None = None
    """ISO 4217, only where the text names it without doubt (euros, US$); never from `$`."""
    marked: bool = False
    """Said like money: with a sign, a currency, thousands or millions."""
    lowered: bool = False
    """It comes in the place of a higher one, which was said before it: `from 44 to 31`."""
    tax_included: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Share(Assumed):
    """A percentage."""

    percent: Decimal


@dataclass(frozen=True, kw_only=True)
class Speed(Assumed):
    """In Mbit/s."""

    mbit: Decimal


@dataclass(frozen=True, kw_only=True)
class Length(Assumed):
    """So many units; `highest` where two bounds were said. Working days and hours are marked."""

    number: Decimal
    highest: Decimal | None = None
    unit: str
    """minute, hour, day, week, month, year."""
    working: bool = False


@dataclass(frozen=True, kw_only=True)
class Days(Assumed):
    """A day, or a range of days with both ends."""

    first: date
    last: date
    weekday: int | None = None
    """The day of the week (Monday is 0), where nothing else was said: it may be every such day."""


@dataclass(frozen=True, kw_only=True)
class Hour(Assumed):
    """A time of day."""

    at: time
    halves: bool = False
    """The text does not say which half of the day: one to twelve without a.m. or p.m."""


@dataclass(frozen=True, kw_only=True)
class Span(Assumed):
    """From an hour to an hour; `end` 24:00 is midnight at the end of the day."""

    start: Hour
    end: Hour
    whole_part: bool = False
    """A part of the day: the afternoon."""


@dataclass(frozen=True, kw_only=True)
class Soon(Assumed):
    """So long from now."""

    length: Length


@dataclass(frozen=True, kw_only=True)
class Weekdays(Assumed):
    """Days of the week in OSM syntax: `Mo-Sa`, `PH`."""

    osm: str


@dataclass(frozen=True, kw_only=True)
class When(Assumed):
    """A day, a range of days, an hour of a day, or a window of a day: what a promise about a moment says.

    `start` and `end` are wall clock in the place of the note; without them it is days.
    """

    first: date
    last: date
    start: time | None = None
    end: time | None = None
    """The end of a window."""
    within: Length | None = None
    """Said as so much time from now."""


@dataclass(frozen=True, kw_only=True)
class Unclear:
    """Words that are read and mean no one value."""
