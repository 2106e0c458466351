"""Match to ready: the daemon's own pass over visits that are all due, against one task per message.

From rows to committed notices with an SMS and a mail each: selected, planned, passed through every gate (consent, quiet
hours, limits, holds), rendered, written. The other side does less (`one_by_one`), on a sample, with the same texts.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from bench.due import due_databases, due_ruleset, make_ready
from bench.harness import Bench, Case, Clock, Job, Result, Spent, UnequalError
from bench.one_by_one import Tasks, our_texts
from bench.profiling import costliest
from bench.queueing import Worker, celery_is_there, celery_worker, in_a_loop
from bench.ready_alone import Alone, ready_alone
from bench.state import Kept
from notifier.drafting.ruleset import Ruleset

NAME = "pipeline"
DUE = 30_000
"""Due notices in the memory test, at full scale."""
FEWER = 5_000
"""Due notices of the timed rounds, and of the smaller side of the memory test, at full scale."""
LEAST = 2_500
"""The fewest due notices of a timed round: with fewer, the one-time work of a tick weighs too much."""
SAMPLE, SMALL_SAMPLE = 200, 50
"""Visits for the other side, at full scale and for a smaller state."""
RATE = 2_500
"""The target in notices per second and core."""
MEMORY = 300
"""The target for peak memory, in MB."""

STAGES = {
    "planning/selection.py, select": "selecting what is due",
    "planning/gathering.py, gather": "reading matches and what is known of them",
    "drafting/rule_pass.py, _drafts": "planning: gates, digests, drafts",
    "rendering/renderer.py, messages": "rendering both channels",
    "tick.py, _commit": "committing",
}


def run(bench: Bench) -> Iterator[Result]:
    """For each database: ratios against tasks, the rate, and memory at two sizes."""
    folder = bench.states.data / "due-project"
    ruleset = due_ruleset(folder)
    many = max(20, int(DUE * bench.scale))
    few = min(max(int(FEWER * bench.scale), LEAST), many // 2)
    with due_databases(bench, ruleset, few) as smaller, due_databases(bench, ruleset, many) as larger:
        for small, large in zip(smaller, larger, strict=True):
            yield from _rounds(bench, ruleset, small, few)
            # Once: three rounds take four minutes more, and the smaller number of notices shows the same.
            yield from _alone(folder, (small, few), (large, many), rounds=1)


@dataclass
class _Ours:
    """The daemon's pass, each time on a fresh copy."""

    kept: Kept
    ruleset: Ruleset
    database: sa.Engine = field(default_factory=lambda: sa.create_engine("sqlite://"))
    alone: list[Spent] = field(default_factory=list)
    """The cost in this process, without the server."""
    _copy: ExitStack = field(default_factory=ExitStack)

    def renew(self) -> None:
        self.close()
        self.database = self._copy.enter_context(self.kept.copied())

    def run(self) -> None:
        cpu, wall = time.process_time(), time.perf_counter()
        make_ready(self.database, self.ruleset)
        self.alone.append(Spent(cpu=time.process_time() - cpu, wall=time.perf_counter() - wall))

    def close(self) -> None:
        self._copy.close()


