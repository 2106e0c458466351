"""Our side of handing over: waiting messages go the daemon's own way, from a fresh copy of the outbox each time."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from bench.outbox_state import DUE_AT
from bench.providers import Stored, Stub
from bench.state import Kept
from notifier.delivery.channel import Channel
from notifier.drafting.engine import Engine
from notifier.model.types import ChannelName
from notifier.runtime.clock import Clock
from notifier.runtime.dispatch import Dispatcher

ROUND = timedelta(seconds=10)
"""How long the daemon sends before it looks around (`runtime.daemon.ROUND`; that module imports a scheduler)."""
BEGIN = DUE_AT + timedelta(seconds=1)


class NotAllSentError(Exception):
    """Not every message was accepted, so the rate says nothing."""


def send_all(
    database: sa.Engine,
    engine: Engine,
    name: ChannelName,
    channel: Channel,
    clock: Clock,
    expected: int,
    **options: Any,
) -> None:
    """Hand everything over, in rounds as the daemon does. Raises NotAllSentError.

    `options` are those of `Dispatcher`.
    """
    accepted, more = 0, True
    with Dispatcher(database, name, channel, clock, live=True, **options) as dispatcher:
        while more:
            report = dispatcher.dispatch(engine, at_most=ROUND)
            accepted, more = accepted + report.accepted, report.more
    if accepted != expected:
        raise NotAllSentError(f"{accepted} of {expected} messages were accepted, at last {report}")


class Sending:
    """A job of the benchmark."""

    def __init__(self, full: Kept, engine: Engine, provider: Stub, messages: Sequence[Stored]) -> None:
        self._full = full
        self._engine = engine
        self._provider = provider
        self._messages = messages
        self._copy = ExitStack()
        self._database: sa.Engine

    def renew(self) -> None:
        """Forget the last copy, and make another."""
        self.close()
        self._database = self._copy.enter_context(self._full.copied())

    def run(self) -> None:
        """Raises NotAllSentError, or UnequalLedgerError where one was handed over twice."""
        began = perf_counter()

        def clock() -> datetime:
            return BEGIN + timedelta(seconds=perf_counter() - began)

        name, adapter = self._provider.channel, self._provider.adapter()
        send_all(self._database, self._engine, name, adapter, clock, len(self._messages))
        self._provider.check(self._messages)

    def close(self) -> None:
        """Take the copy away."""
        self._copy.close()
