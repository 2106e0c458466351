"""Opening hours that can be read, and may be meant otherwise: what an import warns of."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from notifier.calendars.opening_hours import DAY, MIDNIGHT, HoursRule, Rules, parse_opening_hours

SAMPLE = tuple(date(2026, month, 1) + n * DAY for month in (1, 4, 7, 10) for n in range(28))
"""Four weeks in each of four seasons."""
YEAR = tuple(date(2026, 1, 1) + n * DAY for n in range(365))
"""For rules of other dates; those of another year are not judged."""
LONG = timedelta(hours=20)


@lru_cache(maxsize=4096)
def doubts_about(text: str) -> tuple[str, ...]:
    """A sentence for each thing that may be meant otherwise. Raises ValueError where the text cannot be read."""
    rules = parse_opening_hours(text)
    found = [
        f"nobody is told the hours of {_shown(rule)}: a comment or 'unknown' makes them unknown; "
        "write them without a comment, or with 'open' before it, if they are certain"
        for rule in rules.rules
        if rule.unknown
    ]
    if any(span.open_end for rule in rules.rules for span in rule.times or ()):
        found.append("'+' leaves the end open: nobody is told when it closes")
    if any(rule.holiday_weekdays for rule in rules.rules):
        found.append("'PH' with weekdays after a space holds on holidays that are such days; 'PH,' holds on both")
    replaced = [rule.text for slot, rule in enumerate(rules.rules) if _is_replaced(rules, slot)]
    found += [
        f"'{shown}' never holds, because a later rule replaces it; put ', ' instead of '; ' between them to keep both"
        for shown in replaced
    ]
    found += [
        f"'{rule.text}' never holds{on}, because a later rule replaces it; write it after that rule"
        for slot, rule in enumerate(rules.rules)
        if rule.text not in replaced and (on := _is_too_early(rules, slot)) is not None
    ]
    if not replaced and _has_time_only_rule(rules):
        found.append("a rule without days replaces the hours of all days before it; put ', ' instead of '; ' to add")
    if any(span.start and span.end - span.start == MIDNIGHT for rule in rules.rules for span in rule.times or ()):
        found.append("hours that end when they begin are 24 hours; is that meant?")
    found += _about_nights(rules)
    return tuple(found)


def _shown(rule: HoursRule) -> str:
    days = rule.text.removesuffix("unknown").strip()
    return f"'{days}'" if days and days != "24/7" else "the days that no other rule names"


def _is_replaced(rules: Rules, slot: int) -> bool:
    """Whether a rule with times holds on some day of the sample, and is replaced on each."""
    if rules.rules[slot].times is None or rules.rules[slot].closed:
        return False
    days = [day for day in SAMPLE if rules.rules[slot].holds(day, is_holiday=False)]
    return _all_replaced(rules, slot, days, is_holiday=False)


def _is_too_early(rules: Rules, slot: int) -> str | None:
    """When an exception (a closed day, a date, a holiday) is lost, because it stands before the rule for ordinary days.

    `Dec 25 off; Mo-Su 09:00-18:00` opens at Christmas. A plain `off` before everything else is the usual default.
    """
    rule = rules.rules[slot]
    if rule.unknown or (rule.closed and (rule.times is not None or not (rule.days or rule.holidays))):
        return None
    if rule.holidays:
        alone = [day for day in SAMPLE if rule.holds(day, is_holiday=True) and not rule.holds(day, is_holiday=False)]
        if _all_replaced(rules, slot, alone, is_holiday=True):
            return " on holidays" if rule.days else ""
    dated = [day for day in YEAR if rule.days and rule.holds(day, is_holiday=False)]
    if rule.closed or not set(dated).intersection(SAMPLE):
        return "" if _all_replaced(rules, slot, dated, is_holiday=False) else None
    return None


def _all_replaced(rules: Rules, slot: int, days: Sequence[date], *, is_holiday: bool) -> bool:
    """Whether there are such days, and on each of them a later rule replaces this one."""
    later = [rule for rule in rules.rules[slot + 1 :] if _replaces(rule)]
    return bool(days) and all(any(rule.holds(day, is_holiday=is_holiday) for rule in later) for day in days)


def _replaces(rule: HoursRule) -> bool:
    return rule.separator == "; " and not (rule.closed and rule.times is not None)


def _has_time_only_rule(rules: Rules) -> bool:
    return any(
        rule.times is not None and not rule.closed and not rule.days and not rule.holidays and rule.separator == "; "
        for rule in rules.rules[1:]
    )


def _about_nights(rules: Rules) -> list[str]:
    found = {}
    for day in SAMPLE:
        for opens, closes in rules.on(day, is_holiday=False):
            shown = f"{opens:%a %H:%M}-{closes:%H:%M}"
            if closes.date() > day and closes - opens > LONG and closes - opens < DAY:
                found["long"] = f"{shown} is open for more than 20 hours; is the end right?"
            if closes > datetime.combine(day + DAY, time()) and _letter_ends(rules, day):
                found["night"] = (
                    f"by the letter {shown} ends at 24:00, because a later rule begins then; it is read as open "
                    f"until {closes:%H:%M}. Put ', ' instead of '; ' between the rules to say so"
                )
    return list(found.values())


def _letter_ends(rules: Rules, day: date) -> bool:
    """Whether a later rule than the day's own governs the next day."""
    return _last(rules, day + DAY) > _last(rules, day)


def _last(rules: Rules, day: date) -> int:
    holding = [n for n, rule in enumerate(rules.rules) if _replaces(rule) and rule.holds(day, is_holiday=False)]
    return max(holding, default=-1)
