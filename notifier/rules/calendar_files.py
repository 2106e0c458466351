"""`rules/hours.yaml` and `rules/policy.yaml` -> exceptions to opening hours, and the hours in which we may speak."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, time

import opening_hours

from notifier.calendars.opening_hours import DAY, check_opening_hours, is_closed, parse_opening_hours
from notifier.calendars.public_holidays import has_calendar
from notifier.model.formats import country_code
from notifier.model.problems import Place
from notifier.model.types import NoticeClass, TopicType
from notifier.model.values import parse_value
from notifier.rules import shapes
from notifier.rules.canary_reader import read_approvals
from notifier.rules.checked import HOURS_BY_LAW, AllowedHours, AllowedWeek, HoursException, Policy, PolicyKey
from notifier.rules.contact_policy import read_contact_rules
from notifier.rules.contact_terms import ContactRules
from notifier.rules.fields import Fields, converted
from notifier.rules.findings import Findings
from notifier.rules.quantities import positive_span
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
    """`rules/policy.yaml`: (country or `*`, class, channel or `*`) -> allowed local hours, and what overrides them."""
    hours: dict[PolicyKey, AllowedHours | AllowedWeek] = {}
    decreed = _decreed(changes)
    first: dict[PolicyKey, Place] = {}
    overridden: set[PolicyKey] = set()
    policy = None if node is None else Fields(node, shapes.POLICY_FILE, findings)
    for item in () if policy is None else policy.items("quiet_hours"):
        fields = Fields(item, shapes.QUIET_HOURS, findings)
        for key, allowed in _quiet_hours(fields, decreed, findings).items():
            if key in hours:
                findings.add(item.place, f"{_shown(key)} has its hours on line {first[key].line} already")
            hours.setdefault(key, allowed)
            first.setdefault(key, item.place)
        overridden.update(_overridden(fields, findings))
        if "allowed" not in fields and "overridden_by" not in fields:
            findings.add(item.place, "an entry of quiet_hours needs 'allowed', 'overridden_by' or both")
    contact = ContactRules() if policy is None else read_contact_rules(policy, decreed, findings)
    weeks = [hour.hours for terms in contact.terms.values() for hour in terms.hours]
    if not any(_needs_calendar(allowed) for allowed in (*hours.values(), *map(_of_law, dict.fromkeys(weeks)))):
        decreed = {}
    fallback_after = None if policy is None else policy.converted("fallback_after", positive_span)
    overridden_by_class = tuple(sorted(overridden))
    return Policy(
        hours=hours,
        overridden=overridden_by_class,
        decreed=decreed,
        contact=contact,
        fallback_after=fallback_after,
        approvals={} if policy is None else read_approvals(policy, findings),
    )


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
    fields: Fields, decreed: Mapping[str, tuple[date, ...]], findings: Findings
) -> Mapping[PolicyKey, AllowedHours | AllowedWeek]:
    if "allowed" in fields and "class" not in fields:
        findings.add(fields.place, "'allowed' needs 'class': the classes of notices whose hours these are")
    allowed = fields.converted("allowed", _allowed)
    country = fields.text("country")
    if country not in ("", EVERY, *decreed) and _needs_calendar(allowed) and not has_calendar(country):
        findings.add(
            fields.place,
            f"the public holidays of {country} are not known here, so 'PH' would never hold; write them into "
            f"rules/hours.yaml with country: {country}",
        )
    classes = [NoticeClass(name) for name in fields.texts("class")]
    return {} if allowed is None else dict.fromkeys(_keys(fields, classes), allowed)


def _overridden(fields: Fields, findings: Findings) -> Collection[PolicyKey]:
    """Where what comes too late goes out in quiet hours: every class that has no hours by law, where none is named."""
    if "overridden_by" not in fields:
        return ()
    by_law = [name for name in fields.texts("class") if name in HOURS_BY_LAW]
    if by_law:
        findings.add(
            fields.key_place("overridden_by"),
            f"the hours of {' and '.join(by_law)} are law in several countries, and nothing overrides them; "
            "name other classes",
        )
    classes = [NoticeClass(name) for name in fields.texts("class")] or list(NoticeClass)
    return _keys(fields, [each for each in classes if each not in HOURS_BY_LAW])


def _keys(fields: Fields, classes: Iterable[NoticeClass]) -> list[PolicyKey]:
    country = EVERY if fields.text("country") in ("", EVERY) else fields.converted("country", country_code)
    channels = fields.texts("channel") or (EVERY,)
    return [] if country is None else [(country, each, channel) for each in classes for channel in channels]


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


def _of_law(hours: str) -> AllowedWeek:
    return AllowedWeek(hours=hours)


def _needs_calendar(allowed: AllowedHours | AllowedWeek | None) -> bool:
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


def _shown(key: PolicyKey) -> str:
    country, notice_class, channel = key
    where = "every country" if country == EVERY else country
    return f"{notice_class} in {where}" + ("" if channel == EVERY else f" by {channel}")
