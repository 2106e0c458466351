"""Two ways to do the same job -> ratios of what they cost, measured in turns: A B A B …, so a slow minute hits both."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from bench.state import State, States

TICKS = os.sysconf("SC_CLK_TCK")
SMALLEST = 1e-6
"""The shortest time, in seconds, that can be told from zero."""


class Clock(StrEnum):
    """What is measured and compared."""

    CPU = "CPU"
    """CPU seconds of this process, its children and the PostgreSQL server, which a loaded machine hardly distorts.
    Excludes waiting for the disk."""
    WALL = "wall"
    MEMORY = "peak memory"
    """The peak memory of a separate process, in MB."""
    SKIPPING = "wall without sleep"
    """Wall time by a clock that skips sleeping (`pacing.SkippingClock`)."""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What one run cost, in seconds."""

    cpu: float = 0.0
    wall: float = 0.0
    memory: float = 0.0
    """MB."""

    def on(self, clock: Clock) -> float:
        """The seconds, or MB, that this clock shows."""
        match clock:
            case Clock.CPU:
                return max(self.cpu, SMALLEST)
            case Clock.MEMORY:
                return max(self.memory, SMALLEST)
            case _:
                return max(self.wall, SMALLEST)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One side of a comparison.

    `run` is measured, and returns what the other side must return as well (None: nothing to compare). `before` is not.
    """

    name: str
    run: Callable[[], object]
    before: Callable[[], object] = lambda: None
    share: float = 1.0
    """The part of the whole job that `run` does: the cost of a sample is divided by it, and the table says so."""
    helpers: Callable[[], Sequence[int]] = tuple
    """The ids of running processes that work for `run`: their CPU time counts, too."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Ours against a named other.

    With `at_most`, the ratio is our cost divided by theirs (lower is better); with `at_least`, theirs divided by ours.
    """

    name: str
    ours: Job
    other: Job
    at_most: float | None = None
    at_least: float | None = None
    more_is_better: bool = False
    """The ratio is shown as with `at_least`, but there is no target."""
    clock: Clock = Clock.CPU
    server: sa.URL | None = None
    """The PostgreSQL server whose CPU time counts, too."""
    rounds: int | None = None
    """The number of rounds, if not that of the run."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The result of a case: each list has one entry per round."""

    section: str
    case: Case
    ours: Sequence[Spent]
    other: Sequence[Spent]
    ratios: Sequence[float]

    @property
    def middle(self) -> float:
        """The median ratio."""
        return median(self.ratios)

    @property
    def target(self) -> str:
        """The target; empty where there is none."""
        if self.case.at_most is not None:
            return f"≤ {self.case.at_most:g}"
        return f"≥ {self.case.at_least:g}" if self.case.at_least is not None else ""

    @property
    def met(self) -> bool | None:
        """Whether the median ratio meets the target; None where there is none."""
        if self.case.at_most is not None:
            return self.middle <= self.case.at_most
        return self.middle >= self.case.at_least if self.case.at_least is not None else None


class UnequalError(Exception):
    """The two sides did not do the same job, so their ratio is meaningless."""


@dataclass
class Bench:
    """The context of a section."""

    states: States
    scale: float
    """1.0 is a million orders."""
    quick: bool
    rounds: int = 3
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    notes: list[str] = field(default_factory=list)
    """Sentences to print below the table, each once."""
    profiles: dict[str, str] = field(default_factory=dict)
    """Title -> the costliest lines, as text."""

    @property
    def state(self) -> State:
        """The generated state of this run."""
        return self.states.at(self.scale)

    def note(self, sentence: str) -> None:
        """Add a sentence below the table."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def compare(self, section: str, case: Case) -> Result:
        """Measure a case. Raises UnequalError where the sides return different things."""
        return self.compare_with_each(section, [case])[0]

    def compare_with_each(self, section: str, cases: Sequence[Case]) -> list[Result]:
        """Measure cases that differ only in the other side: in each round, ours runs once, then each of the others.

        Raises UnequalError as `compare`.
        """
        first = cases[0]
        ours, others = list[Spent](), [list[Spent]() for _ in cases]
        for _ in range(first.rounds or self.rounds):
            mine = _run(first.ours, ours, first.server)
            for case, other in zip(cases, others, strict=True):
                theirs = _run(case.other, other, case.server)
                if mine is not None and theirs is not None and mine != theirs:
                    raise UnequalError(f"{section}: {case.name}: {case.ours.name} and {case.other.name} differ")
        return [
            Result(section=section, case=case, ours=ours, other=other, ratios=_ratios(case, ours, other))
            for case, other in zip(cases, others, strict=True)
        ]


def _run(job: Job, spent: list[Spent], server: sa.URL | None) -> object:
    job.before()
    with _watched(spent, job.share, server, job.helpers()):
        return job.run()


def _ratios(case: Case, ours: Sequence[Spent], other: Sequence[Spent]) -> list[float]:
    costs = [(a.on(case.clock), b.on(case.clock)) for a, b in zip(ours, other, strict=True)]
    more_is_better = case.more_is_better or case.at_least is not None
    return [b / a if more_is_better else a / b for a, b in costs]


@contextmanager
def _watched(spent: list[Spent], share: float, server: sa.URL | None, helpers: Sequence[int]) -> Iterator[None]:
    cpu, wall = _cpu(server, helpers), time.perf_counter()
    yield
    spent.append(Spent(cpu=(_cpu(server, helpers) - cpu) / share, wall=(time.perf_counter() - wall) / share))


def _cpu(server: sa.URL | None, helpers: Sequence[int]) -> float:
    """CPU seconds so far of this process, its children that ended, its helpers, and the server."""
    own = os.times()
    mine = time.process_time() + own.children_user + own.children_system
    mine += sum(cpu_of(process) for process in helpers)
    return mine + (server_cpu(server) if server is not None else 0.0)


def cpu_of(process: int) -> float:
    """CPU seconds so far of a running process, without its children."""
    return sum(int(ticks) for ticks in _stat(process)[11:13]) / TICKS


def server_cpu(server: sa.URL) -> float:
    """CPU seconds of the server and its processes; ended ones (parallel workers) are counted with their parent."""
    parent = _postmaster(server)
    ended = _stat(parent)
    total = sum(int(ended[place]) for place in (11, 12, 13, 14)) / TICKS
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        try:
            total += int(Path(f"/proc/{child}/schedstat").read_text().split()[0]) / 1e9
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended, and from now on is counted with its parent
    return total


def _stat(process: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may hold spaces; utime is the 12th of them."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


_POSTMASTERS: dict[str, int] = {}


def _postmaster(server: sa.URL) -> int:
    """The process id of the server's first process."""
    key = server.render_as_string()
    if key not in _POSTMASTERS:
        engine = sa.create_engine(server, poolclass=sa.NullPool)
        with engine.connect() as connection:
            folder = connection.execute(sa.text("SHOW data_directory")).scalar_one()
        _POSTMASTERS[key] = int((Path(folder) / "postmaster.pid").read_text().splitlines()[0])
    return _POSTMASTERS[key]
