"""A process of the notifier is made to die, or to stand still, at exactly one point of its work.

Everything is hooked from the outside: the adapters' `send` and `find`, and what SQLAlchemy says of statements, of
commits and of connections given back. The program knows nothing of it.
"""

import json
import os
import re
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifier.delivery.outcomes import Accepted
from notifier.delivery.smtp_email import SmtpEmail
from notifier.delivery.twilio_sms import TwilioSms
from notifier.model.notices import MessageState
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName
from notifier.store.database import open_engine, read_only
from notifier.store.sql import table_of
from notifier.store.tables import MessageRow
from tests.crash.points import EVALUATING, Call, Move, Point, Side, Step, Write
from tests.support.world_clock import WorldClock

MESSAGE = table_of(MessageRow)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Strikes when this process comes to `point` (of a message on `channel`, if set) for the `turn`-th time."""

    point: Point
    channel: ChannelName | None = None
    turn: int = 1
    signal: int = signal.SIGKILL
    """SIGKILL dies; SIGSTOP stands still, once."""

    def __str__(self) -> str:
        return f"{self.point}, {self.channel.value}" if self.channel is not None else str(self.point)


@dataclass(frozen=True, kw_only=True)
class Strike:
    """What a fault did, written down before it did it."""

    life: int
    point: str
    at: datetime
    """By the world's clock."""
    claimed: tuple[str, ...]
    """Messages whose claim was written, and nothing after it; it may have died before its commit."""
    in_hand: tuple[str, ...]
    """Those of them that were marked as called: their provider may have them or not."""


class Journal:
    """Strikes of all lives, one JSON line each, and commits that no step names: files outlive whoever wrote them."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._unnamed = file.with_name("unnamed.txt")

    def write(self, strike: Strike) -> None:
        self._append(self._file, json.dumps(asdict(strike) | {"at": strike.at.isoformat()}))

    def unnamed(self, statement: str) -> None:
        """A commit wrote this, and no step names it."""
        self._append(self._unnamed, statement)

    def strikes(self) -> list[Strike]:
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        read = (json.loads(line) for line in lines)
        return [
            Strike(
                life=one["life"],
                point=one["point"],
                at=datetime.fromisoformat(one["at"]),
                claimed=tuple(one["claimed"]),
                in_hand=tuple(one["in_hand"]),
            )
            for one in read
        ]

    def commits_without_a_step(self) -> set[str]:
        """What they wrote: verb and table."""
        return set(self._unnamed.read_text().splitlines()) if self._unnamed.exists() else set()

    @staticmethod
    def _append(file: Path, line: str) -> None:
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, f"{line}\n".encode())
        os.close(descriptor)


@dataclass
class Transaction:
    """What a connection wrote since its last commit."""

    values: list[Mapping[str, Any]] = field(default_factory=list)
    """Of every statement that moved messages, or marked their calls."""
    steps: dict[Step, set[str]] = field(default_factory=dict)
    """Each step, with the texts among its statements' values: ids and channels of messages are among them."""
    written: set[tuple[str, str]] = field(default_factory=set)
    """Verb and table of everything."""

    def add(self, step: Step, texts: Collection[str] = ()) -> None:
        self.steps.setdefault(step, set()).update(texts)


