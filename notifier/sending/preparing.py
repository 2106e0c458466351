"""What goes next on a channel is claimed and looked at once more; what must not go, or not now, is set aside."""

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

import sqlalchemy as sa
import structlog

from notifier.drafting.engine import Engine
from notifier.model.clock import Clock
from notifier.model.notices import NoticeState
from notifier.model.outgoing import Outgoing
from notifier.model.reading import StoreError
from notifier.sending.lease import Claim, Claims
from notifier.sending.recheck import Freshness, Stale, examine
from notifier.store.database import read_only
from notifier.store.outbox import completion, leasing
from notifier.store.outbox.commit import commit
from notifier.store.reader import Reader

log = structlog.get_logger()

MAY_GO = (NoticeState.READY, NoticeState.TOLD)
"""States of a notice whose messages may go; told: on another channel."""


T = TypeVar("T")


class Beside(Protocol):
    """How work that waits for the database is done while messages are on their way."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Do it: `asyncio.to_thread`, or `in_turn`."""
        ...


async def in_turn(work: Callable[[], T], /) -> T:
    """Nothing else goes on meanwhile: for a clock that does not tick by itself."""
    return work()


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A claim of which everything that is still to be said goes."""

    claim: Claim
    fresh: Sequence[Outgoing]
    counts: Counter[str]
    """What became of the others, as named in `DispatchReport`."""


class Preparation:
    """Prepares claims, in a thread of its own while others are on their way: it shares nothing but the database."""

    def __init__(self, database: sa.Engine, claims: Claims, clock: Clock, *, live: bool) -> None:
        self._database = database
        self._claims = claims
        self._clock = clock
        self._live = live

    def next(self, engine: Engine, given_back: Sequence[Outgoing], *, free_at: datetime) -> Prepared | None:
        """What goes next, once `given_back` is in the queue again; None where nothing is due, or may go.

        `free_at`: as in `Claims.next`.
        """
        self.give_back(given_back)
        claim = self._claims.next(free_at=free_at)
        if claim is None:
            return None
        now = self._clock()
        try:
            freshness = self._look_once_more(engine, claim.messages, now)
            counts = self._set_aside(freshness, now)
        except BaseException:
            # Where even that fails, the lease ends the claim.
            with contextlib.suppress(StoreError):
                self.give_back(claim.messages)
            raise
        return Prepared(claim=claim, fresh=freshness.fresh, counts=counts)

    def give_back(self, messages: Sequence[Outgoing]) -> None:
        """Queue what nobody tried to hand over again."""
        if not messages:
            return
        now = self._clock()
        with self._database.begin() as connection:
            for message in messages:
                completion.give_back(connection, message, at=now, reason=None, now=now)

    def _look_once_more(self, engine: Engine, messages: Sequence[Outgoing], now: datetime) -> Freshness:
        """On one snapshot, what is still to be said. Its notice may have been decided, or told, since the claim."""
        with read_only(self._database) as connection:
            notices = leasing.notice_states(connection, messages)
            current = [_as_of_now(each, NoticeState(notices[each.notice_id].state)) for each in messages]
            alive = [each for each in current if each.notice_state in MAY_GO]
            ended = [each for each in current if each.notice_state not in MAY_GO]
            found = examine(engine, Reader(connection, live=self._live), alive, now, live=self._live)
        stale = [Stale(message=each, reason=notices[each.notice_id].reason) for each in ended]
        return replace(found, stale=(*found.stale, *stale))

    def _set_aside(self, freshness: Freshness, now: datetime) -> Counter[str]:
        """Withdraw what is stale and commit, with that, what planning says instead."""
        counts: Counter[str] = Counter()
        if not freshness.stale and not freshness.later:
            return counts
        with self._database.begin() as connection:
            leasing.lock_notices(connection, [stale.message for stale in freshness.stale])
            for stale in freshness.stale:
                completion.withdraw(connection, stale.message, reason=stale.reason, now=now)
                counts["stale"] += 1
            for later in freshness.later:
                completion.give_back(connection, later.message, at=later.at, reason=later.reason, now=now)
                counts["put_off"] += 1
            for batch in freshness.batches:
                commit(connection, batch, now=now, live=self._live)
        for stale in freshness.stale:
            log.info("message.stale", message=stale.message.id, notice=stale.message.notice_id, reason=stale.reason)
        return counts


def _as_of_now(message: Outgoing, notice_state: NoticeState) -> Outgoing:
    return message if message.notice_state is notice_state else replace(message, notice_state=notice_state)
