"""The text of a moment -> its anchor, its distance and its time of day: `2 working days before PATH at 10:00`.

A distance is elapsed time (`48h`), or with a time of day a number of days: calendar days (`14d`), working days or
opening days.
"""

import re
from dataclasses import dataclass, replace
from datetime import time, timedelta
from difflib import get_close_matches

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.types import ValueType
from notifier.rules import literals
from notifier.rules.checked_rules import DayKind, Moment
from notifier.rules.comparing import described
from notifier.rules.conditions import Scope, read, refuse_now
from notifier.rules.expressions import Arithmetic, Attribute, Column, Expression, Literal, Operator
from notifier.rules.row_paths import picked

MOST_DAYS = 250
"""The most working days or opening days that can be counted: a year of working days."""

_AT_TIME = re.compile(r"\s+at\s+(\S+)\s*$")
_DIRECTED = re.compile(r"\s*(\S.*?)\s+(before|after)\s+", re.DOTALL)
_COUNTED = re.compile(r"(\d+)\s+(working|opening)\s+days?")
_WHOLE_DAYS = re.compile(r"(\d{1,9})d")

_MEANT = {
    **dict.fromkeys(("working day", "workday", "work day", "business day", "bank day", "weekday"), "working days"),
    **dict.fromkeys(("opening day", "open day", "trading day"), "opening days"),
    **dict.fromkeys(("d", "day", "calendar day"), "d"),
    **dict.fromkeys(("h", "hr", "hour"), "h"),
    **dict.fromkeys(("m", "min", "minute"), "m"),
    "week": "w",
}
"""What people write for a unit, in the singular -> the unit that they mean."""


@dataclass(frozen=True)
class _Distance:
    """How far a moment is from its anchor, without a direction."""

    elapsed: timedelta = timedelta(0)
    days: int = 0
    kind: DayKind = DayKind.CALENDAR


def parse_moment(text: str, scope: Scope, place: Place) -> Moment:
    """`48h before PATH`, `2h after PATH`, or a timestamp path; with ` at 10:00` the local time of that day.

    Raises ProblemsError.
    """
    local_time, body = None, text
    if clock := _AT_TIME.search(text):
        local_time, body = _local_time(clock[1], place.shifted(clock.start(1))), text[: clock.start()]
    distance, before, start = _Distance(), False, 0
    if directed := _DIRECTED.match(body):
        before, start = directed[2] == "before", directed.end()
        try:
            distance = _distance(directed[1], body[directed.end(1) :].strip(), at_time=local_time is not None)
        except ValueError as error:
            raise ProblemsError([Problem(place.shifted(directed.start(1)), str(error))]) from error
    anchor_place = place.shifted(start)
    checker, tree = read(body[start:], scope, anchor_place)
    refuse_now(checker, tree, "a moment hangs on a timestamp of the row, not on 'now'")
    anchor = checker.check(tree)
    if anchor.type is not ValueType.TIMESTAMP:
        raise checker.problem(tree, f"a moment hangs on a timestamp; this is {described(anchor)}")
    anchor, shift = _anchored(anchor)
    if not isinstance(anchor, Column | Attribute):
        raise checker.problem(tree, "a moment hangs on one timestamp field, plus or minus a duration")
    if picked(anchor.row) is not None:
        raise checker.problem(tree, "a moment hangs on a field of one row, not on the first or last of several")
    sign = -1 if before else 1
    moment = Moment(text=text, place=place, anchor=anchor, offset=shift, local_time=local_time, before=before)
    return replace(moment, offset=shift + sign * distance.elapsed, days=sign * distance.days, counted=distance.kind)


def _distance(text: str, rest: str, *, at_time: bool) -> _Distance:
    """What stands before `before` or `after`; `rest` is what follows it. Raises ValueError with what to write."""
    if counted := _COUNTED.fullmatch(text):
        days, kind = int(counted[1]), DayKind(counted[2])
        if days == 0:
            raise ValueError(f"'{text}' is no distance; count at least 1, or write '0d' for the day itself")
        if days > MOST_DAYS:
            raise ValueError(f"'{text}' is more than {MOST_DAYS} days; write calendar days, like {days}d")
        if not at_time:
            raise ValueError(f"'{text}' is a day without a time; write '{text} {rest} at 10:00'")
        return _Distance(days=days, kind=kind)
    if at_time and _WHOLE_DAYS.fullmatch(text):
        return _Distance(days=literals.parse_duration(text).days)
    try:
        return _Distance(elapsed=literals.parse_duration(text))
    except ValueError as error:
        meant = _meant(text)
        if meant is None:
            raise
        raise ValueError(f"'{text}' is not a distance in time; {meant}") from error


def _meant(text: str) -> str | None:
    """What the author of a distance that cannot be read probably meant; None where there is no guess."""
    words = re.fullmatch(r"(\S*\d[^\sa-z-]*)?[\s-]*([a-z][a-z\s_-]*)", text.strip().lower())
    if words is None:
        return None
    number, name = words[1] or "", re.sub(r"[\s_-]+", " ", words[2])
    close = get_close_matches(re.sub(r"s\b", "", name), _MEANT, n=1, cutoff=0.7)
    if not close:
        return None
    unit = _MEANT[close[0]]
    counted = unit.endswith("days")
    if not re.fullmatch(r"\d{1,4}", number):
        return f"say how many as a whole number, like '2{f' {unit}' if counted else 'h'}'"
    if unit == "w":
        return f"did you mean '{7 * int(number)}d'?"
    if counted:
        unit = f" {unit.removesuffix('s') if int(number) == 1 else unit}"
    return f"did you mean '{number}{unit}'?"


def _local_time(text: str, place: Place) -> time:
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        return time.fromisoformat(text)
    raise ProblemsError([Problem(place, f"'{text}' is not a time of day; write it as 09:30")])


def _anchored(anchor: Expression) -> tuple[Expression, timedelta]:
    """The anchor, and the constant added to it."""
    match anchor:
        case Arithmetic(operator=Operator.PLUS, left=path, right=Literal(value=timedelta() as shift)):
            inner, more = _anchored(path)
            return inner, more + shift
        case Arithmetic(operator=Operator.PLUS, left=Literal(value=timedelta() as shift), right=path):
            inner, more = _anchored(path)
            return inner, more + shift
        case Arithmetic(operator=Operator.MINUS, left=path, right=Literal(value=timedelta() as shift)):
            inner, more = _anchored(path)
            return inner, more - shift
        case _:
            return anchor, timedelta(0)
