"""By hand: a week of a live daemon in an hour, while everything around it fails; prints whether anything grows.

    python -m tests.crash.soak --database postgresql --minutes 60

The world's clock runs so fast that `--days` pass in `--minutes`. Customers book and move visits all the time. Every
minute somebody edits the rules, each tenth time wrongly; every few seconds a provider fails in one of the ways of
`tests.crash.long`; and every tenth minute the database goes away: PostgreSQL is killed and recovers, SQLite's file is
locked for three seconds. Every two seconds the daemon's memory, open files and connections are read. Exit code 1 where
the median of the last quarter is more than 1.1 of that of the second one, where a message is left in a state that
nothing moves, where anything was lost or an SMS doubled, or where edits did not come into force.
"""

import argparse
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import sqlalchemy as sa

from notifier.model.notices import MessageState, NoticeState
from notifier.model.types import ChannelName, NoticeClass
from notifier.store.state.changes import write_rows
from tests.crash import project
from tests.crash.long import crash_server, database, patiently, provider_faults
from tests.crash.tally import tally
from tests.crash.worker import LIVES_LONG
from tests.crash.world import CrashWorld, open_world
from tests.support.rig import NOW

CLASSES = {NoticeClass.SERVICE: 2, NoticeClass.SAFETY: 1}
PACE = {"NOTIFIER_TICK_SECONDS": 2, "NOTIFIER_DISPATCH_SECONDS": 0.5}
EVERY = {"samples": 2.0, "bookings": 4.0, "changes": 5.0, "provider faults": 7.0, "edits of rules": 60.0}
"""Real seconds between two."""
OUTAGES = 600.0
"""Real seconds between two outages of the database."""
LOCKED = 3.0
"""Real seconds for which SQLite's file is locked: more than the daemon waits for."""
UNUSED_KINDS = ("delivery", "reservation", "visit")
"""Kinds of visits that nobody books here."""
FLAT = 1.1
"""What the last quarter may have of the second."""


@dataclass
class Samples:
    """What was read of the daemon, in order."""

    memory: list[float] = field(default_factory=list)
    """MB that no other process uses (proc(5), smaps_rollup)."""
    files: list[float] = field(default_factory=list)
    threads: list[float] = field(default_factory=list)
    connections: list[float] = field(default_factory=list)
    """Of PostgreSQL to this database; of SQLite, none are counted beside the files."""

    def read(self, process: BaseProcess, world: CrashWorld) -> None:
        """Read once. A database that is away has no connections to count."""
        daemon = Path(f"/proc/{process.pid}")
        pages = (line.split() for line in (daemon / "smaps_rollup").read_text().splitlines())
        self.memory.append(sum(float(line[1]) for line in pages if line[0].startswith("Private_")) / 1e3)
        self.files.append(len(list((daemon / "fd").iterdir())))
        self.threads.append(len(list((daemon / "task").iterdir())))
        if world.database.dialect.name == "postgresql":
            statement = sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            with world.database.connect() as connection:
                self.connections.append(float(connection.execute(statement).scalar_one()))

    def growth(self) -> dict[str, tuple[float, float]]:
        """The medians of the second and of the last quarter."""
        return {name: _quarters(values) for name, values in vars(self).items() if len(values) > 8}


def _quarters(values: list[float]) -> tuple[float, float]:
    quarter = len(values) // 4
    return statistics.median(values[quarter : 2 * quarter]), statistics.median(values[-quarter:])


