"""When, where and to whom something was said: without it no text says a day, an hour or an amount."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from notifier.calendars.public_holidays import holiday_names

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Customs:
    """What phrases mean in a country where nobody says it (`customs.yaml`)."""

    earliest: time
    latest: time
    """The window in which an hour without half of the day lies."""
    parts: Mapping[str, tuple[time, time]]
    eight_days: int
    fifteen_days: int
    fifteen_days_ask: bool
    month_first: bool


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a reader must know besides the text."""

    at: datetime
    """When it was said, aware, in the zone whose clock the words mean."""
    locale: str
    """`es-CO`: its language reads the words, its country the figures."""
    country: str
    """ISO 3166: whose holidays, customs and order of day and month hold."""
    currency: str | None = None
    """ISO 4217: that of the contract. Without one no amount is proposed."""

    @property
    def language(self) -> str:
        """`es` or `en`."""
        return self.locale.replace("_", "-").partition("-")[0].lower()

    @property
    def today(self) -> date:
        """The local day on which it was said."""
        return self.at.date()

    @property
    def customs(self) -> Customs:
        """The customs of the country."""
        return customs(self.country)

    def working_day(self, number: int) -> date:
        """The so-manieth working day after today: Monday to Friday, without the public holidays of the country."""
        day = self.today
        while number > 0:
            day += _DAY
            if day.weekday() < _SATURDAY and day not in holiday_names(self.country, None, day.year):
                number -= 1
        return day


@cache
def customs(country: str) -> Customs:
    """The customs of a country, filled up with those of all."""
    given: Mapping[str, Any] = _file()["customs"]
    found = {**given["*"], **given.get(country, {})}
    earliest, latest = map(time.fromisoformat, found["hours"])
    fifteen = found["fifteen_days"]
    return Customs(
        earliest=earliest,
        latest=latest,
        parts={
            name: (time.fromisoformat(start), time.fromisoformat(end)) for name, (start, end) in found["parts"].items()
        },
        eight_days=found["eight_days"],
        fifteen_days=fifteen["days"],
        fifteen_days_ask=fifteen.get("asks", False),
        month_first=found["month_first"],
    )


@cache
def smallest_price(currency: str) -> int:
    """A price below this is a question; 0 where every price is one."""
    smallest: int = _file()["smallest_price"].get(currency, 0)
    return smallest


@cache
def _file() -> Mapping[str, Any]:
    content: Mapping[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("customs.yaml"))
    return content
