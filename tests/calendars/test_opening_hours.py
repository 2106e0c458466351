"""OSM opening hours and public holidays -> the hours of one date."""

import re
from datetime import date, datetime, time, timedelta

import pytest

from notifier.calendars.opening_hours import check_opening_hours, parse_opening_hours
from notifier.calendars.public_holidays import check_subdivision, holiday_names

SUNDAY, MONDAY = date(2026, 11, 1), date(2026, 11, 2)


def hours(text: str, day: date, *, is_holiday: bool = False) -> str:
    """`10:00-14:00, 18:00-02:00+1`"""
    midnight = datetime.combine(day, time())

    def clock(moment: datetime) -> str:
        return f"{moment:%H:%M}" + ("+1" if moment >= midnight + timedelta(days=1) else "")

    return ", ".join(f"{clock(a)}-{clock(b)}" for a, b in parse_opening_hours(text).on(day, is_holiday=is_holiday))


@pytest.mark.parametrize(
    ("text", "ordinary", "holiday"),
    [
        ("Mo-Sa 08:00-20:00; PH off", "08:00-20:00", ""),
        ("Mo-Sa 08:00-20:00", "08:00-20:00", "08:00-20:00"),
        ("Mo-Sa,PH 08:00-20:00", "08:00-20:00", "08:00-20:00"),
        ("Tu-Sa 08:00-20:00; PH 10:00-14:00", "", "10:00-14:00"),
        ("PH,Su 10:00-14:00", "", "10:00-14:00"),
        ("Mo-Fr 08:00-12:00, Mo-Fr,PH 14:00-18:00", "08:00-12:00, 14:00-18:00", "08:00-12:00, 14:00-18:00"),
        ("24/7", "00:00-00:00+1", "00:00-00:00+1"),
        ("24/7; PH off", "00:00-00:00+1", ""),
        ("Mo-Su 18:00-02:00; PH off", "18:00-02:00+1", ""),
        ('Mo-Fr 09:00-18:00 "PH; by appointment"; PH off "closed"', "09:00-18:00", ""),
        ("off", "", ""),
    ],
)
def test_a_holiday_is_what_the_ph_selector_says(text: str, ordinary: str, holiday: str) -> None:
    assert hours(text, MONDAY) == ordinary
    assert hours(text, MONDAY, is_holiday=True) == holiday


def test_hours_past_midnight_belong_to_the_day_on_which_they_begin() -> None:
    assert hours("Su 18:00-02:00", SUNDAY) == "18:00-02:00+1"
    assert hours("Su 18:00-02:00", MONDAY) == ""


def test_a_holiday_does_not_cut_the_night_before_it() -> None:
    assert hours("Mo-Su 18:00-02:00; PH off", SUNDAY) == "18:00-02:00+1"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("bananas", "is not opening hours in OSM syntax near 'bananas'; write it like Mo-Sa 08:00-20:00; PH off"),
        ("", "is not opening hours"),
        ("Mo-Fr 9-18", "near '9-18'"),
        ("Mo-Fr 09:00-18:00; Dec 24,31 off", "near '31 off'"),
        ("Mo-Fr 09:00-18:00; SH off", "school holidays (SH), which are not known; list the dates in rules/hours.yaml"),
        ("Mo-Fr 09:00-18:00; PH -1 day off", "uses PH in a way that is not understood"),
        ("Mo-Fr 09:00-18:00; Dec PH off", "uses PH in a way that is not understood"),
    ],
)
def test_hours_that_cannot_be_read_say_why(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        check_opening_hours(text)


def test_holidays_are_those_of_the_country_and_its_subdivision() -> None:
    colombia = holiday_names("CO", None, 2026)
    assert len(colombia) == 19
    assert colombia[MONDAY] == "Día de Todos los Santos"
    assert date(2026, 7, 13) in colombia
    assert date(2026, 5, 2) not in holiday_names("ES", None, 2026)
    assert date(2026, 5, 2) in holiday_names("ES", "MD", 2026)


def test_a_country_without_a_calendar_has_no_holidays() -> None:
    assert holiday_names("AQ", None, 2026) == holiday_names("AQ", "X", 2026)


def test_a_subdivision_of_a_country_that_has_none_is_taken_as_it_is() -> None:
    assert check_subdivision("CO", "ANT") == "ANT"
    assert holiday_names("CO", "ANT", 2026) == holiday_names("CO", None, 2026)
