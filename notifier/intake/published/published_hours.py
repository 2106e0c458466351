"""Opening hours as schema.org has them -> OSM syntax.

In the wild, closed is written `opens 00:00, closes 00:00`, and midnight `closes 00:00` beside another `opens`; days are
texts, lists, addresses and objects; `opens` may be a full datetime. All were seen on 20 public pages in November 2026.
What can be meant in two ways is refused with a sentence.
"""

import re
from collections.abc import Iterator
from datetime import date

from notifier.calendars.opening_hours import check_opening_hours
from notifier.intake.published.json_places import JsonNode

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT = {name[:2].lower(): name[:2] for name in _DAYS}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLOCK = re.compile(r"(?:\d{4}-\d\d-\d\dT)?(\d{1,2}):(\d\d)(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?")
HOURS_KEYS = ("openingHoursSpecification", "openingHours", "specialOpeningHoursSpecification")


def hours_text(place: JsonNode) -> str | None:
    """The hours of a place in OSM syntax; None where it states none. Raises ValueError with a sentence."""
    rules: list[tuple[str, str] | str] = []
    for specification in place.all("openingHours"):
        if isinstance(specification.value, dict):  # the other form under this name: seen
            rules.append(_rule(specification))
        elif isinstance(specification.value, str):
            rules.append(specification.value.strip())
    rules += [_rule(each) for each in place.all("openingHoursSpecification") if isinstance(each.value, dict)]
    rules += [_rule(each) for each in place.all("specialOpeningHoursSpecification") if isinstance(each.value, dict)]
    # Several rules for one day are its several spans: a comma adds, while a semicolon would replace.
    text = "; ".join(_joined(rules))
    return check_opening_hours(text) if text else None


def _joined(rules: list[tuple[str, str] | str]) -> Iterator[str]:
    spans: dict[str, list[str]] = {}
    for rule in rules:
        if isinstance(rule, str):
            yield rule
        else:
            spans.setdefault(rule[0], []).append(rule[1])
    for days, hours in spans.items():
        yield f"{days} {','.join(hours)}".strip()


def _rule(node: JsonNode) -> tuple[str, str]:
    """(days, hours) of one specification."""
    days = " ".join(part for part in (_dates(node), _weekdays(node)) if part)
    opens, closes = node.text("opens"), node.text("closes")
    if not opens and not closes:
        return days, "off"  # schema.org: without `opens` it is closed
    if not opens or not closes:
        raise ValueError("the hours have only one of 'opens' and 'closes'; give both")
    start, end = _clock(opens), _clock(closes)
    if start == end == "00:00":
        return days, "off"
    if start == end:
        raise ValueError(
            f"the hours open and close at {start}: open all day, or never? Write 00:00 and 23:59, or 00:00 twice"
        )
    return days, f"{start}-{'24:00' if end in ('00:00', '23:59') else end}"


def _weekdays(node: JsonNode) -> str:
    found = []
    for day in node.all("dayOfWeek"):
        name = day.text("name") or day.text("@id") if isinstance(day.value, dict) else str(day.value)
        name = name.rstrip("/").rpartition("/")[2].rpartition("#")[2].strip()
        if name.lower() in ("publicholidays", "ph"):
            found.append("PH")
        elif name.capitalize() in _DAYS or name.lower() in _SHORT:
            found.append(_SHORT[name[:2].lower()])
        else:
            raise ValueError(f"'{name[:40]}' is no day of the week; write Monday, or the address of schema.org for it")
    return ",".join(dict.fromkeys(found))


def _dates(node: JsonNode) -> str:
    """The dates on which it holds; the last one counts, too."""
    first, last = (_day(node.text(key), key) for key in ("validFrom", "validThrough"))
    if first is None and last is None:
        return ""
    first, last = first or last, last or first
    assert first is not None
    assert last is not None
    if last < first:
        raise ValueError(f"the hours end on {last}, before they begin on {first}")
    return _written(first) if first == last else f"{_written(first)}-{_written(last)}"


def _day(text: str, key: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise ValueError(f"'{text[:40]}' in '{key}' is no date; write 2026-12-24") from error


def _written(day: date) -> str:
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day:02}"


def _clock(text: str) -> str:
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[1]) > 24:
        raise ValueError(f"'{text[:40]}' is no time of day; write 09:00")
    return f"{int(match[1]):02}:{match[2]}"
