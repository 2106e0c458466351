"""The texts of moments: elapsed time, calendar days, working days and opening days before or after a timestamp."""

from datetime import time, timedelta

import pytest

from notifier.model.problems import Place, ProblemsError
from notifier.model.schema import Schema, entities
from notifier.rules.checked_rules import DayKind
from notifier.rules.conditions import Scope, parse_value
from notifier.rules.moments import parse_moment

SCOPE = Scope(Schema(entities=entities()), {"order": "order"})
HERE = Place("rules/a.yaml", 8, 7)


@pytest.mark.parametrize(
    ("text", "offset", "local_time", "before"),
    [
        ("48h before order.promised_at", timedelta(hours=-48), None, True),
        ("2h after order.promised_at", timedelta(hours=2), None, False),
        ("order.promised_at", timedelta(0), None, False),
        ("72h before order.promised_at at 10:00", timedelta(days=-3), time(10), True),
        ("3d before order.promised_at", timedelta(days=-3), None, True),
        ("0d before order.promised_at at 09:30", timedelta(0), time(9, 30), True),
        ("order.promised_at at 23:59", timedelta(0), time(23, 59), False),
        ("1h after order.promised_at + 2d - 30m", timedelta(days=2, minutes=30), None, False),
    ],
)
def test_a_moment_is_a_field_and_an_offset(text: str, offset: timedelta, local_time: time | None, before: bool) -> None:
    moment = parse_moment(text, SCOPE, HERE)
    assert moment.anchor == parse_value("order.promised_at", SCOPE, HERE)
    assert (moment.offset, moment.local_time, moment.before) == (offset, local_time, before)
    assert (moment.text, moment.place) == (text, HERE)


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        ("48 before order.promised_at", 1, "'48' is not a duration; write it like 48h, 3d, 1h30m or 15m"),
        ("48h before order.promise_at", 18, "order has no field 'promise_at'; did you mean 'promised_at'?"),
        ("48h before order.status", 12, "a moment hangs on a timestamp; this is order.status (string)"),
        ("48h before now", 12, "a moment hangs on a timestamp of the row, not on 'now'"),
        ("order.promised_at at 25:00", 22, "'25:00' is not a time of day; write it as 09:30"),
        ("timestamp('2026-03-05T10:00:00Z')", 1,
         "a moment hangs on one timestamp field, plus or minus a duration"),
        ("48h before", 5, "unexpected 'before'"),
    ],
)  # fmt: skip
def test_a_bad_moment_is_refused(text: str, column: int, what: str) -> None:
    with pytest.raises(ProblemsError) as refused:
        parse_moment(text, SCOPE, HERE)
    assert str(refused.value) == f"rules/a.yaml:8:{6 + column}: {what}"


@pytest.mark.parametrize(
    ("text", "days", "counted"),
    [
        ("14d before order.promised_at at 10:00", -14, DayKind.CALENDAR),
        ("0d before order.promised_at at 10:00", 0, DayKind.CALENDAR),
        ("2 working days before order.promised_at at 10:00", -2, DayKind.WORKING),
        ("1 working day after order.promised_at at 10:00", 1, DayKind.WORKING),
        ("3 opening days after order.promised_at at 10:00", 3, DayKind.OPENING),
    ],
)
def test_with_a_time_of_day_days_are_counted(text: str, days: int, counted: DayKind) -> None:
    moment = parse_moment(text, SCOPE, HERE)
    assert (moment.offset, moment.days, moment.counted, moment.local_time) == (timedelta(0), days, counted, time(10))


def test_an_anchor_may_be_shifted_before_days_are_counted_from_it() -> None:
    moment = parse_moment("1 working day before order.promised_at - 2h at 10:00", SCOPE, HERE)
    assert (moment.offset, moment.days) == (timedelta(hours=-2), -1)


@pytest.mark.parametrize(
    ("distance", "what"),
    [
        ("2 business days", "'2 business days' is not a distance in time; did you mean '2 working days'?"),
        ("1 workday", "'1 workday' is not a distance in time; did you mean '1 working day'?"),
        ("2-working-days", "'2-working-days' is not a distance in time; did you mean '2 working days'?"),
        ("2 wrking day", "'2 wrking day' is not a distance in time; did you mean '2 working days'?"),
        ("2 Working Days", "'2 Working Days' is not a distance in time; did you mean '2 working days'?"),
        ("3 open days", "'3 open days' is not a distance in time; did you mean '3 opening days'?"),
        ("2 days", "'2 days' is not a distance in time; did you mean '2d'?"),
        ("2 weeks", "'2 weeks' is not a distance in time; did you mean '14d'?"),
        ("3 hours", "'3 hours' is not a distance in time; did you mean '3h'?"),
        (
            "working day",
            "'working day' is not a distance in time; say how many as a whole number, like '2 working days'",
        ),
        (
            "two working days",
            "'two working days' is not a distance in time; say how many as a whole number, like '2 working days'",
        ),
        (
            "1.5 working days",
            "'1.5 working days' is not a distance in time; say how many as a whole number, like '2 working days'",
        ),
        ("0 working days", "'0 working days' is no distance; count at least 1, or write '0d' for the day itself"),
        ("251 opening days", "'251 opening days' is more than 250 days; write calendar days, like 251d"),
        ("2 moons", "'2 moons' is not a duration; write it like 48h, 3d, 1h30m or 15m"),
    ],
)
def test_a_distance_that_is_nearly_right_is_refused_with_what_was_meant(distance: str, what: str) -> None:
    with pytest.raises(ProblemsError) as refused:
        parse_moment(f"{distance} before order.promised_at at 10:00", SCOPE, HERE)
    assert str(refused.value) == f"rules/a.yaml:8:7: {what}"


def test_a_counted_day_needs_a_time() -> None:
    with pytest.raises(ProblemsError, match=r"write .2 working days before order\.promised_at at 10:00."):
        parse_moment("2 working days before order.promised_at", SCOPE, HERE)
