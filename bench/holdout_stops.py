"""How often a holdout stops for harm that is none, where it is looked at in every pass: simulated.

`.venv/bin/python -m bench.holdout_stops` prints the figures of docs/listening.md. Each line draws 20,000 holdouts of as
many households as its plan asks for, in which the notice changes nothing, and as many in which those who are not told
make contact twice as often.
"""

import numpy as np
from numpy.typing import NDArray

from notifier.model.holdout_figures import BASES, FEWEST_STOPPED, HARMFUL, customers_needed

SHARE = 0.05
"""Of the households that are not told."""
EFFECT = 0.5
RUNS = 20_000
_AT_ONCE = 2_000
"""Runs that are drawn together: more would not fit in memory."""
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def main() -> None:
    """Print a row for each share of households that make contact."""
    print(
        "| make contact | households | stopped, though nothing is the matter | harm found | after households not told |"
    )
    print("|---|---|---|---|---|")
    for base in BASES:
        households = customers_needed(base, EFFECT, SHARE)
        false = stops(households, base, base)
        found = stops(households, base, base * EFFECT)
        after = f"{np.median(found[found > 0]):,.0f}" if (found > 0).any() else ""
        print(f"| {base:.0%} | {households:,} | {np.mean(false > 0):.2%} | {np.mean(found > 0):.1%} | {after} |")


def stops(households: int, silent: float, told: float, quantile: float = HARMFUL, runs: int = RUNS) -> Counts:
    """How many were not told when each run was stopped; 0 where it went on to its end.

    `silent` and `told` are the shares that make contact of either side.
    """
    random = np.random.default_rng(1)
    parts = [min(_AT_ONCE, runs - first) for first in range(0, runs, _AT_ONCE)]
    return np.concatenate([_stops(random, households, silent, told, quantile, part) for part in parts])


def _stops(
    random: np.random.Generator, households: int, silent: float, told: float, quantile: float, runs: int
) -> Counts:
    """Looked at whenever one more is not told: between two of these, harm cannot come to light."""
    held = np.arange(1, round(households * SHARE) + 1)
    joined = random.geometric(SHARE, (runs, len(held))) - 1
    heard, others = joined.cumsum(1), random.binomial(joined, told).cumsum(1)
    calls = (random.random((runs, len(held))) < silent).cumsum(1)
    harms = (held >= FEWEST_STOPPED) & (heard >= FEWEST_STOPPED) & (_low(calls, held, others, heard, quantile) > 0)
    return np.where(harms.any(1), held[harms.argmax(1)], 0)


def _low(part: Counts, whole: Counts, other: Counts, of: Counts, quantile: float) -> Floats:
    """The lower end of `shares.difference`, of many at once."""
    p, q = part / np.maximum(whole, 1), other / np.maximum(of, 1)
    return p - q - np.hypot(p - _wilson(p, whole, quantile, -1), _wilson(q, of, quantile, 1) - q)


def _wilson(share: Floats, whole: Counts, quantile: float, side: int) -> Floats:
    whole, squared = np.maximum(whole, 1), quantile**2
    middle = (share + squared / (2 * whole)) / (1 + squared / whole)
    half = quantile / (1 + squared / whole) * np.sqrt(share * (1 - share) / whole + squared / (4 * whole**2))
    return middle + side * half


if __name__ == "__main__":
    main()
