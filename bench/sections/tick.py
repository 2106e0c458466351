"""Ticks of the daemon's own `evaluate`: idle at two sizes, and with increasing numbers of changed rows.

Everything that writes runs on a copy of the stored state. Each tick has its own `now`, a second after the previous one,
and all are before anything else falls due.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import count

import sqlalchemy as sa

from bench.database import SETTLED
from bench.harness import Bench, Case, Job, Result
from bench.rows import Sizes, appointment_id, charge_id, order_id
from bench.state import Kept
from notifier.drafting.ruleset import Ruleset
from notifier.promises.checking import run_check
from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.store.state.changes import write_rows
from notifier.tick import evaluate

NAME = "tick"
SMALL = 0.01
"""The scale of 10,000 orders."""
IDLE_TICKS = 10
"""Ticks per measured run: a single one is too short."""
STEPS = (100, 1_000, 10_000)
"""Numbers of changed rows."""
CHECK = "promised-price-vs-billing"
BARE_JOIN = """
SELECT DISTINCT promise.id, promise.value_number, charge.id, charge.amount, charge.bill_at
FROM change
JOIN charge ON charge.id = change.row_id
JOIN promise ON promise.subject_id = charge.contract_id AND promise.subject_type = 'contract'
WHERE change.entity = 'charge' AND promise.topic = 'monthly_price' AND promise.source <> 'notice'
  AND charge.kind = 'recurring' AND NOT charge.proration AND NOT charge.billed
  AND charge.amount > promise.value_number
"""
"""The statement that a person would run to find new charges above what was promised."""


def run(bench: Bench) -> Iterator[Result]:
    """Idle ticks, then changes, then one check alone."""
    for small, large in zip(bench.states.at(SMALL).databases, bench.state.databases, strict=True):
        with large.copied() as database:
            ticks = Ticks(database, bench.state.ruleset, bench.state.sizes)
            yield _idle(bench, small, large, ticks)
            yield from _changes(bench, large, ticks)
            yield _one_check(bench, large, ticks)


class Ticks:
    """Ticks on one copy, each a second after the last, and changes of rows not changed before."""

    def __init__(self, database: sa.Engine, ruleset: Ruleset, sizes: Sizes) -> None:
        self.database = database
        self.ruleset = ruleset
        self._sizes = sizes
        self._seconds = count(1)
        self._turn = 0

    def now(self) -> datetime:
        """The next instant."""
        return SETTLED + timedelta(seconds=next(self._seconds))

    def tick(self, times: int = 1) -> None:
        """Evaluate. Raises ValueError where a rule fails, because a failure would look fast."""
        for _ in range(times):
            report = evaluate(self.database, self.ruleset, self.now(), live=False)
            if report.failures or not report.complete:
                raise ValueError(f"a tick failed: {report.failures}")

    def change(self, rows: int) -> None:
        """Change this many rows: orders get another seller, charges another amount, appointments another place."""
        self._turn += 1
        at = SETTLED + timedelta(milliseconds=self._turn)
        text = f"turn {self._turn}"
        with self.database.begin() as connection:
            orders = self._spread(rows * 6 // 10, self._sizes.orders)
            write_rows(connection, "order", [{"id": order_id(n), "seller": text} for n in orders], at)
            charges = self._spread(rows * 3 // 10, self._sizes.charges)
            write_rows(connection, "charge", [{"id": charge_id(n), "product": text} for n in charges], at)
            visits = self._spread(rows // 10, self._sizes.appointments)
            write_rows(connection, "appointment", [{"id": appointment_id(n), "place": text} for n in visits], at)

    def change_charges(self, rows: int) -> None:
        """Change this many charges."""
        self._turn += 1
        chosen = self._spread(rows, self._sizes.charges)
        changed = [{"id": charge_id(n), "product": f"turn {self._turn}"} for n in chosen]
        with self.database.begin() as connection:
            write_rows(connection, "charge", changed, SETTLED + timedelta(milliseconds=self._turn))

    def _spread(self, rows: int, of: int) -> list[int]:
        """Row numbers spread over the table, different ones each time."""
        step = max(of // max(rows, 1), 1)
        return [(self._turn * 7 + place * step) % of for place in range(min(rows, of))]


def _idle(bench: Bench, small: Kept, large: Kept, much: Ticks) -> Result:
    with small.copied() as few:
        little = Ticks(few, bench.states.at(SMALL).ruleset, bench.states.at(SMALL).sizes)
        for ticks in (little, much):
            ticks.tick()  # builds the statements, which a daemon does once
        return bench.compare(
            NAME,
            Case(
                name=f"nothing due, {large.name}",
                ours=Job(name=f"{bench.state.sizes.orders:,} orders", run=partial(much.tick, IDLE_TICKS)),
                other=Job(name=f"{bench.states.at(SMALL).sizes.orders:,} orders", run=partial(little.tick, IDLE_TICKS)),
                at_most=2,
                server=large.server,
            ),
        )


def _changes(bench: Bench, kept: Kept, ticks: Ticks) -> Iterator[Result]:
    ticks.change(STEPS[0])
    ticks.tick()
    *steps, most = STEPS
    cases = [
        Case(
            name=f"changed rows of {bench.state.sizes.orders:,} orders, {kept.name}",
            ours=Job(name=f"{most:,} changed", before=partial(ticks.change, most), run=ticks.tick),
            other=Job(
                name=f"{most // few} x {few:,} changed",
                before=partial(ticks.change, few),
                run=ticks.tick,
                share=few / most,
            ),
            at_most=1.3,
            server=kept.server,
        )
        for few in steps
    ]
    yield from bench.compare_with_each(NAME, cases)


def _one_check(bench: Bench, kept: Kept, ticks: Ticks) -> Result:
    ticks.change_charges(1_000)
    if kept.server is not None:
        with ticks.database.begin() as connection:  # as autovacuum does a minute after this many changes
            connection.exec_driver_sql('ANALYZE "change"')
    with read_only(ticks.database) as connection:
        reader, now = Reader(connection, live=False), ticks.now()
        # The queries that a tick makes once for all rules and checks.
        reader.changed_entities()
        reader.contradictions_due(CHECK, now)
        return bench.compare(
            NAME,
            Case(
                name=f"1,000 changed charges, one check, {kept.name}",
                ours=Job(name=CHECK, run=partial(_checked, reader, ticks.ruleset, now)),
                other=Job(name="the bare indexed join", run=partial(_joined, connection)),
                at_most=2,
                server=kept.server,
                rounds=bench.rounds * 3,
            ),
        )


def _checked(reader: Reader, ruleset: Ruleset, now: datetime) -> None:
    for _ in run_check(ruleset.project.checks[CHECK], ruleset.check_queries[CHECK], reader, now=now, since=SETTLED):
        pass


def _joined(connection: sa.Connection) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(BARE_JOIN)
    cursor.fetchall()
    cursor.close()
