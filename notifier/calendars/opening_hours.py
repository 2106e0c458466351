"""Opening hours in OSM syntax and the public holidays around it -> the hours of one local date.

`opening-hours-py` parses the syntax and says on which dates a rule holds. The rest is done here, rule by rule, because
the library is wrong where it matters (findings/opening-hours-*.sh): its holidays cannot be replaced, it cuts a night at
the next day's rule, it loses days with `||`, and it takes a comment alone for open all day.

- A night belongs to the day that opened it.
- A later rule replaces an earlier one on its days; after a comma it adds to it; after `||` it fills what is left.
- What nobody can know is unknown: a rule with a comment, an end left open (`20:00+`), the sun without a place.

All times are wall clock; `site_days` converts them to instants.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined] # its stub lacks ParserError

from notifier.model.opening_hours_text import (
    COMMENT,
    DATES,
    EXAMPLE,
    SUN,
    WEEKDAY,
    normalised,
    refusal,
    without_comments,
)

DAY = timedelta(days=1)
MIDNIGHT = 24 * 60
"""The end of a day, in minutes."""

_DAYS = rf"{WEEKDAY}(?:-{WEEKDAY})?"
_WITH_HOLIDAY = re.compile(rf"(?:{_DAYS},)*PH(?:,{_DAYS})*")
_DAYS_ALONE = re.compile(rf"(?:{_DAYS}|PH|{DATES})(?:[, ](?:{_DAYS}|PH|{DATES}))*", re.IGNORECASE)
_HOLIDAY = re.compile(rf"\bPH\b(?:\s+(?P<weekdays>{_DAYS}(?:,{_DAYS})*))?")
_TIME = r"[^\s,]*(?:\d\d:\d\d|sunrise|sunset|dawn|dusk)[^\s,]*"
_RULE = re.compile(
    rf"(?P<days>.*?)(?:(?:^|\s)(?P<times>{_TIME}(?:,{_TIME})*))?(?:(?:^|\s)(?P<state>closed|unknown))?", re.DOTALL
)
_SPAN = re.compile(r"(\d\d):(\d\d)(?:-(\d\d):(\d\d))?(\+)?(?:/.*)?")
_SEPARATOR = re.compile(r"(; | \|\| |, )")

Span = tuple[datetime, datetime]
"""(opens, closes) on the wall clock; the end may be on the next date."""


class Minutes(NamedTuple):
    """A span in minutes since the beginning of a day."""

    start: int
    end: int
    unknown: bool = False
    """Whether nobody knows if it is open."""
    open_end: bool = False
    """Whether it is open from the start on, until nobody knows when; `end` is a guess."""


NO_HOLIDAYS: tuple[bool, ...] = (False,) * 5
ALL_DAY = (Minutes(0, MIDNIGHT),)


@dataclass(frozen=True, kw_only=True)
class DayHours:
    """The hours of one date."""

    spans: tuple[Span, ...]
    """What begins on this date, in order, with what is unknown."""
    opens_known: bool
    closes_known: bool
    unknown: bool
    """Whether nobody can say for some hours if it is open."""
    opens: bool
    """Whether it is certain that it opens on this date."""


@dataclass(frozen=True, kw_only=True)
class HoursRule:
    """One rule: on which days, and what is the case on them."""

    separator: str
    """What stands before it: `; ` replaces, `, ` adds, ` || ` fills what is left."""
    text: str
    days: str
    """The OSM selector of ordinary days; empty for all, unless it holds on holidays only."""
    holidays: bool
    """Whether it holds on public holidays, too."""
    holiday_weekdays: str | None
    """The weekdays to which its holidays are limited (`PH Mo-Fr`)."""
    times: tuple[Minutes, ...] | None
    """None for a rule without times."""
    closed: bool
    unknown: bool

    def holds(self, day: date, is_holiday: bool) -> bool:
        """Whether the rule speaks of this day."""
        if not self.holidays:
            return not self.days or _selected(self.days, day)
        if is_holiday and (self.holiday_weekdays is None or _selected(self.holiday_weekdays, day)):
            return True
        return bool(self.days) and _selected(self.days, day)

    @property
    def spans(self) -> tuple[Minutes, ...]:
        """When it is open, or may be."""
        times = self.times if self.times is not None else ALL_DAY
        return tuple(span._replace(unknown=True, open_end=False) for span in times) if self.unknown else times


@dataclass(frozen=True, eq=False)
class Rules:
    """Opening hours: the rules of a text, in order. Compared by identity: what they say of a day is cached."""

    rules: tuple[HoursRule, ...]
    know_holidays: bool
    """Whether any rule speaks of holidays."""

    def on(self, day: date, *, is_holiday: bool) -> tuple[Span, ...]:
        """The spans that begin on this date, in order; a span belongs to the date on which it begins."""
        return self.hours(day, is_holiday=is_holiday).spans

    def hours(self, day: date, *, is_holiday: bool, holidays: Collection[date] = ()) -> DayHours:
        """The hours of this date. `holidays` are those of the days around it: a night may run into them."""
        around = NO_HOLIDAYS
        if self.know_holidays and (is_holiday or holidays):
            around = tuple(day + n * DAY in holidays if n else is_holiday for n in range(-2, 3))
        return _hours(self, day, around)


def hours_on(day: date, rules: Rules, holidays: Collection[date], instead: str | None = None) -> DayHours:
    """The hours of a date; `instead` are other hours for this date alone, which no holiday changes."""
    if instead is not None:
        return parse_opening_hours(instead).hours(day, is_holiday=False)
    return rules.hours(day, is_holiday=day in holidays, holidays=holidays)


def is_closed(hours: str) -> bool:
    """Whether the hours of a date (`off`, `09:00-14:00`) leave it closed all day."""
    return not parse_opening_hours(hours).on(date(2026, 1, 1), is_holiday=False)


def check_opening_hours(text: str) -> str:
    """The text, if hours can be told from it. Raises ValueError with a sentence that says what to write."""
    parse_opening_hours(text)
    bare = without_comments(normalised(text))
    shown = text[:60]
    if SUN.search(bare):
        raise ValueError(f"'{shown}' depends on the sun, which is not known here; write the hours, like {EXAMPLE}")
    if not re.sub(r"[\0\s;,|]", "", bare):
        raise ValueError(
            f"'{shown}' is a comment without hours; write 'off' if it is closed, 'unknown' if nobody knows, "
            f"or hours like {EXAMPLE}"
        )
    for piece in re.split(r";|\|\||,\s", bare):
        if _DAYS_ALONE.fullmatch(piece.strip()):
            days = piece.strip()
            raise ValueError(
                f"'{shown}' has no hours for '{days}'; write '{days} 00:00-24:00' if it never closes then, "
                f"or '{days} off'"
            )
    return text


@lru_cache(maxsize=4096)
def parse_opening_hours(text: str) -> Rules:
    """The rules in an OSM text. Raises ValueError with a sentence.

    It reads more than `check_opening_hours` lets in: stored hours that depend on the sun are unknown.
    """
    meant = normalised(text)
    try:
        normal_form = str(OpeningHours(meant))
    except ParserError as error:
        at = re.search(r"--> \d+:(\d+)", str(error))
        raise ValueError(refusal(meant, int(at[1]) - 1 if at else None)) from error
    limits = iter([match["weekdays"] for match in _HOLIDAY.finditer(COMMENT.sub("", meant))])
    rules = tuple(_rule(separator, rule, text, limits) for separator, rule in _parts(normal_form))
    return Rules(rules, any(rule.holidays for rule in rules))


def _parts(normal_form: str) -> Iterator[tuple[str, str]]:
    """Each rule with the separator before it; comments are not split."""
    comments = COMMENT.findall(normal_form)
    pieces = _SEPARATOR.split(COMMENT.sub("\0", normal_form))
    kept = iter(comments)
    for separator, piece in zip(["; ", *pieces[1::2]], pieces[::2], strict=True):
        yield separator, re.sub("\0", lambda _: next(kept), piece)


def _rule(separator: str, rule: str, text: str, limits: Iterator[str | None]) -> HoursRule:
    """A rule of the normal form. `limits` has the weekdays behind each `PH`, which the normal form joins to it."""
    bare = COMMENT.sub("", rule).strip()
    if re.search(r"\bSH\b", bare):
        raise ValueError(
            f"'{text[:60]}' uses school holidays (SH), which are not known; list the dates in rules/hours.yaml"
        )
    match = _RULE.fullmatch(bare)
    assert match is not None  # every part is optional, and the days take any text
    days = "" if match["days"] == "24/7" else match["days"]
    holidays, limit = bool(re.search(r"\bPH\b", days)), None
    if holidays:
        if _WITH_HOLIDAY.fullmatch(days) is None:
            raise ValueError(
                f"'{text[:60]}' uses PH in a way that is not understood; write it like PH off or Mo-Fr,PH 09:00-14:00"
            )
        limit = next(limits, None)
        days = ",".join(day for day in days.split(",") if day != "PH" and day not in (limit or "").split(","))
    times = _times(match["times"]) if match["times"] else None
    return HoursRule(
        separator=separator,
        text=bare,
        days=days,
        holidays=holidays,
        holiday_weekdays=limit,
        times=times,
        closed=match["state"] == "closed",
        unknown=match["state"] == "unknown" or ('"' in rule and match["state"] is None),
    )


def _times(text: str) -> tuple[Minutes, ...]:
    """The times of a rule; all day unknown where one depends on the sun."""
    found = []
    for part in text.split(","):
        match = _SPAN.fullmatch(part)
        if match is None:
            return (Minutes(0, MIDNIGHT, unknown=True),)
        start = int(match[1]) * 60 + int(match[2])
        if match[3] is None:
            found.append(Minutes(start, max(MIDNIGHT, start + 1), open_end=True))
            continue
        end = int(match[3]) * 60 + int(match[4])
        found.append(Minutes(start, end if end > start else end + MIDNIGHT, open_end=match[5] is not None))
    return tuple(found)


@lru_cache(maxsize=100_000)
def _hours(rules: Rules, day: date, around: tuple[bool, ...]) -> DayHours:
    """The hours of a day; `around` says which of the five days around it are holidays."""
    before, own = _own(rules, day - DAY, around[1])[0], _own(rules, day, around[2])[0]
    if (not before or before[-1].end < MIDNIGHT) and (not own or (own[0].start > 0 and own[-1].end < MIDNIGHT)):
        found = own  # no midnight is touched, as in most shops: half the time
    else:
        found = tuple(_beginning_today(_merged(_around(rules, day, around))))
    midnight = datetime.combine(day, time())
    return DayHours(
        spans=tuple((midnight + timedelta(minutes=one.start), midnight + timedelta(minutes=one.end)) for one in found),
        opens_known=bool(found) and not found[0].unknown,
        closes_known=bool(found) and not found[-1].unknown and not found[-1].open_end,
        unknown=any(one.unknown for one in found),
        opens=not all(one.unknown for one in found),
    )


def _around(rules: Rules, day: date, around: tuple[bool, ...]) -> Iterator[Minutes]:
    """What begins on the two days before, on the day, and on the day after, in minutes of the day."""
    for offset in range(-2, 2):
        shift = offset * MIDNIGHT
        for span in _until_the_next(rules, day + offset * DAY, around[offset + 2], around[offset + 3]):
            yield span._replace(start=span.start + shift, end=span.end + shift)


def _beginning_today(spans: Iterable[Minutes]) -> Iterator[Minutes]:
    for span in spans:
        start, end = span.start, span.end
        if end <= 0 or start >= MIDNIGHT:
            continue
        if start <= -MIDNIGHT:
            start = 0  # open without a break since yesterday: today's part belongs to today
        if start < 0 and end < MIDNIGHT:
            continue  # began yesterday evening
        start = max(start, 0)
        yield span._replace(start=start, end=end if end - start < MIDNIGHT else MIDNIGHT)


@lru_cache(maxsize=100_000)
def _until_the_next(rules: Rules, day: date, is_holiday: bool, next_is_holiday: bool) -> tuple[Minutes, ...]:
    """What begins on this day. A night keeps its end; what is no night ends where another rule governs the next day."""
    spans, governing = _own(rules, day, is_holiday)
    if not spans or spans[-1].end <= MIDNIGHT:
        return spans
    following, next_governing = _own(rules, day + DAY, next_is_holiday)
    if next_governing == governing:
        return spans
    opens = following[0].start + MIDNIGHT if following else None
    return tuple(
        span._replace(end=MIDNIGHT) if span.end > MIDNIGHT and not _is_night(span, opens) else span for span in spans
    )


def _is_night(span: Minutes, next_opening: int | None) -> bool:
    """Whether a span past midnight is over before the place opens again. `11:00-11:00` is no night."""
    return span.end - span.start < MIDNIGHT and (next_opening is None or span.end < next_opening)


@lru_cache(maxsize=100_000)
def _own(rules: Rules, day: date, is_holiday: bool) -> tuple[tuple[Minutes, ...], int | None]:
    """The spans that the rules give to a day, and the slot of the rule that governs it."""
    spans: Sequence[Minutes] = ()
    governing = None
    for slot, rule in enumerate(rules.rules):
        if not rule.holds(day, is_holiday):
            continue
        if rule.separator == " || ":
            if rule.closed or (spans and rule.times is None):
                continue
            spans = (*spans, *_subtracted(rule.spans, spans))
        elif rule.closed and rule.times is not None:
            spans = _subtracted(spans, rule.times)
            continue
        elif rule.closed:
            spans = ()
        elif rule.separator == ", ":
            spans = (*spans, *rule.spans)
        else:
            spans = rule.spans
        if governing is None or rule.separator == "; ":
            governing = slot
    return tuple(_merged(spans)), governing


def _subtracted(spans: Sequence[Minutes], taken: Sequence[Minutes]) -> tuple[Minutes, ...]:
    left = list(spans)
    for cut in taken:
        before = [one._replace(end=min(one.end, cut.start), open_end=False) for one in left if one.end > cut.start]
        before += [one for one in left if one.end <= cut.start]
        after = [one._replace(start=max(one.start, cut.end)) for one in left]
        left = [one for one in (*before, *after) if one.start < one.end]
    return tuple(left)


def _merged(spans: Iterable[Minutes]) -> list[Minutes]:
    """The spans in order, joined where they overlap or meet; known and unknown hours that overlap are unknown."""
    joined: list[Minutes] = []
    for span in sorted(spans):
        last = joined[-1] if joined else None
        meets = last is not None and span.start == last.end and span.unknown == last.unknown and not last.open_end
        if last is not None and (span.start < last.end or meets):
            longest = max(last, span, key=lambda one: (one.end, one.open_end))
            joined[-1] = Minutes(last.start, longest.end, last.unknown or span.unknown, longest.open_end)
        else:
            joined.append(span)
    return joined


@lru_cache(maxsize=100_000)
def _selected(days: str, day: date) -> bool:
    return _around_the_clock(days).is_open(datetime.combine(day, time(12)))


@lru_cache(maxsize=4096)
def _around_the_clock(days: str) -> OpeningHours:
    return OpeningHours(f"{days} 00:00-24:00")
