"""How often an ordinary year alerts, and which days are caught: `python -m bench.unusual_days`, about a minute.

Years of counts are drawn from a seed: a shape of the week, and days that vary by chance alone, or by two and four times
as much. Each day is judged by `notifier.model.unusual_days`, as a pass judges it at its end; days that were alerted are
left out for as long as it does.
"""

import math
import random
from datetime import date, timedelta

from notifier.model.unusual_days import LOOKED_BACK, NEW_NORMAL, DaysWatched, usual

SHAPE = (1.3, 1.1, 1.0, 1.0, 1.1, 0.8, 0.7)
"""Of a week, from Monday on."""
YEARS, REASONS = 20, 12
FIRST = date(2024, 1, 1)
BEFORE = timedelta(weeks=LOOKED_BACK)


def drawn(source: random.Random, mean: float, spread: float) -> int:
    """A negative binomial count; with a spread of 1 a Poisson one."""
    rate = mean if spread <= 1 else source.gammavariate(mean / (spread - 1), spread - 1)
    if rate > 500:
        return max(0, round(source.gauss(rate, math.sqrt(rate))))
    count, left = 0, source.expovariate(1)
    while left < rate:
        count, left = count + 1, left + source.expovariate(1)
    return count


def judged(mean: float, spread: float, watched: DaysWatched, reasons: int, years: int, seed: int = 1) -> list[float]:
    """Alerts a year of one reason if nothing is the matter; then what is caught of days with more, double, triple."""
    source, probability = random.Random(seed), watched.probability(reasons)
    false, looked, caught = 0, 0, [0, 0, 0]
    for _ in range(years):
        days = [FIRST + timedelta(days=number) for number in range(BEFORE.days + 365)]
        counts = {day: drawn(source, mean * SHAPE[day.weekday()], spread) for day in days}
        alerted: set[date] = set()
        for day in days[BEFORE.days :]:
            lately = {each for each in alerted if each > day - NEW_NORMAL}
            known = {each: counts[each] for each in days if day - BEFORE <= each < day and each not in lately}
            like_it = usual(known, day)
            if like_it is None:
                continue
            limit = max(like_it.limit(probability), watched.fewest - 1)
            if counts[day] > limit:
                false += 1
                alerted.add(day)
            looked += 1
            for index, times in enumerate((1.5, 2, 3)):
                caught[index] += drawn(source, times * mean * SHAPE[day.weekday()], spread) > limit
    return [false / years, *(each / looked for each in caught)]


def main() -> None:
    """Print the table of the page `docs/listening.md`."""
    watched = DaysWatched(owner="care")
    print(f"{REASONS} reasons and all together, {watched.false_alarms} alerts a year accepted, {YEARS} years each")
    print("| usual a day | variance by chance, times | alerts a year, one reason | +50 % | double | triple |")
    print("|---|---|---|---|---|---|")
    for mean in (4, 20, 100):
        for spread in (1, 2, 4):
            false, *caught = judged(mean, spread, watched, REASONS + 1, YEARS)
            shares = " | ".join(f"{share:.0%}" for share in caught)
            print(f"| {mean} | {spread} | {false:.2f} | {shares} |", flush=True)


if __name__ == "__main__":
    main()
