"""`python -m bench.incident_alone URL FOLDER CONTRACTS CHANGES`: one process that tells of an incident and corrects it.

It fills an empty database with so many customers of one zone, tells all of them, changes some contracts one by one, and
moves the expected end. It prints what each cost as JSON. It is a separate process because the peak memory of a process
cannot be reset. FOLDER is the project folder.
"""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bench.harness import server_cpu
from bench.project import REPOSITORY, load_ruleset
from bench.ready_alone import held
from bench.rows import NOW, contract_id, customer_id
from notifier.cli.main import GARBAGE
from notifier.drafting.ruleset import Ruleset
from notifier.model.notices import NoticeState
from notifier.store.database import open_engine
from notifier.store.migrating import ensure_indexes, migrate
from notifier.store.outbox.ahead import hand_over
from notifier.store.sql import chunks
from notifier.store.state.changes import write_rows
from notifier.tick import evaluate

SHARING = 50
"""One of so many customers has the phone of the one before."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one incident cost: CPU seconds with those of a server, and the peak memory by then in MB."""

    planned: float
    changed: float
    """Ticks with one changed contract each."""
    corrected: float
    before: float
    """The memory before the incident."""
    planned_within: float
    corrected_within: float


class Incident:
    """An incident in a zone of so many contracts, in an empty database."""

    def __init__(self, database: sa.Engine, ruleset: Ruleset, contracts: int) -> None:
        self._database = database
        self._ruleset = ruleset
        self._contracts = contracts
        self._now = NOW

    def told(self, changes: int) -> Told:
        """Plan it, tell it, change so many contracts one by one, and correct it."""
        self._load()
        self._tick()
        before = held("VmRSS")
        row = {"id": "I-1", "kind": "outage", "zone": "Z-1", "status": "in_progress", "started_at": self._now}
        self._write("incident", [row | {"expected_end_at": self._now + timedelta(hours=5)}])
        planned = self._cost(lambda: self._tick(ready=self._contracts))
        planned_within = held("VmHWM")
        self._tell()
        self._change_each([0])  # what was told is looked at once more
        changed = self._cost(lambda: self._change_each(range(1, changes + 1)))
        self._write("incident", [{"id": "I-1", "expected_end_at": self._now + timedelta(hours=9)}])
        corrected = self._cost(lambda: self._tick(ready=self._contracts))
        return Told(
            planned=planned,
            changed=changed,
            corrected=corrected,
            before=before,
            planned_within=planned_within,
            corrected_within=held("VmHWM"),
        )

    def _load(self) -> None:
        migrate(self._database)
        with self._database.begin() as connection:
            columns = [query.indexed_columns() for query in self._ruleset.rule_queries.values()]
            ensure_indexes(connection, set[tuple[str, ...]]().union(*columns))
        for numbers in chunks(range(self._contracts), 5_000):
            self._write("customer", [_customer(number) for number in numbers])
            contract = {"zone": "Z-1", "status": "active"}
            self._write(
                "contract",
                [
                    contract | {"id": contract_id(n), "customer_id": customer_id(n), "plan": f"plan {n % 7}"}
                    for n in numbers
                ],
            )

    def _change_each(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._change(number)
            self._tick()

    def _change(self, number: int) -> None:
        self._write("contract", [{"id": contract_id(number), "started_at": self._now - timedelta(days=number + 1)}])

    def _tell(self) -> None:
        with self._database.begin() as connection:
            hand_over(connection, self._now, live=False)
        self._now += timedelta(minutes=5)  # then a pass no longer looks at all that was told before the last one
        self._refresh_statistics()
        self._tick()
        self._now += timedelta(minutes=5)

    def _write(self, entity: str, rows: Sequence[Mapping[str, object]]) -> None:
        with self._database.begin() as connection:
            write_rows(connection, entity, rows, self._now)

    def _tick(self, ready: int = 0) -> None:
        """Raises ValueError where the pass failed or made any other number ready: that would look fast."""
        self._now += timedelta(seconds=1)
        report = evaluate(self._database, self._ruleset, self._now, live=False)
        if report.failures or not report.complete or report.verdicts.get(NoticeState.READY, 0) != ready:
            raise ValueError(f"a pass failed: {report.failures} {report.verdicts}")

    def _refresh_statistics(self) -> None:
        if self._database.dialect.name == "postgresql":
            with self._database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")

    def _cost(self, run: Callable[[], object]) -> float:
        before = self._cpu()
        run()
        return self._cpu() - before

    def _cpu(self) -> float:
        server = self._database.url if self._database.dialect.name == "postgresql" else None
        return time.process_time() + (server_cpu(server) if server is not None else 0.0)


def _customer(number: int) -> dict[str, str]:
    shared = number - 1 if number % SHARING == SHARING - 1 else number
    here = {"locale": "en-US", "timezone": "America/New_York", "country": "US"}
    addresses = {"phone": f"+1212{5_500_000 + shared:07d}", "email": f"c{number}@example.com"}
    return {"id": customer_id(number), "name": f"Ann {'abcdefghij'[number % 10] * 4}"} | here | addresses


def incident_alone(url: str, folder: Path, contracts: int, changes: int) -> Told:
    """Start the process on this empty database, and return its figures."""
    command = [sys.executable, "-m", "bench.incident_alone", url, str(folder), str(contracts), str(changes)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"a process of its own ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return Told(**json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    """Run it and print the figures."""
    url, folder, contracts, changes = sys.argv[1:]
    gc.set_threshold(*GARBAGE)
    incident = Incident(open_engine(url), load_ruleset(Path(folder)), int(contracts))
    print(json.dumps(asdict(incident.told(int(changes)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
