"""By hand: what one notice costs, on PostgreSQL, of our processes and of its server: `python -m bench.sizing`.

CPU seconds, so that other work on the machine hardly counts. Of each thing the median of three runs. `--write` keeps
the figures in `bench/sizing/measured.json`, from which `bench.sizing.model` says what a company of a size needs.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from bench.due import due_databases, due_ruleset, make_ready
from bench.harness import Bench, server_cpu
from bench.outbox_state import ready
from bench.providers import stub
from bench.sending import Sending
from bench.sizing.model import MEASURED, Cost, Measured
from bench.state import States
from notifier.model.types import ChannelName

ROUNDS = 3
RECEIPT = 1.89
"""CPU milliseconds of a callback, `notifier serve` and the server together (docs/performance.md, Callbacks)."""


def cost(run: Callable[[], object], server: sa.URL, count: int) -> Cost:
    """Of one of `count` things that `run` does, in CPU milliseconds."""
    mine, theirs = time.process_time(), server_cpu(server)
    run()
    return Cost(ours=(time.process_time() - mine) * 1000 / count, server=(server_cpu(server) - theirs) * 1000 / count)


def middle(costs: list[Cost]) -> Cost:
    """The median of each part."""
    ours, theirs = median(each.ours for each in costs), median(each.server for each in costs)
    return Cost(ours=round(ours, 3), server=round(theirs, 3))


def made_ready(bench: Bench, notices: int) -> tuple[Cost, int, int]:
    """Of a notice with an SMS and a mail; and its bytes in the database and in the log."""
    ruleset = due_ruleset(bench.states.data / "sizing")
    costs, stored, logged = [], [], []
    server = bench.states.server
    assert server is not None
    for _ in range(ROUNDS):
        with due_databases(bench, ruleset, notices) as databases, databases[1].opened() as database:
            before = _bytes(database)
            costs.append(cost(lambda database=database: make_ready(database, ruleset), server, notices))  # type: ignore[misc]
            after = _bytes(database)
            stored.append((after[0] - before[0]) // notices)
            logged.append((after[1] - before[1]) // notices)
    return middle(costs), round(median(stored)), round(median(logged))


def _bytes(database: sa.Engine) -> tuple[int, int]:
    """Of the database, and of all that was ever written to the log."""
    asked = "SELECT pg_database_size(current_database()), pg_current_wal_lsn() - '0/0'::pg_lsn"
    with database.connect() as connection:
        size, log = connection.exec_driver_sql(asked).one()
    return int(size), int(log)


def handed_over(bench: Bench, channel: ChannelName, notices: int) -> Cost:
    """Of a message: leased, rechecked, sent to a provider that answers at once, recorded."""
    state = bench.states.at(0.01)
    kept = state.databases[1]
    assert kept.server is not None
    costs = []
    with ready(kept, state.ruleset, notices) as outbox, stub(channel) as provider:
        side = Sending(outbox, provider, notices)
        for _ in range(ROUNDS):
            side.renew()
            provider.forget()
            costs.append(cost(side.run, kept.server, notices))
    return middle(costs)


def main() -> int:
    """Measures, prints, and keeps it where asked to."""
    parser = argparse.ArgumentParser(prog="python -m bench.sizing", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--notices", type=int, default=2000)
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {MEASURED}")
    chosen = parser.parse_args()
    with States() as states:
        bench = Bench(states=states, scale=0.01, quick=True)
        one, stored, logged = made_ready(bench, chosen.notices)
        measured = Measured(
            at=datetime.now(UTC).strftime("%Y-%m-%d"),
            load=round(os.getloadavg()[0]),
            made_ready=one,
            sms=handed_over(bench, ChannelName.SMS, chosen.notices),
            mail=handed_over(bench, ChannelName.EMAIL, chosen.notices),
            receipt=RECEIPT,
            bytes_stored=stored,
            bytes_logged=logged,
        )
    text = json.dumps(asdict(measured), indent=2) + "\n"
    sys.stdout.write(text)
    if chosen.write:
        Path(MEASURED).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