def _tenths(values: list[float]) -> list[float]:
    """The median of each tenth, in order."""
    tenth = max(len(values) // 10, 1)
    return [statistics.median(values[start : start + tenth]) for start in range(0, tenth * 10, tenth) if values[start:]]


class Week:
    """What happens around the daemon."""

    def __init__(self, world: CrashWorld, draw: random.Random) -> None:
        self.world = world
        self.draw = draw
        self.samples = Samples()
        self.counts: dict[str, int] = {}
        self.edits = 0
        self.moved: set[str] = set()
        """Visits of which a message may rightly have been taken back."""
        self.faults = provider_faults(world)

    def book(self) -> None:
        """Two customers."""
        self.world.book(2, CLASSES)

    def change(self) -> None:
        """A visit of a customer moves by an hour."""
        number = self.draw.randrange(self.world.customers)
        moved = [visit | {"starts_at": visit["starts_at"] + timedelta(hours=1)} for visit in self.world.visits[number]]
        self.moved.add(moved[0]["id"])
        with self.world.database.begin() as connection:
            write_rows(connection, "appointment", moved[:1], self.world.clock())

    def edit(self) -> None:
        """Somebody edits the rules: a rule goes, another one comes, and each tenth time it is wrong."""
        self.edits += 1
        kind = "no such kind" if not self.edits % 10 else UNUSED_KINDS[self.edits % len(UNUSED_KINDS)]
        extra = project.RULE.format(kind=kind, notice_class="service")
        extra = extra.replace(f"rule: {kind}-visit", f"rule: edited-{self.edits}")
        file = self.world.folder / "rules/visits.yaml"
        file.write_text(f"# {self.edits}\n{project.RULES['rules/visits.yaml']}{extra}")

    def outage(self) -> None:
        """The database goes away for a moment."""
        if self.world.database.dialect.name == "postgresql":
            crash_server(self.world)
            return
        with closing(sqlite3.connect(str(self.world.database.url.database), isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            time.sleep(LOCKED)
            connection.execute("ROLLBACK")

    def live(self, process: BaseProcess, seconds: float) -> None:
        """All of it, for so many real seconds."""
        to_do: dict[str, tuple[float, Callable[[], None]]] = {
            "samples": (EVERY["samples"], lambda: self.samples.read(process, self.world)),
            "bookings": (EVERY["bookings"], self.book),
            "changes": (EVERY["changes"], self.change),
            "provider faults": (EVERY["provider faults"], lambda: self.draw.choice(self.faults)()),
            "edits of rules": (EVERY["edits of rules"], self.edit),
            "outages": (OUTAGES, self.outage),
        }
        began = time.monotonic()
        due = {name: began + every for name, (every, _) in to_do.items()}
        while (now := time.monotonic()) - began < seconds:
            assert process.exitcode is None, f"it ended with {process.exitcode}\n{self.world.last_words()}"
            for name, (every, work) in to_do.items():
                if now >= due[name]:
                    patiently(work)
                    due[name] = max(due[name] + every, now)
                    self.counts[name] = self.counts.get(name, 0) + 1
            time.sleep(0.1)


def main() -> int:
    """Runs it as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    os.environ[LIVES_LONG] = "true"
    os.environ.setdefault("MALLOC_ARENA_MAX", "1")  # as in deploy/; the daemon's process begins with it
    folder = Path(tempfile.mkdtemp(prefix="notifier-soak-"))
    with database(chosen.database, folder) as url, open_world(folder, url) as world:
        settings = folder / ".env"
        kept = [line for line in settings.read_text().splitlines() if line.partition("=")[0] not in PACE]
        settings.write_text("\n".join([*kept, *(f"{name}={value}" for name, value in PACE.items())]) + "\n")
        world.clock.set(NOW, chosen.days * 24 * 60 / chosen.minutes)
        world.patience = 1800
        week = Week(world, random.Random(chosen.seed))
        process = world.begin()
        week.live(process, chosen.minutes * 60)
        world.clock.set(world.clock())
        world.watch(process)
        world.end(process)
        counted = tally(world)
        reloaded = sum(log.read_text(encoding="utf-8").count('"rules.reloaded"') for log in folder.glob("life-*.log"))
        of_moved = {row.id for row in world.messages(MessageState.CANCELLED) if row.notice_subject_id in week.moved}
        # On its other channel the notice was told, and then one that is late is taken back.
        told = {row.id for row in world.messages() if row.notice_state == NoticeState.TOLD}
        counted = replace(counted, lost={channel: ids - of_moved - told for channel, ids in counted.lost.items()})
    growth = week.samples.growth()
    lines = [
        f"{chosen.database}: {chosen.days:g} days in {chosen.minutes:g} minutes, seed {chosen.seed}: "
        + ", ".join(f"{count} {name}" for name, count in week.counts.items())
        + f"; logs in {folder}",
        f"{reloaded} edits came into force",
        *(f"{name}: {second:.1f} -> {last:.1f} ({last / second:.2f})" for name, (second, last) in growth.items()),
        "memory, by tenths of the time: " + ", ".join(f"{value:.1f}" for value in _tenths(week.samples.memory)),
        counted.table(),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    grown = [name for name, (second, last) in growth.items() if last > FLAT * second]
    # The tally is not told of which messages a provider lost the answer: mails of the safety class may go twice.
    twice = counted.doubled[ChannelName.EMAIL] - counted.safety
    wrong = {
        "notices were never told": len(counted.untold),
        "messages were lost": sum(map(len, counted.lost.values())),
        "messages came twice": len(twice) + len(counted.doubled[ChannelName.SMS]),
        "messages were accepted and have no id": counted.without_id,
    }
    broken = [*(f"{count} {what}" for what, count in wrong.items() if count), *(f"{name} grew" for name in grown)]
    # One in ten is wrong, and the last one may not have rested yet.
    if reloaded < week.edits * 9 // 10 - 1:
        broken.append(f"of {week.edits} edits only {reloaded} came into force")
    sys.stdout.write("\n".join(broken or ["nothing grew, nothing was lost, no SMS came twice"]) + "\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