def _rounds(bench: Bench, ruleset: Ruleset, kept: Kept, due: int) -> Iterator[Result]:
    ours = _Ours(kept, ruleset)
    with ExitStack() as closing:
        closing.callback(ours.close)
        database = closing.enter_context(kept.copied())
        tasks = Tasks(database.url.render_as_string(hide_password=False))
        closing.callback(tasks.close)
        tasks.create()
        sample = tasks.due(SMALL_SAMPLE if bench.quick else SAMPLE)
        jobs = [_loop(tasks, sample, due)]
        if celery_is_there():
            url = database.url.render_as_string(hide_password=False)
            jobs.append(_celery(closing.enter_context(celery_worker(url, tasks, sample)), tasks, sample, due))
        results = bench.compare_with_each(
            NAME,
            [
                Case(
                    name=f"{due:,} notices, {kept.name}",
                    ours=Job(name="evaluate", before=ours.renew, run=ours.run),
                    other=job,
                    more_is_better=True,
                    server=kept.server,
                )
                for job in jobs
            ],
        )
        if tasks.texts() != our_texts(ours.database, sample):
            raise UnequalError(f"{NAME}: the texts of the two sides differ on {kept.name}")
        yield from results
        yield _rate(kept, due, ours.alone, "this process")
        if kept.server is not None:
            yield _rate(kept, due, results[0].ours, "this process and the server", asked_for=False)
        if bench.quick and kept.server is not None:
            return
        ours.renew()
        title = f"{NAME}, {kept.name}: where the time goes"
        bench.profiles[title] = costliest(partial(make_ready, ours.database, ruleset), due, STAGES)


def _loop(tasks: Tasks, sample: Sequence[str], due: int) -> Job:
    return Job(
        name=f"a function for each message, in a loop (extrapolated from {len(sample):,})",
        before=tasks.forget,
        run=lambda: in_a_loop(tasks, sample),
        share=len(sample) / due,
    )


def _celery(worker: Worker, tasks: Tasks, sample: Sequence[str], due: int) -> Job:
    return Job(
        name=f"a Celery task for each message (extrapolated from {len(sample):,})",
        before=tasks.forget,
        run=lambda: worker.tell(sample),
        share=len(sample) / due,
        helpers=lambda: [worker.process.pid],
    )


def _alone(folder: Path, *sides: tuple[Kept, int], rounds: int) -> Iterator[Result]:
    """A separate process for each round of the larger side; the memory of the smaller one once."""
    (kept, few), (larger, many) = sides
    large = [_in_a_copy(larger, folder) for _ in range(rounds)]
    small = _in_a_copy(kept, folder)
    peak = max(each.peak for each in large)
    yield _rate(kept, many, [Spent(cpu=each.cpu, wall=each.wall) for each in large], "a process of its own")
    yield _memory(kept, many, peak, Job(name=f"{MEMORY} MB", run=_nothing), MEMORY, 1)
    yield _memory(kept, many, peak, Job(name=f"{few:,} notices", run=_nothing), small.peak, None)


def _in_a_copy(kept: Kept, folder: Path) -> Alone:
    with kept.copied() as database:
        return ready_alone(database, folder)


def _rate(kept: Kept, due: int, spent: Sequence[Spent], who: str, *, asked_for: bool = True) -> Result:
    rates = [due / each.cpu for each in spent]
    allowed = [Spent(cpu=due / RATE, wall=due / RATE) for _ in spent]
    low, high = min(rates), max(rates)
    said = f"{low:,.0f}" if len(rates) == 1 else f"{low:,.0f}-{high:,.0f}"
    case = Case(
        name=f"{due:,} notices, {kept.name}",
        ours=Job(name=f"{who}: {said} a CPU second", run=_nothing),
        other=Job(name=f"{RATE:,} a second", run=_nothing),
        at_least=1 if asked_for else None,
        more_is_better=True,
    )
    return Result(section=NAME, case=case, ours=spent, other=allowed, ratios=[rate / RATE for rate in rates])


def _memory(kept: Kept, due: int, peak: float, other: Job, allowed: float, at_most: float | None) -> Result:
    case = Case(
        name=f"{due:,} notices, {kept.name}",
        ours=Job(name=f"a process of its own: {peak:.0f} MB at most", run=_nothing),
        other=other,
        at_most=at_most,
        clock=Clock.MEMORY,
    )
    spent, limit = [Spent(memory=peak)], [Spent(memory=allowed)]
    return Result(section=NAME, case=case, ours=spent, other=limit, ratios=[peak / allowed])


def _nothing() -> None:
    """Runs nothing: the figures were measured elsewhere."""
