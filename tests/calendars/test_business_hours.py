"""Hours in which time counts."""

from datetime import UTC, datetime, timedelta

import pytest

from notifier.calendars.business_hours import BusinessHours

OFFICE = BusinessHours(hours="Mo-Fr 08:00-18:00; PH off", timezone="America/Bogota", country="CO")


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}-05:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02T10:00", 4, "2026-03-02T14:00"),
        ("2026-03-02T16:00", 2, "2026-03-02T18:00"),  # it ends when they go home, not when they come back
        ("2026-03-02T16:00", 4, "2026-03-03T10:00"),
        ("2026-03-20T16:00", 4, "2026-03-24T10:00"),  # a weekend, and the holiday of 23 March
        ("2026-03-21T12:00", 1, "2026-03-24T09:00"),  # a Saturday
        ("2026-03-02T03:00", 1, "2026-03-02T09:00"),
        ("2026-03-02T10:00", 20, "2026-03-04T10:00"),
    ],
)
def test_time_counts_in_these_hours_alone(start: str, hours: int, end: str) -> None:
    assert OFFICE.after(local(start), timedelta(hours=hours)) == local(end)


def test_a_night_counts_as_it_passes_and_a_day_without_an_hour_is_shorter() -> None:
    night = BusinessHours(hours="Mo-Su 20:00-04:00", timezone="America/Santiago", country="CL")
    start = datetime(2026, 9, 6, 0, 30, tzinfo=UTC)  # 20:30 on 5 September, the night that loses an hour at midnight
    assert night.after(start, timedelta(hours=6)) == datetime(2026, 9, 6, 6, 30, tzinfo=UTC)
    assert night.after(start, timedelta(hours=7)) == datetime(2026, 9, 7, 0, 0, tzinfo=UTC) - timedelta(minutes=30)


def test_what_never_comes_is_not_waited_for() -> None:
    never = BusinessHours(hours="2020 Jan 01 09:00-10:00", timezone="America/Bogota", country="CO")
    assert never.after(local("2026-03-02T10:00"), timedelta(hours=1)) is None
