"""What a profile says about our own code: time in libraries belongs to whoever of us called them."""

import cProfile
import pstats
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.project import REPOSITORY

DEAREST = 5
Function = tuple[str, int, str]
"""File, line and name, as `pstats` has it."""
Edge = tuple[int, int, float, float]
"""Of calls by one caller: how many, how many that were no recursion, seconds without and with what they called."""
Entry = tuple[int, int, float, float, Mapping[Function, Edge]]
"""The same of all calls, and the callers."""
LONGEST_WAY = 100
"""Calls between a library's innermost function and our code."""


def dearest(run: Callable[[], object], pieces: int) -> str:
    """The places of our own code where most time goes when this is run, as lines of text; `pieces` are what it made.

    A profiled run takes longer than another one: what the lines tell is how the time is shared out.
    """
    profile = cProfile.Profile()
    profile.enable()
    run()
    profile.disable()
    shares = _by_own_code(pstats.Stats(profile).stats)  # type: ignore[attr-defined] # typeshed does not know it
    ordered = sorted(shares.items(), key=lambda share: share[1], reverse=True)
    total = sum(shares.values())
    lines = [f"{'share':>6}  {'µs each':>8}  where"]
    lines += [
        f"{seconds / total:6.1%}  {seconds / pieces * 1e6:8,.0f}  {place}" for place, seconds in ordered[:DEAREST]
    ]
    rest = total - sum(seconds for _, seconds in ordered[:DEAREST])
    return "\n".join([*lines, f"{rest / total:6.1%}  {rest / pieces * 1e6:8,.0f}  everything else"])


def _by_own_code(stats: Mapping[Function, Entry]) -> dict[str, float]:
    """Seconds by place of our code: its own, and those of the libraries below it.

    A library's seconds wander up to its callers, to each by what its calls took, until they meet code of ours.
    """
    seconds: dict[str, float] = defaultdict(float)
    wandering = {function: entry[2] for function, entry in stats.items()}
    for _ in range(LONGEST_WAY):
        moved: dict[Function, float] = defaultdict(float)
        for function, amount in wandering.items():
            callers = stats[function][4]
            if (place := _own(function)) is not None:
                seconds[place] += amount
            elif not callers:
                seconds["outside"] += amount
            else:
                weight = sum(map(_weight, callers.values()))
                for caller, edge in callers.items():
                    moved[caller] += amount * _weight(edge) / weight
        wandering = moved
    seconds["outside"] += sum(wandering.values())
    return seconds


def _weight(edge: Edge) -> float:
    """Of a caller: how long its calls took; those too short to be seen count a little."""
    return edge[3] + 1e-9 * edge[0]


def _own(function: Function) -> str | None:
    path = Path(function[0])
    if not path.is_relative_to(REPOSITORY / "notifier"):
        return None
    return f"{path.relative_to(REPOSITORY)}, {function[2]}"
