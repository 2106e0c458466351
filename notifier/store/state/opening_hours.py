"""Opening hours in OSM syntax and the public holidays of a country -> the hours of one local date.

`opening-hours-py` parses the syntax; its built-in holidays are wrong for several countries and cannot be replaced
(studies/calendars-and-models.md), so the `PH` selector is expanded here, with the dates of the library `holidays`.
All times are wall clock; `site_days` converts them to instants.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined] # its stub lacks ParserError

from notifier.model.problems import did_you_mean, one_of

DAY = timedelta(days=1)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_DAYS_WITH_HOLIDAY = re.compile(
    rf"(?P<days>(?:{WEEKDAY}(?:-{WEEKDAY})?,)*PH(?:,{WEEKDAY}(?:-{WEEKDAY})?)*)(?P<rest>\s(?![-+]\d).*)?"
)
_COMMENT = re.compile(r'"[^"]*"')
_SEPARATOR = re.compile(r"(; | \|\| |, )")

Span = tuple[datetime, datetime]
"""(opens, closes) on the wall clock; the end may be on the next date."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Opening hours on ordinary days and on holidays."""

    ordinary: str
    holiday: str
    """The same for holidays, with `{date}` for the holiday's date; equal to `ordinary` where holidays do not matter."""

    def on(self, day: date, *, is_holiday: bool) -> tuple[Span, ...]:
        """The spans that begin on this date, in order; a span belongs to the date on which it begins."""
        if not is_holiday or self.holiday == self.ordinary:
            return _spans(self.ordinary, day)
        return _spans(self.holiday.replace("{date}", f"{day.year} {MONTHS[day.month - 1]} {day.day:02}"), day)


def check_opening_hours(text: str) -> str:
    """The text, if it is valid. Raises ValueError with a sentence if not."""
    parse_opening_hours(text)
    return text


@lru_cache(maxsize=4096)
def parse_opening_hours(text: str) -> Rules:
    """The rules in an OSM text, `PH` expanded. Raises ValueError with a sentence."""
    try:
        normal_form = str(OpeningHours(text))
    except ParserError as error:
        at = re.search(r"--> \d+:(\d+)", str(error))
        near = f" near '{text[int(at[1]) - 1 :][:20]}'" if at and text[int(at[1]) - 1 :] else ""
        raise ValueError(
            f"'{text[:60]}' is not opening hours in OSM syntax{near}; write it like Mo-Sa 08:00-20:00; PH off"
        ) from error
    ordinary: list[str] = []
    holiday: list[str] = []
    for separator, rule in _parts(normal_form):
        usual, special = _expand(rule, text)
        if usual:
            ordinary += [separator, usual]
            holiday += [separator, usual]
        if special:
            holiday += ["; " if usual and separator != ", " else separator, special]
    return Rules(ordinary=_joined(ordinary), holiday=_joined(holiday))


@lru_cache(maxsize=512)
def holiday_names(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    """The public holidays of a year, named in the country's own language; none for an unknown country."""
    import holidays as public_holidays  # slow to import (all countries): an eighth of a preview

    try:
        supported = public_holidays.country_holidays(country, subdiv=subdivision, years=year)
    except NotImplementedError:
        if subdivision is not None:
            return holiday_names(country, None, year)
        return {}
    named = public_holidays.country_holidays(
        country, subdiv=subdivision, years=year, language=supported.default_language
    )
    return dict(named.items())


def check_subdivision(country: str, subdivision: str) -> str:
    """The subdivision. Raises ValueError where the country has subdivisions and this is not one of them."""
    import holidays as public_holidays

    known = public_holidays.list_supported_countries(include_aliases=True).get(country, [])
    if known and subdivision not in known:
        remedy = did_you_mean(subdivision, known) or f"; one of {one_of(known)}"
        raise ValueError(f"'{subdivision}' is no subdivision of {country}{remedy}")
    return subdivision


def _parts(normal_form: str) -> Iterator[tuple[str, str]]:
    """Each rule with the separator before it; comments are not split."""
    comments = _COMMENT.findall(normal_form)
    pieces = _SEPARATOR.split(_COMMENT.sub("\0", normal_form))
    kept = iter(comments)
    for separator, piece in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        yield separator, re.sub("\0", lambda _: next(kept), piece)


def _expand(rule: str, text: str) -> tuple[str, str]:
    """A rule for ordinary days, and for holidays (with `{date}`); either may be empty."""
    without_comment = _COMMENT.sub("", rule)
    if re.search(r"\bSH\b", without_comment):
        raise ValueError(
            f"'{text[:60]}' uses school holidays (SH), which are not known; list the dates in rules/hours.yaml"
        )
    if not re.search(r"\bPH\b", without_comment):
        return rule, ""
    match = _DAYS_WITH_HOLIDAY.fullmatch(rule)
    if match is None:
        raise ValueError(
            f"'{text[:60]}' uses PH in a way that is not understood; write it like PH off or Mo-Fr,PH 09:00-14:00"
        )
    rest = match["rest"] or ""
    weekdays = ",".join(day for day in match["days"].split(",") if day != "PH")
    return (weekdays + rest if weekdays else ""), "{date}" + rest


def _joined(parts: list[str]) -> str:
    """The rules as one text; `off` if there are none."""
    return "".join(parts[1:]) or "off"


@lru_cache(maxsize=100_000)
def _spans(expression: str, day: date) -> tuple[Span, ...]:
    midnight = datetime.combine(day, time())
    found = []
    for start, end, state, _comment in _parsed(expression).intervals(midnight - DAY, midnight + 2 * DAY):
        if state != State.OPEN or end <= midnight or start >= midnight + DAY:
            continue
        if start <= midnight - DAY:
            start = midnight  # open without a break since yesterday: today's part belongs to today
        if start < midnight and end < midnight + DAY:
            continue  # began yesterday evening
        start = max(start, midnight)
        found.append((start, end if end - start < DAY else midnight + DAY))
    return tuple(found)


@lru_cache(maxsize=4096)
def _parsed(expression: str) -> OpeningHours:
    return OpeningHours(expression)
