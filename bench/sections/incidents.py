"""One incident of few customers and of many: planned, corrected, and with one changed contract, beside what it holds.

All compare ours with ours: what a notice costs must not grow with their number, memory must not, and one changed
contract must not cost what others were told. Each side is a process of its own, which does all of it once.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.database import sqlite_url
from bench.harness import Bench, Case, Clock, Job, Result, Spent
from bench.incident_alone import Told, incident_alone
from bench.project import HERE, REPOSITORY
from tests.support.postgres import administer

NAME = "incidents"
MANY = 6_000
"""Contracts of the larger incident, at full scale."""
LEAST = 2_000
"""The fewest of the larger one, unless it is a smoke run: with fewer, the one-time work of a tick weighs too much."""
SMALLER = 4
"""The other one has so many times fewer."""
CHANGES = 10
"""Contracts that change, one by one."""
FULL_PARTS = 4_000
"""As many rows are decided together: memory grows up to there."""


def run(bench: Bench) -> Iterator[Result]:
    """On each database: two sizes."""
    folder = _project(bench.states.data / "incident-project")
    many = max(int(MANY * bench.scale), LEAST if bench.scale >= 0.01 else 80)
    few = many // SMALLER
    for name in ("SQLite", *(["PostgreSQL"] if bench.states.server is not None else [])):
        sides = []
        for contracts in (few, many):
            with _empty(bench, name) as url:
                sides.append(incident_alone(url, folder, contracts, CHANGES))
        yield from _results(name, (few, sides[0]), (many, sides[1]))


def _project(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "incident_project", folder)
    for name in ("contact_points.yaml", "owners.yaml", "topics.yaml"):
        shutil.copy(REPOSITORY / "rules" / name, folder / "rules" / name)
    return folder


@contextmanager
def _empty(bench: Bench, name: str) -> Iterator[str]:
    """The address of an empty database of this kind, which is deleted afterwards."""
    server = bench.states.server
    if name == "SQLite" or server is None:
        folder = bench.states.data / "incident"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield sqlite_url(folder / "incident.db")
        finally:
            shutil.rmtree(folder)
        return
    administer(server, 'DROP DATABASE IF EXISTS "incident" WITH (FORCE)')
    administer(server, 'CREATE DATABASE "incident"')
    try:
        yield server.set(database="incident").render_as_string(hide_password=False)
    finally:
        administer(server, 'DROP DATABASE "incident" WITH (FORCE)')


def _results(name: str, small: tuple[int, Told], large: tuple[int, Told]) -> Iterator[Result]:
    (few, little), (many, much) = small, large
    times = many / few
    yield _cost(f"planned for each, {name}", small, large, Spent(cpu=little.planned * times), much.planned, 1.25)
    yield _cost(f"corrected for each, {name}", small, large, Spent(cpu=little.corrected * times), much.corrected, 1.25)
    yield _cost(f"one changed contract a tick, {name}", small, large, Spent(cpu=little.changed), much.changed, 2)
    flat = 1.25 if few >= FULL_PARTS else None
    for what, ours, other in (
        ("planned", much.planned_within, little.planned_within),
        ("corrected", much.corrected_within, little.corrected_within),
    ):
        case = Case(
            name=f"memory, {what}, {name}",
            ours=Job(name=f"{many:,} contracts: {ours:.0f} MB", run=_nothing),
            other=Job(name=f"{few:,} contracts: {other:.0f} MB", run=_nothing),
            at_most=flat,
            clock=Clock.MEMORY,
        )
        yield Result(
            section=NAME, case=case, ours=[Spent(memory=ours)], other=[Spent(memory=other)], ratios=[ours / other]
        )


def _cost(
    name: str, small: tuple[int, Told], large: tuple[int, Told], other: Spent, ours: float, at_most: float
) -> Result:
    """What the larger one cost, against what the smaller one did, as often as the case says."""
    case = Case(
        name=name,
        ours=Job(name=f"{large[0]:,} contracts: {ours:.2f} s", run=_nothing),
        other=Job(name=f"{small[0]:,} contracts", run=_nothing),
        at_most=at_most,
    )
    mine = Spent(cpu=ours)
    ratio = mine.on(case.clock) / other.on(case.clock)
    return Result(section=NAME, case=case, ours=[mine], other=[other], ratios=[ratio])


def _nothing() -> None:
    """Runs nothing: the figures were measured elsewhere."""
