"""Hours in which time counts: a promise of four business hours, made on a Friday afternoon, is due on Monday."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.calendars.opening_hours import DAY, Rules, hours_on, parse_opening_hours
from notifier.calendars.public_holidays import holiday_names

MOST_DAYS = 3 * 366
"""Days that are looked through: nobody waits longer for an answer."""


@dataclass(frozen=True, kw_only=True)
class BusinessHours:
    """The hours of a team. `hours` are OSM syntax; `PH off` leaves out the public holidays of the country."""

    hours: str
    timezone: str
    country: str

    @property
    def _rules(self) -> Rules:
        return parse_opening_hours(self.hours)

    def after(self, start: datetime, length: timedelta) -> datetime | None:
        """The instant (aware UTC) at which `length` of these hours has passed since `start`.

        A length that ends when the team goes home ends then, and not when it comes back. None where that is more than
        three years ahead.
        """
        zone, left = ZoneInfo(self.timezone), length
        day = start.astimezone(zone).date() - DAY  # a night belongs to the day that opened it
        for _ in range(MOST_DAYS):
            holidays = {on for year in (day.year, (day + DAY).year) for on in holiday_names(self.country, None, year)}
            for opens, closes in hours_on(day, self._rules, holidays).spans:
                begin = max(opens.replace(tzinfo=zone).astimezone(UTC), start)
                end = closes.replace(tzinfo=zone).astimezone(UTC)
                if end <= begin:
                    continue
                if end - begin >= left:
                    return begin + left
                left -= end - begin
            day += DAY
        return None
