"""What another library makes of the words of a day. It makes us ask, and never says a value.

dateparser has one value or none for a phrase, and no doubt of its own: where it is wrong, nothing shows it. So its day
is only held against ours, of the very words that ours was read from. It is an extra of the package; without it nobody
is asked twice.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from notifier.capture.surroundings import Surroundings
from notifier.capture.values import When

LIBRARY = "dateparser"

Opinion = Callable[[str, Surroundings], date | None]
"""The day that words say, by somebody else; None where nothing is said."""


def dateparser_opinion() -> Opinion | None:
    """That of dateparser; None where the extra `second-opinion` is not installed."""
    try:
        from dateparser import DateDataParser
    except ImportError:
        return None
    parsers: dict[tuple[str, str, date], Any] = {}

    def opinion(words: str, surroundings: Surroundings) -> date | None:
        key = (surroundings.language, surroundings.country, surroundings.today)
        if key not in parsers:
            parsers[key] = DateDataParser(
                languages=[surroundings.language],
                settings={
                    "RELATIVE_BASE": surroundings.at.replace(tzinfo=None),
                    "PREFER_DATES_FROM": "future",
                    "DATE_ORDER": "MDY" if surroundings.customs.month_first else "DMY",
                    "RETURN_AS_TIMEZONE_AWARE": False,
                    "REQUIRE_PARTS": ["day"],  # of a month alone it would say that the day is today's
                },
            )
        found = parsers[key].get_date_data(words)
        return None if found is None or found.date_obj is None else found.date_obj.date()

    return opinion


def doubt(said: When, words: str, surroundings: Surroundings, opinion: Opinion) -> str | None:
    """The other reading of the words, where it lies outside of ours; None where both agree, or the other is silent."""
    other = opinion(words, surroundings)
    if other is None or said.first <= other <= said.last:
        return None
    return f"{LIBRARY}: {other.isoformat()}"
