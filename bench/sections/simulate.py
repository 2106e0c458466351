"""Two years of 15,000 orders under five rules: a replay, against one process that ticks, and against commands.

All sides stop at the same instants, and decide the same: the sides of a comparison that told different notices have no
ratio. A third of one process was asked of the build before there was a replay, which is not here: docs/performance.md.
The others are measured on a part of the same history, in its middle, from the same state.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from bench.harness import Bench, Case, Job, Result
from bench.project import load_ruleset, write_project
from notifier.drafting.ruleset import Ruleset
from notifier.intake.events import apply_change_set, import_events, read_change_set
from notifier.intake.histories import History
from notifier.intake.history_events import read_events
from notifier.intake.parsing import ImportContext
from notifier.intake.sources import open_source
from notifier.model.problems import Place
from notifier.model.types import ChannelName
from notifier.simulation.channel import KeepingChannel
from notifier.simulation.databases import Databases, temporary_databases
from notifier.simulation.replay import Replayed, Span, end_of, replay, span_of
from notifier.simulation.world import World, open_world
from notifier.store.database import open_engine, read_only, thrown_away, unflushed
from notifier.store.migrating import ensure_indexes, migrate
from notifier.store.reports.replayed import decided_notices

NAME = "simulate"
RULES = ("late-order", "sale-day-overload", "handover-overdue", "locker-pickup", "large-order-silence")
START = datetime(2024, 1, 1, tzinfo=UTC)
ORDERS, DAYS = 15_000, 730
QUICK_DAYS = 73
"""The quick size is a tenth of the time, with as many orders a day."""
PART = 3
"""Days in the middle that one process ticks through."""
EARLIER, QUICK_EARLIER = 60, 20
"""Days that are played before them: most orders of the first of these are over."""
LOOKS = 5
"""Stops at which commands are run: each takes seconds."""
LINES, BY_LINES = 15_000, 1_500
"""Events that are loaded, one row a line, and those of them that `import events` loads: each costs the same."""
HOURLY, DAILY = timedelta(hours=1), timedelta(days=1)
CUSTOMERS = 3_000


def run(bench: Bench) -> Iterator[Result]:
    """A simulated day, then loading, then that empty days cost nothing."""
    days = QUICK_DAYS if bench.quick else DAYS
    with TemporaryDirectory(prefix="notifier-bench-") as folder, temporary_databases() as databases:
        shop = Shop(Path(folder), databases, days=days, orders=ORDERS * days // DAYS)
        middle = shop.middle(PART, earlier=QUICK_EARLIER if bench.quick else EARLIER)
        ticks = Job(name="one process that ticks", before=middle.renew, run=lambda: _nothing(middle.ticked()))
        yield bench.compare(
            NAME,
            Case(
                name=f"a simulated day of {shop.orders:,} orders in {days} days",
                ours=Job(name="replay of all", run=lambda: _nothing(shop.count(shop.history)), share=shop.played_days),
                other=replace(ticks, name=f"one process that ticks, {PART} days", share=PART),
                rounds=1,
            ),
        )
        yield bench.compare(
            NAME,
            Case(
                name=f"{PART} days in the middle, the same notices",
                ours=Job(name="replay", before=middle.renew, run=middle.replayed),
                other=Job(name="one process that ticks", before=middle.renew, run=middle.ticked),
            ),
        )
        yield bench.compare(
            NAME,
            Case(
                name=f"{PART} days in the middle, by commands",
                ours=Job(name="replay", before=middle.renew, run=lambda: _nothing(middle.replayed())),
                other=Job(name=f"commands at {LOOKS} stops", run=middle.commanded, share=LOOKS / len(middle.stops)),
                at_most=1 / 40,
                rounds=1,
            ),
        )
        yield bench.compare(
            NAME,
            Case(
                name=f"{PART} days in the middle, looked at every hour",
                ours=Job(name="every hour", before=middle.renew, run=lambda: _nothing(middle.replayed(HOURLY))),
                other=Job(name="every day", before=middle.renew, run=lambda: _nothing(middle.replayed())),
            ),
        )
        yield _loading(bench, shop)
        yield _empty_days(bench, shop)


def _nothing(_result: object) -> None:
    """What is not to be compared."""


def _loading(bench: Bench, shop: "Shop") -> Result:
    lines = LINES // 5 if bench.quick else LINES
    few = min(BY_LINES, lines // 5)
    part, some = shop.folder / "lines.jsonl", shop.folder / "some.jsonl"
    for file, count in ((part, lines), (some, few)):
        orders = count // 4  # each has a customer, and is placed, shipped and delivered
        file.write_text("".join(_lines(orders, 30)), encoding="utf-8")
    return bench.compare(
        NAME,
        Case(
            name=f"{lines:,} events, one row a line",
            ours=Job(name="read and written together", run=lambda: _nothing(shop.load(part))),
            other=Job(
                name=f"import events, {few:,} lines",
                run=lambda: _nothing(shop.load_by_lines(some)),
                share=few / lines,
            ),
            at_most=None if bench.quick else 1 / 20,  # of few lines, what each command costs is too large a part
            rounds=1,
        ),
    )


def _empty_days(bench: Bench, shop: "Shop") -> Result:
    """The same events, and ten times as many days between them."""
    few = shop.spread(orders=200, days=20)
    far = shop.spread(orders=200, days=20, gap=180)
    return bench.compare(
        NAME,
        Case(
            name="200 orders, and 180 days in their middle on which nothing happens",
            ours=Job(name="200 days", run=lambda: shop.count(far)),
            other=Job(name="20 days", run=lambda: shop.count(few)),
            at_most=1.2,
        ),
    )


@dataclass
class Shop:
    """A shop's two years."""

    folder: Path
    databases: Databases
    days: int
    orders: int

    def __post_init__(self) -> None:
        self.project = write_project(self.folder / "project")
        rules = self.project / "rules"
        for other in rules.iterdir():  # of other trades, which the shop does not have
            if other.is_dir() and other.name != "retail":
                shutil.rmtree(other)
        for name in ("telco", "utility", "restaurant"):
            (rules / f"{name}.yaml").unlink(missing_ok=True)
        whole = load_ruleset(self.project)
        five = replace(whole.project, rules={name: whole.project.rules[name] for name in RULES}, checks={})
        queries = {name: whole.rule_queries[name] for name in RULES}
        self.ruleset = replace(whole, project=five, rule_queries=queries, check_queries={})
        self.context = ImportContext.of(five, "CO")
        self.lines = list(_lines(self.orders, self.days))
        self.file = self.folder / "events.jsonl"
        self.file.write_text("".join(self.lines), encoding="utf-8")
        self.history = self.read(self.file)

    @property
    def played_days(self) -> float:
        """From the first row to the last: orders that were placed at the end come two weeks later."""
        happenings = self.history.happenings
        return (happenings[-1].at - happenings[0].at) / DAILY

    def read(self, path: Path) -> History:
        """The history of a file. Raises ValueError where a line was refused."""
        with open_source(path, sys.stdin.buffer) as source:
            history = read_events(source, self.context)
        if history.problems:
            raise ValueError(f"generated events were refused: {history.problems[:3]}")
        return history

    def count(self, history: History) -> int:
        """Plays a history; how many notices it decides."""
        span = span_of(history, None, None)
        assert span is not None
        with self.databases.fresh() as database:
            self.index(database)
            for _ in replay(history, self.ruleset, database, span, every=DAILY):
                pass
            with read_only(database) as connection:
                return len(decided_notices(connection))

    def index(self, database: sa.Engine) -> None:
        """As a daemon does before its first tick."""
        with database.begin() as connection:
            ensure_indexes(connection, self.ruleset.searched_columns)

    def spread(self, *, orders: int, days: int, gap: int = 0) -> History:
        """A few orders, with days of nothing in their middle."""
        path = self.folder / f"spread-{gap}.jsonl"
        path.write_text("".join(_lines(orders, days, gap=gap)), encoding="utf-8")
        return self.read(path)

    def load(self, path: Path) -> int:
        """Rows that are written, without ticks."""
        history = self.read(path)
        with self.databases.fresh() as database:
            return _written(history, self.ruleset, database)

    def load_by_lines(self, path: Path) -> int:
        """The same by `import events`."""
        with self.databases.fresh() as database, database.begin() as connection:
            with open_source(path, sys.stdin.buffer) as source:
                report = import_events(connection, source, self.context)
            return report.counts.inserted + report.counts.updated

    def middle(self, days: int, *, earlier: int) -> "Middle":
        """Some days in the middle, and before them as many days as are said, or half of all."""
        return Middle(self, START + timedelta(days=min(self.days // 2, earlier)), days)


def _written(history: History, ruleset: Ruleset, database: sa.Engine) -> int:
    """What a replay writes at its beginning, of all that came before."""
    last = history.happenings[-1].at + timedelta(days=1)
    span = Span(since=last, until=last, known_before=True)
    done = Replayed(at=last)
    bare = replace(ruleset, project=replace(ruleset.project, rules={}), rule_queries={})
    for done in replay(history, bare, database, span):  # noqa: B007 - the last one counts
        pass
    return done.rows


class Middle:
    """A part of the history, played by each side from the same state."""

    def __init__(self, shop: Shop, since: datetime, days: int) -> None:
        self._shop = shop
        self._since, self._until = since, since + timedelta(days=days)
        happenings = shop.history.happenings
        before = [one for one in happenings if one.at < since]
        self._coming = [one for one in happenings if since <= one.at < self._until]
        self._lines = [line for line in shop.lines if since <= _at(line) < self._until]
        self._start = shop.folder / "start.db"
        self._path = shop.folder / "middle.db"
        self.stops: Sequence[datetime] = ()
        """When a replay of the part ticks."""
        engine = open_engine(f"sqlite:///{self._start}")
        unflushed(engine)
        migrate(engine)
        shop.index(engine)
        earlier = History(happenings=before)
        span = Span(since=before[0].at - timedelta(seconds=1), until=since)
        for _ in replay(earlier, shop.ruleset, engine, span, every=DAILY):
            pass
        engine.dispose()
        self.renew()
        self.replayed()

    def renew(self) -> None:
        """The state in which the part begins."""
        for file in self._path.parent.glob(f"{self._path.name}*"):
            file.unlink()
        shutil.copyfile(self._start, self._path)

    @contextmanager
    def _opened(self, prepare: Callable[[sa.Engine], None] = unflushed) -> Iterator[sa.Engine]:
        engine = open_engine(f"sqlite:///{self._path}")
        prepare(engine)
        try:
            yield engine
        finally:
            engine.dispose()

    def replayed(self, every: timedelta = DAILY) -> list[tuple[Any, ...]]:
        """What was told, by a replay."""
        span = Span(since=self._since, until=self._until)
        with self._opened(thrown_away) as database:  # as a replay opens its own
            history = History(happenings=self._coming)
            played = replay(history, self._shop.ruleset, database, span, every=every)
            self.stops = [done.at for done in played]
            return self._told(database)

    def ticked(self) -> list[tuple[Any, ...]]:
        """The same by a process that writes each event by itself, and ticks and sends as the demo does."""
        channels = dict.fromkeys(ChannelName, KeepingChannel())
        with self._opened() as database, open_world(self._shop.ruleset, database, channels, self._since) as world:
            world.tick()
            world.tick()
            left = list(self._lines)
            while left:
                look = end_of(_at(left[0]), DAILY)
                self._wait(world, look, left)
                world.clock.advance_to(look)
                self._write(database, left, look)
                world.tick()
            self._wait(world, self._until, left)
            return self._told(database)

    def _wait(self, world: World, until: datetime, left: list[str]) -> None:
        """Ticks at the end of each hour before that instant in which something falls due, with what came by then."""
        while (due := world.next_due(until)) is not None:
            at = min(end_of(due, HOURLY), until)
            if at == until and left:
                return  # the caller ticks there
            world.clock.advance_to(at)
            self._write(world.database, left, at)
            world.tick()

    def _write(self, database: sa.Engine, left: list[str], now: datetime) -> None:
        """Writes each event that came by itself, dated by now, and takes it out of what is left."""
        while left and _at(left[0]) <= now:
            change_set = read_change_set(json.loads(left.pop(0)), Place("events"))
            with database.begin() as connection:
                apply_change_set(connection, replace(change_set, at=now), self._shop.context)

    def _told(self, database: sa.Engine) -> list[tuple[Any, ...]]:
        with read_only(database) as connection:
            found = decided_notices(connection)
        told = [(one.rule, one.subject_id, one.each_id or "", one.state, one.told_at) for one in found]
        return sorted(told, key=repr)

    def commanded(self) -> None:
        """The first stops by two commands each: what came is imported, and a tick decides and sends."""
        self.renew()
        project = self._shop.project
        settings = f"NOTIFIER_DATABASE_URL=sqlite:///{self._path}\nNOTIFIER_OUTBOX={self._shop.folder / 'outbox'}\n"
        (project / ".env").write_text(settings, encoding="utf-8")
        left = list(self._lines)
        for stop in self.stops[:LOOKS]:
            coming = [line for line in left if _at(line) <= stop]
            left = left[len(coming) :]
            part = self._shop.folder / "part.jsonl"
            part.write_text("".join(coming), encoding="utf-8")
            tick = ("tick", "--at", stop.isoformat())
            for words in (("import", "events", str(part)), tick) if coming else (tick,):
                command = [sys.executable, "-c", "from notifier.cli.main import run; run()", "--project", str(project)]
                done = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
                if done.returncode:
                    raise ValueError(f"{' '.join(words)}: {done.stderr}")


def _at(line: str) -> datetime:
    return datetime.fromisoformat(line[8:33])


def _lines(orders: int, days: int, gap: int = 0) -> Iterator[str]:
    """Change sets of one row each, by time; the shop and its customers come first.

    `gap`: so many days of nothing lie in the middle.
    """
    random = Random(7)
    site = {"id": "S-1", "name": "Centro", "timezone": "America/Bogota", "country": "CO"}
    yield _line(START, "site", {**site, "opening_hours": "Mo-Sa 08:00-20:00", "daily_capacity": 40})
    for number in range(min(CUSTOMERS, orders)):
        address = {"phone": f"+5730{number:08}", "email": f"c{number}@example.com"}
        known = {"id": f"C-{number}", "name": f"Ana {number}", "locale": "es-CO", "timezone": "America/Bogota"}
        yield _line(START, "customer", {**known, "country": "CO", **address})
    found = []
    for number in range(orders):
        placed = START + timedelta(seconds=random.randrange(60, days * 86_400))
        if placed >= START + timedelta(days=days / 2):
            placed += timedelta(days=gap)
        shipped = placed + timedelta(hours=random.randrange(8, 72))
        came = shipped + timedelta(hours=random.randrange(24, 300))
        promised = (placed + timedelta(days=10)).replace(hour=4, minute=59, second=59)
        row = {"id": f"O-{number}", "customer_id": f"C-{number % CUSTOMERS}", "site_id": "S-1"}
        row |= {"status": "in_progress", "placed_at": placed.isoformat(), "promised_at": promised.isoformat()}
        found.append((placed, {**row, "total": "90000", "currency": "COP"}))
        found.append((shipped, {"id": row["id"], "status": "shipped", "handed_over_at": shipped.isoformat()}))
        found.append((came, {"id": row["id"], "status": "completed", "completed_at": came.isoformat()}))
    for at, row in sorted(found, key=lambda each: (each[0], each[1]["id"])):
        yield _line(at, "order", row)


def _line(at: datetime, entity: str, row: dict[str, Any]) -> str:
    return json.dumps({"at": at.isoformat(timespec="seconds"), "set": {entity: [row]}}, ensure_ascii=False) + "\n"
