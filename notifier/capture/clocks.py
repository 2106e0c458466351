"""Hours and windows of a day; an hour from one to twelve gets the half that it lacks by the country's custom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from lark import Token, Tree

from notifier.capture.language import Language
from notifier.capture.surroundings import Customs
from notifier.capture.values import Hour, Span

_NOON, _DAY = 12, 24
MIDNIGHT_AFTER = time.max
"""24:00: the end of a day, as the end of a window."""
_MORNING, _LATER, _NIGHT = "am", "pm", "night"
_NAMING = {"AT", "THE_HOUR", "AMPM", "PART", "THIS_PART", "O_CLOCK"}
"""What makes an hour of a number."""


@dataclass(frozen=True)
class Clocks:
    """Reads the trees of hours and of windows."""

    language: Language
    customs: Customs
    number: Callable[[Token], Decimal | None]

    def clock(self, tree: Tree[Token]) -> Hour | None:
        """An hour; None for a bare number, which is none."""
        if tree.data == "midday":
            return Hour(at=time(_NOON))
        if tree.data == "midnight":
            return Hour(at=MIDNIGHT_AFTER)
        tokens = _tokens(tree)
        hour = next(child for child in tree.children if isinstance(child, Tree))
        read = self._hour(hour, self._half(tokens))
        named = {token.type for token in tokens} & _NAMING
        written = any(token.type == "CLOCK" for token in _tokens(hour)) or hour.data != "hour"
        if read is None or not (named or written) or (hour.data == "hour_minutes" and not named):
            return None
        return self.assumed(read)

    def span(self, tree: Tree[Token]) -> Span | None:
        """From an hour to an hour. One half of the day that is said holds for both, where that leaves them in order."""
        ends = [child for child in tree.children if isinstance(child, Tree)]
        halves = [self._half(_tokens(end)) for end in ends]
        first, last = (self._end(end, half) for end, half in zip(ends, halves, strict=True))
        if first is None or last is None:
            return None
        first, last = self._together(first, last, halves)
        overnight = first.at >= time(_NOON) and not first.assumed and last.at < time(_NOON)
        if _minutes(first.at) >= _minutes(last.at) and not overnight:
            return None
        return Span(start=first, end=last, assumed=tuple(dict.fromkeys((*first.assumed, *last.assumed))))

    def assumed(self, hour: Hour) -> Hour:
        """The hour with the half of the day that custom gives it, and what was assumed."""
        if not hour.halves:
            return hour
        at = hour.at.replace(hour=hour.at.hour % _NOON)
        if not self.customs.earliest <= at < self.customs.latest:
            at = at.replace(hour=at.hour + _NOON)
        return Hour(at=at, assumed=(self.language.assumption("half_of_day", f"{at:%H:%M}"),))

    def _together(self, first: Hour, last: Hour, halves: list[str | None]) -> tuple[Hour, Hour]:
        if not first.halves and not last.halves:
            return first, last
        if first.halves and not last.halves:
            if halves[1] is None and last.at.hour in range(1, _NOON):  # 8:00 to 11:00, written as a clock shows it
                return first, last
            said = [_in_half(first.at, half) for half in (_LATER, _MORNING)]
            before = [at for at in said if _minutes(at) < _minutes(last.at)]
            certain = halves[1] is not None or last.at.hour > _NOON
            chosen = before[0] if before else first.at
            if not certain:
                return self.assumed(first), last
            if halves[1] is None:  # 8:00 to 18:00: a clock of 24 hours
                chosen = first.at
            return Hour(at=chosen), last
        if last.halves and not first.halves:
            after = [
                at
                for at in (_in_half(last.at, _MORNING), _in_half(last.at, _LATER))
                if _minutes(at) > _minutes(first.at)
            ]
            return first, Hour(at=after[0] if after else last.at)
        start = self.assumed(first)
        after = [
            at for at in (_in_half(last.at, _MORNING), _in_half(last.at, _LATER)) if _minutes(at) > _minutes(start.at)
        ]
        return start, Hour(at=after[0] if after else last.at, assumed=start.assumed)

    def _end(self, tree: Tree[Token], half: str | None) -> Hour | None:
        if tree.data == "midday_end":
            return Hour(at=time(_NOON))
        if tree.data == "midnight_end":
            return Hour(at=MIDNIGHT_AFTER)
        return self._hour(next(child for child in tree.children if isinstance(child, Tree)), half)

    def _half(self, tokens: list[Token]) -> str | None:
        for token in tokens:
            text = str(token)
            if token.type == "AMPM" and text[0] in "ap":
                return _MORNING if text[0] == "a" else _LATER
            if token.type in ("PART", "THIS_PART"):
                part = self.language.words["parts"].get(text.split()[-1])
                return _NIGHT if part == "evening" else _MORNING if part in ("morning", "small") else _LATER
        return None

    def _hour(self, tree: Tree[Token], half: str | None) -> Hour | None:
        tokens = _tokens(tree)
        clock = next((str(token) for token in tokens if token.type == "CLOCK"), None)
        figures = [self.number(token) for token in tokens if token.type == "NUM"]
        minute = {"half_past": 30, "quarter_past": 15, "quarter_to": 45}.get(str(tree.data), 0)
        if clock is not None:
            hour, minute = (int(part) for part in clock.replace("h", ":").split(":")[:2])
        elif any(value is None or value != int(value) for value in figures) or not figures:
            return None
        else:
            hour = int(figures[0] or 0)
            if tree.data == "hour_minutes":
                minute = int(figures[1] or 0)
            elif tree.data == "quarter_to":
                hour = hour - 1 or _NOON
        if hour == _DAY and minute == 0:
            return Hour(at=MIDNIGHT_AFTER)
        if not (0 <= hour < _DAY and 0 <= minute < 60):
            return None
        at = time(hour, minute)
        if half is None:
            written = clock is not None and clock.startswith("0")
            return Hour(at=at, halves=1 <= hour <= _NOON and not written)
        if not 1 <= hour <= _NOON:
            return Hour(at=at)
        if half == _NIGHT and hour == _NOON:
            return Hour(at=MIDNIGHT_AFTER) if minute == 0 else None
        return Hour(at=_in_half(at, half))


def _in_half(at: time, half: str) -> time:
    """The same figures in that half of the day: 12 a.m. is midnight, 12 p.m. noon."""
    return at.replace(hour=at.hour % _NOON + (0 if half == _MORNING else _NOON))


def _tokens(tree: Tree[Token]) -> list[Token]:
    return [child for child in tree.children if isinstance(child, Token)]


def _minutes(at: time) -> int:
    return _DAY * 60 if at == MIDNIGHT_AFTER else at.hour * 60 + at.minute
