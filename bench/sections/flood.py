"""A price list that was loaded wrongly: every promise of a topic is contradicted by one import, and one tick finds it.

Against a script by hand on the bare driver, which joins what changed with the promises and writes the same rows: a
contradiction with its sentence, its member and its record, and their group. It takes the changes away, or it would find
them again the next time. The script compares by one `>` in SQL, knows nothing of tolerances, currencies, taxes, earlier
decisions or records of one promise, and tells nobody. Second, the finding alone, against the bare join that reads the
same pairs. Third, the same flood with amounts that nobody else has.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import sqlalchemy as sa

from bench.database import SETTLED
from bench.harness import Bench, Case, Job, Result
from bench.sections.tick import SMALL
from notifier.drafting.ruleset import Ruleset
from notifier.model.columns import EPOCH, microseconds
from notifier.promises.checking import run_check
from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.store.state.changes import write_rows
from notifier.tick import evaluate

NAME = "flood"
CHECK = "promised-price-vs-billing"
SIZE = 10_000
"""Contradictions, from a tenth of the scale on: what each takes is the same for a hundred thousand."""
JOIN = """
SELECT promise.id, promise.subject_id, promise.customer_id, promise.value, promise.currency, promise.made_by,
       promise.made_at, charge.id, charge.amount, charge.currency, charge.bill_at
FROM change
JOIN charge ON charge.id = change.row_id
JOIN promise ON promise.subject_id = charge.contract_id AND promise.subject_type = 'contract'
WHERE change.entity = 'charge' AND promise.topic = 'monthly_price' AND promise.source <> 'notice'
  AND promise.state = 'open' AND charge.kind = 'recurring' AND NOT charge.proration AND NOT charge.billed
  AND charge.amount > promise.value_number
