"""How often an ordinary year alerts, and which days are caught and when: `python -m bench.unusual_days`, some minutes.

Years of counts are drawn from a seed: a shape of the week and of the day, and days that vary by chance alone, or by two
and four times as much. Each day is judged by `notifier.model.unusual_days`, as passes judge it: the passed part
at each whole hour, and the whole of it; days that were alerted are left out for as long as it does.
"""

import math
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from notifier.model.unusual_days import FEWEST_DAYS, LOOKED_BACK, NEW_NORMAL, DaysWatched, usual

SHAPE = (1.3, 1.1, 1.0, 1.0, 1.1, 0.8, 0.7)
"""Of a week, from Monday on."""
HOURS = (1, 1, 1, 1, 1, 1, 2, 6, 12, 16, 16, 14, 10, 8, 10, 12, 12, 10, 8, 6, 4, 3, 2, 1)
"""Of a day, from midnight on: how many of its contacts come in each hour, as parts of their sum."""
YEARS, REASONS = 20, 12
NOON = 12
FIRST = date(2024, 1, 1)


def drawn(source: random.Random, mean: float, spread: float) -> int:
    """A negative binomial count; with a spread of 1 a Poisson one."""
    rate = mean if spread <= 1 else source.gammavariate(mean / (spread - 1), spread - 1)
    if rate > 500:
        return max(0, round(source.gauss(rate, math.sqrt(rate))))
    count, left = 0, source.expovariate(1)
    while left < rate:
        count, left = count + 1, left + source.expovariate(1)
    return count


def spread_over(source: random.Random, count: int) -> Sequence[int]:
    """How many of so many contacts came before each whole hour, from one o'clock to midnight."""
    found = [0] * len(HOURS)
    for hour in source.choices(range(len(HOURS)), HOURS, k=count):
        found[hour] += 1
    return [sum(found[: hour + 1]) for hour in range(len(HOURS))]


Known = Mapping[date, Sequence[int]]


def alerted_at(counts: Sequence[int], known: Known, day: date, watched: DaysWatched, reasons: int) -> int | None:
    """The hour at which a day alerts whose contacts are so many before each hour; None where it does not.

    The limit of a whole day counts at each hour, too: whoever has more than it by noon alerts at noon.
    """
    whole, each_look = watched.chances(reasons)
    limit = _limit(known, day, len(HOURS) - 1, whole)
    for hour, count in enumerate(counts):
        if count >= watched.fewest and (
            count > limit or (hour < len(HOURS) - 1 and _too_many(count, known, day, hour, each_look))
        ):
            return hour + 1
    return None


def _too_many(count: int, known: Known, day: date, hour: int, chance: float) -> bool:
    same = [counts[hour] for each, counts in known.items() if each.weekday() == day.weekday()]
    mean = sum(same) / max(1, len(same))
    # No limit of so small a chance is as low as this; the tail need not be added for every hour.
    return count > mean + 2 * math.sqrt(mean) and count > _limit(known, day, hour, chance)


def _limit(known: Known, day: date, hour: int, chance: float) -> float:
    like_it = usual({each: counts[hour] for each, counts in known.items()}, day)
    return math.inf if like_it is None else like_it.limit(chance)


def judged(mean: float, spread: float, watched: DaysWatched, reasons: int, years: int, seed: int = 1) -> list[float]:
    """Alerts a year of one reason if nothing is the matter; then what is caught of days with more, double, triple.

    The last is what is caught of triple ones by noon.
    """
    source = random.Random(seed)
    false, looked, caught = 0, 0, [0, 0, 0, 0]
    for _ in range(years):
        days = [FIRST + timedelta(days=number) for number in range(LOOKED_BACK.days + 365)]
        counts = {day: spread_over(source, drawn(source, mean * SHAPE[day.weekday()], spread)) for day in days}
        alerted: set[date] = set()
        for day in days[LOOKED_BACK.days :]:
            lately = {each for each in alerted if each > day - NEW_NORMAL}
            known = {each: counts[each] for each in days if day - LOOKED_BACK <= each < day and each not in lately}
            if sum(each.weekday() == day.weekday() for each in known) < FEWEST_DAYS:
                continue
            if alerted_at(counts[day], known, day, watched, reasons) is not None:
                false += 1
                alerted.add(day)
            looked += 1
            for index, times in enumerate((1.5, 2, 3)):
                more = spread_over(source, drawn(source, times * mean * SHAPE[day.weekday()], spread))
                hour = alerted_at(more, known, day, watched, reasons)
                caught[index] += hour is not None
                caught[3] += index == 2 and hour is not None and hour <= NOON
    return [false / years, *(each / looked for each in caught)]


def main() -> None:
    """Print the table of the page `docs/listening.md`."""
    watched = DaysWatched(owner="care")
    print(f"{REASONS} reasons and all together, {watched.false_alarms} alerts a year accepted, {YEARS} years each")
    print("| usual a day | variance by chance, times | alerts a year, one reason | +50 % | double | triple | by noon |")
    print("|---|---|---|---|---|---|---|")
    for mean in (4, 20, 100):
        for spread in (1, 2, 4):
            false, *caught = judged(mean, spread, watched, REASONS + 1, YEARS)
            shares = " | ".join(f"{share:.0%}" for share in caught)
            print(f"| {mean} | {spread} | {false:.2f} | {shares} |", flush=True)


if __name__ == "__main__":
    main()
