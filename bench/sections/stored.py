"""What is stored must not cost: the same tick with and without a long past, and a plan where statistics are missing.

The first two compare ours with ours: a cost that follows what changed is the same whatever lies beside it.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

import sqlalchemy as sa

from bench.database import SETTLED
from bench.harness import Bench, Case, Job, Result
from bench.rows import order_id
from bench.sections.tick import IDLE_TICKS, SMALL, Ticks
from bench.state import Kept, State
from notifier.evaluation.emitter import Emitter
from notifier.model.notices import NoticeState
from notifier.model.problems import Place
from notifier.rules.conditions import Scope, parse_condition
from notifier.store.sql import chunks
from notifier.store.state.changes import write_rows
from notifier.store.tables import NOTICE

NAME = "stored"
TOLD = 200_000
"""Notices of an old ledger at full scale; at least a tenth of that."""
CHANGED_ORDERS = 10
"""Ticks with one changed order each, per measured run."""
CONDITION = "customer.contracts.exists(k, k.zone == 'Z00001')"
BY_HAND = """
SELECT customer.id FROM customer
WHERE EXISTS (SELECT 1 FROM contract WHERE contract.customer_id = customer.id AND {zone} = 'Z00001')
"""
"""On SQLite the plus keeps the zone's index away, which without statistics would be read for each customer."""


def run(bench: Bench) -> Iterator[Result]:
    """An old ledger, one changed order at two sizes, and a plan without statistics."""
    for small, large in zip(_small(bench).databases, bench.state.databases, strict=True):
        yield _old_ledger(bench, small)
        yield _one_order(bench, small, large)
        yield _without_statistics(bench, large)


def _small(bench: Bench) -> State:
    """The smaller of two states; a smoke run is smaller still, and has one."""
    return bench.states.at(min(SMALL, bench.scale))


def _times(bench: Bench, times: int) -> int:
    """How often a run does what it measures: in a smoke run, which measures nothing, once."""
    return times if bench.scale >= SMALL else 1


def _old_ledger(bench: Bench, kept: Kept) -> Result:
    state = _small(bench)
    idle = _times(bench, IDLE_TICKS)
    told = max(TOLD // 10, int(TOLD * bench.scale)) if bench.scale >= SMALL else TOLD // 100
    with kept.copied() as young, kept.copied() as old:
        _tell(old, told)
        little, much = (Ticks(each, state.ruleset, state.sizes) for each in (young, old))
        for ticks in (little, much):
            ticks.tick()
        return bench.compare(
            NAME,
            Case(
                name=f"nothing due, {kept.name}",
                ours=Job(name=f"{told:,} more notices told long ago", run=partial(much.tick, idle)),
                other=Job(name="none of them", run=partial(little.tick, idle)),
                at_most=1.5,
                server=kept.server,
            ),
        )


def _tell(database: sa.Engine, told: int) -> None:
    """Add notices that were told long before the last tick, half of them by a rule with `repeat`."""
    with database.begin() as connection:
        pattern = dict(connection.execute(sa.select(NOTICE).limit(1)).one()._mapping)
        at = SETTLED - timedelta(days=400)
        for part in chunks(range(told), 5_000):
            connection.execute(sa.insert(NOTICE), [pattern | _told_long_ago(number, at) for number in part])
        if database.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE notice")


def _told_long_ago(number: int, at: Any) -> dict[str, Any]:
    when = at + timedelta(seconds=number)
    return {
        "id": f"old-{number:09d}",
        "occurrence": f"old|{number}",
        "reference": f"OLD-{number}",
        "kind": "notice",
        "rule": ("outage-in-your-zone", "late-order")[number % 2],
        "subject_id": f"old-{number}",
        "recipient_id": f"old-{number}",
        "state": NoticeState.TOLD,
        "spent": True,
        "decided_at": when,
        "changed_at": when,
        "told_at": when,
        "passed_limits_at": when,
        "deferred_until": None,
    }


def _one_order(bench: Bench, small: Kept, large: Kept) -> Result:
    with small.copied() as few, large.copied() as many:
        little = Ticks(few, _small(bench).ruleset, _small(bench).sizes)
        much = Ticks(many, bench.state.ruleset, bench.state.sizes)
        sides = [(little, _small(bench).sizes.orders), (much, bench.state.sizes.orders)]
        changed = _times(bench, CHANGED_ORDERS)
        jobs = [
            Job(name=f"{orders:,} orders", run=partial(_change_orders, ticks, orders, changed))
            for ticks, orders in sides
        ]
        for job in jobs:
            job.run()
        return bench.compare(
            NAME,
            Case(
                name=f"one changed order a tick, {large.name}",
                ours=jobs[1],
                other=jobs[0],
                at_most=2,
                server=large.server,
            ),
        )


def _change_orders(ticks: Ticks, orders: int, changed: int) -> None:
    for number in islice(range(7, orders, max(orders // changed, 1)), changed):
        at = ticks.now()
        with ticks.database.begin() as connection:
            write_rows(connection, "order", [{"id": order_id(number), "seller": f"at {at}"}], at)
        ticks.tick()


def _without_statistics(bench: Bench, kept: Kept) -> Result:
    schema, place = bench.state.ruleset.project.schema, Place("a benchmark")
    emitter = Emitter(schema, {"customer": "customer"})
    condition = parse_condition(CONDITION, Scope(schema, {"customer": "customer"}), place)
    holds = emitter.holds(condition)
    ours = sa.select(emitter.root("customer").c.id).select_from(emitter.from_clause()).where(holds)
    by_hand = sa.text(BY_HAND.format(zone="+contract.zone" if kept.server is None else "contract.zone"))
    with kept.opened() as database, database.connect() as connection:
        return bench.compare(
            NAME,
            Case(
                name=f"contracts.exists(k, k.zone == …), no statistics on SQLite, {kept.name}",
                ours=Job(name="compiled condition", run=lambda: _ids(connection, ours)),
                other=Job(name="hand-written SQL", run=lambda: _ids(connection, by_hand)),
                at_most=1.3,
                server=kept.server,
            ),
        )


def _ids(connection: sa.Connection, statement: sa.Executable) -> list[str]:
    return sorted(connection.execute(statement).scalars())
