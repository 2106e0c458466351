"""`rules/hours.yaml` and `rules/policy.yaml` -> exceptions to opening hours, and the hours in which we may speak."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time

import opening_hours

from notifier.calendars.opening_hours import DAY, check_opening_hours, is_closed, parse_opening_hours
from notifier.calendars.public_holidays import has_calendar
from notifier.model.formats import country_code
from notifier.model.problems import Place
from notifier.model.types import NoticeClass, TopicType
from notifier.model.values import parse_value
from notifier.rules import shapes
from notifier.rules.checked import AllowedHours, AllowedWeek, HoursException, Policy
from notifier.rules.fields import Fields, converted
from notifier.rules.findings import Findings
from notifier.rules.yaml_nodes import Node

EVERY = "*"
"""Stands for every country, or every channel."""
ALWAYS = AllowedHours(start=time(0), end=time(0))
WEEK_EXAMPLE = "Mo-Fr 08:00-20:00; Sa 09:00-14:00; PH off"

_SPAN = re.compile(r"(\d\d:\d\d)\s*-\s*(\d\d:\d\d)")


def read_hours(node: Node | None, findings: Findings) -> tuple[HoursException, ...]:
    """Reads `rules/hours.yaml`; skips entries with a problem."""
    if node is None:
        return ()
    entries = [_hours_exception(item, findings) for item in Fields(node, shapes.HOURS_FILE, findings).items("hours")]
    return tuple(entry for entry in entries if entry is not None)


def read_policy(node: Node | None, changes: Sequence[HoursException], findings: Findings) -> Policy:
    """`rules/policy.yaml`: (country or `*`, class, channel or `*`) -> allowed local hours."""
    hours: dict[tuple[str, NoticeClass, str], AllowedHours | AllowedWeek] = {}
    decreed = _decreed(changes)
    first: dict[tuple[str, NoticeClass, str], Place] = {}
    items = () if node is None else Fields(node, shapes.POLICY_FILE, findings).items("quiet_hours")
    for item in items:
        for key, allowed in _quiet_hours(item, decreed, findings).items():
            if key in hours:
                findings.add(item.place, f"{_shown(key)} has its hours on line {first[key].line} already")
            hours.setdefault(key, allowed)
            first.setdefault(key, item.place)
    uses_holidays = any(_needs_calendar(allowed) for allowed in hours.values())
    return Policy(hours=hours, decreed=decreed if uses_holidays else {})


def _hours_exception(item: Node, findings: Findings) -> HoursException | None:
    before = len(findings.problems)
    fields = Fields(item, shapes.HOURS_EXCEPTION, findings)
    dates = [converted(node, _date, findings) for node in fields.scalars("dates")]
    hours = fields.converted("hours", _hours_of_a_date)
    country = fields.converted("country", country_code)
    if len(findings.problems) > before:
        return None
    return HoursException(
        sites=fields.texts("sites"),
        dates=tuple(day for day in dates if day is not None),
        hours=hours or "",
        reason=fields.optional_text("reason"),
        country=country,
        place=item.place,
    )


def _decreed(changes: Sequence[HoursException]) -> dict[str, tuple[date, ...]]:
    """Country -> the days on which it is closed as a whole."""
    days: dict[str, set[date]] = {}
    for change in changes:
        if change.country is not None and not change.sites and is_closed(change.hours):
            days.setdefault(change.country, set()).update(change.dates)
    return {country: tuple(sorted(found)) for country, found in days.items()}


def _quiet_hours(
    item: Node, decreed: Mapping[str, tuple[date, ...]], findings: Findings
) -> Mapping[tuple[str, NoticeClass, str], AllowedHours | AllowedWeek]:
    fields = Fields(item, shapes.QUIET_HOURS, findings)
    country = EVERY if fields.text("country") in ("", EVERY) else fields.converted("country", country_code)
    allowed = fields.converted("allowed", _allowed)
    if country is None or allowed is None:
        return {}
    if _needs_calendar(allowed) and country != EVERY and country not in decreed and not has_calendar(country):
        findings.add(
            item.place,
            f"the public holidays of {country} are not known here, so 'PH' would never hold; write them into "
            f"rules/hours.yaml with country: {country}",
        )
    channels = fields.texts("channel") or (EVERY,)
    classes = [NoticeClass(name) for name in fields.texts("class")]
    return {(country, notice_class, channel): allowed for notice_class in classes for channel in channels}


def _allowed(text: str) -> AllowedHours | AllowedWeek:
    if text == "always":
        return ALWAYS
    written = _SPAN.fullmatch(text.strip())
    if written is None and re.search(r"[A-Za-z,;]", text):
        return _week(text)
    if written is None:
        raise ValueError(f"'{text}' is not a span of hours; write it like 08:00-20:00, or always")
    start, end = (_clock(part, text) for part in written.groups())
    if start == end:
        raise ValueError(f"'{text}' begins and ends at the same time; write it like 08:00-20:00, or always")
    return AllowedHours(start=start, end=end)


def _week(text: str) -> AllowedWeek:
    """Hours by weekday. Nobody may be left to guess: an hour is allowed, or it is not."""
    rules = parse_opening_hours(check_opening_hours(text))
    year = [rules.hours(date(2026, 1, 1) + n * DAY, is_holiday=False) for n in range(365)]
    if any(rule.unknown or any(span.open_end for span in rule.times or ()) for rule in rules.rules):
        raise ValueError(f"'{text[:60]}' leaves hours unknown; write hours that are certain, like {WEEK_EXAMPLE}")
    if not any(day.spans for day in year):
        raise ValueError(f"'{text[:60]}' allows no hour at all; write it like {WEEK_EXAMPLE}")
    return AllowedWeek(hours=text)


def _needs_calendar(allowed: AllowedHours | AllowedWeek) -> bool:
    return isinstance(allowed, AllowedWeek) and parse_opening_hours(allowed.hours).know_holidays


def _clock(part: str, text: str) -> time:
    if part == "24:00":
        return time(0)
    try:
        return time.fromisoformat(part)
    except ValueError as error:
        raise ValueError(f"'{text}' holds '{part}', which no clock shows; write it like 08:00-20:00") from error


def _date(text: str) -> date:
    return date.fromisoformat(str(parse_value(TopicType.DATE, text)))


def _hours_of_a_date(text: str) -> str:
    """OSM hours for one date: no second rule after a semicolon, because it would apply to other days, too."""
    if ";" in text or not opening_hours.validate(f"2026 Dec 24 {text}"):
        raise ValueError(f"'{text}' is not the hours of a day; write them like 09:00-14:00, or 'off'")
    return text


def _shown(key: tuple[str, NoticeClass, str]) -> str:
    country, notice_class, channel = key
    where = "every country" if country == EVERY else country
    return f"{notice_class} in {where}" + ("" if channel == EVERY else f" by {channel}")
