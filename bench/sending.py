"""Our side of handing over: waiting messages go the daemon's own way, put back each time."""

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

import structlog

from bench.outbox_state import DUE_AT, Outbox
from bench.providers import Stub
from notifier.logs import configure_logs
from notifier.model.outlet import Outlet
from notifier.sending.background import RunInBackground
from notifier.sending.dispatch import Dispatcher

ROUND = timedelta(seconds=10)
"""How long the daemon sends before it looks around (`drivers.daemon.ROUND`; that module imports a scheduler)."""
BEGIN = DUE_AT + timedelta(seconds=1)


class NotAllSentError(Exception):
    """Not every message was accepted, so the rate says nothing."""


class Sending:
    """A job of the benchmark: the messages of a number of notices on one channel."""

    def __init__(
        self, outbox: Outbox, provider: Stub, notices: int, background: RunInBackground = asyncio.to_thread
    ) -> None:
        """`background` as for `Dispatcher`: a profile sees one thread."""
        self._outbox = outbox
        self._provider = provider
        self._notices = notices
        self._background = background
        outbox.restore(notices)
        self.messages = outbox.waiting(provider.channel)
        self._hand_over(at_most=timedelta())  # one lease: builds statements, which a daemon does once
        provider.forget()

    def renew(self) -> None:
        """Have all of them wait again."""
        self._outbox.restore(self._notices)

    def run(self) -> None:
        """Raises NotAllSentError, or UnequalLedgerError where one was handed over twice."""
        accepted = self._hand_over(at_most=ROUND)
        if accepted != len(self.messages):
            raise NotAllSentError(f"{accepted} of {len(self.messages)} messages were accepted")
        self._provider.check(self.messages)

    def _hand_over(self, *, at_most: timedelta) -> int:
        began = perf_counter()

        def clock() -> datetime:
            return BEGIN + timedelta(seconds=perf_counter() - began)

        outbox, adapter = self._outbox, self._provider.adapter()
        outlet = Outlet(live=True, channel=self._provider.channel)
        with (
            logs_of_a_daemon(),
            Dispatcher(outbox.database, outlet, adapter, clock, background=self._background) as dispatcher,
        ):
            report = dispatcher.dispatch(outbox.ruleset, at_most=at_most)
            accepted = report.accepted
            while report.more and at_most:
                report = dispatcher.dispatch(outbox.ruleset, at_most=at_most)
                accepted += report.accepted
        return accepted


@contextmanager
def logs_of_a_daemon() -> Iterator[None]:
    """A line of JSON for each message, made and thrown away, for as long as the block lasts."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        configure_logs(json=True, stream=nowhere)
        try:
            yield
        finally:
            structlog.configure(**before)
            root.handlers[:] = handlers
            root.setLevel(level)
