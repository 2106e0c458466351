"""Opening hours in OSM syntax -> words: `Mo-Sa 08:00-20:00` is `lunes a sábado de 08:00 a 20:00`.

What has no words here (`Su[1]`, `PH Mo-Fr`, weeks) is printed in the syntax, with its days in words: nothing is left
out, and nothing is said that the hours do not say.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from babel import Locale
from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined] # its stub lacks ParserError

from notifier.model.opening_hours_text import COMMENT, MONTHS, WEEKDAY, normalised
from notifier.rendering.words import Words

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
EVERY_DAY = ("Mo-Su", "Mo-Su,PH")

_MONTH = "|".join(MONTHS)
_DAY = rf"(?:(?P<year>\d{{4}}) )?(?P<month>{_MONTH})(?: (?P<day>\d{{1,2}}))?"
_DATE = re.compile(_DAY)
_DAYS_TERM = re.compile(rf"(?P<first>{WEEKDAY})(?:-(?P<last>{WEEKDAY}))?")
_SPAN = re.compile(r"(?P<opens>\d\d:\d\d)(?:-(?P<closes>\d\d:\d\d))?(?P<open_end>\+)?")
_RULE = re.compile(
    r"(?P<days>(?:(?!\d\d:\d\d).)*?)(?:(?:^| )(?P<times>\d\d:\d\d\S*))?(?:(?:^| )(?P<state>closed|unknown))?"
    r'(?:(?:^| )(?P<comment>"[^"]*"))?'
)
_SEPARATOR = re.compile(r"(; | \|\| |, (?=\D))")
_HOLIDAYS_ON_DAYS = re.compile(rf"\bPH\s+{WEEKDAY}")


@lru_cache(maxsize=2_048)
def hours_in_words(text: str, words: Words) -> str:
    """Opening hours as people say them in the language of the words. What is no OSM syntax stays as it is."""
    meant = normalised(text)
    try:
        normal_form = str(OpeningHours(meant))
    except ParserError:
        return text
    said = None if _HOLIDAYS_ON_DAYS.search(COMMENT.sub("", meant)) else _said(normal_form, words)
    return said or _with_days_in_words(meant, words)


def _said(normal_form: str, words: Words) -> str | None:
    """None where a rule has no words."""
    comments = iter(COMMENT.findall(normal_form))
    first, *others = _SEPARATOR.split(COMMENT.sub('""', normal_form))
    said = []
    for separator, piece in zip(["; ", *others[::2]], [first, *others[1::2]], strict=True):
        rule = re.sub('""', lambda _: next(comments), piece)
        in_words = _rule(rule, words)
        if in_words is None:
            return None
        only_comment = COMMENT.fullmatch(rule.removeprefix("24/7 "))
        if separator == " || ":
            in_words = f"{words.otherwise}: {only_comment.group()[1:-1] if only_comment else in_words}"
        said.append(in_words)
    return "; ".join(said)


def _rule(rule: str, words: Words) -> str | None:
    match = _RULE.fullmatch(rule)
    if match is None:
        return None
    always = match["days"] in ("24/7", *EVERY_DAY) or not match["days"]
    days = words.every_day if always else _days(match["days"], words)
    hours = _times(match["times"], words) if match["times"] else words.all_day
    if days is None or hours is None:
        return None
    comment = match["comment"][1:-1] if match["comment"] else ""
    if match["state"] == "closed":
        said = words.days["closed"] if always else f"{days}: {words.days['closed']}"
    elif (match["state"] == "unknown" or comment) and not match["times"]:
        said, comment = (days if comment else f"{days}: {words.unknown_hours}"), comment
    elif hours == words.all_day:
        said = f"{hours}, {days}"
    else:
        said = words.days_and_hours.format(days=days, hours=hours)
    return f"{said} ({comment})" if comment else said


def _days(text: str, words: Words) -> str | None:
    """`lunes a sábado y festivos`."""
    terms = [_term(term, words) for term in text.split(",")]
    return None if None in terms else _joined([term for term in terms if term], words)


def _term(term: str, words: Words) -> str | None:
    if term == "PH":
        return words.days["PH"]
    if weekdays := _DAYS_TERM.fullmatch(term):
        first, last = words.days[weekdays["first"]], weekdays["last"]
        return first if last is None else words.from_to.format(first=first, last=words.days[last])
    first, _, last = term.partition("-")
    dates = [_date(each, words) for each in ((first, last) if last else (first,))]
    if None in dates:
        return None
    return dates[0] if len(dates) == 1 else words.from_to.format(first=dates[0], last=dates[1])


def _date(text: str, words: Words) -> str | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    month = Locale(words.language).months["format"]["wide"][MONTHS.index(match["month"]) + 1]
    said = words.month_day.format(day=match["day"], month=month) if match["day"] else month
    return words.of_year.format(date=said, year=match["year"]) if match["year"] else str(said)


def _times(text: str, words: Words) -> str | None:
    spans = [_span(span, words) for span in text.split(",")]
    return None if None in spans else _joined([span for span in spans if span], words)


def _span(text: str, words: Words) -> str | None:
    match = _SPAN.fullmatch(text)
    if match is None or (match["closes"] is None and not match["open_end"]):
        return None
    if match["closes"] is None:
        return words.from_on.format(opens=match["opens"])
    if (match["opens"], match["closes"]) == ("00:00", "24:00"):
        return words.all_day
    said = words.hours_from_to.format(opens=match["opens"], closes=match["closes"])
    return f"{said} {words.or_later}" if match["open_end"] else said


def _joined(parts: Sequence[str], words: Words) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {words.conjunction} {parts[-1]}"


def _with_days_in_words(text: str, words: Words) -> str:
    outside = re.compile(rf'"[^"]*"|\b(?:{"|".join(words.days)})\b')
    return outside.sub(lambda found: words.days.get(found.group(), found.group()), text)
