"""How another system writes its dates, as a map names it."""

from enum import StrEnum


class Written(StrEnum):
    """How another system writes its dates; a date that begins with the year is always taken."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    YEAR_FIRST = "year_first"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


ORDERS = {Written.DAY_FIRST: (2, 1, 0), Written.MONTH_FIRST: (2, 0, 1), Written.YEAR_FIRST: (0, 1, 2)}
"""Where year, month and day stand."""
EXAMPLES = {
    Written.DAY_FIRST: "31/12/2026 9:30",
    Written.MONTH_FIRST: "12/31/2026 9:30 AM",
    Written.YEAR_FIRST: "2026-12-31 9:30",
    Written.SECONDS: "1798707600",
    Written.MILLISECONDS: "1798707600000",
}
