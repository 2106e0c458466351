"""A database, two providers and a clock outlive the processes that work on them: what a crash test looks at."""

import os
import signal
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import MessageState, NoticeKind
from notifier.model.types import USUAL_CHANNELS, ChannelName, NoticeClass
from notifier.settings_variables import Driver
from notifier.store.database import open_engine, read_only
from notifier.store.outbox.leasing import LEASE
from notifier.store.outbox.payloads import with_payload
from notifier.store.sql import table_of
from notifier.store.state.changes import write_rows
from notifier.store.tables import MessageRow, NoticeRow
from tests.crash import project
from tests.crash.faults import Fault, Journal
from tests.crash.worker import Job, Life
from tests.support.rig import NOW
from tests.support.smtp_server import SmtpServerProcess, smtp_server
from tests.support.twilio_server import TwilioServer, twilio_server
from tests.support.world_clock import WorldClock

NOTICE = table_of(NoticeRow)
MESSAGE = table_of(MessageRow)
PATIENCE = 300
"""Real seconds after which a test that waits for a process gives up: only a failing one waits that long."""
UNTOUCHED = 30
"""Real seconds that a process has for what it commits after everything is done, as it consumes changes."""


@dataclass
class CrashWorld:
    """One test's. `lives` are all processes that it started, the dead ones too."""

    folder: Path
    clock: WorldClock
    database: sa.Engine
    twilio: TwilioServer
    smtp: SmtpServerProcess
    lives: list[tuple[Life, BaseProcess]] = field(default_factory=list)
    customers: int = 0
    visits: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """The visits that each customer booked."""
    booked: int = 0
    patience: float = PATIENCE
    cuts: bool = False
    """Whether its processes cut their passes into the smallest portions."""
    abandoned: dict[str, datetime] = field(default_factory=dict)
    """Messages whose process stands still, or was killed from outside, and since when."""
    refused: set[str] = field(default_factory=set)
    """Addresses whose provider refuses a message for good."""
    uncertain: set[str] = field(default_factory=set)
    """Mail addresses at which nobody knows what arrived."""
    withdrawn: set[int] = field(default_factory=set)
    """Customers whose visits were cancelled before anything was said of them."""

    @property
    def journal(self) -> Journal:
        return Journal(self.folder / "strikes.jsonl")

    def book(
        self, customers: int, classes: Mapping[NoticeClass, int], channels: Collection[ChannelName] = USUAL_CHANNELS
    ) -> None:
        """New customers with an address on each of these channels, and with so many visits of each class, to be told
        about at once."""
        numbers = range(self.customers, self.customers + customers)
        now = self.clock()
        self.visits |= {number: list(project.visits(number, classes, now)) for number in numbers}
        rows = [visit for number in numbers for visit in self.visits[number]]
        with self.database.begin() as connection:
            write_rows(connection, "customer", [project.customer(number, channels) for number in numbers], now)
            write_rows(connection, "appointment", rows, now)
        self.customers += customers
        self.booked += len(rows)

    @staticmethod
    def phone(number: int) -> str:
        """Of the customer of this number."""
        return str(project.customer(number)["phone"])

    @staticmethod
    def email(number: int) -> str:
        """Of the customer of this number."""
        return str(project.customer(number)["email"])

    def withdraw(self, number: int) -> None:
        """The visits of this customer are cancelled."""
        rows = [visit | {"status": "cancelled"} for visit in self.visits[number]]
        with self.database.begin() as connection:
            write_rows(connection, "appointment", rows, self.clock())
        self.withdrawn.add(number)

    def plan(self) -> None:
        """A process that sends nothing, until it has evaluated once."""
        process = self.begin(jobs=[Job.EVALUATE])
        life, _ = self.lives[-1]
        for _ in self.waiting(process):
            if life.is_at_work and "tick.done" in life.log.read_text():
                break
        self.end(process)

    def begin(
        self, fault: Fault | None = None, jobs: Iterable[Job] = Job, ahead: timedelta = timedelta()
    ) -> BaseProcess:
        """A process of the daemon; with a fault, one that will meet it. Its clock is `ahead` of the world's."""
        number = len(self.lives)
        life = Life(
            number=number,
            folder=self.folder,
            clock=WorldClock(self.clock.file, ahead),
            journal=self.folder / "strikes.jsonl",
            fault=fault,
            jobs=frozenset(jobs),
            cuts=self.cuts,
        )
        process = life.begin()
        self.lives.append((life, process))
        return process

    def die(self, fault: Fault, jobs: Iterable[Job] = Job) -> None:
        """A life that ends by its fault. Where it has nothing to do before, time passes at once."""
        process = self.begin(fault, jobs)
        life, _ = self.lives[-1]
        done_since = None
        for _ in self.waiting():
            if process.exitcode is not None:
                break
            if not life.is_at_work or not self.let_time_pass():
                done_since = None
                continue
            done_since = done_since or time.monotonic()
            if time.monotonic() - done_since > UNTOUCHED:
                raise AssertionError(f"it did everything and did not come to this: {fault}\n{self.last_words()}")
        self.mourn(process, fault)

    def mourn(self, process: BaseProcess, fault: Fault) -> None:
        """Wait until the process ended by its fault."""
        for _ in self.waiting():
            if process.exitcode is not None:
                break
        assert process.exitcode == -fault.signal, f"{fault}: it ended with {process.exitcode}\n{self.last_words()}"

    def settle(self) -> None:
        """A life in which whatever others left undone is done, while time passes; then it is asked to end."""
        process = self.begin()
        self.watch(process)
        self.end(process)

    def end(self, process: BaseProcess) -> None:
        """Ask it to end, as a service manager would."""
        process.terminate()
        process.join(self.patience)
        assert process.exitcode == 0, f"it ended with {process.exitcode}\n{self.last_words()}"

    def watch(self, *processes: BaseProcess) -> None:
        """Wait until they work and nothing is left to do. Where everything left is for later, time passes at once."""
        for _ in self.waiting(*processes):
            if not all(life.is_at_work for life, process in self.lives if process in processes):
                continue
            if self.let_time_pass():
                return

    def let_time_pass(self) -> bool:
        """Where everything that is left is for later, it is later now. Whether nothing is left."""
        left = self.left()
        if left.next_at is not None:
            self.clock.set(max(left.next_at, self.clock()) + timedelta(seconds=1))
        return left.is_done

    def waiting(self, *processes: BaseProcess) -> Iterator[None]:
        """Short pauses, as long as these processes live and nothing surprised them; gives up after `patience`."""
        given_up = time.monotonic() + self.patience
        while time.monotonic() < given_up:
            for process in processes:
                assert process.exitcode is None, f"it ended with {process.exitcode}\n{self.last_words()}"
            said = self.last_words()
            assert "daemon.failed" not in said, said
            yield
            time.sleep(0.05)
        raise AssertionError(f"waited {self.patience} s in vain: {self.left()}\n{self.last_words()}")

    def stop(self, process: BaseProcess) -> None:
        """Let the only process stand still, if it does not yet, until `wake`."""
        assert process.pid is not None
        os.kill(process.pid, signal.SIGSTOP)
        self.await_stop(process)

    def await_stop(self, process: BaseProcess) -> None:
        """Wait until the only process stands still (proc(5)), and know what it has in hand as abandoned."""
        stat = Path(f"/proc/{process.pid}/stat")
        for _ in self.waiting(process):
            if stat.read_text().rpartition(")")[2].split()[0] == "T":
                break
        self.abandon()

    def abandon(self) -> None:
        """Everything that is claimed now was claimed by processes that are dead or stand still."""
        now = self.clock()
        self.abandoned |= {row.id: now for row in self.messages(MessageState.SENDING)}

    def end_idle_transactions(self) -> None:
        """What PostgreSQL does by itself after `IDLE_TRANSACTION`, which is real time."""
        statement = sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND state = 'idle in transaction'"
        )
        with self.database.begin() as connection:
            connection.execute(statement)

    def wake(self, process: BaseProcess) -> None:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGCONT)

    def messages(self, *states: MessageState) -> list[sa.Row[Any]]:
        """Every message (in these states) with its notice's class, kind, state and reference and the `content` of its
        payload, in the queue's order."""
        names = ("notice_class", "kind", "state", "reference", "subject_id", "recipient_id")
        wanted = [NOTICE.c[name].label(f"notice_{name}") for name in names]
        statement = (
            with_payload(sa.select(MESSAGE, *wanted), MESSAGE.c.id)
            .join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
            .where(MESSAGE.c.state.in_(states or MessageState))
            .order_by(MESSAGE.c.urgency, MESSAGE.c.until_at, MESSAGE.c.created_at, MESSAGE.c.id)
        )
        with read_only(self.database) as connection:
            return list(connection.execute(statement))

    def notices(self) -> list[sa.Row[Any]]:
        """Every notice, in the order in which they were decided."""
        with read_only(self.database) as connection:
            return list(connection.execute(sa.select(NOTICE).order_by(NOTICE.c.decided_at, NOTICE.c.id)))

    def left(self) -> "Left":
        """What is still to be done."""
        told_about = sa.select(sa.func.count()).select_from(NOTICE).where(NOTICE.c.kind == NoticeKind.NOTICE)
        with read_only(self.database) as connection:
            notices = connection.execute(told_about).scalar_one()
        orphans = {message: strike.at for strike in self.journal.strikes() for message in strike.claimed}
        messages = self.messages(MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN)
        return Left.of(max(self.booked - notices, 0), messages, orphans | self.abandoned, self.clock())

    def last_words(self) -> str:
        """The end of the log of each process that lives, else of the youngest."""
        living = [life for life, process in self.lives if process.is_alive()]
        logs = [life.log for life in living or [life for life, _ in self.lives[-1:]]]
        return "\n".join(f"{log.name}:\n{log.read_text()[-4000:]}" for log in logs if log.exists())

    def close(self) -> None:
        for _, process in self.lives:
            process.kill()
            process.join()
        self.database.dispose()


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is still to be done, and whether anybody does it at the moment."""

    unplanned: int
    claimable: int
    """Messages that could be claimed now."""
    on_their_way: int
    """Messages that are queued, claimed, or asked about."""
    next_at: datetime | None
    """When there is something to do again, where nothing can be done now and nobody is at it."""

    @property
    def is_done(self) -> bool:
        """Also with mails of which only a person can say whether they arrived."""
        return self.unplanned == 0 and self.on_their_way == 0

    @classmethod
    def of(
        cls, unplanned: int, messages: Collection[sa.Row[Any]], orphans: Mapping[str, datetime], now: datetime
    ) -> "Left":
        """`orphans` are messages whose claim died with its process, and when; a later claim is somebody else's."""
        queued = [row for row in messages if row.state == MessageState.QUEUED]
        sending = [row for row in messages if row.state == MessageState.SENDING]
        asked = [row for row in messages if row.state == MessageState.UNKNOWN and not waits_for_a_person(row)]
        lanes = {(row.channel, row.address) for row in sending}
        first = [row for row in queued if (row.channel, row.address) not in lanes]
        later = [row.next_attempt_at for row in [*first, *asked]]
        later += [row.started_at + LEASE for row in sending]
        in_hand = [row for row in sending if row.id not in orphans or row.started_at > orphans[row.id]]
        idle = not unplanned and not in_hand and all(at > now for at in later)
        return cls(
            unplanned=unplanned,
            claimable=sum(row.next_attempt_at <= now for row in first),
            on_their_way=len(queued) + len(sending) + len(asked),
            next_at=min(later, default=None) if idle else None,
        )


def waits_for_a_person(row: sa.Row[Any]) -> bool:
    """A mail whose answer was lost, of a class that is not sent again without being sure."""
    uncertain = row.state == MessageState.UNKNOWN and row.channel == ChannelName.EMAIL
    return bool(uncertain and row.notice_notice_class != NoticeClass.SAFETY)


@contextmanager
def open_world(
    folder: Path, migrated_url: str, rules: Mapping[str, str] = project.RULES, driver: Driver = Driver.LOCAL
) -> Iterator[CrashWorld]:
    """A world at 10:00 in Bogotá, on an empty database with its tables; `rules` are files laid over the usual ones."""
    clock = WorldClock(folder / "clock")
    clock.set(NOW)
    with twilio_server(folder, clock=clock) as twilio, smtp_server(folder) as smtp:
        project.write(folder, rules, migrated_url, twilio, smtp, driver)
        world = CrashWorld(folder=folder, clock=clock, database=open_engine(migrated_url), twilio=twilio, smtp=smtp)
        try:
            yield world
        finally:
            world.close()
