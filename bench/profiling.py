"""What a profile says about our own code: time in libraries belongs to whoever of us called them."""

import cProfile
import pstats
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.project import REPOSITORY

OURS = REPOSITORY / "notifier"
DEAREST = 5
ELSEWHERE = "elsewhere"
Function = tuple[str, int, str]
"""File, line and name, as `pstats` has it."""
Edge = tuple[int, int, float, float]
"""Of calls by one caller: how many, how many that were no recursion, seconds without and with what they called."""
Entry = tuple[int, int, float, float, Mapping[Function, Edge]]
"""The same of all calls, and the callers."""
LONGEST_WAY = 100
"""Calls between a library's innermost function and our code."""


def dearest(run: Callable[[], object], pieces: int, stages: Mapping[str, str]) -> str:
    """How the time is shared out when this is run, which makes so many `pieces`: by stages, and by places of our code.

    `stages` are functions (`sending/lease.py, next`) with names; what is below none is named `elsewhere`.
    A profiled run takes longer than another one, and Python's own functions longest of all. Raises ValueError for
    a stage that never ran.
    """
    profile = cProfile.Profile()
    profile.enable()
    run()
    profile.disable()
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined] # typeshed does not know it
    if unknown := stages.keys() - set(map(_place, stats)):
        raise ValueError(f"no such function ran: {', '.join(sorted(unknown))}")
    whole = _seconds(stats, lambda function: stages.get(_place(function) or ""))
    places = _seconds(stats, _place)
    lines = [f"{'share':>6}  {'µs each':>8}", *_lines(whole, pieces), "", "the dearest lines:"]
    return "\n".join([*lines, *_lines(places, pieces)[:DEAREST]])


def _lines(seconds: Mapping[str, float], pieces: int) -> list[str]:
    total = sum(seconds.values())
    ordered = sorted(seconds.items(), key=lambda entry: entry[1], reverse=True)
    return [f"{amount / total:6.1%}  {amount / pieces * 1e6:8,.0f}  {name}" for name, amount in ordered]


def _seconds(stats: Mapping[Function, Entry], name_of: Callable[[Function], str | None]) -> Mapping[str, float]:
    """Seconds by name: of what has the name, and of everything below it that has none.

    The seconds of a function without a name wander up to its callers, to each by what its calls took, until they come
    to one that has a name.
    """
    seconds: dict[str, float] = defaultdict(float)
    wandering = {function: entry[2] for function, entry in stats.items()}
    for _ in range(LONGEST_WAY):
        moved: dict[Function, float] = defaultdict(float)
        for function, amount in wandering.items():
            callers = stats[function][4]
            if (name := name_of(function)) is not None:
                seconds[name] += amount
            elif not callers:
                seconds[ELSEWHERE] += amount
            else:
                weight = sum(map(_weight, callers.values()))
                for caller, edge in callers.items():
                    moved[caller] += amount * _weight(edge) / weight
        wandering = moved
    seconds[ELSEWHERE] += sum(wandering.values())
    return seconds


def _weight(edge: Edge) -> float:
    """Of a caller: how long its calls took; those too short to be seen count a little."""
    return edge[3] + 1e-9 * edge[0]


def _place(function: Function) -> str | None:
    path = Path(function[0])
    if not path.is_relative_to(OURS):
        return None
    return f"{path.relative_to(OURS)}, {function[2]}"
