"""What owners must hear from dispatch, each once: a channel that stands still, a notice whose fate nobody can say."""

from collections.abc import Callable

import sqlalchemy as sa
import structlog

from notifier.drafting.alerts import channel_alert, unclear_alert
from notifier.drafting.engine import Engine
from notifier.model.batches import Batch
from notifier.model.clock import Clock
from notifier.model.notices import Draft
from notifier.model.outgoing import Outgoing
from notifier.model.reading import StateReader, StoreError
from notifier.model.types import ChannelName
from notifier.store.database import read_only
from notifier.store.outbox import halts
from notifier.store.outbox.commit import commit
from notifier.store.outbox.queue import waiting
from notifier.store.reader import Reader
from notifier.tick import say_what_reaches_nobody

log = structlog.get_logger()


class OwnerAlerts:
    """Writes alerts about one channel into the outbox, where they take the way of every message."""

    def __init__(
        self, database: sa.Engine, channel: ChannelName, clock: Clock, *, live: bool, owner: str | None
    ) -> None:
        """`owner` hears of the channel; None: whoever answers for the message that drew it."""
        self._database = database
        self._channel = channel
        self._clock = clock
        self._live = live
        self._owner = owner

    def halted(self, engine: Engine, drawn_by: Outgoing) -> None:
        """Nothing goes out on the channel since the provider's answer to this message."""
        now = self._clock()
        with read_only(self._database) as connection:
            halted = halts.known(connection, channel=self._channel, live=self._live)
            if halted is None:
                return
            left = waiting(connection, now=halted.tries_again_at, channel=self._channel, live=self._live)
        log.error("channel.halted", channel=self._channel, reason=halted.reason)
        self._write(
            lambda reader: channel_alert(
                engine,
                reader,
                channel=self._channel,
                reason=halted.reason,
                halted_at=halted.halted_at,
                owner=self._owner or drawn_by.owner,
                now=now,
                live=self._live,
                waiting=left.count if left is not None else 0,
            )
        )

    def unclear(self, engine: Engine, message: Outgoing, reason: str) -> None:
        """Nobody can say whether the message arrived, and a person has to end it."""
        now = self._clock()
        self._write(
            lambda reader: unclear_alert(engine, reader, message=message, reason=reason, now=now, live=self._live)
        )

    def _write(self, make: Callable[[StateReader], Draft]) -> None:
        try:
            with self._database.begin() as connection:
                reader = Reader(connection, live=self._live)
                draft = make(reader)
                if not reader.alerts_known([draft.occurrence]):
                    batch = Batch(kind="rule", name=draft.rule, drafts=(draft,))
                    commit(connection, batch, now=self._clock(), live=self._live)
                    say_what_reaches_nobody([draft])
        except StoreError:
            raise
        except Exception:
            # What it is about is recorded already; an alert that cannot be written must not stop what goes on.
            log.exception("alert.failed", channel=self._channel)
