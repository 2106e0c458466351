"""Opening hours as people write them: what is repaired, unknown, doubtful or refused.

The siblings searched for each fault of the real values stand in the names of the tests.
"""

from datetime import date

import pytest

from notifier.calendars.decreed_days import missing_decreed_days
from notifier.calendars.opening_hours import check_opening_hours, parse_opening_hours
from notifier.calendars.opening_hours_doubts import doubts_about
from notifier.calendars.public_holidays import holiday_names

MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 6, day) for day in (1, 4, 5, 6, 7))


def hours(text: str, day: date, *, is_holiday: bool = False) -> str:
    """`09:00-13:00, 20:00-02:00`; a `?` stands for what nobody knows."""
    found = parse_opening_hours(text).hours(day, is_holiday=is_holiday)
    shown = [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in found.spans]
    if shown and not found.opens_known:
        shown[0][0] = "?"
    if shown and not found.closes_known:
        shown[-1][1] = "?"
    return ", ".join("-".join(span) for span in shown)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mo-We, Su 11:00-21:00", "Mo-We,Su 11:00-21:00"),
        ("Mo , Su 11:00-21:00", "Mo,Su 11:00-21:00"),
        ("mo-we, su 11:00-21:00", "Mo-We,Su 11:00-21:00"),
        ("PH, Su 10:00-12:00; Mo 09:00-18:00", "PH,Su 10:00-12:00; Mo 09:00-18:00"),
        ("Mo-Sa 09:00-18:00; Su, PH off", "Mo-Sa 09:00-18:00; Su,PH off"),
        ("Mo[1], Su[1] 10:00-12:00", "Mo[1],Su[1] 10:00-12:00"),
        ("09:00-18:00; Jun 1, Jun 7 off", "09:00-18:00; Jun 1,Jun 7 off"),
        ("Jun, Jul 09:00-18:00", "Jun,Jul 09:00-18:00"),
        ("Mo - Fr 09:00-18:00", "Mo-Fr 09:00-18:00"),
        ("Mo\u2013Fr 09:00\u201318:00", "Mo-Fr 09:00-18:00"),
        ("Mo-Fr 09:00\u00a0\u2014\u00a018:00", "Mo-Fr 09:00-18:00"),
        ("Mo-Fr  09:00-18:00;", "Mo-Fr 09:00-18:00"),
        ("Mo-Fr 09:00-18:00;; Su off; ", "Mo-Fr 09:00-18:00; Su off"),
    ],
)
def test_what_can_mean_only_one_thing_is_repaired(written: str, meant: str) -> None:
    check_opening_hours(written)
    for day in (MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY):
        for is_holiday in (False, True):
            assert hours(written, day, is_holiday=is_holiday) == hours(meant, day, is_holiday=is_holiday)
    assert "00:00" not in hours(written, MONDAY)


def test_a_comma_and_a_space_after_hours_still_begin_another_rule() -> None:
    assert hours("Mo-Fr 09:00-12:00, Fr 14:00-18:00", FRIDAY) == "09:00-12:00, 14:00-18:00"


def test_nothing_inside_a_comment_is_repaired() -> None:
    assert doubts_about('Mo-Fr 09:00-18:00; Sa off "Mo, Su \u2013 ; sunset"') == ()


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("Su-Th 10:00-01:00; Fr-Sa 10:00-02:00", SATURDAY, "10:00-02:00"),
        ("Su-Th 10:00-01:00; Fr-Sa 10:00-02:00", THURSDAY, "10:00-01:00"),
        ("20:00-04:00; Jun 05 off", THURSDAY, "20:00-04:00"),
        ("20:00-04:00; Jun 05 off", FRIDAY, ""),
        ("20:00-04:00; Jun 05 off", SATURDAY, "20:00-04:00"),
        ("20:00-02:00; Jun 05 20:00-06:00", FRIDAY, "20:00-06:00"),
        ("20:00-02:00; Jun 05 20:00-06:00", THURSDAY, "20:00-02:00"),
        ("Th 20:00-26:00; Fr 10:00-18:00", THURSDAY, "20:00-02:00"),
        ("Mo-Th 20:00-02:00 || off", THURSDAY, "20:00-02:00"),
        ("Mo-Fr 00:00-02:00,20:00-24:00; Sa 00:00-02:00", FRIDAY, "20:00-02:00"),
        ("Mo-Fr 07:00-07:00; Sa 09:00-12:00", FRIDAY, "00:00-00:00"),
        ("Mo-Fr 07:00-07:00; Sa 09:00-12:00", SATURDAY, "09:00-12:00"),
    ],
)
def test_a_night_belongs_to_the_day_that_opened_it(text: str, day: date, expected: str) -> None:
    assert hours(text, day) == expected


def test_the_night_before_a_holiday_and_the_holidays_own_are_kept_or_closed_as_written() -> None:
    text = "Mo-Su 20:00-03:00; PH 20:00-01:00"
    assert (hours(text, FRIDAY), hours(text, FRIDAY, is_holiday=True)) == ("20:00-03:00", "20:00-01:00")


