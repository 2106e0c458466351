"""A process that finds another one leading the evaluation helps it: it decides portions of the same pass.

It sees the snapshot of that pass and decides for its instant, by the same rules, so what it writes is what the other
one would have written. It writes nothing once its portion is somebody else's, or the pass is over.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from uuid import uuid4

import sqlalchemy as sa
import structlog

from notifier.drafting.ruleset import DraftOptions, Ruleset
from notifier.model.batches import Batch
from notifier.model.notices import NoticeState
from notifier.model.portions import TakenPortion
from notifier.model.reading import StoreError
from notifier.pipeline import Helping
from notifier.store.database import read_only
from notifier.store.leading import SupersededError
from notifier.store.outbox.commit import Committed, commit
from notifier.store.portions import (
    PAUSE,
    give_back,
    import_snapshot,
    is_led,
    keep_portion,
    offer_help,
    take_portion,
)
from notifier.store.reader import Reader
from notifier.tick import describe, say_what_reaches_nobody

log = structlog.get_logger()

PATIENCE = 100
"""Looks (five seconds) without a portion after which a helper leaves: what leads may read for minutes, or be dead."""
OFFERED = 20
"""Looks after which it says again that it would help."""


def help_out(database: sa.Engine, ruleset: Ruleset, *, live: bool, stop: threading.Event) -> Counter[NoticeState]:
    """Decide portions of the pass that leads, until it ends or offers none for a while; what was written, by state.

    Returns at once where no pass leads. Raises StoreError where the database as a whole fails.
    """
    identity, verdicts, looks = ruleset.identity, Counter[NoticeState](), 0
    if identity is None:
        return verdicts
    holder = uuid4().hex
    portion: TakenPortion | None = None
    while not stop.is_set() and looks < PATIENCE and is_led(database) is not None:
        if looks % OFFERED == 0:
            offer_help(database)
        portion = take_portion(database, live=live, identity=identity, holder=holder)
        while portion is not None and not stop.is_set():
            looks = -1
            helped = _Help(database, ruleset, portion, identity, live=live, stop=stop)
            portion = helped.run()
            verdicts += helped.verdicts
        looks += 1
        if looks:
            stop.wait(PAUSE)
    if portion is not None:
        give_back(database, portion)
    return verdicts


class _Help:
    """Portions of one pass, from the first that was taken on, as long as the pass offers more."""

    def __init__(
        self,
        database: sa.Engine,
        ruleset: Ruleset,
        first: TakenPortion,
        identity: str,
        *,
        live: bool,
        stop: threading.Event,
    ) -> None:
        self._database = database
        self._ruleset = ruleset
        self._first = first
        self._identity = identity
        self._live = live
        self._stop = stop
        self.verdicts: Counter[NoticeState] = Counter()
        """What was written, by state."""

    def run(self) -> TakenPortion | None:
        """Decide them; what was taken last and is not decided, because it is of another pass or there is no time."""
        with read_only(self._database) as connection:
            try:
                import_snapshot(connection, self._first.snapshot)
            except sa.exc.DBAPIError as error:  # its pass is over, or its process died
                log.debug("helping.too_late", error=describe(error))
                give_back(self._database, self._first)
                return None
            reader = Reader(connection, live=self._live)
            helping = Helping(self._ruleset, reader, self._first.now, DraftOptions(live=self._live))
            portion: TakenPortion | None = self._first
            while portion is not None and portion.tick == self._first.tick and not self._stop.is_set():
                self._decide(helping, portion)
                portion = take_portion(
                    self._database, live=self._live, identity=self._identity, holder=self._first.holder
                )
        if self.verdicts:
            counts = {str(state): number for state, number in self.verdicts.items()}
            log.info("tick.helped", tick=self._first.tick, **counts)
        return portion

    def _decide(self, helping: Helping, portion: TakenPortion) -> None:
        try:
            batches = helping.batches(portion.rule, portion.work)
            if batches is not None:
                self._write(portion, batches)
        except SupersededError as error:
            log.info("helping.superseded", rule=portion.rule, reason=str(error))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - the process that leads meets the same, and records it of the rule
            log.info("helping.given_back", rule=portion.rule, error=describe(error))
            give_back(self._database, portion)
        else:
            if batches is None:
                give_back(self._database, portion)

    def _write(self, portion: TakenPortion, batches: Sequence[Batch]) -> None:
        for number, batch in enumerate(batches, 1):
            with self._database.begin() as connection:
                written = commit(connection, batch, now=portion.now, live=self._live)
                keep_portion(connection, portion, done=number == len(batches))
            self._count(batch, written)

    def _count(self, batch: Batch, written: Committed) -> None:
        self.verdicts.update(written.verdicts)
        say_what_reaches_nobody(() if batch.shadow else batch.drafts)
