"""One evaluation pass at one `now`: what changed and fell due becomes committed notices and contradictions.

The tick takes the changes, drafts everything on one snapshot, commits batch after batch, and deletes the changes last;
what a rule or check could not see, because it was set aside or failed, is kept for it. After a tick that was cut short,
the next one repeats what is missing: occurrences are unique, and a rule's watermark moves with its last batch only.

On PostgreSQL one process leads a pass. Others that come by decide portions of it (`notifier.helping`): the pass ends
when all of them are written.

On SQLite, where one process writes, a tick that decides little is one transaction: one wait for the disk instead of one
for each rule. PostgreSQL's writers lock rows, in an order that holds within one batch alone.
"""

import contextlib
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
import structlog

from notifier.drafting.ruleset import DraftOptions, Ruleset
from notifier.logs import redacted
from notifier.model.batches import Batch
from notifier.model.digests import uuid7
from notifier.model.looked_at import LookedAt
from notifier.model.notices import Draft, NoticeKind, NoticeState
from notifier.model.reading import StoreError
from notifier.model.setting_aside import SetAside
from notifier.pipeline import draft
from notifier.reasons.deciding import Decider
from notifier.reasons.model import MISSING, can_ask
from notifier.store.database import read_only
from notifier.store.leading import Lead, SupersededError, leading
from notifier.store.listening import came_in, give_reasons, model_in_force
from notifier.store.outbox.commit import Committed, commit
from notifier.store.outbox.rule_records import move_watermarks, record_failure
from notifier.store.portions import LeadersPortions, export_snapshot
from notifier.store.reader import Reader
from notifier.store.state.consumption import (
    delete_changes,
    forget_kept,
    keep_changes,
    left_to_do,
    may_return,
    take_changes,
)
from notifier.store.state.derived import derived_is_current, refresh_derived

log = structlog.get_logger()

LITTLE = 200
"""Drafts and contradictions that are committed together: more are worth a transaction of their own."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A rule or check that could not be evaluated; its next pass is a full one."""

    kind: str
    """`rule` or `check`."""
    name: str
    why: str


class Unfinished(StrEnum):
    """Why a tick left work to the next one."""

    STOPPED = "stopped"
    """It was told to stop."""
    ANOTHER_PROCESS = "another_process"
    """Another process is evaluating."""


