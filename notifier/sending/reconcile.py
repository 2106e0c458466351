"""Asks providers about messages of which nobody knows whether they arrived, before anything is sent again.

Where the provider has the message, what it says became of it decides. Where it surely does not, the message is queued
again; a provider that shows its messages late is asked until it would show this one. Where it cannot say, the message
waits for a later answer, or for a person. Only safety notices are sent again without an answer.
"""

import asyncio
import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import assert_never

import sqlalchemy as sa
import structlog

from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import Absent, Accepted, Finding, Found, Halt, Outcome, Unclear, Unknown
from notifier.drafting.ruleset import Ruleset
from notifier.model.clock import Clock
from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.types import NoticeClass
from notifier.sending.completer import Completer, SendAgain
from notifier.sending.owner_alerts import OwnerAlerts
from notifier.store.database import read_only
from notifier.store.outbox import unknown_messages

log = structlog.get_logger()

MOST = 100
"""Messages about which one round asks."""
SLOTS = 4
"""Questions that are asked at the same time. Few, since providers answer with long lists."""
SAFETY_WAITS = timedelta(minutes=15)
"""How long a safety notice waits for a clear answer before it is sent again: better twice than never. After the same
time without an answer a person is asked about any other notice."""


class Reconciler:
    """Asks one provider about the messages of its outlet."""

    def __init__(
        self,
        database: sa.Engine,
        outlet: Outlet,
        provider: Channel,
        completer: Completer,
        alerts: OwnerAlerts,
        clock: Clock,
        stop: threading.Event,
    ) -> None:
        self._database = database
        self._outlet = outlet
        self._provider = provider
        self._completer = completer
        self._alerts = alerts
        self._clock = clock
        self._stop = stop

    async def run(self, ruleset: Ruleset, *, until: datetime | None = None) -> Counter[str]:
        """Ask about every message that is due for it, as far as that is possible `until` then.

        Returns what became of them, as named in `DispatchReport`.
        """
        with read_only(self._database) as connection:
            due = unknown_messages.unknown_due(connection, self._outlet, now=self._clock(), limit=MOST)
            owned = unknown_messages.owned_ids(connection, due)
        lanes: dict[str, list[Outgoing]] = defaultdict(list)
        for message in due:
            lanes[message.address].append(message)
        slots = asyncio.Semaphore(SLOTS)
        asked = await asyncio.gather(
            *(self._lane(ruleset, lane, owned[address], slots, until) for address, lane in lanes.items()),
            return_exceptions=True,
        )
        counts: Counter[str] = Counter()
        for result in asked:
            if isinstance(result, BaseException):
                raise result
            counts.update(result)
        return counts

    async def _lane(
        self,
        ruleset: Ruleset,
        messages: Sequence[Outgoing],
        owned: set[str],
        slots: asyncio.Semaphore,
        until: datetime | None,
    ) -> Counter[str]:
        """Ask about the messages to one address, one by one: an id that belongs to one cannot belong to another."""
        counts: Counter[str] = Counter()
        for message in messages:
            async with slots:
                if self._stop.is_set() or (until is not None and self._clock() >= until):
                    break
                finding = await self._ask(message, owned)
            if isinstance(finding, Found):
                owned.add(finding.provider_id)
            outcome = outcome_of(finding, message, provider=self._provider.name, now=self._clock())
            became = await self._completer.record(message, outcome)
            log.info("message.reconciled", message=message.id, finding=type(finding).__name__, became=became)
            counts[became] += 1
            if isinstance(outcome, Halt):
                self._alerts.halted(ruleset, message)
            if isinstance(outcome, Unknown) and self._needs_a_person(message):
                self._alerts.unclear(ruleset, message, outcome.reason)
        return counts

    async def _ask(self, message: Outgoing, owned: Collection[str]) -> Finding:
        try:
            return await self._provider.find(message, owned, now=self._clock())
        except Exception as error:
            log.exception(
                "channel.failed", channel=self._outlet.channel, provider=self._provider.name, message=message.id
            )
            return Unclear(reason=f"{self._provider.name} failed with {type(error).__name__}")

    def _needs_a_person(self, message: Outgoing) -> bool:
        """The customer was not told on another channel, and waiting longer would hardly help."""
        to_customer = message.kind is not NoticeKind.ALERT and message.notice_state is NoticeState.READY
        return to_customer and self._clock() - message.started_at >= SAFETY_WAITS


def outcome_of(finding: Finding, message: Outgoing, *, provider: str, now: datetime) -> Outcome | SendAgain:
    """What to do with a message about which its provider said this at `now`."""
    match finding:
        case Found(provider_id=provider_id, outcome=None):
            return Accepted(provider_id=provider_id, provider=finding.provider)
        case Found(outcome=outcome):
            assert outcome is not None
            return outcome
        case Absent(certain_after=waits) if now - message.started_at < waits:
            return Unknown(reason=f"{provider} does not show it yet")
        case Absent():
            return SendAgain(reason=f"{provider} does not have it")
        case Unclear(reason=reason):
            if message.notice_class is NoticeClass.SAFETY and now - message.started_at >= SAFETY_WAITS:
                return SendAgain(reason=f"{reason}; sent again for safety")
            return Unknown(reason=reason)
        case _:
            assert_never(finding)
