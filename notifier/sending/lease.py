"""Leases: messages that this process alone may send for a while, and the turns that are reserved for them.

A round of sending takes one lease after the other. Rates and halts are rows of the database, so all processes keep to
them together. A lease reserves the turns of its messages in the transaction that leases them; turns that it does not
need go to the next lease of the round, and at the end of the round back to all processes.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
import structlog

from notifier.model.clock import Clock
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.pace import HORIZON, NEVER_USED, Turns, first_turn
from notifier.sending.background import RunInBackground
from notifier.store.database import read_only
from notifier.store.outbox import completion, halts, leasing, pace, queue

log = structlog.get_logger()

FEWEST, MOST = 100, 250
"""Messages of one lease. They are rechecked together, which is cheaper for many (500 are no cheaper than 250); after a
crash they wait until the lease ends."""
FRESH = timedelta(seconds=15)
"""How long after its recheck a message may be sent. What waits longer is given back, and rechecked with its next lease.
Far above `HORIZON`, which is how long leased messages are meant to wait."""
NO_ANSWER = frozenset({"retried", "unknown"})
"""What may become of a trial message without telling whether the provider takes messages again. Another trial at
once would probably tell as little."""


class Lease:
    """Messages that this process alone may send, until `ends_at`, and the turns from `start` to `end`."""

    def __init__(
        self,
        messages: Sequence[Outgoing],
        turns: Turns,
        *,
        start: datetime,
        leased_at: datetime,
        is_trial: bool,
        was_full: bool = True,
    ) -> None:
        self.messages = messages
        """Those that were not handed out yet, in their order."""
        self.size = len(messages)
        """How many were leased."""
        self.start = start
        """The turn of the first message."""
        self.end = start + turns.time_of(sum(message.segments for message in messages))
        self.leased_at = leased_at
        # In the second half of a lease another process may take a message for left behind while its provider is called.
        self.ends_at = leased_at + leasing.LEASE / 2
        self.is_trial = is_trial
        """It has one message, which tries whether the outlet is still halted."""
        self.was_full = was_full
        """Whether there may have been more messages to be leased."""
        self.became: Counter[str] = Counter()
        """What became of the messages, as named in `DispatchReport`."""
        self.refused = False
        """The provider refused the whole outlet, not only a message."""
        self._turns = turns
        self._unsent: list[Outgoing] = []

    def keep(self, fresh: Sequence[Outgoing], now: datetime) -> None:
        """Keep only these messages: a recheck that ended at `now` has found that they may be sent."""
        self.messages = fresh
        self.ends_at = min(self.ends_at, now + FRESH)

    def hand_out(self) -> Sequence[Outgoing]:
        """The messages to be sent. Whoever takes them gives back what it does not send."""
        messages, self.messages = self.messages, ()
        return messages

    def give_back(self, messages: Sequence[Outgoing]) -> None:
        """These were not sent: they are queued again before the next lease, or at the end of the round."""
        self._unsent += messages
        self.became["put_off"] += len(messages)

    @property
    def all_given_back(self) -> bool:
        """Whether none of its messages went: then what kept them back would keep back the next ones, too."""
        return self.became["put_off"] == self.size

    @property
    def needed_until(self) -> datetime:
        """No message that still waits needs a turn behind this."""
        return self._turns.needed_until(self.start)

    def collect_unsent(self) -> Sequence[Outgoing]:
        """What was given back since this was last asked."""
        unsent, self._unsent = self._unsent, []
        return unsent

    @property
    def has_rest(self) -> bool:
        """Whether there are messages that were not sent, or turns that were not used."""
        return bool(self.messages or self._unsent) or self.needed_until < self.end

    def close(self, connection: sa.Connection, outlet: Outlet, *, now: datetime) -> None:
        """Give back all messages that were not sent, and all turns that were not used."""
        _queue_again(connection, [*self.messages, *self.collect_unsent()], now=now)
        if (unused_from := self.needed_until) < self.end:
            pace.give_back(connection, outlet, unused_from=unused_from, reserved_until=self.end)


class LeaseSize:
    """How many messages a lease takes: more where they are gone soon, since none is to wait longer than `HORIZON`."""

    def __init__(self) -> None:
        self.most = FEWEST

    def adapt(self, lease: Lease, now: datetime) -> None:
        """By a lease whose messages are gone at `now`."""
        took = now - lease.leased_at
        if lease.size == self.most and took < HORIZON / 3:
            self.most = min(2 * self.most, MOST)
        elif took > HORIZON:
            self.most = max(self.most // 2, FEWEST)


class Leases:
    """The leases of one round of sending by one outlet. Iterate over them, then `close`.

    Each is taken and rechecked in the `background`, while the last messages of the one before are still being sent.
    Both are one piece of work: as two, the second waited for the event loop, and a message took 3 to 10 % more
    processor time.
    """

    def __init__(
        self,
        database: sa.Engine,
        outlet: Outlet,
        clock: Clock,
        turns: Turns,
        size: LeaseSize,
        recheck: Callable[[Lease], None],
        background: RunInBackground,
    ) -> None:
        self._database = database
        self._outlet = outlet
        self._clock = clock
        self._turns = turns
        self._size = size
        self._recheck = recheck
        self._background = background
        self._taken: list[Lease] = []

    def __aiter__(self) -> "Leases":
        return self

    async def __anext__(self) -> Lease:
        """The next lease, rechecked; the end where nothing is due, or nothing may go."""
        # Read here: the other thread shares nothing with the messages that are being sent but the database.
        unsent = [message for lease in self._taken for message in lease.collect_unsent()]
        last = self._taken[-1] if self._taken else None
        needed_until = last.needed_until if last is not None else NEVER_USED
        lease = await self._background(partial(self._prepare, unsent, last, needed_until))
        if lease is None:
            raise StopAsyncIteration
        return lease

    @property
    def became(self) -> Counter[str]:
        """What became of all messages of the round."""
        return sum((lease.became for lease in self._taken), Counter())

    def close(self) -> None:
        """Give back what no lease has sent or used, and conclude what a trial has shown. Nothing may be on its way."""
        # The last one first: the turns of a lease end where those of the next one begin.
        if unfinished := [lease for lease in reversed(self._taken) if lease.has_rest]:
            with self._database.begin() as connection:
                for lease in unfinished:
                    lease.close(connection, self._outlet, now=self._clock())
        if self._taken and self._taken[-1].is_trial:
            self._conclude(self._taken[-1])

    def _prepare(self, unsent: Sequence[Outgoing], last: Lease | None, needed_until: datetime) -> Lease | None:
        if unsent:
            with self._database.begin() as connection:
                _queue_again(connection, unsent, now=self._clock())
        lease = self._next(last, needed_until) if last is None or last.was_full or self._any_due() else None
        if lease is not None:
            self._taken.append(lease)
            self._recheck(lease)
        return lease

    def _any_due(self) -> bool:
        """Whether anything is due since the last lease, which took all that was: asked without a lock."""
        with read_only(self._database) as connection:
            return queue.work(connection, self._outlet, now=self._clock(), lease=leasing.LEASE).due

    def _next(self, last: Lease | None, needed_until: datetime) -> Lease | None:
        with self._database.begin() as connection:
            halted = halts.lock(connection, self._outlet)
            reserved_until = pace.lock(connection, self._outlet)
            now = self._clock()  # read once the rows are locked: that may have taken a while
            if halted is not None and (last is not None or halted.rests(now)):
                return None
            # Where nobody has turns behind ours, the next lease takes those that the last one leaves over.
            takes_over = last is not None and last.end == reserved_until
            free_at = needed_until if takes_over else reserved_until
            lease = self._lease(connection, now, free_at, is_trial=halted is not None)
            if lease is None:
                return None
            if halted is not None:
                halts.try_again(connection, self._outlet, at=halted.next_try(now))
            if self._turns.pace is not None:
                pace.reserve(connection, self._outlet, until=lease.end)
        if last is not None and takes_over:
            last.end = needed_until
        return lease

    def _lease(self, connection: sa.Connection, now: datetime, free_at: datetime, *, is_trial: bool) -> Lease | None:
        rate = self._turns.pace
        start = first_turn(rate, free_at, now)
        without_rate = math.inf if start == now else 0  # not while the outlet rests
        budget = rate.budget(start, now) if rate is not None else without_rate
        if len(self._taken) >= 2:
            self._size.adapt(self._taken[-2], now)  # some messages of the last one may still wait
        limit = 1 if is_trial else self._size.most
        if budget <= 0:
            return None
        limit = math.ceil(min(limit, budget))
        messages = leasing.lease_due(connection, self._outlet, now=now, limit=limit, budget=budget)
        if not messages:
            return None
        was_full = len(messages) >= limit or budget < math.inf
        return Lease(messages, self._turns, start=start, leased_at=now, is_trial=is_trial, was_full=was_full)

    def _conclude(self, trial: Lease) -> None:
        if trial.refused or not trial.became:  # its recheck failed: the trial has shown nothing, and the halt stays
            return
        with self._database.begin() as connection:
            if trial.became["accepted"]:
                if halts.resume(connection, self._outlet):
                    log.info("channel.resumed", channel=self._outlet.channel)
            else:
                # The message was not sent, or failed for its own reasons: the next one tries the outlet now.
                # Where there was no answer it tries it soon: nobody has refused us again.
                pause = halts.FIRST_PAUSE if trial.became.keys() & NO_ANSWER else timedelta()
                halts.try_again(connection, self._outlet, at=self._clock() + pause)


def _queue_again(connection: sa.Connection, messages: Sequence[Outgoing], *, now: datetime) -> None:
    """Messages that were leased and not sent."""
    for message in messages:
        completion.give_back(connection, message, at=now, reason=None, now=now)
