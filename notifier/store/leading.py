"""One process at a time leads the evaluation: on PostgreSQL by a lease, on SQLite because one process uses it.

The lease is a row that names the pass. Every transaction that writes what a pass decided looks at it last
(`Lead.keep`), so a process that stood still while another one took over writes nothing more. Leases are counted by the
clock of the server, whatever the clocks of the machines say.

A process that dies leads no more at once, because its connection held an advisory lock. One that stands still keeps
that lock: whoever takes over after the lease ends its connection.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
import structlog

from notifier.model.reading import StoreError
from notifier.store.tables import EVALUATION_LEAD

log = structlog.get_logger()

EVALUATION_LOCK = 0x6E6F7465
"""The PostgreSQL advisory lock that the process holds which leads."""
LEASE = timedelta(seconds=20)
"""How long a process may stand still before another one leads: longer than a commit on a slow disk takes."""
RENEWED = 5.0
"""Seconds after which a pass says that it lives, where it committed nothing."""
FREED_WITHIN = 2.0
"""Seconds that the server gets to end the connection of a process that stands still."""
UNFLUSHED = sa.text("SET LOCAL synchronous_commit TO off")
"""A lease need not survive a crash of the server: nobody leads then, and each pass has a name of its own."""

_NOW = sa.func.clock_timestamp()
_TICK = sa.bindparam("of_tick", type_=sa.String())
_UNTIL = _NOW + sa.bindparam("lease", type_=sa.Interval())
_IS_OURS = EVALUATION_LEAD.c.tick == _TICK
_TAKE_OVER = (
    sa.update(EVALUATION_LEAD)
    .where(EVALUATION_LEAD.c.tick.is_not(None), EVALUATION_LEAD.c.until < _NOW)
    .values(tick=_TICK, until=_UNTIL, locked=False)
)
LET_GO = sa.func.set_config(
    "idle_in_transaction_session_timeout", sa.bindparam("let_go", f"{LEASE / timedelta(milliseconds=1):.0f}"), True
)
"""In a statement that locks the lead: who stands still before the commit must not keep it from others for minutes."""
_KEEP = sa.update(EVALUATION_LEAD).where(_IS_OURS).values(until=_UNTIL)
_LOCKED = sa.update(EVALUATION_LEAD).where(_IS_OURS).values(locked=True)
_END = sa.update(EVALUATION_LEAD).where(_IS_OURS).values(tick=None)
_KEEP_LOCKED, _END_LOCKED = _KEEP.returning(LET_GO), _END.returning(LET_GO)
_LEASING = (_TAKE_OVER, _KEEP, _KEEP_LOCKED)
_TRY_LOCK = sa.select(
    sa.func.pg_try_advisory_xact_lock(EVALUATION_LOCK),
    sa.func.set_config("idle_in_transaction_session_timeout", "0", True),
)
_END_HOLDER = sa.text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = :lock "
    "AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class SupersededError(StoreError):
    """Another process leads the evaluation by now, or decided this portion: nothing of the transaction is written."""


class Lead:
    """A pass that leads. On SQLite, where nobody else evaluates, all of it does nothing."""

    def __init__(self, tick: str, *, leased: bool) -> None:
        self.tick = tick
        self.is_leased = leased
        self.is_superseded = False
        """Whether another pass was found to lead."""
        self.has_ended = False
        """Whether its last transaction said that it ends."""

    def keep(self, connection: sa.Connection) -> None:
        """Say that the pass goes on, as the last statement of a transaction that writes what it decided.

        Raises SupersededError where another pass leads.
        """
        if self.is_leased:
            self._change(connection, _KEEP_LOCKED)

    def end(self, connection: sa.Connection) -> None:
        """The same in the last transaction of the pass: nobody leads from its commit on."""
        if self.is_leased:
            self._change(connection, _END_LOCKED)
            self.has_ended = True

    def _change(self, connection: sa.Connection, statement: sa.UpdateBase) -> None:
        if connection.execute(statement, _asked(statement, self.tick)).first() is None:
            raise SupersededError("another process leads the evaluation: this one stood still for too long")


@contextmanager
def leading(database: sa.Engine, tick: str) -> Iterator[Lead | None]:
    """Lead the evaluation with the pass `tick` until the block is left; None while another process leads.

    A SupersededError has to leave the block.
    """
    if database.dialect.name != "postgresql":
        yield Lead(tick, leased=False)
        return
    with database.connect() as connection:
        transaction = connection.begin()
        # It does nothing else for as long as an evaluation takes.
        locked, _ = connection.execute(_TRY_LOCK).one()
        if not _take(database, tick, connection, locked=locked):
            transaction.rollback()
            yield None
            return
        lead = Lead(tick, leased=True)
        ended = threading.Event()
        renewing = threading.Thread(target=_renew, args=(database, lead, ended), name="lead", daemon=True)
        renewing.start()
        try:
            yield lead
        except SupersededError:
            lead.is_superseded = True
            raise
        finally:
            ended.set()
            renewing.join()
            if lead.is_superseded:
                connection.invalidate()  # whoever took over has ended it
            elif not lead.has_ended:
                _run(database, _END, tick)
            transaction.rollback()


def _take(database: sa.Engine, tick: str, connection: sa.Connection, *, locked: bool) -> bool:
    if locked:
        # One statement by itself: an idle pass of one rule takes a few milliseconds, and this is a part of each.
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as writing:
            return writing.execute(_take_it(), {"of_tick": tick, "lease": LEASE}).first() is not None
    if not _run(database, _TAKE_OVER, tick):
        return False
    log.warning("evaluation.taken_over", hint="the process that led it stands still")
    _free_the_lock(database, connection, tick)
    return True


@cache
def _take_it() -> Any:
    from sqlalchemy.dialects.postgresql import insert

    new = insert(EVALUATION_LEAD).values(id=1, tick=_TICK, until=_UNTIL, locked=True)
    # A lock that is free says that its holder died, unless the lead was taken over without the lock.
    ended = sa.or_(EVALUATION_LEAD.c.tick.is_(None), EVALUATION_LEAD.c.locked, EVALUATION_LEAD.c.until < _NOW)
    taken = {name: new.excluded[name] for name in ("tick", "until", "locked")}
    unflushed = sa.func.set_config("synchronous_commit", "off", True)
    return new.on_conflict_do_update(index_elements=["id"], set_=taken, where=ended).returning(unflushed)


def _free_the_lock(database: sa.Engine, connection: sa.Connection, tick: str) -> None:
    """Otherwise each pass would have to be taken over for as long as that process stands still."""
    try:
        with database.begin() as ending:
            ending.execute(_END_HOLDER, {"lock": EVALUATION_LOCK})
    except (StoreError, sa.exc.DBAPIError) as error:
        log.warning("evaluation.not_freed", error=str(error).splitlines()[0])
        return
    connection.execute(sa.text("SELECT set_config('lock_timeout', :most, true)"), {"most": f"{FREED_WITHIN:.0f}s"})
    try:
        with connection.begin_nested():
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(EVALUATION_LOCK)))
    except StoreError:
        return  # the next pass looks again
    _run(database, _LOCKED, tick)


def _renew(database: sa.Engine, lead: Lead, ended: threading.Event) -> None:
    while not ended.wait(RENEWED):
        try:
            if not _run(database, _KEEP, lead.tick):
                return  # the next transaction of the pass says so
        except StoreError as error:
            log.warning("evaluation.not_renewed", error=str(error))


def _run(database: sa.Engine, statement: sa.Update, tick: str) -> bool:
    with database.begin() as connection:
        connection.execute(UNFLUSHED)
        return connection.execute(statement, _asked(statement, tick)).rowcount == 1


def _asked(statement: sa.UpdateBase, tick: str) -> dict[str, object]:
    lease = {"lease": LEASE} if any(statement is each for each in _LEASING) else {}
    return {"of_tick": tick, **lease}
