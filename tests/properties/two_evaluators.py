"""By hand: random histories, evaluated by two processes in a random order of their transactions, and by one.

    python -m tests.properties.two_evaluators --histories 40

All shipped rules and ones made to be hard, on PostgreSQL, with edits of the rules and what is set aside. Passes are cut
into the smallest portions, so that each rule with two subjects is shared; a process may be killed between any two
transactions, or stand still until its lease is over. After each step both databases must hold the same. Exit code 1,
with the rows that differ, where they do not. A history takes some seconds.
"""

import argparse
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
import structlog

from notifier import helping
from notifier.drafting.ruleset import Ruleset
from notifier.model.looked_at import LookedAt
from notifier.model.types import ChannelName
from notifier.simulation import world as simulated
from notifier.simulation.channel import KeepingChannel
from notifier.simulation.world import World, open_world
from notifier.store.database import open_engine
from notifier.store.migrating import migrate
from notifier.store.portions import offer_help
from notifier.tick import TickReport, Unfinished, evaluate
from tests.properties.histories import START, Step, absences, history
from tests.properties.test_incremental_equals_full import made_rulesets, without, write_step
from tests.support.copied_database import CopiedDatabase
from tests.support.interleaving import NeverWaits, decided, interleaved, smallest_portions
from tests.support.postgres import fresh_database, postgres_server

HARD = ("property.yaml", "rows.yaml")
Evaluate = Callable[..., TickReport]


def by_two(seed: int, happened: Counter[str]) -> Evaluate:
    """What takes the place of `evaluate`."""
    draw = Random(seed)

    def evaluate_twice(
        database: sa.Engine, ruleset: Ruleset, now: datetime, *, live: bool, looked_at: LookedAt | None
    ) -> TickReport:
        same = replace(ruleset, identity="the same everywhere")

        def work() -> None:
            stop = NeverWaits()
            report = evaluate(database, same, now, live=live, stop=stop)
            if report.unfinished is Unfinished.ANOTHER_PROCESS:
                happened["portions"] += sum(helping.help_out(database, same, live=live, stop=stop).values())

        offer_help(database)
        happened.update(interleaved(database, [work, work], draw, kills=seed % 2, stops=seed % 3))
        report = evaluate(database, same, now, live=live, looked_at=looked_at)  # what nobody decided because of a death
        assert report.complete
        return report

    return evaluate_twice


@contextmanager
def evaluating(how: Evaluate) -> Iterator[None]:
    """Simulated worlds evaluate this way until the block is left."""
    before = vars(simulated)["evaluate"]
    vars(simulated)["evaluate"] = how
    try:
        yield
    finally:
        vars(simulated)["evaluate"] = before


def _hard(ruleset: Ruleset) -> Ruleset:
    project = ruleset.project
    rules = {name: rule for name, rule in project.rules.items() if rule.place.file.endswith(HARD)}
    checks = {name: check for name, check in project.checks.items() if check.place.file.endswith(HARD)}
    return replace(ruleset, project=replace(project, rules=rules, checks=checks))


def play(
    seed: int,
    times: int,
    order: int,
    rulesets: tuple[Ruleset, Ruleset],
    databases: Sequence[CopiedDatabase],
    happened: Counter[str],
) -> list[str]:
    """The rows that only one of both databases holds, at the first step after which they differ."""
    steps = history(seed, times=times)
    absent = absences(seed, steps, sorted({*rulesets[0].project.rules, *rulesets[0].project.checks}))
    with ExitStack() as closing:
        worlds = []
        for database in databases:
            channels = dict.fromkeys(ChannelName, KeepingChannel())
            fresh = closing.enter_context(database.fresh())
            worlds.append(closing.enter_context(open_world(rulesets[0], fresh, channels, START)))
        ways = (evaluate, by_two(order, happened))
        in_force = rulesets[0]
        for number, step in enumerate(steps):
            if step.edit:
                in_force = rulesets[1] if in_force is rulesets[0] else rulesets[0]
            for world, way in zip(worlds, ways, strict=True):
                with evaluating(way):
                    _step(world, step, without(in_force, absent[number]))
            one, two = (decided(world.database) for world in worlds)
            if one != two:
                return [f"history {seed}, step {number}", *_differences(one, two)]
    return []


def _step(world: World, step: Step, ruleset: Ruleset) -> None:
    world.clock.advance_to(world.clock() + timedelta(minutes=step.minutes))
    world.ruleset = ruleset
    write_step(world, step)
    world.tick()


def _differences(one: Any, two: Any) -> Iterator[str]:
    for table, rows in one.items():
        alone, others = Counter(rows), Counter(two[table])
        yield from (f"- {table} {row}" for row in (alone - others).elements())
        yield from (f"+ {table} {row}" for row in (others - alone).elements())


def main() -> int:
    """Runs it as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--histories", type=int, default=40)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--times", type=int, default=4, help="the rows of the histories that one process is tried with")
    parser.add_argument("--orders", type=int, default=1, help="of the transactions, for each history")
    parser.add_argument("--hard", action="store_true", help="the rules that were made to be hard, and no others")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    happened: Counter[str] = Counter()
    smallest_portions()
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server, fresh_database(server) as template:
        engine = open_engine(template.render_as_string(hide_password=False))
        migrate(engine)
        engine.dispose()
        assert template.database is not None
        rulesets = made_rulesets(Path(folder))
        if chosen.hard:
            rulesets = (_hard(rulesets[0]), _hard(rulesets[1]))
        databases = [CopiedDatabase(server, template.database) for _ in range(2)]
        for seed in range(chosen.first, chosen.first + chosen.histories):
            for order in range(chosen.orders):
                if different := play(seed, chosen.times, seed + 1_000 * order, rulesets, databases, happened):
                    sys.stdout.write(f"order {order}\n" + "\n".join(different) + "\n")
                    return 1
            sys.stdout.write(f"history {seed}: the same; so far {dict(happened)}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
