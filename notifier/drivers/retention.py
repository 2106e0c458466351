"""The job of a daemon that blanks what is not kept any longer, little by little."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from notifier.model.clock import Clock
from notifier.model.retention import Kept
from notifier.store.privacy.retention import BATCH, blank_batch, blank_replies
from notifier.store.privacy.shadow import blank_shadow
from notifier.store.state.provenance import drop_former

log = structlog.get_logger()

SECONDS = 60.0
"""Pause between two looks."""
BATCHES = 50
"""Of one look. 10,000 notices a minute are more than fall due, and leave the database to those who send."""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Blanks what is older than its days, each batch in a transaction of its own."""

    database: sa.Engine
    clock: Clock
    days: Mapping[Kept, int]
    former_values_days: int = 0
    """How long it is kept what writes replaced; 0: nothing of it is kept in the first place."""

    def look(self) -> None:
        """Blank some of what is due."""
        self._drop_former_values()
        for what, days in self.days.items():
            before = self.clock() - timedelta(days=days)
            blanked = [self._walk(blank, what, before) for blank in (blank_batch, blank_replies, blank_shadow)]
            if any(blanked):
                notices, replies, in_shadow = blanked
                log.info("retention.blanked", what=what.value, notices=notices, replies=replies, in_shadow=in_shadow)

    def _walk(self, blank: Callable[..., int], what: Kept, before: datetime) -> int:
        done = 0
        for _ in range(BATCHES):
            with self.database.begin() as connection:
                blanked = blank(connection, what, before=before)
            done += blanked
            if blanked < BATCH:
                break
        return done

    def _drop_former_values(self) -> None:
        before = self.clock() - timedelta(days=self.former_values_days)
        done = 0
        for _ in range(BATCHES):
            with self.database.begin() as connection:
                dropped = drop_former(connection, before, BATCH)
            done += dropped
            if dropped < BATCH:
                break
        if done:
            log.info("retention.former_values", rows=done)
