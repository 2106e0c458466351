"""166 real values of `opening_hours`, as two other evaluators read them. Data: OpenStreetMap contributors, ODbL.

The table is not part of the project. Without it these tests are skipped.
"""

import csv
import re
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from notifier.calendars.opening_hours import DayHours, check_opening_hours, parse_opening_hours
from notifier.calendars.public_holidays import holiday_names

TABLE = Path(__file__).parents[3] / "shared" / "data" / "opening_hours_wild.tsv"
FIRST, DAYS = date(2026, 12, 21), 18
DAY = timedelta(days=1)
AS_MEANT = {
    "night-cut-by-next-rule": "the letter ends these nights at midnight; they are read to their end, with a warning",
    "PH-night": "both readers leave half a night on or after the holiday",
}
"""Classes in which no reader is followed to the letter, with the reason; they have tests of their own."""
WITH_NIGHTS = ("night-past-midnight", "fallback")
"""Classes in which the letter ends some nights at midnight, because a later rule governs the next day."""
REFUSED = ("comment-only", "sun")
"""Classes without an hour that anybody could be told."""
HARMLESS = ("space-in-day-range", "trailing-semicolon", "unicode-dash")
"""Refused by the specification, and repaired: nobody can mean anything else."""

Spans = set[tuple[int, int]]
"""Minutes since midnight."""


def rows() -> list[dict[str, str]]:
    """The rows of the table; none where it is missing."""
    if not TABLE.exists():
        return []
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def of_verdicts(*verdicts: str) -> list[dict[str, str]]:
    """The rows with these verdicts."""
    return [row for row in rows() if row["verdict"] in verdicts]


def by_value(found: list[dict[str, str]]) -> pytest.MarkDecorator:
    """One test for each row, or one skipped test."""
    skipped = [pytest.param({}, marks=pytest.mark.skip("../shared/data is not there"))]
    return pytest.mark.parametrize("row", found or skipped, ids=lambda row: row.get("value", "none"))


def days_of(text: str) -> list[date]:
    """`21-24+02` is four days of December and one of January."""
    if text == "daily":
        return [FIRST + n * DAY for n in range(DAYS)]
    found = []
    for part in text.split("+"):
        first, _, last = part.partition("-")
        days = [date(2026, 12, int(d)) if int(d) > 15 else date(2027, 1, int(d)) for d in (first, last or first)]
        found += [days[0] + n * DAY for n in range((days[1] - days[0]).days + 1)]
    return found


def read(column: str) -> dict[bool, dict[date, Spans]]:
    """What another reader says: whether it is known -> day -> spans."""
    read_by: dict[bool, dict[date, Spans]] = {True: {}, False: {}}
    known = True
    for part in [] if column == "never" else column.split(" | "):
        if part.startswith("? "):
            known, part = False, part[2:]
        days, _, spans = part.partition(": ") if ": " in part else part.partition(" ")
        for span in spans.split(","):
            start, end = (int(h) * 60 + int(m) for h, m in re.findall(r"(\d\d):(\d\d)", span))
            for day in days_of(days):
                read_by[known].setdefault(day, set()).add((start, end + (1440 if span.endswith("+1") else 0)))
    return read_by


def as_meant(letter: Spans, spans: Spans) -> Spans:
    """The reader's spans, with our end of a night that the letter cuts at midnight."""
    ends = {start: end for start, end in spans if end > 1440}
    return {(start, ends.get(start, end) if end == 1440 else end) for start, end in letter}


def ours(row: dict[str, str]) -> dict[date, DayHours]:
    """The hours of the days of the table, and of the day before."""
    rules = parse_opening_hours(row["value"])
    country = "CO" if row["country"] == "es-lang" else row["country"]
    holidays = {**holiday_names(country, None, 2026), **holiday_names(country, None, 2027)}
    days = [FIRST + n * DAY for n in range(-1, DAYS)]
    return {day: rules.hours(day, is_holiday=day in holidays, holidays=holidays) for day in days}


def minutes(hours: DayHours, day: date) -> Spans:
    """The spans of a day."""
    midnight = datetime.combine(day, time())
    return {tuple(int((at - midnight).total_seconds()) // 60 for at in span) for span in hours.spans}  # type: ignore[misc]


@by_value([row for row in of_verdicts("all", "npm", "py") if row["class"] not in AS_MEANT])
def test_a_real_value_is_read_as_the_reader_who_is_right_reads_it(row: dict[str, str]) -> None:
    if row["class"] in REFUSED:
        with pytest.raises(ValueError, match="write"):
            check_opening_hours(row["value"])
        return
    check_opening_hours(row["value"])
    right = read(row["opening_hours_py" if row["verdict"] == "py" else "npm_opening_hours"])
    found = ours(row)
    for day in [FIRST + n * DAY for n in range(DAYS)]:
        hours, spans = found[day], minutes(found[day], day)
        known, unknown = right[True].get(day, set()), right[False].get(day, set())
        if day == FIRST:  # the table begins with the tail of the night before
            tails = {(0, end - 1440) for _, end in minutes(found[day - DAY], day - DAY) if end > 1440}
            known, unknown = known - tails, unknown - tails
        if row["class"] in WITH_NIGHTS:
            known = as_meant(known, spans)
        if not unknown:
            assert spans == known, day
            assert (hours.opens_known, hours.closes_known) == (bool(spans), bool(spans)), day
        elif not known:
            assert not hours.closes_known, day
        else:
            assert not hours.opens_known or min(spans)[0] == min(known)[0], day
            assert not hours.closes_known or max(spans)[1] == max(known)[1], day


@by_value([row for row in rows() if row["class"] == "night-cut-by-next-rule"])
def test_a_night_keeps_its_end_though_another_rule_governs_the_next_day(row: dict[str, str]) -> None:
    letter, found = read(row["npm_opening_hours"])[True], ours(row)
    longer = 0
    for day in [FIRST + n * DAY for n in range(1, DAYS)]:
        for start, end in minutes(found[day], day):
            cut = {span for span in letter[day] if span[0] == start}
            assert cut in ({(start, end)}, {(start, 1440)}), day
            longer += cut != {(start, end)}
    assert longer or re.search(r"(\d\d:\d\d)-\1", row["value"]), "no night was cut"


@by_value([row for row in rows() if row["class"] == "PH-night"])
def test_a_night_of_an_eve_and_of_a_holiday_is_whole_or_not_at_all(row: dict[str, str]) -> None:
    known = read(row["product"])[True]
    found = ours(row)
    for day in [FIRST + n * DAY for n in range(1, DAYS)]:
        if row["value"].startswith("11:00"):
            assert minutes(found[day], day) == known.get(day, set()), day
    assert minutes(found[date(2026, 12, 25)], date(2026, 12, 25)) == set()
    if row["value"].startswith("Su-Th"):
        assert minutes(found[date(2026, 12, 26)], date(2026, 12, 26)) == {(660, 1560)}


@by_value(of_verdicts("invalid", "unknown"))
def test_what_cannot_be_read_is_refused_or_repaired(row: dict[str, str]) -> None:
    if row["class"].removeprefix("refused-") in HARMLESS:
        right, found = read(row["npm_opening_hours"]), ours(row)
        for day in [FIRST + n * DAY for n in range(1, DAYS)]:
            assert minutes(found[day], day) == right[True].get(day, set()), day
        return
    with pytest.raises(ValueError, match=r"write it like|list the dates"):
        check_opening_hours(row["value"])
