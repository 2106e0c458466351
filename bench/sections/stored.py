"""What is stored must not cost: the same tick with and without a long past or what was told just now, and a plan where
statistics are missing.

All but the last compare ours with ours: a cost that follows what changed is the same whatever lies beside it.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import count, islice
from typing import Any

import sqlalchemy as sa

from bench.database import SETTLED
from bench.due import DUE, due_databases, due_ruleset, make_ready
from bench.harness import Bench, Case, Job, Result
from bench.rows import contract_id, order_id
from bench.sections.tick import IDLE_TICKS, SMALL, Ticks
from bench.state import Kept, State
from notifier.drafting.ruleset import Ruleset
from notifier.evaluation.emitter import Emitter
from notifier.model.looked_at import LookedAt
from notifier.model.notices import NoticeState
from notifier.model.problems import Place
from notifier.rules.conditions import Scope, parse_condition
from notifier.store.outbox.ahead import hand_over
from notifier.store.sql import chunks
from notifier.store.state.changes import write_rows
from notifier.store.tables import NOTICE
from notifier.tick import evaluate

NAME = "stored"
TOLD = 50_000
"""Notices of an old ledger at full scale; at least a tenth of that."""
TOLD_OF_ONE = 2_500
"""Customers who were told of one incident; a hundredth of that on the other side."""
TOLD_LATELY = 8_000
"""Notices that were told a second before a pass, at full scale; at least a tenth of that."""
CHANGED_ORDERS = 10
"""Ticks with one changed order each, per measured run."""
CONDITION = "customer.contracts.exists(k, k.zone == 'Z00001')"
BY_HAND = """
SELECT customer.id FROM customer
WHERE EXISTS (SELECT 1 FROM contract WHERE contract.customer_id = customer.id AND {zone} = 'Z00001')
"""
"""On SQLite the plus keeps the zone's index away, which without statistics would be read for each customer."""


def run(bench: Bench) -> Iterator[Result]:
    """An old ledger, one changed order at two sizes, one contract of many, a plan without statistics, a moment ago."""
    for small, large in zip(_small(bench).databases, bench.state.databases, strict=True):
        yield _old_ledger(bench, small)
        yield _one_order(bench, small, large)
        yield _one_contract(bench, small)
        yield _without_statistics(bench, large)
    yield from _told_lately(bench)


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


def _one_contract(bench: Bench, kept: Kept) -> Result:
    """One changed contract of an incident, of which few customers were told, or many."""
    state = _small(bench)
    many = min(TOLD_OF_ONE, state.sizes.contracts // 2)
    with kept.copied() as of_few, kept.copied() as of_many:
        jobs = []
        for database, told in ((of_few, many // 100), (of_many, many)):
            ticks = Ticks(database, state.ruleset, state.sizes)
            _tell_of_one(database, told, ticks)
            changed = _times(bench, CHANGED_ORDERS)
            run = partial(_change_contracts, ticks, changed)
            run()
            jobs.append(Job(name=f"{told:,} told of the incident", run=run))
        return bench.compare(
            NAME,
            Case(
                name=f"one changed contract a tick, {kept.name}",
                ours=jobs[1],
                other=jobs[0],
                at_most=2,
                server=kept.server,
            ),
        )


def _tell_of_one(database: sa.Engine, told: int, ticks: Ticks) -> None:
    """An incident in a zone of this many contracts, whose customers were told of it."""
    at = ticks.now()
    incident = {"id": "I-one", "kind": "outage", "zone": "Z-one", "status": "in_progress", "started_at": at}
    with database.begin() as connection:
        zone = [{"id": contract_id(n), "zone": "Z-one", "status": "active"} for n in range(told)]
        write_rows(connection, "contract", zone, at)
        write_rows(connection, "incident", [incident], at)
        pattern = dict(connection.execute(sa.select(NOTICE).limit(1)).one()._mapping)
        owners = connection.execute(
            sa.text("SELECT id, customer_id FROM contract WHERE zone = 'Z-one' AND status = 'active'")
        )
        for part in chunks(owners.all(), 5_000):
            rows = [
                pattern
                | _told_long_ago(number, at - timedelta(hours=4))
                | {
                    "id": f"one-{contract}",
                    "occurrence": f"sandbox|outage-in-your-zone|incident:I-one|{contract}|{customer}|",
                    "reference": f"ONE-{contract}",
                    "rule": "outage-in-your-zone",
                    "subject_type": "incident",
                    "subject_id": "I-one",
                    "each_id": contract,
                    "recipient_id": customer,
                    "claims": {},
                }
                for number, (contract, customer) in enumerate(part)
            ]
            connection.execute(sa.insert(NOTICE), rows)
        if database.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE notice")
    ticks.tick()


def _change_contracts(ticks: Ticks, changed: int) -> None:
    for number in range(changed):
        at = ticks.now()
        with ticks.database.begin() as connection:
            write_rows(connection, "contract", [{"id": contract_id(number), "plan": f"at {at}"}], at)
        ticks.tick()


def _told_lately(bench: Bench) -> Iterator[Result]:
    """A pass just after much was told: of a process that goes on, and of one that begins."""
    ruleset = due_ruleset(bench.states.data / "due-project")
    told = max(TOLD_LATELY // 10, int(TOLD_LATELY * bench.scale)) if bench.scale >= SMALL else TOLD_LATELY // 100
    with due_databases(bench, ruleset, told) as databases:
        for kept in databases:
            with kept.copied() as database:
                make_ready(database, ruleset)
                with database.begin() as connection:
                    hand_over(connection, DUE, live=False)
                passes = _Passes(database, ruleset)
                passes.go_on()
                yield bench.compare(
                    NAME,
                    Case(
                        name=f"a pass after {told:,} were told, {kept.name}",
                        ours=Job(name="a process that looked at them", run=passes.go_on),
                        other=Job(name="one that begins", run=passes.begin),
                        at_most=0.2,
                        server=kept.server,
                    ),
                )


class _Passes:
    """Passes a second apart, by a process that remembers the one before or has none."""

    def __init__(self, database: sa.Engine, ruleset: Ruleset) -> None:
        self._database = database
        self._ruleset = ruleset
        self._seconds = count(1)
        self._before: LookedAt | None = None

    def go_on(self) -> None:
        """A pass that knows what the last one looked at."""
        now = DUE + timedelta(seconds=next(self._seconds))
        self._before = evaluate(self._database, self._ruleset, now, live=False, looked_at=self._before).looked_at

    def begin(self) -> None:
        """A pass that does not."""
        self._before = None
        self.go_on()


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