WRITES: Mapping[tuple[str, str], Write] = {
    ("UPDATE", "change"): Write.CHANGES_TAKEN,
    ("INSERT", "notice"): Write.NOTICES,
    ("UPDATE", "notice"): Write.NOTICES,
    ("INSERT", "rule_state"): Write.WATERMARKS,
    ("UPDATE", "rule_state"): Write.WATERMARKS,
    ("DELETE", "change"): Write.CHANGES_CONSUMED,
    ("INSERT", "published_rules"): Write.RULES,
    ("INSERT", "pace"): Write.PACE,
    ("UPDATE", "pace"): Write.PACE,
    ("INSERT", "channel_halt"): Write.HALT,
    ("UPDATE", "channel_halt"): Write.HALT,
    ("DELETE", "channel_halt"): Write.HALT,
    ("INSERT", "last_pass"): Write.PASSES,
    ("DELETE", "former_value"): Write.FORMER_VALUES,
}
"""What tells a commit apart, by verb and table. Other tables are written along with these."""
ALONG = {(verb, table) for verb in ("DELETE", "INSERT") for table in ("rules_folder", "figures")} | {
    (verb, table) for verb in ("DELETE", "INSERT", "UPDATE") for table in ("evaluation_lead", "evaluation_portion")
}
"""Which folder offered what is in force, the figures of a rule's subjects, and who decides what of a pass: notes whose
loss costs time alone."""
WRITING = re.compile(r'(INSERT|UPDATE|DELETE)(?: INTO| FROM)? "?(\w+)')