@dataclass(frozen=True, kw_only=True)
class TickReport:
    """What one tick decided."""

    now: datetime
    verdicts: Mapping[NoticeState, int] = field(default_factory=dict)
    """How many notices were written, alerts among them, by their new state."""
    in_shadow: int = 0
    """How many notices of rules in shadow were recorded: nothing of them goes out."""
    contradictions: int = 0
    """How many were opened or changed."""
    changes: int = 0
    """How many changed rows it took."""
    conflicts: int = 0
    """Notices left as they are because someone else was faster or a message of them is in flight."""
    failures: tuple[Failure, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    """What is not in force because of errors in files."""
    unfinished: Unfinished | None = None
    """Why the next tick has to do the rest; None when this tick did everything."""
    looked_at: LookedAt | None = field(default=None, repr=False, compare=False)
    """For the next tick of this process; None where something was left, so that it is looked at again."""

    @property
    def complete(self) -> bool:
        """Whether it decided everything that was due."""
        return self.unfinished is None


def evaluate(
    database: sa.Engine,
    ruleset: Ruleset,
    now: datetime,
    *,
    live: bool,
    full: bool = False,
    stop: threading.Event | None = None,
    looked_at: LookedAt | None = None,
) -> TickReport:
    """Decide everything that is due at `now` (aware UTC). With `stop` set, ends after the batch in hand.

    `looked_at` is what the tick before returned, for the same database and `live`. It saves work and changes nothing.

    Where another process leads the evaluation it does nothing (`helping.help_out` takes part). Raises
    StoreError where the database as a whole fails: what was committed until then stays, and the next tick does the
    rest.
    """
    tick = uuid7(now)
    try:
        with leading(database, tick) as lead:
            if lead is None:
                log.debug("tick.skipped", reason="another process is evaluating")
                return TickReport(now=now, unfinished=Unfinished.ANOTHER_PROCESS)
            stop = stop or threading.Event()
            return _Tick(database, ruleset, now, lead, live=live, stop=stop, looked_at=looked_at).run(full=full)
    except SupersededError as error:
        log.warning("tick.superseded", reason=str(error), hint="nothing of it was lost: the other pass decides it")
        return TickReport(now=now, unfinished=Unfinished.ANOTHER_PROCESS)


class _Tick:
    def __init__(
        self,
        database: sa.Engine,
        ruleset: Ruleset,
        now: datetime,
        lead: Lead,
        *,
        live: bool,
        stop: threading.Event,
        looked_at: LookedAt | None,
    ) -> None:
        self.database = database
        self.ruleset = ruleset
        self.now = now
        self.live = live
        self.stop = stop
        self.looked_at = looked_at
        """What the pass before looked at, and at the end what this one did."""
        self.verdicts: Counter[NoticeState] = Counter()
        self.in_shadow = 0
        self.contradictions = 0
        self.conflicts = 0
        self.failures: dict[tuple[str, str], str] = {}
        self.lead = lead
        self.tick = lead.tick
        self.portions: LeadersPortions | None = None
        """The portions of this pass that others may decide."""
        self.changes = 0
        """How many changes this tick took."""
        self.kept = False
        """Whether earlier ticks kept changes for those that could not see them."""

    def run(self, *, full: bool) -> TickReport:
        changes = self._take_changes(full=full)
        self._listen()
        complete = self._decide(full=full)
        set_aside = self._set_aside()
        report = TickReport(
            now=self.now,
            verdicts=dict(self.verdicts),
            in_shadow=self.in_shadow,
            contradictions=self.contradictions,
            changes=changes,
            conflicts=self.conflicts,
            failures=tuple(Failure(kind=kind, name=name, why=why) for (kind, name), why in self.failures.items()),
            set_aside=set_aside,
            unfinished=None if complete else Unfinished.STOPPED,
            looked_at=self.looked_at if complete and not self.failures and not self.conflicts else None,
        )
        if changes or self.verdicts or self.contradictions or self.failures or not complete:
            counts = {str(state): number for state, number in self.verdicts.items()}
            log.info("tick.done", changes=changes, contradictions=self.contradictions, complete=complete, **counts)
        for item in set_aside:
            since = item.since.isoformat()
            log.error("rules.set_aside", kind=item.kind, rule=item.name, problem=item.sentence, since=since)
        return report

    def _consume(self, connection: sa.Connection) -> None:
        """Delete the changes that this tick took; those that somebody could not see are kept for it.

        A rule or check that failed, is set aside or left the project a moment ago looks at everything when it is back.
        """
        if not (self.changes or self.kept):
            return
        if self.failures or self.ruleset.project.has_errors or may_return(connection, self.now):
            keep_changes(connection, self.tick)
        elif self.kept:
            forget_kept(connection)
        delete_changes(connection, self.tick)

    def _listen(self) -> None:
        """Give the contacts and feedback that came their reasons. What fails here must not keep anybody from hearing.

        It goes by the changes that this tick took, so that each row is looked at once, and an idle tick looks at none.
        """
        reasons = self.ruleset.project.reasons
        if not (self.changes and reasons):
            return
        try:
            with read_only(self.database) as connection:
                if not came_in(connection, self.tick):
                    return
                model = model_in_force(connection)
            if model is not None and not can_ask():
                log.warning("reasons.model_not_asked", why=MISSING)
                model = None
            decider = Decider(reasons, model)
            while not self.stop.is_set():
                with self.database.begin() as connection:
                    if not (heard := came_in(connection, self.tick)):
                        return
                    give_reasons(connection, decider, heard, self.now)
        except StoreError:
            raise
        except Exception:
            log.exception("reasons.not_given")

    def _set_aside(self) -> tuple[SetAside, ...]:
        if not (self.ruleset.project.has_errors or self.ruleset.edited):
            return ()
        with read_only(self.database) as connection:
            return tuple(Reader(connection, live=self.live).set_aside())

    def _take_changes(self, *, full: bool) -> int:
        """Bring up to date what follows from rows and files, then mark the changes of this tick; how many there are.

        An idle tick only reads here.
        """
        with read_only(self.database) as connection:
            left = left_to_do(connection)
            self.kept = left.kept
            if not (full or left.changed) and self._is_current(connection, left.entities):
                return 0
        with self.database.begin() as connection:
            # Taken first: of a change that came while it was asked what follows from changes, nothing would be derived.
            self.changes = take_changes(connection, self.tick)
            if full or not self._is_current(connection, left_to_do(connection).entities):
                project, zone = self.ruleset.project, self.ruleset.defaults.timezone
                refresh_derived(connection, project, self.now, default_zone=zone, full=full)
                self.changes += take_changes(connection, self.tick)
        return self.changes

    def _is_current(self, connection: sa.Connection, changed: Set[str]) -> bool:
        """Whether all that follows from rows and files does. `changed`: the entities of which rows changed."""
        project, zone = self.ruleset.project, self.ruleset.defaults.timezone
        return derived_is_current(connection, project, self.now, default_zone=zone, changed=changed)

    def _decide(self, *, full: bool) -> bool:
        quiet: list[Batch] = []
        together: list[Batch] = []
        with read_only(self.database) as connection:
            at_most = LITTLE if connection.dialect.name == "sqlite" else 0
            self.portions = self._shared(connection)
            options = DraftOptions(live=self.live, full=full, portions=self.portions)
            reader = Reader(connection, live=self.live)
            reader.looked_at = self.looked_at
            self._say_what_is_ahead(reader)
            # Closed before the connection: a pass that was cut short still holds a savepoint.
            with contextlib.closing(draft(self.ruleset, reader, self.now, options)) as batches:
                for batch in batches:
                    if self.stop.is_set():
                        self._commit(together)
                        return False
                    if (batch.kind, batch.name) in self.failures:
                        continue
                    if batch.is_watermark:
                        quiet.append(batch)
                        continue
                    if batch.failure is None:
                        together.append(batch)
                    if batch.failure is not None or sum(map(_size, together)) > at_most:
                        self._commit(together)
                        together = []
                    if batch.failure is not None:
                        self._fail(batch, redacted(batch.failure))
            self.looked_at = reader.told_lately(self.now)
        if self.portions is not None and self.portions.has_left:  # told to stop while others decide some
            return False
        self._commit(together, last=quiet)
        return True

    def _shared(self, connection: sa.Connection) -> LeadersPortions | None:
        """What others may decide of this pass; None where they could not decide the same."""
        identity = self.ruleset.identity
        if identity is None or not self.lead.is_leased:
            return None
        return LeadersPortions(
            self.database,
            tick=self.tick,
            now=self.now,
            live=self.live,
            identity=identity,
            snapshot=export_snapshot(connection),
            pause=self.stop.wait,
        )

    def _say_what_is_ahead(self, reader: Reader) -> None:
        """Once: this pass moves the watermarks back to its own instant."""
        states = [state for kind in ("rule", "check") for state in reader.rule_states(kind).values()]
        ahead = [state.evaluated_at for state in states if state.is_ahead(self.now)]
        if ahead:
            by = round((max(ahead) - self.now).total_seconds())
            log.warning("tick.clock_was_ahead", evaluated_until=max(ahead).isoformat(), seconds=by, rules=len(ahead))

    def _commit(self, batches: Sequence[Batch], *, last: Sequence[Batch] | None = None) -> None:
        """Write these in one transaction; where that fails, each in one of its own.

        `last`: the batches that only move a watermark, with which the tick ends. Of their own they would cost an idle
        tick an fsync a rule. After a crash before it, a rule is evaluated again, which is harmless.
        """
        if last is None and not batches:
            return
        try:
            with self.database.begin() as connection:
                written = [commit(connection, batch, now=self.now, live=self.live) for batch in batches]
                if last is not None:
                    self._end(connection, last)
                else:
                    self.lead.keep(connection)
        except StoreError:
            raise
        except Exception as error:
            # One rule that cannot be written must not stop the others.
            if last is None and len(batches) == 1:
                log.exception("tick.commit_failed", kind=batches[0].kind, rule=batches[0].name)
                self._fail(batches[0], describe(error))
                return
            if not batches:
                raise
            for batch in batches:
                if (batch.kind, batch.name) not in self.failures:
                    self._commit([batch])
            if last is not None:
                self._commit((), last=last)
        else:
            for batch, committed in zip(batches, written, strict=True):
                self._count(batch, committed)
                say_what_reaches_nobody(() if batch.shadow else batch.drafts)

    def _end(self, connection: sa.Connection, quiet: Sequence[Batch]) -> None:
        """The end of the tick: the watermarks of all rules of which nothing else is to be written, and the changes."""
        passed = [batch for batch in quiet if (batch.kind, batch.name) not in self.failures]
        move_watermarks(connection, passed)
        self._consume(connection)
        if self.portions is not None:
            self.portions.forget(connection)
        self.lead.end(connection)

    def _fail(self, batch: Batch, why: str) -> None:
        self.failures[batch.kind, batch.name] = why
        log.error("tick.rule_failed", kind=batch.kind, rule=batch.name, error=why)
        with self.database.begin() as connection:
            record_failure(connection, batch.kind, batch.name, why)

    def _count(self, batch: Batch, committed: Committed) -> None:
        self.verdicts.update(committed.verdicts)
        self.in_shadow += committed.in_shadow
        self.contradictions += committed.contradictions
        self.conflicts += len(committed.conflicts)
        if committed.conflicts:
            log.info("tick.conflicts", rule=batch.name, count=len(committed.conflicts))


def _size(batch: Batch) -> int:
    """How much it writes; never nothing."""
    opened = len(batch.contradictions) + len(batch.together or ())
    return 1 + len(batch.drafts) + opened + len(batch.backlog_added) + len(batch.figures)


def describe(error: Exception) -> str:
    """An exception in one line, without the parameters of a statement or personal data."""
    original = getattr(error, "orig", None) or error
    lines = str(original).strip().splitlines()
    return redacted(f"{type(original).__name__}: {lines[0]}" if lines else type(original).__name__)


def say_what_reaches_nobody(drafts: Iterable[Draft]) -> None:
    """An alert whose owner cannot be reached is at least in the log."""
    for each in drafts:
        if each.kind is NoticeKind.ALERT and each.verdict.state is not NoticeState.READY:
            reason = each.verdict.reason.text
            log.error("alert.reaches_nobody", owner=each.owner, rule=each.rule, alert=each.reference, reason=reason)
