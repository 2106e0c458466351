"""A process of the notifier is made to die, or to stand still, at exactly one point of its work.

Everything is hooked from the outside: the adapters' `send`, and what SQLAlchemy says of statements and of connections
given back. The program knows nothing of it.
"""

import json
import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifier.delivery.outcomes import Accepted, Outcome
from notifier.delivery.smtp_email import SmtpEmail
from notifier.delivery.twilio_sms import TwilioSms
from notifier.model.notices import MessageState
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName
from tests.support.world_clock import WorldClock


class Point(StrEnum):
    """Where a process may die."""

    EVALUATING = "in the middle of an evaluation batch"
    CLAIMED = "after the claim's commit"
    CALLING = "before the provider is called"
    ACCEPTED = "after the provider accepted"
    RECORDED = "after the id's commit"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Strikes when this process comes to `point` (of a message on `channel`, if set) for the `turn`-th time."""

    point: Point
    channel: ChannelName | None = None
    turn: int = 1
    signal: int = signal.SIGKILL
    """SIGKILL dies; SIGSTOP stands still, once."""


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
    """Strikes of all lives, one JSON line each: a file outlives whoever wrote it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def write(self, strike: Strike) -> None:
        line = json.dumps(asdict(strike) | {"at": strike.at.isoformat()}) + "\n"
        descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, line.encode())
        os.close(descriptor)

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


class Trap:
    """Waits at the points of this process for the turn of its fault. Without a fault it only keeps watch."""

    def __init__(self, life: int, fault: Fault | None, journal: Journal, clock: WorldClock) -> None:
        self._life = life
        self._clock = clock
        self._fault = fault
        self._journal = journal
        self._turns = 0
        self._channels: dict[str, ChannelName] = {}
        self._claimed: set[str] = set()
        self._in_hand: set[str] = set()
        self._still = threading.Lock()
        """Held while a fault strikes: another thread would send mails that the journal does not know as in hand."""

    def arm(self, database: sa.Engine) -> None:
        """Hook this process: its adapters, and its database."""
        for adapter in (TwilioSms, SmtpEmail):
            adapter.send = self._watched(adapter.send)  # type: ignore[method-assign]  # the hook from outside
        sa.event.listen(database, "after_cursor_execute", self._after_statement)
        sa.event.listen(database, "release_savepoint", self._after_bulk)
        sa.event.listen(database, "checkin", self._after_transaction)

    def _reach(self, point: Point, channel: ChannelName | None) -> None:
        fault = self._fault
        if fault is None or point is not fault.point or fault.channel not in (None, channel):
            return
        self._turns += 1
        if self._turns != fault.turn:
            return
        with self._still:
            self._journal.write(
                Strike(
                    life=self._life,
                    point=point,
                    at=self._clock(),
                    claimed=tuple(sorted(self._claimed)),
                    in_hand=tuple(sorted(self._in_hand)),
                )
            )
            os.kill(os.getpid(), fault.signal)

    def _watched(self, send: Callable[[Any, Outgoing], Any]) -> Any:
        async def watched(adapter: Any, message: Outgoing) -> Outcome:
            self._channels[message.id] = message.channel
            self._reach(Point.CALLING, message.channel)
            outcome: Outcome = await send(adapter, message)
            if isinstance(outcome, Accepted):
                self._reach(Point.ACCEPTED, message.channel)
            return outcome

        return watched

    def _after_statement(
        self, connection: sa.Connection, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool
    ) -> None:
        if statement.startswith("UPDATE message"):
            connection.connection.info.setdefault(WRITTEN, []).extend(context.compiled_parameters)
            with self._still:  # nothing of it is committed yet
                for values in context.compiled_parameters:
                    if values.get("state") == MessageState.SENDING:
                        self._claimed |= _texts(values)
                    elif "begins" in values:
                        self._in_hand |= _texts(values)

    def _after_bulk(self, connection: sa.Connection, _name: str, _context: Any) -> None:
        """Notices of a batch were written, or their messages: PostgreSQL gets them by COPY, which is no statement."""
        if not connection.get_execution_options().get("postgresql_readonly"):
            self._reach(Point.EVALUATING, None)

    def _after_transaction(self, _connection: Any, record: Any) -> None:
        """The connection is given back, so what it wrote is committed (nothing here rolls back after an UPDATE)."""
        for values in record.info.pop(WRITTEN, ()):
            new_state, named = values.get("state"), _texts(values)
            if new_state == MessageState.SENDING:
                self._reach(Point.CLAIMED, None)
            if new_state in (None, MessageState.SENDING):
                continue
            sent = named & self._in_hand
            self._claimed -= named
            self._in_hand -= named
            if new_state == MessageState.ACCEPTED:
                for message in sent:
                    self._reach(Point.RECORDED, self._channels[message])


WRITTEN = "written"
"""Under which a connection keeps what its transaction wrote to messages."""


def _texts(values: Mapping[str, Any]) -> set[str]:
    """The texts among a statement's values, those in lists too: the ids of messages are among them."""
    flat = (one for value in values.values() for one in (value if isinstance(value, list | tuple) else [value]))
    return {value for value in flat if isinstance(value, str)} - set(MessageState)
