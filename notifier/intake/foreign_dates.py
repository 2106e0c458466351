"""A date or an instant as another system writes it -> what the calendar and the clock say; only where a map says how.

dateutil reads the words. What it would guess is refused here: it takes the month for the day where the day is above
twelve, the missing day from today, and an unknown zone for none.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import ClassVar

from dateutil.parser import parser, parserinfo

from notifier.intake.cells import Cell, start_of, text
from notifier.intake.written import EXAMPLES, ORDERS, Written

NEVER_GIVEN = (datetime(1904, 1, 1), datetime(1908, 2, 2))  # noqa: DTZ001 - no instants: what fills in for missing parts
"""A text that reads differently with each of them leaves out its year, its month or its day."""

_IN_FIGURES = re.compile(r"(?<!\d)(\d{1,4})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{1,4})(?!\d)")
_HALF_OF_DAY = re.compile(r"(?<=[\d\s\u00a0\u202f])([AaPp])\.?[\s\u00a0\u202f]?[Mm]\b\.?")
"""Spreadsheets in Spanish write `9:30 a. m.`, with a blank that does not break."""
_WHOLE = re.compile(r"\d{1,17}(\.0*)?")
_COMPACT = (8, 14)
"""The figures of 20260305 and 20260305103000; of any other number dateutil would make a date, too."""
_BLANKS = re.compile(r"[\u00a0\u202f\u2009]")
_FILLERS = re.compile(r"\ba las?\b|\([^()]*\)$|\b(?:GMT|UTC)\s?(?=[+-]\d)")
"""Of `GMT-0500 (Colombia Standard Time)`, as JavaScript writes it, the figures count: dateutil takes `GMT-5` for five
hours ahead, as POSIX does."""


class _Words(parserinfo):  # type: ignore[misc] # published without types
    """Names of months and days in English, Spanish and Portuguese; `26` is 2026, whatever year it is today."""

    JUMP: ClassVar[list[str]] = [*parserinfo.JUMP, "de", "del", "às"]
    MONTHS: ClassVar[list[tuple[str, ...]]] = [
        ("jan", "january", "ene", "enero", "janeiro"),
        ("feb", "february", "febrero", "fev", "fevereiro"),
        ("mar", "march", "marzo", "março"),
        ("apr", "april", "abr", "abril"),
        ("may", "mayo", "mai", "maio"),
        ("jun", "june", "junio", "junho"),
        ("jul", "july", "julio", "julho"),
        ("aug", "august", "ago", "agosto"),
        ("sep", "sept", "september", "septiembre", "setiembre", "set", "setembro"),
        ("oct", "october", "octubre", "out", "outubro"),
        ("nov", "november", "noviembre", "novembro"),
        ("dec", "december", "dic", "diciembre", "dez", "dezembro"),
    ]
    WEEKDAYS: ClassVar[list[tuple[str, ...]]] = [
        ("mon", "monday", "lun", "lunes"),
        ("tue", "tues", "tuesday", "martes"),
        ("wed", "wednesday", "mié", "mie", "miércoles", "miercoles"),
        ("thu", "thur", "thurs", "thursday", "jue", "jueves"),
        ("fri", "friday", "vie", "viernes"),
        ("sat", "saturday", "sáb", "sab", "sábado", "sabado"),
        ("sun", "sunday", "dom", "domingo"),
    ]

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        """A year of two digits lies in this century."""
        return year if century_specified or year >= 100 else 2000 + year


def foreign_instant(cell: Cell, written: Written) -> datetime:
    """What the cell says, with a zone only where it names one. Raises ValueError with a sentence."""
    if isinstance(cell, datetime):
        return cell
    content = _BLANKS.sub(" ", text(cell))
    if written in (Written.SECONDS, Written.MILLISECONDS):
        return _counted(content, written)
    try:
        value = datetime.fromisoformat(content)
    except ValueError:
        return _worded(content, written)
    if content.isdecimal() and len(content) not in _COMPACT:
        raise _a_number(content)
    return value


def _a_number(content: str) -> ValueError:
    return ValueError(f"'{start_of(content)}' is a number, not a date; is it dates: seconds or milliseconds?")


def _counted(content: str, written: Written) -> datetime:
    if not _WHOLE.fullmatch(content):
        raise ValueError(f"'{start_of(content)}' is no number of {written} since 1970, like {EXAMPLES[written]}")
    number = int(content.partition(".")[0])
    seconds, rest = divmod(number, 1000) if written is Written.MILLISECONDS else (number, 0)
    try:
        return datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=rest)
    except (OverflowError, ValueError, OSError) as error:
        raise ValueError(f"'{content}' lies outside the calendar; is it dates: milliseconds?") from error


def _worded(content: str, written: Written) -> datetime:
    if content.isdecimal() and len(content) not in _COMPACT:
        raise _a_number(content)
    shown = f"'{start_of(content)}'"
    figures = _IN_FIGURES.search(content)
    if figures is not None:
        content = _in_order(content, figures, written)
    content = _HALF_OF_DAY.sub(r" \1m", _FILLERS.sub(" ", content))
    try:
        value: datetime
        value, other = (_reader().parse(content, default=each, tzinfos=_zone) for each in NEVER_GIVEN)
    except (ValueError, OverflowError) as error:
        why = f" ({error.args[0]})" if error.args and "zone" in str(error.args[0]) else ""
        raise ValueError(f"{shown} is no date{why}; dates: {written} is written like {EXAMPLES[written]}") from error
    if value != other:
        raise ValueError(f"{shown} leaves out the year, the month or the day; write it like {EXAMPLES[written]}")
    return value


def _in_order(content: str, figures: re.Match[str], written: Written) -> str:
    """The text with its date as 2026-12-31: nothing is left to guess. Raises ValueError for another order."""
    parts = figures.groups()
    order = ORDERS[Written.YEAR_FIRST] if len(parts[0]) > 2 else ORDERS[written]
    year, month, day = (parts[index] for index in order)
    shown = f"'{figures[0]}'"
    if written is Written.YEAR_FIRST and len(parts[0]) < 4:
        raise ValueError(f"{shown} does not begin with the year; say in the map what comes first (dates: day_first)")
    if len(year) not in (2, 4):
        raise ValueError(f"{shown} has a year of {len(year)} digits")
    if not 1 <= int(month) <= 12:
        raise ValueError(f"{shown} is not written {written}: there is no month {int(month)}")
    whole = f"{'20' if len(year) == 2 else ''}{year}-{int(month):02}-{int(day):02}"
    return f"{content[: figures.start()]}{whole}{content[figures.end() :]}"


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    """The zone of a text: an offset, or one of the names that mean UTC."""
    if name in ("UTC", "GMT", "Z") and not offset:
        return UTC
    if name is not None and offset is None:
        raise ValueError(f"the zone '{name}' has no one offset; take it out, and name the zone in the map ('zone')")
    return None if offset is None else timezone(timedelta(seconds=offset))


@cache
def _reader() -> parser:
    return parser(_Words())