class Trap:
    """Waits at the points of this process for the turn of its fault. Without a fault it only keeps watch."""

    def __init__(self, life: int, fault: Fault | None, journal: Journal, clock: WorldClock) -> None:
        self._life = life
        self._clock = clock
        self._fault = fault
        self._journal = journal
        self._turns = 0
        self._claimed: set[str] = set()
        self._in_hand: set[str] = set()
        self._database: sa.Engine | None = None
        """For looking up channels: a connection of its own, so that none of the program's is disturbed."""
        self._still = threading.Lock()
        """Held while a fault strikes: another thread would send mails that the journal does not know as in hand."""

    def arm(self, database: sa.Engine) -> None:
        """Hook this process: its adapters, and its database."""
        for adapter in (TwilioSms, SmtpEmail):
            adapter.send = self._watched(Call.SEND, adapter.send)  # type: ignore[method-assign]  # from outside
            adapter.find = self._watched(Call.FIND, adapter.find)  # type: ignore[method-assign]
        self._database = open_engine(database.url.render_as_string(hide_password=False))
        sa.event.listen(database, "after_cursor_execute", self._after_statement)
        sa.event.listen(database, "release_savepoint", self._after_bulk)
        sa.event.listen(database, "commit", self._before_commit)
        sa.event.listen(database, "checkin", self._after_transaction)

    def _reach(self, point: Point, channels: Collection[ChannelName] | None = None) -> None:
        fault = self._fault
        if fault is None or point != fault.point:
            return
        if fault.channel is not None and fault.channel not in (channels or ()):
            return
        self._turns += 1
        if self._turns != fault.turn:
            return
        with self._still:
            self._journal.write(
                Strike(
                    life=self._life,
                    point=str(point),
                    at=self._clock(),
                    claimed=tuple(sorted(self._claimed)),
                    in_hand=tuple(sorted(self._in_hand)),
                )
            )
            os.kill(os.getpid(), fault.signal)

    def _watched(self, call: Call, original: Callable[..., Any]) -> Any:
        async def watched(adapter: Any, message: Outgoing, *others: Any, **options: Any) -> Any:
            self._reach(Point(call, Side.BEFORE), [message.channel])
            outcome = await original(adapter, message, *others, **options)
            if call is Call.FIND or isinstance(outcome, Accepted):
                self._reach(Point(call, Side.AFTER), [message.channel])
            return outcome

        return watched

    def _after_statement(
        self, connection: sa.Connection, cursor: Any, statement: str, _values: Any, context: Any, _many: bool
    ) -> None:
        if (written := WRITING.match(statement)) is None:
            return
        transaction = connection.connection.info.setdefault(TRANSACTION, Transaction())
        verb, table = written.groups()
        if (verb, table) == ("UPDATE", "message"):
            # SQLite counts the rows of a statement that returns some when they are read.
            found = cursor.rowcount != 0 or context.compiled.effective_returning is not None
            self._message_moved(transaction, statement, context.compiled_parameters, found=found)
            return
        transaction.written.add((verb, table))
        if write := WRITES.get((verb, table)):
            transaction.add(write)

    def _message_moved(
        self, transaction: Transaction, statement: str, rows: Collection[Mapping[str, Any]], *, found: bool
    ) -> None:
        transaction.values.extend(rows)
        with self._still:  # nothing of it is committed yet
            for values in rows:
                texts = _texts(values)
                if (step := self._step(statement, values)) is not None and found:
                    transaction.add(step, texts)
                if values.get("state") == MessageState.SENDING:
                    self._claimed |= texts
                elif "begins" in values:
                    self._in_hand |= texts

    def _step(self, statement: str, values: Mapping[str, Any]) -> Step | None:
        """Of one statement on messages. Where it has no id, it is about leases of the dead, or the queue."""
        if "begins" in values:
            return Write.CALL
        if "state" not in values:
            return None  # a message that stays as it is may help for longer
        new = MessageState(values["state"])
        leased = bool(_texts(values) & self._claimed)
        if new is MessageState.SENDING:
            return Move(MessageState.QUEUED, new)
        if new is MessageState.CANCELLED:
            return Move(MessageState.SENDING if leased else MessageState.QUEUED, new)
        names_one = re.search(r"WHERE .*message\.id\b", statement, re.DOTALL) is not None
        return Move(MessageState.SENDING if leased or not names_one else MessageState.UNKNOWN, new)

    def _after_bulk(self, connection: sa.Connection, _name: str, _context: Any) -> None:
        """Notices of a batch were written, or their messages: PostgreSQL gets them by COPY, which is no statement."""
        if not connection.get_execution_options().get("postgresql_readonly"):
            connection.connection.info.setdefault(TRANSACTION, Transaction()).add(Write.NOTICES)
            self._reach(EVALUATING)

    def _before_commit(self, connection: sa.Connection) -> None:
        transaction = connection.connection.info.get(TRANSACTION)
        if transaction is None:
            return
        if not transaction.steps:
            for verb, table in transaction.written - ALONG:
                self._journal.unnamed(f"{verb} {table}")
        for step, texts in transaction.steps.items():
            self._reach(Point(step, Side.BEFORE), self._channels(step, Side.BEFORE, texts))

    def _after_transaction(self, _connection: Any, record: Any) -> None:
        """The connection is given back, so what it wrote is committed (nothing here rolls back after an UPDATE)."""
        transaction = record.info.pop(TRANSACTION, None)
        if transaction is None:
            return
        for values in transaction.values:
            if values.get("state") not in (None, MessageState.SENDING):
                self._claimed -= _texts(values)
                self._in_hand -= _texts(values)
        for step, texts in transaction.steps.items():
            self._reach(Point(step, Side.AFTER), self._channels(step, Side.AFTER, texts))

    def _channels(self, step: Step, side: Side, texts: Collection[str]) -> set[ChannelName]:
        """The channels of the messages that these texts name; asked only where the fault waits for that."""
        if self._fault is None or self._fault.channel is None or self._fault.point != Point(step, side):
            return set()
        named = {ChannelName(text) for text in texts if text in set(ChannelName)}
        if named:
            return named
        assert self._database is not None
        ids = sa.or_(MESSAGE.c.id.in_(texts), MESSAGE.c.notice_id.in_(texts))
        with read_only(self._database) as connection:
            return {ChannelName(one) for one in connection.execute(sa.select(MESSAGE.c.channel).where(ids)).scalars()}


TRANSACTION = "transaction"
"""Under which a connection keeps what it wrote since its last commit."""


def _texts(values: Mapping[str, Any]) -> set[str]:
    """The texts among a statement's values, those in lists too: the ids of messages are among them."""
    return {value for value in _flat(values) if isinstance(value, str)} - set(MessageState)


def _flat(values: Mapping[str, Any]) -> Iterator[Any]:
    for value in values.values():
        yield from value if isinstance(value, list | tuple) else [value]
