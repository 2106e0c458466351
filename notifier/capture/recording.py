"""A proposal that a person confirmed -> the columns of a promise, as its topic's type wants the value.

They go the way of `promise add`: what the text leaves open (the day of a length, the end of a day) is fixed here, from
the moment at which it was said.
"""

import calendar
import re
from datetime import date, datetime, time, timedelta
from typing import Any

from notifier.capture.proposals import Proposal
from notifier.capture.surroundings import Surroundings
from notifier.rules.checked_checks import Topic

_LENGTH = re.compile(r"P(\d+)([MD])")
_MINUTES = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?")


class NotRecordableError(ValueError):
    """The proposal has no value of its topic's type; the sentence says why, and what can be done."""


def columns_of(proposal: Proposal, topic: Topic | None, surroundings: Surroundings) -> dict[str, Any]:
    """Topic, value, currency, tax, validity and evidence. Raises NotRecordableError."""
    if topic is None:
        raise NotRecordableError(f"there is no topic '{proposal.topic}'; declare it in rules/topics.yaml")
    kind, value = topic.type.value, proposal.value
    columns: dict[str, Any] = {"topic": topic.name, "evidence": f"“{one_line(proposal.said)}”"}
    if proposal.currency is not None:
        columns |= {"currency": proposal.currency, "tax_included": proposal.tax_included}
    if isinstance(value, bool):
        return {**columns, "value": value}
    if proposal.topic == "price_hold" and kind == "bool":
        return {**columns, "value": True, "valid_until": _end_of_hold(value, surroundings)}
    if kind == "money" and proposal.currency is None:
        raise NotRecordableError(f"{value} is no amount, and {topic.name} is money; record the amount by hand")
    if kind in ("number", "percent") and proposal.currency is not None:
        raise NotRecordableError(f"{value} {proposal.currency} is no {kind}, as {topic.name} is; record it by hand")
    return {**columns, "value": _of_type(kind, value, surroundings)}


def one_line(text: str) -> str:
    """The words on one line."""
    return " ".join(text.split())


def _of_type(kind: str, value: str, surroundings: Surroundings) -> str:
    last = value.rpartition("/")[2]
    match kind:
        case "money" | "number" | "percent" if last != value:
            raise NotRecordableError(f"{value} is a range; record what was agreed by hand")
        case "number":
            return last.removesuffix("%")
        case "timestamp":
            return _instant(last, surroundings).isoformat()
        case "date":
            return _day(last, surroundings).isoformat()
        case "window":
            return _window(value, surroundings)
        case "duration":
            return _duration(last)
        case _:
            return value


def _end_of_hold(value: str, surroundings: Surroundings) -> datetime | None:
    """The end of the last day; None where the text says none."""
    return None if value == "open" else _midnight_after(_day(value, surroundings), surroundings)


def _day(value: str, surroundings: Surroundings) -> date:
    if length := _LENGTH.fullmatch(value):
        number, unit = int(length[1]), length[2]
        today = surroundings.today
        if unit == "D":
            return today + timedelta(days=number)
        year, month = divmod(today.year * 12 + today.month - 1 + number, 12)
        return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
    return date.fromisoformat(value[:10])


def _instant(value: str, surroundings: Surroundings) -> datetime:
    """An instant; of a day its end: until then the promise can be kept."""
    if "T" in value:
        return datetime.fromisoformat(value)
    return _midnight_after(_day(value, surroundings), surroundings)


def _window(value: str, surroundings: Surroundings) -> str:
    """An instant or two as they are; of days all that lies in them."""
    first, _, last = value.partition("/")
    if "T" in first:
        return value
    begins = datetime.combine(_day(first, surroundings), time(), surroundings.at.tzinfo)
    return f"{begins.isoformat()}/{_midnight_after(_day(last or first, surroundings), surroundings).isoformat()}"


def _midnight_after(day: date, surroundings: Surroundings) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), surroundings.at.tzinfo)


def _duration(value: str) -> str:
    if minutes := _MINUTES.fullmatch(value):
        return f"{60 * int(minutes[1] or 0) + int(minutes[2] or 0)}m"
    raise NotRecordableError(f"{value} is no length of time; record it by hand")
