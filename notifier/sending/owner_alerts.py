"""Alerts to owners, each sent once: an outlet is halted, or nobody can say whether a notice arrived."""

from collections.abc import Callable

import sqlalchemy as sa
import structlog

from notifier.drafting.alerts import channel_alert, unclear_alert
from notifier.drafting.ruleset import Ruleset
from notifier.model.batches import Batch
from notifier.model.clock import Clock
from notifier.model.notices import Draft
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.reading import StateReader, StoreError
from notifier.store.database import read_only
from notifier.store.outbox import halts
from notifier.store.outbox.commit import commit
from notifier.store.outbox.queue import waiting
from notifier.store.reader import Reader
from notifier.tick import say_what_reaches_nobody

log = structlog.get_logger()


class OwnerAlerts:
    """Writes alerts about one outlet into the outbox, from which they are sent like every message."""

    def __init__(self, database: sa.Engine, outlet: Outlet, clock: Clock, *, owner: str | None) -> None:
        """`owner` hears of a halt. None: the owner of the message that the provider answered with it."""
        self._database = database
        self._outlet = outlet
        self._clock = clock
        self._owner = owner

    def halted(self, ruleset: Ruleset, caused_by: Outgoing) -> None:
        """The outlet is halted since the provider's answer to this message."""
        now = self._clock()
        with read_only(self._database) as connection:
            halted = halts.known(connection, self._outlet)
            if halted is None:
                return
            # The message that was refused waits for longer than the trial.
            left = waiting(connection, self._outlet, now=halted.tries_again_at + halts.HALT_PAUSE)
        log.error("channel.halted", channel=self._outlet.channel, reason=halted.reason)
        self._write(
            lambda reader: channel_alert(
                ruleset,
                reader,
                channel=self._outlet.channel,
                reason=halted.reason,
                halted_at=halted.halted_at,
                owner=self._owner or caused_by.owner,
                now=now,
                live=self._outlet.live,
                waiting=left.count if left is not None else 0,
            )
        )

    def unclear(self, ruleset: Ruleset, message: Outgoing, reason: str) -> None:
        """Nobody can say whether the message arrived: a person has to decide."""
        now = self._clock()
        self._write(
            lambda reader: unclear_alert(
                ruleset, reader, message=message, reason=reason, now=now, live=self._outlet.live
            )
        )

    def _write(self, make: Callable[[StateReader], Draft]) -> None:
        try:
            with self._database.begin() as connection:
                reader = Reader(connection, live=self._outlet.live)
                draft = make(reader)
                if not reader.alerts_known([draft.occurrence]):
                    batch = Batch(kind="rule", name=draft.rule, drafts=(draft,))
                    commit(connection, batch, now=self._clock(), live=self._outlet.live)
                    say_what_reaches_nobody([draft])
        except StoreError:
            raise
        except Exception:
            # What it is about is recorded already. An alert that cannot be written must not stop the sending.
            log.exception("alert.failed", channel=self._outlet.channel)
