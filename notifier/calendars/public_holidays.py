"""The public holidays of a country and its subdivisions, by date, named as people name them."""

import re
from datetime import date
from functools import lru_cache

from notifier.model.problems import did_you_mean, one_of

_NOTE = re.compile(r"\s*\((?:observ|estimad|estimated|trasladad|puente)[^)]*\)", re.IGNORECASE)


@lru_cache(maxsize=512)
def holiday_names(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    """The public holidays of a year, named in the country's own language; none for an unknown country.

    The names are for customers: no note that the law moved the day, and ` / ` between two holidays of one day.
    """
    import holidays as public_holidays  # slow to import (all countries): an eighth of a preview

    try:
        supported = public_holidays.country_holidays(country, subdiv=subdivision, years=year)
    except NotImplementedError:
        if subdivision is not None:
            return holiday_names(country, None, year)
        return {}
    named = public_holidays.country_holidays(
        country, subdiv=subdivision, years=year, language=supported.default_language
    )
    return {on: " / ".join(dict.fromkeys(_told(name) for name in named.get_list(on))) for on in named}


def _told(name: str) -> str:
    """A holiday's name without notes for the reader of a calendar: `(observado)`, `(estimated)`."""
    return _NOTE.sub("", name).strip() or name


def has_calendar(country: str) -> bool:
    """Whether the public holidays of the country are known."""
    import holidays as public_holidays

    return country in public_holidays.list_supported_countries(include_aliases=True)


def check_subdivision(country: str, subdivision: str) -> str:
    """The subdivision. Raises ValueError where the country has subdivisions and this is not one of them."""
    import holidays as public_holidays

    known = public_holidays.list_supported_countries(include_aliases=True).get(country, [])
    if known and subdivision not in known:
        remedy = did_you_mean(subdivision, known) or f"; one of {one_of(known)}"
        raise ValueError(f"'{subdivision}' is no subdivision of {country}{remedy}")
    return subdivision