"""
"""What a person would run to find the charges above what was promised."""
CONTRADICTION = (
    'INSERT INTO contradiction (id, "check", promise_id, subject_type, subject_id, customer_id, topic, topic_type, '
    "promised, currency, actual, actual_currency, promised_by, promised_at, surfaces_at, owner, severity, state, "
    "reason, opened_at, changed_at, steps_from, alerted, group_id, version) VALUES (?, ?, ?, 'contract', ?, ?, "
    "'monthly_price', 'money', ?, ?, ?, ?, ?, ?, ?, 'billing', 'high', 'open', ?, ?, ?, ?, ?, 'G-1', 1)"
)
MEMBER = (
    "INSERT INTO contradiction_member (contradiction_id, fact_type, fact_id, actual, currency, surfaces_at) "
    "VALUES (?, 'charge', ?, ?, ?, ?)"
)
RECORD = (
    "INSERT INTO contradiction_promise (contradiction_id, promise_id, promised_by, promised_at) VALUES (?, ?, ?, ?)"
)
GROUP = (
    """INSERT INTO contradiction_group (id, "check", owner, opened_at, "count", causes) """
    "VALUES ('G-1', ?, 'billing', ?, ?, '[]')"
)
WRITTEN = ("contradiction_member", "contradiction_promise", "settling", "contradiction", "contradiction_group")


def run(bench: Bench) -> Iterator[Result]:
    """The whole tick, then the finding alone."""
    state = bench.states.at(min(SMALL, bench.scale))
    size = max(100, min(SIZE, int(10 * SIZE * bench.scale)))
    for kept in state.databases:
        with kept.copied() as database:
            flood = Flood(database, state.ruleset, size)
            yield bench.compare(
                NAME,
                Case(
                    name=f"{size:,} contradictions at once, {kept.name}",
                    ours=Job(name="evaluate", before=flood.again, run=flood.tick),
                    other=Job(name="a script by hand that writes the same rows", before=flood.again, run=flood.by_hand),
                    at_most=1.5,
                    server=kept.server,
                ),
            )
            apart = partial(flood.again, apart=True)
            yield bench.compare(
                NAME,
                Case(
                    name=f"{size:,} contradictions of amounts of their own, {kept.name}",
                    ours=Job(name="evaluate", before=apart, run=flood.tick),
                    other=Job(name="a script by hand that writes the same rows", before=apart, run=flood.by_hand),
                    server=kept.server,
                ),
            )
            flood.again()
            with read_only(database) as connection:
                reader = Reader(connection, live=False)
                reader.changed_entities()
                yield bench.compare(
                    NAME,
                    Case(
                        name=f"finding {size:,} contradictions, {kept.name}",
                        ours=Job(name=CHECK, run=partial(flood.find, reader)),
                        other=Job(name="the bare join", run=partial(flood.join, connection)),
                        server=kept.server,
                    ),
                )


class Flood:
    """Contracts, promises and charges that were all written wrongly at one instant, beside the state that is there."""

    def __init__(self, database: sa.Engine, ruleset: Ruleset, size: int) -> None:
        self._database = database
        checks = {CHECK: ruleset.project.checks[CHECK]}
        self._ruleset = replace(ruleset, project=replace(ruleset.project, rules={}, checks=checks))
        self._size = size
        self._turn = 0
        at = SETTLED
        names = range(size)
        with database.begin() as connection:
            write_rows(
                connection,
                "contract",
                ({"id": f"FK-{n}", "customer_id": f"FC-{n}", "status": "active", "plan": "FIBRA-300"} for n in names),
                at,
            )
            promises = (
                {
                    "id": f"FP-{n}",
                    "customer_id": f"FC-{n}",
                    "subject_type": "contract",
                    "subject_id": f"FK-{n}",
                    "topic": "monthly_price",
                    "value": "79900",
                    "value_number": Decimal(79900),
                    "currency": "COP",
                    "made_at": at,
                    "made_by": f"seller {n % 50}",
                    "source": "sales",
                }
                for n in names
            )
            write_rows(connection, "promise", promises, at)
        self._pass(at + timedelta(minutes=1))
        with database.begin() as connection:  # else the changes are kept for them, in case they come back
            connection.exec_driver_sql("DELETE FROM rule_state WHERE NOT in_force")

    def again(self, *, apart: bool = False) -> None:
        """The wrong list is loaded again, and nothing is known of what it contradicts.

        `apart`: each charge has an amount that no other has.
        """
        self._turn += 1
        at = SETTLED + timedelta(hours=self._turn)
        with self._database.begin() as connection:
            for table in WRITTEN:
                connection.exec_driver_sql(f"DELETE FROM {table}")
            connection.exec_driver_sql("DELETE FROM change")
            charges = (
                {
                    "id": f"FX-{n}",
                    "customer_id": f"FC-{n}",
                    "contract_id": f"FK-{n}",
                    "kind": "recurring",
                    "product": f"turn {self._turn}",
                    "proration": False,
                    "amount": Decimal(111860 + n * apart),
                    "currency": "COP",
                    "bill_at": SETTLED + timedelta(days=9),
                    "billed": False,
                }
                for n in range(self._size)
            )
            write_rows(connection, "charge", charges, at)
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("ANALYZE change")

    def tick(self) -> int:
        """The daemon's own pass."""
        return self._pass(SETTLED + timedelta(hours=self._turn, minutes=1))

    def by_hand(self) -> int:
        """The same rows by a script."""
        marks = str if self._database.dialect.name == "sqlite" else (lambda text: text.replace("?", "%s"))
        with self._database.begin() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(JOIN)
            rows = cursor.fetchall()
            is_sqlite = self._database.dialect.name == "sqlite"
            now = SETTLED + timedelta(hours=self._turn, minutes=1)
            at = microseconds(now - EPOCH) if is_sqlite else now
            contradictions, members, records = [], [], []
            for promise, contract, customer, value, currency, made_by, made_at, charge, amount, other, bill_at in rows:
                actual = f"{amount // 10_000 if is_sqlite else int(amount)}"
                name = f"X-{promise}"
                reason = f"charge {charge} is {actual} {other}, promised {value} {currency} by {made_by}"
                contradictions.append(
                    (
                        *(name, CHECK, promise, contract, customer, value, currency, actual, other, made_by, made_at),
                        *(bill_at, reason, at, at, at, f"{value} {currency}|{actual} {other}"),
                    )
                )
                members.append((name, charge, actual, other, bill_at))
                records.append((name, promise, made_by, made_at))
            cursor.executemany(marks(CONTRADICTION), contradictions)
            cursor.executemany(marks(MEMBER), members)
            cursor.executemany(marks(RECORD), records)
            cursor.execute(marks(GROUP), (CHECK, at, len(rows)))
            cursor.execute("DELETE FROM change")
            cursor.close()
        return len(rows)

    def find(self, reader: Reader) -> int:
        """What the check finds, written nowhere."""
        now = SETTLED + timedelta(hours=self._turn, minutes=1)
        query, check = self._ruleset.check_queries[CHECK], self._ruleset.project.checks[CHECK]
        found = run_check(check, query, reader, now=now, since=SETTLED)
        return sum(len(each.changes) + len(each.together or ()) for each in found)

    def join(self, connection: sa.Connection) -> int:
        """The join alone."""
        cursor = connection.connection.cursor()
        cursor.execute(JOIN)
        rows = cursor.fetchall()
        cursor.close()
        return len(rows)

    def _pass(self, now: datetime) -> int:
        report = evaluate(self._database, self._ruleset, now, live=False)
        if report.failures or not report.complete:
            raise ValueError(f"a tick failed: {report.failures}")
        return report.contradictions