@pytest.mark.parametrize(
    ("text", "day", "is_holiday", "expected"),
    [
        ("Mo-Fr 08:00-18:00; PH Mo-Fr 10:00-14:00", MONDAY, False, "08:00-18:00"),
        ("Mo-Fr 08:00-18:00; PH Mo-Fr 10:00-14:00", MONDAY, True, "10:00-14:00"),
        ("Mo-Fr 08:00-18:00; PH Mo-Fr 10:00-14:00", SATURDAY, True, ""),
        ("Mo-Su 08:00-18:00; PH Sa,Su off", SATURDAY, True, ""),
        ("Mo-Su 08:00-18:00; PH Sa,Su off", SATURDAY, False, "08:00-18:00"),
        ("Mo-Su 08:00-18:00; PH Sa,Su off", MONDAY, True, "08:00-18:00"),
        ("Mo-Su 08:00-18:00; PH off; PH Mo 09:00-12:00", MONDAY, True, "09:00-12:00"),
    ],
)
def test_holidays_that_are_weekdays_are_no_weekdays(text: str, day: date, is_holiday: bool, expected: str) -> None:
    assert hours(text, day, is_holiday=is_holiday) == expected


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("Mo-Sa 09:00-18:00 || off", MONDAY, "09:00-18:00"),
        ("Mo-Sa 09:00-18:00 || off", SUNDAY, ""),
        ('Mo-Sa 09:00-18:00 || "previa cita"', MONDAY, "09:00-18:00"),
        ('Mo-Sa 09:00-18:00 || "previa cita"', SUNDAY, "?-?"),
        ("Mo-Sa 09:00-12:00 || Mo 14:00-18:00", MONDAY, "09:00-12:00, 14:00-18:00"),
        ("Mo-Sa 09:00-15:00 || Mo 12:00-18:00", MONDAY, "09:00-18:00"),
    ],
)
def test_a_fallback_fills_what_is_left(text: str, day: date, expected: str) -> None:
    assert hours(text, day) == expected


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ('Mo-Fr 09:00-18:00 "previa cita"', MONDAY, "?-?"),
        ('Mo-Fr 09:00-18:00; Sa "previa cita"', SATURDAY, "?-?"),
        ('Mo-Fr 09:00-18:00, "closes early"', MONDAY, "?-?"),
        ("Mo-Fr 09:00-18:00; Sa unknown", SATURDAY, "?-?"),
        ('Mo-Fr 09:00-18:00 open "shop"', MONDAY, "09:00-18:00"),
        ('Mo-Fr 09:00-18:00; Sa off "closed"', SATURDAY, ""),
        ('Mo-Fr 09:00-12:00, Mo-Fr 14:00-16:00 "by phone"', MONDAY, "09:00-12:00, 14:00-?"),
        ("Mo-Fr 20:00+", MONDAY, "20:00-?"),
        ("Mo-Fr 14:00-22:00+", MONDAY, "14:00-?"),
        ("Mo-Fr 11:00-15:00,20:00+", MONDAY, "11:00-15:00, 20:00-?"),
        ("Mo-Fr 09:00-18:00; Mo 12:00-13:00 off", MONDAY, "09:00-12:00, 13:00-18:00"),
        ("Mo-Fr 12:00-sunset", MONDAY, "?-?"),
    ],
)
def test_what_nobody_can_know_is_unknown(text: str, day: date, expected: str) -> None:
    assert hours(text, day) == expected


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ('"temporarily closed"', "write 'off' if it is closed, 'unknown' if nobody knows"),
        ('"by event"; "call us"', "is a comment without hours"),
        ("Mo-Fr", "write 'Mo-Fr 00:00-24:00' if it never closes then, or 'Mo-Fr off'"),
        ("Mo-Fr 09:00-18:00; Sa, PH", "has no hours for 'Sa,PH'"),
        ("Mo-Fr 09:00-18:00; Dec 24", "has no hours for 'Dec 24'"),
        ("Tu-Su 12:00-sunset", "depends on the sun"),
        ("(sunrise+01:00)-18:00", "depends on the sun"),
        ("Mo-We 11:00-20:00,Th-Su 11:00-21:00", "put '; ' between the rules"),
        ("Mo-Fr 07:00-15:00 Sa 09:00-15:00", "put '; ' between the rules"),
        ("Sa12:00-21:30", "put a space between the days and the hours"),
        ("Mo-Sun 10:30-21:00", "near 'Sun 10:30-21:00'; the days are Mo Tu We Th Fr Sa Su"),
        ("Lunes a Viernes 9 a 18", "the days are Mo Tu We Th Fr Sa Su (lunes to domingo)"),
        ("11am-10pm", "the clock has 24 hours"),
        ("Mo-Fr 9-18", "an hour has its minutes"),
        ("Mo-Fr 0800-1800", "an hour has its minutes: 09:00-18:00"),
        ("Mo-Fr 08.00-18.00", "an hour has its minutes: 09:00-18:00"),
        ("Lu-Vi 08:00-18:00", "the days are Mo Tu We Th Fr Sa Su (lunes to domingo)"),
        ("Mi,Ju 08:00-18:00", "the days are Mo Tu We Th Fr Sa Su (lunes to domingo)"),
        ("24 horas", "write 24/7"),
        ("24 hours", "write 24/7"),
        ("24h", "write 24/7"),
        ("abierto 24 h", "write 24/7"),
        ("Mo-Fr: 08:00-18:00", "no ':' stands between the days and the hours"),
        ('Mo 11:00-14:00 "lunch",17:00-21:00', "a comment ends a rule"),
        ("Mo-Fr 16:00 18:00", "put '-' between"),
    ],
)
def test_what_is_refused_says_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(ValueError, match=r"write") as refused:
        check_opening_hours(text)
    assert advice in str(refused.value)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Mo-Th 12:00-01:00; Fr 12:00-02:00", "by the letter Thu 12:00-01:00 ends at 24:00"),
        ("Tu-Sa 12:00-17:00; 20:00-23:30", "'Tu-Sa 12:00-17:00' never holds"),
        ("Mo-Fr 08:00-12:00; Mo-Fr 14:00-18:00", "'Mo-Fr 08:00-12:00' never holds"),
        ("Jul 09:00-12:00; 14:00-18:00", "'Jul 09:00-12:00' never holds"),
        ("Dec 25 off; Mo-Su 09:00-18:00", "'Dec 25 closed' never holds, because a later rule replaces it; write"),
        ("Dec 24 09:00-13:00; Mo-Sa 09:00-20:00", "'Dec 24 09:00-13:00' never holds, because"),
        ("PH off; Mo-Su 08:00-20:00", "'PH closed' never holds, because a later rule replaces it"),
        ("PH 10:00-14:00; Mo-Su 08:00-18:00", "'PH 10:00-14:00' never holds, because a later rule"),
        ("Sa,Su,PH 10:00-14:00; Mo-Fr off", "'Sa,Su,PH 10:00-14:00' never holds on holidays, because"),
        ("easter off; Mo-Su 09:00-18:00", "'easter closed' never holds"),
        ("Su off; Mo-Su 09:00-18:00", "'Su closed' never holds"),
        ("Mo-Fr 08:00-18:00; PH Mo off", "'PH' with weekdays"),
        ("Mo-Fr 20:00+", "'+' leaves the end open"),
        ('Mo-Fr 08:00-18:00 "previa cita"', "nobody is told the hours of 'Mo-Fr 08:00-18:00'"),
        ("Mo-Fr 11:00-09:00", "more than 20 hours"),
        ("Mo-Fr 11:00-11:00", "24 hours; is that meant"),
    ],
)
def test_what_may_be_meant_otherwise_is_said(text: str, doubt: str) -> None:
    check_opening_hours(text)
    assert doubt in " ".join(doubts_about(text))


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Sa 08:00-20:00; PH off",
        "24/7",
        "off",
        "Mo-Su 18:00-02:00; PH off",
        "Mo-Fr 09:00-18:00; Sa 09:00-13:00; Dec 24 09:00-14:00",
        "10:00-18:00; Jul-Aug 10:00-22:00",
        "Mo-Fr 09:00-18:00; Mo-Fr 12:00-13:00 off",
        "Mo-Fr 00:00-24:00",
        "off; Mo-Fr 08:00-18:00",
        "Mo-Su 08:00-20:00; PH,Su off; Dec 24 08:00-14:00",
        "Sa,Su,PH 10:00-14:00",
    ],
)
def test_usual_hours_raise_no_doubt(text: str) -> None:
    assert doubts_about(check_opening_hours(text)) == ()


def test_a_holidays_name_is_for_customers_and_two_of_one_day_are_two() -> None:
    assert holiday_names("CO", None, 2025)[date(2025, 6, 30)] == "Sagrado Corazón / San Pedro y San Pablo"
    assert holiday_names("CO", None, 2027)[date(2027, 7, 5)] == "San Pedro y San Pablo"
    named = [name for country in ("CO", "AR", "US", "EC", "PA") for name in holiday_names(country, None, 2027).values()]
    assert not [name for name in named if "(" in name or ";" in name]


@pytest.mark.parametrize(
    ("country", "today", "told", "missing"),
    [
        ("AR", date(2026, 6, 1), (), False),
        ("AR", date(2026, 11, 20), (), True),
        ("AR", date(2026, 11, 20), (date(2026, 12, 24),), True),
        ("AR", date(2026, 11, 20), (date(2027, 6, 18),), False),
        ("AR", date(2027, 3, 1), (), True),
        ("CO", date(2026, 11, 20), (), False),
    ],
)
def test_a_calendar_that_lacks_its_decreed_days_says_so_until_somebody_wrote_one(
    country: str, today: date, told: tuple[date, ...], missing: bool
) -> None:
    assert (missing_decreed_days(country, today, 60, told) is not None) == missing
