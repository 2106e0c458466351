"""By how many minutes of a day one text of opening hours promises more than another."""

import pytest

from notifier.calendars.comparing_hours import most_minutes_missing


@pytest.mark.parametrize(
    ("promised", "actual", "minutes"),
    [
        ("Mo-Fr 09:00-18:00", "Mo,Tu,We,Th,Fr 09:00-18:00", 0),
        ("Mo-Fr 09:00-18:00", "Mo-Sa 08:00-20:00", 0),
        ("Mo-Fr 09:00-18:00", "Mo-Fr 09:00-17:30", 30),
        ("Mo-Fr 09:00-18:00", "Mo-Fr 09:00-12:00,14:00-18:00", 120),
        ("Mo-Sa 09:00-18:00", "Mo-Fr 09:00-18:00", 540),
        ("Fr 20:00-02:00", "Fr 20:00-24:00", 120),
        ("Mo-Sa 09:00-18:00", "Mo-Sa 09:00-18:00; PH off", 540),
        ("Mo-Sa 09:00-18:00; PH off", "Mo-Sa 09:00-18:00", 0),
        ("2027 May 10 11:00-22:00", "Mo-Su 11:00-20:00", 120),
        ("24/7", "Mo-Su 00:00-24:00", 0),
        ("whenever", "whenever", 0),
        ("whenever", "24/7", 1440),
    ],
)
def test_hours_are_compared_by_what_they_mean(promised: str, actual: str, minutes: int) -> None:
    assert most_minutes_missing(promised, actual) == minutes
