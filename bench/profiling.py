"""A profile of our own code: time in libraries is attributed to our function that called them."""

import cProfile
import pstats
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from bench.project import REPOSITORY

OURS = REPOSITORY / "notifier"
SHOWN = 5
"""The costliest lines that are shown."""
ELSEWHERE = "elsewhere"
Function = tuple[str, int, str]
"""(file, line, name), as in `pstats`."""
Edge = tuple[int, int, float, float]
"""Calls by one caller: number, number without recursion, seconds excluding and including callees."""
Entry = tuple[int, int, float, float, Mapping[Function, Edge]]
"""The same for all calls, and the callers."""
LONGEST_WAY = 100
"""The most calls between a library's innermost function and our code."""


def costliest(run: Callable[[], object], pieces: int, stages: Mapping[str, str]) -> str:
    """Where the time goes when `run` makes this number of `pieces`: by stage, and by function of our code.

    `stages` maps functions (`sending/lease.py, next`) to names; time below none of them is `elsewhere`. Profiling slows
    the run down, Python functions most of all. Raises ValueError for a stage that never ran.
    """
    profile = cProfile.Profile()
    profile.enable()
    run()
    profile.disable()
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined] # missing in typeshed
    if unknown := stages.keys() - set(map(_place, stats)):
        raise ValueError(f"no such function ran: {', '.join(sorted(unknown))}")
    whole = _seconds(stats, lambda function: stages.get(_place(function) or ""))
    places = _seconds(stats, _place)
    lines = [f"{'share':>6}  {'µs each':>8}", *_lines(whole, pieces), "", "the costliest lines:"]
    return "\n".join([*lines, *_lines(places, pieces)[:SHOWN]])


def _lines(seconds: Mapping[str, float], pieces: int) -> list[str]:
    total = sum(seconds.values())
    ordered = sorted(seconds.items(), key=lambda entry: entry[1], reverse=True)
    return [f"{amount / total:6.1%}  {amount / pieces * 1e6:8,.0f}  {name}" for name, amount in ordered]


def _seconds(stats: Mapping[Function, Entry], name_of: Callable[[Function], str | None]) -> Mapping[str, float]:
    """Seconds by name: of the function with that name, and of everything that it calls and that has no name.

    The seconds of a function without a name go to its callers, weighted by the time of their calls, and further up
    until they reach a function with a name.
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
    """The weight of a caller: the time of its calls, with a minimum for calls too short to measure."""
    return edge[3] + 1e-9 * edge[0]


def _place(function: Function) -> str | None:
    path = _path(function[0])
    return None if path is None else f"{path}, {function[2]}"


@cache
def _path(file: str) -> Path | None:
    """Of a file of ours, below the package. A run of a second asks for a thousand of them a hundred times."""
    path = Path(file)
    return path.relative_to(OURS) if path.is_relative_to(OURS) else None
