"""Several processes at work on one database, played in one process: any order of their transactions, deaths and stops.

Each process is a thread, and only one of them moves: from the begin of one transaction to the begin of the next. Who
moves next is drawn. A process that is killed writes nothing more; one that nobody draws stands still, for longer than
any lease where time passes meanwhile.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import sqlalchemy as sa

from notifier import helping, tick
from notifier.drafting import rule_pass
from notifier.drafting.ruleset import DraftOptions
from notifier.store import portions
from notifier.store.tables import (
    BACKLOG,
    CHANGE,
    CONTRADICTION,
    FIGURES,
    HOLDOUT_CASE,
    MEMBER,
    MESSAGE,
    NOTICE,
    PAST_VERDICT,
    RULE_STATE,
    TOLD_THROUGH,
)

TABLES = (
    BACKLOG,
    CHANGE,
    CONTRADICTION,
    FIGURES,
    HOLDOUT_CASE,
    MEMBER,
    MESSAGE,
    NOTICE,
    PAST_VERDICT,
    RULE_STATE,
    TOLD_THROUGH,
)
LEFT_OUT = ("id", "payload_id", "pattern_id", "provider_id")

KILLED, STOPPED = 0.05, 0.05
"""How probable each is, before each turn, as long as there are any to come."""
PASSED = (
    "UPDATE evaluation_lead SET until = until - interval '1 hour'",
    "UPDATE evaluation_portion SET taken_at = taken_at - interval '1 hour'",
)


def smallest_portions() -> None:
    """Cut all passes of this process into portions of one subject, and share them however slow this machine is."""
    for room in (tick, helping):
        vars(room)["DraftOptions"] = partial(DraftOptions, batch_size=1)
    vars(rule_pass)["EVALUATED_TOGETHER"] = 1
    vars(portions)["HELPED_WITHIN"] = timedelta(hours=1)


class Killed(BaseException):
    """What a process meets that is killed: no `except Exception` goes on after it."""


class NeverWaits(threading.Event):
    """What processes look at to see whether they are to end: waiting takes no time here, others move meanwhile."""

    def wait(self, timeout: float | None = None) -> bool:
        """At once, whether it is set."""
        del timeout
        return self.is_set()


class _Process:
    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._may_move = threading.Semaphore(0)
        self._stands = threading.Semaphore(0)
        self.is_killed = False
        self.has_ended = False
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._live, daemon=True)

    def _live(self) -> None:
        self._may_move.acquire()
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - said by the main thread
            # What ends while a killed process leaves its blocks (its connection may be gone) is nobody's: it is dead.
            if not self.is_killed:
                self.error = error
        finally:
            self.has_ended = True
            self._stands.release()

    def move(self) -> None:
        """Go on until the next transaction begins, or until the end."""
        self._may_move.release()
        self._stands.acquire()

    def arrive(self) -> None:
        """Called by the process: a transaction is about to begin."""
        if self.is_killed:
            raise Killed
        self._stands.release()
        self._may_move.acquire()
        if self.is_killed:
            raise Killed


@contextmanager
def _stopping(database: sa.Engine, processes: Sequence[_Process]) -> Iterator[None]:
    by_thread = {process.thread: process for process in processes}

    def begins(_: Any) -> None:
        if (process := by_thread.get(threading.current_thread())) is not None:
            process.arrive()

    sa.event.listen(database, "begin", begins)
    try:
        yield
    finally:
        sa.event.remove(database, "begin", begins)


def interleaved(
    database: sa.Engine, works: Sequence[Callable[[], object]], draw: Random, *, kills: int = 0, stops: int = 0
) -> list[str]:
    """Runs these processes to their end in an order that is drawn. Returns what happened besides.

    At most `kills` of them are killed, and `stops` times all that hold a lease stand still for longer than it lasts.
    """
    processes = [_Process(work) for work in works]
    happened = []
    with _stopping(database, processes):
        for process in processes:
            process.thread.start()
        while living := [process for process in processes if not process.has_ended]:
            chance = draw.random()
            if kills and chance < KILLED and len(living) > 1:
                kills -= 1
                victim = draw.choice(living)
                victim.is_killed = True
                victim.move()
                happened.append("killed")
                time_passes(database)  # what it had in hand is overdue at once, and not in seconds
            elif stops and chance < KILLED + STOPPED:
                stops -= 1
                time_passes(database)
                happened.append("stood still")
            else:
                process = draw.choice(living)
                for _ in range(draw.choice((1, 1, 2, 3, 8))):
                    if not process.has_ended:
                        process.move()
        for process in processes:
            process.thread.join()
    for process in processes:
        if process.error is not None:
            raise process.error
    return happened


def time_passes(database: sa.Engine) -> None:
    """An hour by the clock of the server, for all that is leased."""
    with database.begin() as connection:
        for statement in PASSED:
            connection.execute(sa.text(statement))


def decided(database: sa.Engine) -> Mapping[str, Any]:
    """All that passes left behind, by table: sorted, without ids of rows, which sort by who wrote them."""
    with database.connect() as connection:
        notices = {row.id: row.occurrence for row in connection.execute(sa.select(NOTICE.c.id, NOTICE.c.occurrence))}
        return {table.name: sorted(_without_ids(connection, table, notices)) for table in TABLES}


def _without_ids(connection: sa.Connection, table: sa.Table, notices: Mapping[str, str]) -> Iterator[str]:
    for row in connection.execute(sa.select(table)).mappings():
        said = {name: notices.get(value, value) if isinstance(value, str) else value for name, value in row.items()}
        yield repr({name: value for name, value in said.items() if name not in LEFT_OUT})
