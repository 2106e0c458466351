"""Many messages due at once and a provider with a rate: when each one leaves, against the line that the rate draws.

The clock runs as the real one does, but skips what would be slept. So it takes computing time only, and all computing
counts: a lease, a recheck or a commit that held the queue up would show. Followed are the first messages of the queue,
which are true notices; what waits behind them only makes it long.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from bench.outbox_state import Outbox
from bench.sending import BEGIN, ROUND, NotAllSentError
from notifier.delivery.outcomes import Outcome
from notifier.model.notices import NoticeKind
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.pace import Pace
from notifier.model.types import ChannelName
from notifier.sending.background import in_turn
from notifier.sending.dispatch import Dispatcher
from notifier.simulation.channel import KeepingChannel
from notifier.store.tables import MESSAGE, NOTICE

CHANNEL = ChannelName.SMS
OUTLET = Outlet(live=True, channel=CHANNEL)
MARKS = (25, 50, 75, 100)
"""Percent of the messages that were followed, at which the table looks."""
OTHERS = 10
"""How often the others of the event loop may go on before the clock skips: a message on its way needs four."""


class SkippingClock:
    """Real time since it was made, and what was skipped instead of slept."""

    def __init__(self) -> None:
        self._began = perf_counter()
        self._skipped = 0.0

    def seconds(self) -> float:
        """Since it was made."""
        return perf_counter() - self._began + self._skipped

    def __call__(self) -> datetime:
        return BEGIN + timedelta(seconds=self.seconds())

    async def sleep(self, seconds: float) -> None:
        """Let the others of the event loop work; what is left of the time then is skipped."""
        until = self.seconds() + seconds
        for _ in range(OTHERS):
            await asyncio.sleep(0)
        self._skipped += max(until - self.seconds(), 0)


class PacedProvider(KeepingChannel):
    """Takes everything, keeps when it came, and says when it has seen enough."""

    def __init__(self, clock: SkippingClock, follow: int) -> None:
        super().__init__()
        self.left: list[tuple[float, int]] = []
        """Of each message: seconds since the clock began, and its segments."""
        self.enough: Callable[[], object] = lambda: None
        self._clock = clock
        self._follow = follow

    async def send(self, message: Outgoing) -> Outcome:
        """Accepted, once."""
        self.left.append((self._clock.seconds(), message.segments))
        if len(self.left) == self._follow:
            self.enough()
        return await super().send(message)


@dataclass(frozen=True, kw_only=True)
class Course:
    """When messages left, and when the rate would have had them leave."""

    queue: int
    """How many there were."""
    actual: list[float]
    ideal: list[float]
    """Seconds since they were due."""

    @property
    def seconds(self) -> tuple[float, float]:
        """How long it took, and how long it would have by the rate."""
        return self.actual[-1], self.ideal[-1]

    def table(self) -> str:
        """The queue at some marks: how old it is, how old it should be, how far it was behind at most until then."""
        head = f"{'gone':>7}  {'left':>7}  {'queue age':>10}  {'by the rate':>11}  {'behind':>15}  {'most so far':>15}"
        lines = [head]
        for mark in MARKS:
            place = len(self.actual) * mark // 100 - 1
            behind = self.actual[place] - self.ideal[place]
            most = max(range(place + 1), key=lambda at: self.actual[at] - self.ideal[at])
            ages = f"{self.actual[place]:8,.2f} s  {self.ideal[place]:9,.2f} s"
            behinds = f"{self._told(behind, place)}  {self._told(self.actual[most] - self.ideal[most], place)}"
            lines.append(f"{place + 1:7,}  {self.queue - place - 1:7,}  {ages}  {behinds}")
        return "\n".join(lines)

    def _told(self, seconds: float, place: int) -> str:
        return f"{seconds:5.2f} s {seconds / max(self.ideal[place], 1e-9):6.2%}".rjust(15)


def add_burst(outbox: Outbox, notices: int, count: int) -> None:
    """This many notices wait, and behind them copies of the last one's SMS, until there are `count`; all are due."""
    outbox.restore(notices)
    with outbox.database.begin() as connection:
        last = sa.select(MESSAGE).where(MESSAGE.c.channel == CHANNEL).order_by(MESSAGE.c.until_at.desc()).limit(1)
        pattern = connection.execute(last).one()
        numbers = sa.select(sa.literal(1).label("number")).cte(recursive=True)
        numbers = numbers.union_all(sa.select(numbers.c.number + 1).where(numbers.c.number < count - notices))
        number = numbers.c.number
        name = sa.literal("B") + sa.cast(number + 10**7, sa.String)
        copies: dict[sa.Table, dict[str, sa.ColumnElement[Any]]] = {
            NOTICE: {"id": name, "occurrence": name, "reference": name, "kind": sa.literal(str(NoticeKind.ALERT))},
            MESSAGE: {"id": name, "notice_id": name, "address": "+57" + name},
        }
        for table, changed in copies.items():
            columns = [changed.get(column.name, column).label(column.name) for column in table.c]
            chosen = pattern.notice_id if table is NOTICE else pattern.id
            statement = sa.select(*columns).select_from(table).join(numbers, sa.true()).where(table.c.id == chosen)
            connection.execute(sa.insert(table).from_select([column.name for column in table.c], statement))
    outbox.refresh_statistics()


def send_paced(outbox: Outbox, rate: float, queue: int, follow: int) -> Course:
    """Hand over what `add_burst` added at a rate of segments a second, until a number of them is gone."""
    clock = SkippingClock()
    provider = PacedProvider(clock, follow)
    with Dispatcher(
        outbox.database, OUTLET, provider, clock, pace=Pace(rate), sleep=clock.sleep, background=in_turn
    ) as dispatcher:
        provider.enough = dispatcher.stop
        while len(provider.left) < follow and dispatcher.dispatch(outbox.ruleset, at_most=ROUND).more:
            pass
    left = provider.left[:follow]
    if len(left) < follow:
        raise NotAllSentError(f"{len(left)} of {follow} messages left")
    units, ideal = 0, []
    for _, segments in left:
        ideal.append(units / rate)
        units += segments
    return Course(queue=queue, actual=[at for at, _ in left], ideal=ideal)
