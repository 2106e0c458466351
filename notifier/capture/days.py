"""Days: next Tuesday, the 3rd of April, in eight days, the second half of April.

What lies before the note is never meant: a promise is about what comes.
"""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lark import Token, Tree

from notifier.capture.language import Language
from notifier.capture.surroundings import Surroundings
from notifier.capture.values import Days, Length, Unclear, Weekdays

DAY = timedelta(days=1)
WEEK = 7 * DAY
LONG_AGO = timedelta(days=120)
"""A day and month that passed less long ago is the past one, and not next year's."""
_FIRST_HALF = 15
OSM_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

Found = Days | Unclear | None


@dataclass(frozen=True)
class DayReader:
    """Reads the trees of days, and of days of the week."""

    language: Language
    surroundings: Surroundings
    number: Callable[[Token], Decimal | None]

    @property
    def _today(self) -> date:
        return self.surroundings.today

    def day(self, tree: Tree[Token]) -> Found:
        """A day or a range of days."""
        tokens = {token.type: token for token in tree.children if isinstance(token, Token)}
        match str(tree.data):
            case "day":
                return self._named(next(iter(tokens)))
            case "weekday" if str(tokens["WEEKDAY"]) in self.language.plural_days:
                return None
            case "weekday":
                same = "THIS" in tokens and self._weekday(tokens["WEEKDAY"]) == self._today.weekday()
                return (
                    Unclear()
                    if same
                    else _one(self._coming(tokens["WEEKDAY"]), weekday=self._weekday(tokens["WEEKDAY"]))
                )
            case "day_and_weekday":
                found = self._named(next(iter(tokens)))
                fits = isinstance(found, Days) and found.first.weekday() == self._weekday(tokens["WEEKDAY"])
                return found if fits else Unclear()
            case "feast":
                return self._feast(tokens["FEAST"])
            case "month_next":
                named: object = tokens["MONTH"]
                return self._month_of(named, self._today.year + (self._month(named) <= self._today.month))
            case "end_of_next_year":
                return self._month_of(tokens.get("MONTH") or _inner(tree).children[0], self._today.year + 1)
            case "between_days":
                return self._between(tree)
            case "weekday_next":
                coming = self._coming(tokens["WEEKDAY"])
                return (
                    _one(coming)
                    if coming >= self._next_monday or coming.weekday() == self._today.weekday()
                    else Unclear()
                )
            case "weekday_next_week":
                return _one(self._next_monday + self._weekday(tokens["WEEKDAY"]) * DAY)
            case "weekday_number":
                found = self._numbered(self._figure(tree))
                fits = isinstance(found, Days) and found.first.weekday() == self._weekday(tokens["WEEKDAY"])
                return found if fits else None
            case "weekday_date":
                found = self._calendar(_inner(tree))
                fits = isinstance(found, Days) and found.first.weekday() == self._weekday(tokens["WEEKDAY"])
                return found if fits else Unclear()
            case "date":
                return self._calendar(_inner(tree))
            case "day_number":
                return self._numbered(self._figure(tree))
            case "end_of_named":
                return self._last_of(_inner(tree).children[0])
            case "half_month":
                return self._half_month(tokens)
            case "from_today":
                return self._from_today(tokens)
            case "from_weekday":
                number, unit = self.number(tokens["NUM"]), self.language.words["units"][str(tokens["UNIT"])]
                if number is None or unit != "week":
                    return None
                return _one(self._coming(tokens["WEEKDAY"]) + int(number) * WEEK)
            case "month_year":
                year = self.number(tokens["YEAR"] if "YEAR" in tokens else tokens["NUM"])
                month: int = self.language.words["months"][str(tokens["MONTH"])]
                known = year is not None and self._today.year <= year < 2100
                last_day = _last_day(int(year or 0), month) if known else None
                return None if last_day is None or last_day < self._today else _one(last_day)
            case "month_alone":
                last = self._last_of(tokens["MONTH"])
                return last.assuming(self._assumption("end_of_month", last.last)) if isinstance(last, Days) else last
            case _:
                return None

    def _feast(self, token: Token) -> Days:
        """The next one, today among them."""
        month, day = map(int, self.language.words["feasts"][" ".join(str(token).split())].split("-"))
        this = date(self._today.year, month, day)
        return _one(this if this >= self._today else this.replace(year=this.year + 1))

    def _month(self, token: object) -> int:
        month: int = self.language.words["months"][str(token).rstrip(".")]
        return month

    def _month_of(self, token: object, year: int) -> Days:
        """The last day of this month, which is assumed."""
        last = _last_day(year, self._month(token))
        return _one(last).assuming(self._assumption("end_of_month", last))

    def _between(self, tree: Tree[Token]) -> Found:
        """`between the 24th and the 26th of June`: the month is said once."""
        first, until = (child for child in tree.children if isinstance(child, Tree))
        number, last = self._figure(first), self._calendar(until)
        if number is None or not isinstance(last, Days) or not 1 <= number < last.last.day or number != int(number):
            return None
        return Days(first=last.last.replace(day=int(number)), last=last.last, assumed=last.assumed)

    def weekdays(self, tree: Tree[Token]) -> Weekdays | None:
        """Days of the week in OSM syntax."""
        tokens = [token for token in tree.children if isinstance(token, Token)]
        named = [OSM_DAYS[self._weekday(token)] for token in tokens if token.type == "WEEKDAY"]
        kinds = {token.type for token in tokens}
        match str(tree.data):
            case "day_range":
                return Weekdays(osm="-".join(named)) if named[0] != named[1] else None
            case "two_days":
                return Weekdays(osm=",".join(named))
            case "and_holidays":
                return Weekdays(osm=f"{named[0]},PH")
            case "one_day":
                return Weekdays(osm=named[0])
        if "DAY_CODES" in kinds:
            return Weekdays(osm=self.language.words["day_codes"][str(tokens[0])[-1]])
        for kind, osm in (("EVERY_DAY", "Mo-Su"), ("HOLIDAYS", "PH"), ("WEEKEND", "Sa-Su"), ("WORKDAYS", "Mo-Fr")):
            if kind in kinds:
                return Weekdays(osm=osm)
        return None

    def soon(self, length: Length) -> Days | None:
        """The day that so much time leads to; None for hours and minutes, which lead to an instant."""
        last = self._after(length, length.highest or length.number)
        first = self._after(length, length.number)
        if first is None or last is None:
            return None
        said = self._customary(length)
        return Days(first=first, last=last, assumed=said)

    def _after(self, length: Length, number: Decimal) -> date | None:
        if number != int(number) or not 0 < number < 1000:
            return None
        count = int(number)
        if length.working:
            return self.surroundings.working_day(count)
        match length.unit:
            case "day":
                return self._today + self._days(count, length) * DAY
            case "week":
                return self._today + count * WEEK
            case "month":
                return _months_on(self._today, count)
            case "year":
                return _months_on(self._today, 12 * count)
        return None

    def _days(self, count: int, length: Length) -> int:
        if self.language.name != "es" or length.highest is not None:
            return count
        customs = self.surroundings.customs
        return {8: customs.eight_days, 15: customs.fifteen_days}.get(count, count)

    def _customary(self, length: Length) -> tuple[str, ...]:
        if self.language.name != "es" or length.unit != "day" or length.working or length.highest is not None:
            return ()
        customs = self.surroundings.customs
        if length.number == 8 and customs.eight_days != 8:
            return (self._assumption("days", customs.eight_days),)
        if length.number == 15 and customs.fifteen_days_ask:
            return (self._assumption("days", customs.fifteen_days),)
        return ()

    def _assumption(self, name: str, what: object) -> str:
        return self.language.assumption(name, str(what))

    @property
    def _next_monday(self) -> date:
        return self._today - self._today.weekday() * DAY + WEEK

    def _weekday(self, token: Token) -> int:
        number: int = self.language.words["weekdays"][str(token)]
        return number

    def _coming(self, token: Token) -> date:
        """The next such day after today."""
        ahead = (self._weekday(token) - self._today.weekday()) % 7
        return self._today + (ahead or 7) * DAY

    def _named(self, kind: str) -> Found:
        match kind:
            case "TODAY":
                return _one(self._today)
            case "TOMORROW":
                return _one(self._today + DAY)
            case "AFTER_TOMORROW":
                return _one(self._today + 2 * DAY)
            case "NEXT_WEEK":
                return Days(first=self._next_monday, last=self._next_monday + 6 * DAY)
            case "THIS_WEEK":
                return Days(first=self._today, last=self._next_monday - DAY)
            case "END_OF_MONTH":
                return _one(_last_day(self._today.year, self._today.month))
            case "END_OF_YEAR":
                return _one(date(self._today.year, 12, 31))
        return None

    def _figure(self, tree: Tree[Token]) -> Decimal | None:
        """The number of a day: a figure, words, or an ordinal."""
        inner = next((child for child in tree.children if isinstance(child, Tree)), None)
        token = inner.children[0] if inner is not None else tree.children[-1]
        assert isinstance(token, Token)
        if token.type == "FIRST":
            return Decimal(1)
        if token.type == "NTH":
            ordinals = self.language.words["ordinals"]
            text = str(token)
            return Decimal(text[:-2]) if text[0].isdigit() else Decimal(ordinals[text])
        return self.number(token)

    def _numbered(self, number: Decimal | None) -> Found:
        """The next day of that number, today among them."""
        if number is None or number != int(number) or not 1 <= number <= 31:
            return None
        for months in range(12):
            month = _months_on(self._today.replace(day=1), months)
            if int(number) <= calendar.monthrange(month.year, month.month)[1]:
                day = month.replace(day=int(number))
                if day >= self._today:
                    return _one(day)
        return None

    def _calendar(self, tree: Tree[Token]) -> Found:
        tokens = [token for token in tree.children if isinstance(token, Token)]
        match str(tree.data):
            case "iso":
                return self._of(*map(int, str(tokens[0]).split("-")))
            case "slashed":
                return self._slashed(str(tokens[0]))
            case "day_month" | "month_day":
                month = next(token for token in tokens if token.type == "MONTH")
                years = [self.number(token) for token in tokens if token.type in ("NUM", "YEAR")]
                day = self._figure(tree)
                year = years[0] if years else None
                if day is None or day != int(day) or (year is not None and not 2000 <= year < 2100):
                    return None
                return self._of(
                    None if year is None else int(year), self.language.words["months"][str(month).rstrip(".")], int(day)
                )
        return None

    def _slashed(self, text: str) -> Found:
        parts = [int(part) for part in text.replace("-", "/").split("/")]
        day, month = parts[:2]
        if (self.surroundings.customs.month_first and day <= 12) or month > 12:
            day, month = month, day
        year = None if len(parts) < 3 else parts[2] + (2000 if parts[2] < 100 else 0)
        return self._of(year, month, day)

    def _of(self, year: int | None, month: int, day: int) -> Found:
        """The date; without a year the next one, unless it has just passed."""
        try:
            if year is not None:
                given = date(year, month, day)
                return _one(given) if given >= self._today else Unclear()
            this = date(self._today.year, month, day)
            if this >= self._today:
                return _one(this)
            if self._today - this < LONG_AGO:
                return Unclear()
            following = this.replace(year=this.year + 1)
        except ValueError:
            return None
        return _one(following).assuming(self._assumption("year", following.year))

    def _last_of(self, token: object) -> Found:
        month: int = self.language.words["months"][str(token).rstrip(".")]
        year = self._today.year + (month < self._today.month)
        return _one(_last_day(year, month))

    def _half_month(self, tokens: dict[str, Token]) -> Found:
        said = str(tokens.get("ORDINAL", ""))
        if "MONTH" in tokens and said in ("primera", "segunda"):
            last = self._last_of(tokens["MONTH"])
            if not isinstance(last, Days):
                return last
            middle = last.last.replace(day=_FIRST_HALF)
            return (
                Days(first=last.last.replace(day=1), last=middle)
                if said == "primera"
                else Days(first=middle + DAY, last=last.last)
            )
        if said == "proxima":
            middle = self._today.replace(day=_FIRST_HALF)
            if self._today <= middle:
                return Days(
                    first=middle + DAY,
                    last=_last_day(self._today.year, self._today.month),
                    assumed=(self._assumption("half_month", "15"),),
                )
            following = _months_on(self._today.replace(day=1), 1)
            return Days(
                first=following,
                last=following.replace(day=_FIRST_HALF),
                assumed=(self._assumption("half_month", "15"),),
            )
        return Unclear()

    def _from_today(self, tokens: dict[str, Token]) -> Found:
        number = self.number(tokens["NUM"])
        unit = self.language.words["units"][str(tokens["UNIT"])] if "UNIT" in tokens else "day"
        return None if number is None else self.soon(Length(number=number, unit=unit))


def _inner(tree: Tree[Token]) -> Tree[Token]:
    return next(child for child in tree.children if isinstance(child, Tree))


def _one(day: date, *, weekday: int | None = None) -> Days:
    return Days(first=day, last=day, weekday=weekday)


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _months_on(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
