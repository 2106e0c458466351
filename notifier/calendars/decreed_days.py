"""Holidays that a government decrees year by year: a calendar of next year looks complete, and lacks them."""

from collections.abc import Collection
from datetime import date

from notifier.calendars.opening_hours import DAY
from notifier.calendars.public_holidays import holiday_names

DECREED = {"AR": "con fines turísticos"}
"""Country -> what its decreed days are called in the library holidays."""


def missing_decreed_days(country: str, today: date, days: int, told: Collection[date] = ()) -> str | None:
    """A sentence where the calendar of a year that begins within `days` lacks its decreed days.

    None where `told`, the dates of `rules/hours.yaml`, has any day of that year: somebody has looked.
    """
    mark = DECREED.get(country)
    if mark is None:
        return None
    for year in sorted({today.year, (today + days * DAY).year}):
        names = holiday_names(country, None, year).values()
        if not any(mark in name for name in names) and not any(day.year == year for day in told):
            return (
                f"the holidays of {country} in {year} lack the days that are decreed each year; "
                "write them into rules/hours.yaml when they are known"
            )
    return None
