"""Neighbouring phrases of days and hours -> one moment or window; weekdays and hours -> opening hours.

`el martes de 2 a 5` is a day and a window, in either order, with at most a comma or a small word between them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from notifier.capture.clocks import MIDNIGHT_AFTER
from notifier.capture.days import DAY, OSM_DAYS, DayReader
from notifier.capture.language import Language
from notifier.capture.meaning import Meaning
from notifier.capture.phrases import Phrase
from notifier.capture.surroundings import Surroundings
from notifier.capture.values import Days, Hour, Soon, Span, Unclear, Weekdays, When

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OF_DAY = ("clock", "span", "part")


@dataclass(frozen=True)
class Joiner:
    """Joins the phrases of one folded sentence."""

    sentence: str
    language: Language
    surroundings: Surroundings
    meaning: Meaning

    def joined(self, found: Sequence[Phrase]) -> Iterator[Phrase]:
        """The phrases, with moments (`when`) and opening hours (`hours`) in the place of their parts."""
        rest = list(self._ranges(list(self._hours(found))))
        index = 0
        while index < len(rest):
            taken, phrase = self._moment(rest, index)
            if phrase is not None:
                yield phrase
            index += taken

    def _ranges(self, found: Sequence[Phrase]) -> Iterator[Phrase]:
        """The phrases, with a range in the place of its two days; days that are only about so are unclear."""
        index = 0
        while index < len(found):
            first = found[index]
            if first.kind == "day" and self.language.vague.search(self.sentence[: first.start]):
                yield replace(first, value=Unclear())
            elif (last := self._range_end(found, index)) is not None:
                value = replace(
                    first.value, last=last.value.last, weekday=None, assumed=(*first.value.assumed, *last.value.assumed)
                )
                yield Phrase(kind="day", value=value, start=first.start, end=last.end)
                index += 1
            else:
                yield first
            index += 1

    def _range_end(self, found: Sequence[Phrase], index: int) -> Phrase | None:
        """The day that ends a range which this one begins: `entre el lunes y el miércoles`."""
        first, last = found[index], found[index + 1] if index + 1 < len(found) else None
        if last is None or first.kind != "day" or last.kind != "day":
            return None
        if not isinstance(first.value, Days) or not isinstance(last.value, Days):
            return None
        begins = self.language.range_begins.search(self.sentence[: first.start]) is not None
        lead = "al " if self.sentence.startswith("al ", last.start) else ""
        between = self.sentence[first.end : last.start] + lead
        joined = self.language.range_joins.fullmatch(between) is not None
        leads = begins or not set(between.split()) & {"y", "and"}
        return last if joined and leads and first.value.first < last.value.last else None

    def _moment(self, found: Sequence[Phrase], index: int) -> tuple[int, Phrase | None]:
        """How many phrases belong together from here on, and what they are."""
        first = found[index]
        before = first.kind == "bound" and str(first.value.type) == "BEFORE"
        if first.kind == "bound":
            taken, phrase = self._unbound(found, index + 1, before=before) if self._follows(found, index) else (0, None)
            return (
                (taken + 1, replace(phrase, start=first.start))
                if phrase is not None and phrase.kind == "when"
                else (1, None)
            )
        return self._unbound(found, index, before=False)

    def _unbound(self, found: Sequence[Phrase], index: int, *, before: bool) -> tuple[int, Phrase | None]:
        first = found[index]
        if first.kind == "soon":
            return 1, self._when(first, first, self._soon(first.value))
        if first.kind not in ("day", *_OF_DAY):
            return 1, first
        parts = [first]
        while len(parts) < 4 and self._follows(found, index + len(parts) - 1):
            following = found[index + len(parts)]
            bound = following.kind == "bound" and self._follows(found, index + len(parts))
            if bound and index + len(parts) + 1 < len(found) and found[index + len(parts) + 1].kind in _OF_DAY:
                parts += [following, found[index + len(parts) + 1]]
                continue
            if following.kind not in ("day", *_OF_DAY) or not self._fits(parts, following):
                break
            parts.append(following)
        days = next((each.value for each in parts if each.kind == "day"), None)
        hours = [each.value for each in parts if each.kind in _OF_DAY]
        value = self._together(days, hours, before=before)
        return len(parts), self._when(parts[0], parts[-1], value)

    def _fits(self, parts: Sequence[Phrase], following: Phrase) -> bool:
        kinds = [each.kind for each in parts]
        if following.kind == "day":
            return "day" not in kinds
        return following.kind not in kinds and not (
            following.kind in ("clock", "span") and {"clock", "span"} & set(kinds)
        )

    def _follows(self, found: Sequence[Phrase], index: int) -> bool:
        """Whether the next phrase stands right behind this one."""
        if index + 1 >= len(found):
            return False
        between = self.sentence[found[index].end : found[index + 1].start]
        return self.language.joins.fullmatch(between) is not None

    def _when(self, first: Phrase, last: Phrase, value: When | Unclear | None) -> Phrase:
        kind = "when" if isinstance(value, When) else "unclear"
        return Phrase(kind=kind, value=value, start=first.start, end=last.end)

    def _soon(self, soon: Soon | Unclear) -> When | Unclear:
        if isinstance(soon, Unclear):
            return soon
        reader = DayReader(self.language, self.surroundings, self.meaning.number)
        days = reader.soon(soon.length)
        if days is not None:
            return When(first=days.first, last=days.last, within=soon.length, assumed=days.assumed)
        unit = {"hour": timedelta(hours=1), "minute": timedelta(minutes=1)}.get(soon.length.unit)
        if unit is None:
            return Unclear()
        first = self._instant(unit, soon.length.number)
        last = None if soon.length.highest is None else self._instant(unit, soon.length.highest)
        if last is not None and last.date() != first.date():
            return Unclear()
        return When(
            first=first.date(),
            last=first.date(),
            start=first.time(),
            end=None if last is None else last.time(),
            within=soon.length,
        )

    def _instant(self, unit: timedelta, number: object) -> datetime:
        return (self.surroundings.at + unit * float(str(number))).replace(second=0, microsecond=0)

    def _together(
        self, days: Days | Unclear | None, hours: Sequence[Hour | Span | object], *, before: bool
    ) -> When | Unclear:
        if isinstance(days, Unclear) or any(isinstance(each, Unclear) for each in hours):
            return Unclear()
        spans = [each for each in map(self._part, hours) if isinstance(each, Span)]
        clocks = [each for each in hours if isinstance(each, Hour)]
        today = self.surroundings.today
        if days is None:
            days = Days(first=today, last=today)
        precise = [each for each in spans if not each.whole_part]
        if clocks or spans:
            if days.first != days.last:
                return Unclear()
            return self._at(days, clocks, precise, spans)
        if before:
            days = replace(days, first=days.last - DAY if days.first == days.last else days.first, last=days.last - DAY)
            if days.last < today:
                return Unclear()
        return When(first=days.first, last=days.last, assumed=days.assumed)

    def _at(self, days: Days, clocks: Sequence[Hour], precise: Sequence[Span], spans: Sequence[Span]) -> When | Unclear:
        day = days.first
        if clocks:
            hour = self._within(clocks[0], [each for each in spans if each.whole_part])
            if self._is_over(day, hour.at):
                return Unclear()
            on, at = (day + DAY, time()) if hour.at == MIDNIGHT_AFTER else (day, hour.at)
            return When(first=on, last=on, start=at, assumed=(*days.assumed, *hour.assumed))
        span = (precise or spans)[0]
        if len(spans) > len(precise) and precise:
            part = next(each for each in spans if each.whole_part)
            span = replace(span, start=self._within(span.start, [part]), end=self._within(span.end, [part]))
        if self._is_over(day, span.end.at) or span.end.at <= span.start.at:
            return Unclear()
        return When(first=day, last=day, start=span.start.at, end=span.end.at, assumed=(*days.assumed, *span.assumed))

    def _within(self, hour: Hour, parts: Sequence[Span]) -> Hour:
        """The hour in the half that a part of the day says: `mañana por la tarde, a las 3`."""
        if not parts or not hour.assumed:
            return hour
        later = parts[0].start.at >= time(12)
        at = hour.at.replace(hour=hour.at.hour % 12 + (12 if later else 0))
        return Hour(at=at)

    def _is_over(self, day: date, at: time) -> bool:
        local = self.surroundings.at
        return day == local.date() and at != MIDNIGHT_AFTER and at <= local.time()

    def _part(self, value: object) -> object:
        """The bounds of a part of the day."""
        if isinstance(value, Hour | Span):
            return value
        word = str(value).split()[-1].replace(".", "")
        name = self.language.words["parts"].get(word)
        bounds = self.surroundings.customs.parts.get(name or "")
        if bounds is None:
            return Unclear()
        start, end = (Hour(at=at) for at in bounds)
        said = self.language.assumption("part", f"{start.at:%H:%M}–{end.at:%H:%M}")
        return Span(start=start, end=end, whole_part=True, assumed=(said,))

    def _hours(self, found: Sequence[Phrase]) -> Iterator[Phrase]:
        """The phrases, with opening hours in the place of the weekdays and windows that they are made of."""
        found = self._opened_and_closed(found)
        index = 0
        while index < len(found):
            rules, taken = self._opening(found, index)
            if rules:
                yield Phrase(
                    kind="hours", value="; ".join(rules), start=found[index].start, end=found[index + taken - 1].end
                )
                index += taken
            else:
                yield found[index]
                index += 1

    def _opened_and_closed(self, found: Sequence[Phrase]) -> Sequence[Phrase]:
        """With a window in the place of two hours: `abrimos a las 9 y cerramos a las 8`."""
        joined: list[Phrase] = []
        for each in found:
            if each.kind == "off" and self.language.closes.search(self.sentence[: each.end]):
                continue
            last = joined[-1] if joined else None
            if last is not None and last.kind == "day" and each.value == Weekdays(osm="PH"):
                continue  # "mañana festivo": the date says more
            if last is None or last.kind != "clock" or each.kind != "clock":
                joined.append(each)
                continue
            between = self.sentence[last.end : each.start]
            start, end = last.value, each.value
            if not self.language.closes.fullmatch(between) or not isinstance(start, Hour) or not isinstance(end, Hour):
                joined.append(each)
                continue
            if end.at <= start.at and end.at < time(12):
                end = replace(end, at=end.at.replace(hour=end.at.hour + 12))
            span = Span(start=start, end=end, assumed=(*start.assumed, *end.assumed))
            joined[-1] = Phrase(kind="span", value=span, start=last.start, end=each.end)
        return joined

    def _opening(self, found: Sequence[Phrase], index: int) -> tuple[list[str], int]:
        """The rules of opening hours that begin here, and of how many phrases they are made."""
        rules: list[tuple[Phrase | None, str]] = []
        end, sure = index, False
        while end < len(found):
            if rules and not self._between(found, end - 1, self.language.series):
                break
            if rules and found[end].kind == "span" and rules[-1][1][-1].isdigit() and not self._days_follow(found, end):
                rules[-1] = (rules[-1][0], f"{rules[-1][1]},{_open(found[end].value)}")
                end += 1
                continue
            days, hours, taken = self._rule(found, end)
            if hours is None:
                break
            rules.append((days, hours))
            sure = sure or days is None or days.kind == "days"
            end += taken
        if not rules or (not sure and not self.language.opening.search(self.sentence)):
            return [], 0
        return [self._written(days, hours, weekly=sure) for days, hours in rules], end - index

    def _rule(self, found: Sequence[Phrase], index: int) -> tuple[Phrase | None, str | None, int]:
        """The days and hours of a rule, and how many phrases they take; no hours where there is no rule."""
        first = found[index]
        following = found[index + 1] if index + 1 < len(found) else None
        near = following is not None and self._between(found, index, self.language.opens)
        if first.kind == "always":
            every = near and following is not None and following.value == Weekdays(osm="Mo-Su")
            return None, "24/7", 2 if every else 1
        if following is None or not near:
            return None, None, 0
        if first.kind == "days" and following.kind == "always":
            return (None, "24/7", 2) if first.value.osm == "Mo-Su" else (first, "00:00-24:00", 2)
        for days, hours in ((first, following), (following, first)):
            if days.kind in ("days", "day") and hours.kind in ("span", "off") and self._are_days(days.value):
                return days, _open(hours.value), 2
        return None, None, 0

    def _days_follow(self, found: Sequence[Phrase], index: int) -> bool:
        return (
            index + 1 < len(found)
            and found[index + 1].kind in ("days", "day")
            and self._between(found, index, self.language.joins)
        )

    def _between(self, found: Sequence[Phrase], index: int, pattern: re.Pattern[str]) -> bool:
        return pattern.fullmatch(self.sentence[found[index].end : found[index + 1].start]) is not None

    def _are_days(self, value: object) -> bool:
        return isinstance(value, Weekdays) or (isinstance(value, Days) and value.first == value.last)

    def _written(self, days: Phrase | None, hours: str, *, weekly: bool) -> str:
        """A rule in OSM syntax. A single day is its date, unless it stands among days of every week."""
        if days is None:
            return hours
        if isinstance(days.value, Weekdays):
            return f"{days.value.osm} {hours}"
        day: Days = days.value
        bare = self.sentence[days.start : days.end].split()[0].rstrip(".") in self.language.words["weekdays"]
        if day.weekday is not None and (weekly or bare):
            return f"{OSM_DAYS[day.weekday]} {hours}"
        return f"{day.first.year} {_MONTHS[day.first.month - 1]} {day.first.day:02d} {hours}"


def _open(value: object) -> str:
    if not isinstance(value, Span):
        return "off"
    return f"{value.start.at:%H:%M}-{_clock(value.end.at)}"


def _clock(at: time) -> str:
    return "24:00" if at == MIDNIGHT_AFTER else f"{at:%H:%M}"
