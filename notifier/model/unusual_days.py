"""A day with more contacts than chance explains: by how many it would have to have, from days like it.

The count of a day is taken to be negative binomial: with the mean of the same weekday in the weeks before, and a spread
that is pooled over all weekdays, because eight days alone say little of it. No library is needed for its quantile.
The part of a day that has passed is compared with the same part of those days. What follows bills is compared with the
same day of the months before.
"""

import calendar
import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

DAYS_ALIKE = 8
"""Days that a baseline is made of, the latest first: of one weekday two months, within which a business stays alike."""
LOOKED_BACK = timedelta(weeks=16)
"""How far back they are looked for, where holidays and days with an incident are left out."""
MONTHS_BACK = timedelta(days=290)
"""The same for what follows the day of the month: nine months and some days."""
FEWEST_DAYS = 4
"""Days alike below which nobody can say what is usual."""
LOOKS = 23
"""How often the passed part of a day is looked at: at each whole hour but midnight."""
FROM_THE_END = 26
"""From this day of a month on, days are counted from its end: bills are due on the last day, be it the 28th or 31st."""
FEWEST, FALSE_ALARMS = 10, 4
"""What `unusual_days` of `rules/reasons.yaml` says where it says nothing."""
NEW_NORMAL = timedelta(days=28)
"""After so long a day that was alerted counts as any other: what stays is the new normal."""
_YEAR = 365


@dataclass(frozen=True, kw_only=True)
class DaysWatched:
    """On which days with unusually many contacts somebody is alerted."""

    owner: str
    """Who hears of a day with too many contacts that no single reason explains."""
    fewest: int = FEWEST
    """Contacts of a day below which nobody is alerted."""
    false_alarms: int = FALSE_ALARMS
    """How many alerts a year are accepted if nothing is ever the matter, of all reasons together."""
    only: tuple[str, ...] = ()
    """The reasons that are watched; all where empty."""
    monthly: tuple[str, ...] = ()
    """The reasons that follow the day of the month, not the weekday: what people say about bills."""

    def probability(self, watched: int) -> float:
        """How probable the alert of one reason on one ordinary day may be, where so many are watched."""
        return self.false_alarms / (_YEAR * watched)

    def chances(self, watched: int) -> tuple[float, float]:
        """Of that, what the whole day may have, and what each look at a part of it may have.

        Half goes to each kind, and the half of the looks is divided among them: so no day has more than its share.
        """
        half = self.probability(watched) / 2
        return half, half / LOOKS


@dataclass(frozen=True, kw_only=True)
class KnownIncident:
    """Something of which the company knew that it was the matter."""

    id: str
    kind: str
    started_at: datetime
    ended_at: datetime | None
    """None while it goes on."""


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What days like one day have."""

    days: int
    """How many days alike it is from."""
    median: float
    mean: float
    spread: float
    """The variance of a day divided by its mean, over all weekdays; at least 1, which is chance alone."""

    def limit(self, probability: float) -> int:
        """The count above which a day lies with at most this probability, if nothing is the matter.

        The mean is an estimate of so many days: its own variance is added to that of the day.
        """
        mean = self.mean or 0.5 / self.days
        variance = mean * self.spread * (1 + 1 / self.days)
        return _upper_quantile(mean, variance, probability)


def weekday(day: date) -> int:
    """Days of one weekday are alike."""
    return day.weekday()


def day_of_month(day: date) -> int:
    """Days of one day of the month are alike; the last ones are counted from its end, and are negative."""
    length = calendar.monthrange(day.year, day.month)[1]
    return day.day if day.day < FROM_THE_END else day.day - length - 1


def usual(counts: Mapping[date, int], day: date, alike: Callable[[date], int] = weekday) -> Usual | None:
    """What is usual on days like `day`; None where too few are known.

    `counts` has every day that counts, those without any contact too; days at or after `day` are not looked at.
    """
    groups: dict[int, list[int]] = defaultdict(list)
    for each in sorted((each for each in counts if each < day), reverse=True):
        group = groups[alike(each)]
        if len(group) < DAYS_ALIKE:
            group.append(counts[each])
    same = groups[alike(day)]
    if len(same) < FEWEST_DAYS:
        return None
    return Usual(days=len(same), median=float(median(same)), mean=sum(same) / len(same), spread=_spread(groups))


def _spread(groups: Mapping[int, list[int]]) -> float:
    squares, free = 0.0, 0
    for counts in groups.values():
        mean = sum(counts) / len(counts) if counts else 0.0
        if mean:
            squares += sum((count - mean) ** 2 for count in counts) / mean
            free += len(counts) - 1
    return max(1.0, squares / free) if free else 1.0


def _upper_quantile(mean: float, variance: float, probability: float) -> int:
    """The least count that a negative binomial exceeds with at most this probability; `variance` exceeds `mean`."""
    size, success = mean**2 / (variance - mean), mean / variance

    def logarithm(count: int) -> float:
        ways = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
        return ways + size * math.log(success) + count * math.log1p(-success)

    # The tail is added from its thin end, so that nothing is lost to rounding: from where it holds next to nothing.
    deviation = math.sqrt(variance)
    count = math.ceil(mean + 10 * deviation)
    while logarithm(count) > math.log(probability) - 25:
        count += math.ceil(2 * deviation)
    term, tail = math.exp(logarithm(count)), 0.0
    while count > 0 and tail + term <= probability:
        tail += term
        term *= count / ((count - 1 + size) * (1 - success))
        count -= 1
    return count
