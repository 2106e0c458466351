"""Two daemons on one PostgreSQL against one: from rows that fall due to ready notices, and to messages handed over.

The machine has few cores, which the server shares. So each daemon gets a quarter of a core, where the kernel lets us
say so: then they wait for nothing but each other, and wall time shows what the design allows. The processor time of
each daemon, with the server's for it, is counted as well: what the busiest one needs is the bound on a machine with
enough cores.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack

from bench.due import due_databases, due_ruleset
from bench.evaluators import Run, may_limit, together
from bench.harness import Bench, Case, Clock, Job, Result, Spent
from bench.providers import stub
from notifier.model.types import USUAL_CHANNELS

NAME = "evaluators"
DUE = 16_000
"""Notices that are made ready, at full scale: four portions."""
SENT = 8_000
"""Notices whose messages are handed over as well: that takes ten times as long for each."""
SHARE = 0.25
"""The part of a core that each daemon gets."""
AT_LEAST = 1.7


def run(bench: Bench) -> Iterator[Result]:
    """Both ways, in turns."""
    if bench.states.server is None:
        return
    folder, share = bench.states.data / "due-project", SHARE if may_limit() else None
    ruleset = due_ruleset(folder)
    for due, sends in ((DUE, False), (SENT, True)):
        due = max(40, int(due * bench.scale))
        with due_databases(bench, ruleset, due) as databases, ExitStack() as closing:
            stubs = [closing.enter_context(stub(channel)) for channel in USUAL_CHANNELS]
            kept = next(each for each in databases if each.server is not None)
            runs: dict[int, list[Run]] = {1: [], 2: []}
            for _ in range(1 if bench.quick else bench.rounds):
                for processes, made in runs.items():
                    with kept.copied() as database:
                        made.append(together(database, folder, stubs if sends else (), due, processes, share))
            yield from _results(due, "ready and handed over" if sends else "ready", share, runs)


def _results(due: int, what: str, share: float | None, runs: Mapping[int, Sequence[Run]]) -> Iterator[Result]:
    limit = "" if share is None else f", {share:.0%} of a core each"
    one, two = runs[1], runs[2]
    for name, clock, ours, other in (
        (f"{due:,} {what}{limit}", Clock.WALL, [each.wall for each in two], [each.wall for each in one]),
        (f"{due:,} {what}, the busiest", Clock.CPU, [each.longest for each in two], [each.longest for each in one]),
        (f"{due:,} {what}, all of them", Clock.CPU, [each.cpu for each in two], [each.cpu for each in one]),
    ):
        case = Case(
            name=f"{name}, PostgreSQL",
            ours=Job(name="two daemons", run=_nothing),
            other=Job(name="one daemon", run=_nothing),
            at_least=AT_LEAST if clock is Clock.WALL else None,
            more_is_better=True,
            clock=clock,
        )
        spent = [
            [Spent(wall=each) if clock is Clock.WALL else Spent(cpu=each) for each in side] for side in (ours, other)
        ]
        ratios = [theirs / mine for mine, theirs in zip(ours, other, strict=True)]
        yield Result(section=NAME, case=case, ours=spent[0], other=spent[1], ratios=ratios)


def _nothing() -> None:
    """Runs nothing: the figures were measured elsewhere."""
