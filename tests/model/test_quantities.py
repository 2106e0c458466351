"""Quantities, windows and percents: what people write, the one text of each, and what is refused."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from notifier.model.quantities import Quantity
from notifier.model.types import TopicType
from notifier.model.values import canonical, parse_canonical, parse_value, stored
from notifier.model.windows import Window

MORNING = Window(datetime(2026, 3, 5, 13, tzinfo=UTC), datetime(2026, 3, 5, 17, tzinfo=UTC))


@pytest.mark.parametrize(
    ("written", "unit", "meant"),
    [
        ("200", "Mbit/s", "200"),
        (200, "Mbit/s", "200"),
        ("200 Mbit/s", "Mbit/s", "200"),
        ("300 megas", "Mbit/s", "300"),
        ("0.2 Gbit/s", "Mbit/s", "200"),
        ("1 giga", "Mbit/s", "1000"),
        ("500MB", "GB", "0.5"),
        ("P12M", "month", "12"),
        ("1 año", "month", "12"),
        ("18 meses", "month", "18"),
        ("24 month", "year", "2"),
        ("2 weeks", "day", "14"),
        ("3 boxes", "boxes", "3"),
    ],
)
def test_a_quantity_is_an_exact_number_of_the_unit_of_its_topic(written: object, unit: str, meant: str) -> None:
    value = parse_value(TopicType.QUANTITY, written, unit=unit)
    assert value == Quantity(Decimal(meant), unit)
    text = canonical(TopicType.QUANTITY, value)
    assert (text, parse_canonical(TopicType.QUANTITY, text)) == (f"{meant} {unit}", value)
    assert stored(TopicType.QUANTITY, value)["value_number"] == Decimal(meant)


@pytest.mark.parametrize(
    ("written", "unit", "why"),
    [
        ("fast", "Mbit/s", "is not a number of Mbit/s; write it like 200 Mbit/s"),
        ("3 months", "Mbit/s", "is not counted in Mbit/s"),
        ("30 days", "month", "is not counted in month; write it like 12 month"),
        ("1 month", "year", "is no exact number of year"),
        (True, "month", "'true' is not a number of month"),
    ],
)
def test_what_is_no_quantity_is_refused_with_how_to_write_it(written: object, unit: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_value(TopicType.QUANTITY, written, unit=unit)


@pytest.mark.parametrize("written", ["20%", "20 %", "20", 20, Decimal("20.0")])
def test_a_percent_is_what_people_say_and_never_a_fraction_of_one(written: object) -> None:
    value = parse_value(TopicType.PERCENT, written)
    assert (value, canonical(TopicType.PERCENT, value)) == (Decimal(20), "20%")
    assert parse_canonical(TopicType.PERCENT, "20%") == 20


def test_a_window_is_two_instants_or_one() -> None:
    value = parse_value(TopicType.WINDOW, "2026-03-05T08:00:00-05:00/2026-03-05T12:00:00-05:00")
    assert value == MORNING
    assert canonical(TopicType.WINDOW, value) == "2026-03-05T13:00:00Z/2026-03-05T17:00:00Z"
    assert parse_canonical(TopicType.WINDOW, canonical(TopicType.WINDOW, value)) == MORNING
    kept = stored(TopicType.WINDOW, value)
    assert (kept["value_at"], kept["value_until"]) == (MORNING.starts_at, MORNING.ends_at)
    alone = parse_value(TopicType.WINDOW, "2026-03-05T08:00:00-05:00")
    assert alone == Window(MORNING.starts_at, MORNING.starts_at)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("tomorrow", "is no window of time; write it like 2026-03-05T08:00:00-05:00/"),
        ("2026-03-05T08:00:00/2026-03-05T12:00:00", "has no time zone"),
        ("2026-03-05T12:00:00-05:00/2026-03-05T08:00:00-05:00", "ends before it begins"),
    ],
)
def test_what_is_no_window_is_refused_with_how_to_write_it(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_value(TopicType.WINDOW, written)


def test_a_length_of_time_may_be_written_as_programs_do() -> None:
    assert parse_value(TopicType.DURATION, "PT1H30M") == parse_value(TopicType.DURATION, "1h30m") == 5400
    assert parse_value(TopicType.DURATION, "P2D") == 172_800
    with pytest.raises(ValueError, match="is not a duration"):
        parse_value(TopicType.DURATION, "P1M")
