"""The drafts of one pass become a preview: who would be told, who would not and why, which owners hear of it, the cost.

The drafts are those of `pipeline.draft` on what a tick would read: what preview shows is what a tick commits.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from notifier.drafting.engine import DraftOptions, Engine
from notifier.model.batches import Batch
from notifier.model.contradictions import HOLDING, Contradiction
from notifier.model.notices import Draft, NoticeKind, NoticeState
from notifier.model.reading import StateReader
from notifier.model.types import ChannelName
from notifier.pipeline import draft
from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.store.state.site_days import refresh_site_days, site_days_are_current


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What the notices that would go out amount to."""

    recipients: int
    sms: int
    segments: int
    emails: int
    cost: dict[str, Decimal]
    """By ISO 4217 currency; only messages whose price is known."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a tick at `now` (aware UTC) would decide, in the order rule, subject, customer, occurrence."""

    now: datetime
    told: tuple[Draft, ...]
    """Would go out, with their messages."""
    not_told: tuple[Draft, ...]
    """Held, deferred, suppressed, expired, cancelled, recorded as backlog, or told before; each says why."""
    alerts: tuple[Draft, ...]
    """To owners."""
    contradictions: tuple[Contradiction, ...]
    """Open or acknowledged after that tick."""
    failures: tuple[tuple[str, str], ...]
    """Rules and checks that could not be evaluated, with what went wrong."""

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """All drafts to customers, told or not, in one order."""
        return tuple(sorted((*self.told, *self.not_told), key=_order))

    @property
    def totals(self) -> Totals:
        """Over what would go out to customers; alerts are not counted."""
        return totals_of(self.told)


def preview(
    engine: Engine,
    reader: StateReader,
    now: datetime,
    *,
    live: bool = False,
    rules: Collection[str] | None = None,
    customer: str | None = None,
) -> Preview:
    """What a tick at `now` would decide; of these rules only, of this customer only, where given."""
    options = DraftOptions(live=live, everything=True, rules=rules)
    known = {contradiction.id: contradiction for contradiction in reader.holding_contradictions()}
    return preview_of(draft(engine, reader, now, options), now, known=known.values(), customer=customer)


@contextmanager
def seen_by_a_tick(
    database: sa.Engine, engine: Engine, now: datetime, *, live: bool, rules: Collection[str] | None = None
) -> Iterator[Reader]:
    """What a tick at `now` would read for these rules (None: for everything); nothing is written.

    A tick begins by bringing the days of sites up to date. Where that would change something that is read, it is done
    here too, in a transaction that is rolled back.
    """
    reads_days = rules is None or any("site_day" in engine.rule_queries[name].entities for name in rules)
    with read_only(database) as connection:
        if not reads_days or site_days_are_current(connection, engine.project.hours, now):
            yield Reader(connection, live=live)
            return
    with database.connect() as connection, connection.begin() as transaction:
        try:
            refresh_site_days(connection, engine.project.hours, now)
            yield Reader(connection, live=live)
        finally:
            transaction.rollback()


def preview_of(
    batches: Iterable[Batch], now: datetime, *, known: Iterable[Contradiction] = (), customer: str | None = None
) -> Preview:
    """The preview of these batches. `known` are the contradictions that were open before them."""
    drafts: list[Draft] = []
    failures: list[tuple[str, str]] = []
    contradictions = {contradiction.id: contradiction for contradiction in known}
    for batch in batches:
        drafts += batch.drafts
        contradictions |= {contradiction.id: contradiction for contradiction in batch.contradictions}
        if batch.failure is not None:
            failures.append((batch.name, batch.failure))
    if customer is not None:
        drafts = [each for each in drafts if customer in (each.recipient_id, each.recipient and each.recipient.id)]
        contradictions = {c.id: c for c in contradictions.values() if c.customer_id == customer}
    ordered = sorted(drafts, key=_order)
    to_customers = [each for each in ordered if each.kind is not NoticeKind.ALERT]
    return Preview(
        now=now,
        told=tuple(each for each in to_customers if _goes_out(each)),
        not_told=tuple(each for each in to_customers if not _goes_out(each)),
        alerts=tuple(each for each in ordered if each.kind is NoticeKind.ALERT),
        contradictions=tuple(
            sorted((c for c in contradictions.values() if c.state in HOLDING), key=lambda c: (c.check, c.promise_id))
        ),
        failures=tuple(sorted(failures)),
    )


def totals_of(drafts: Iterable[Draft]) -> Totals:
    """What these drafts amount to, once they go out."""
    messages = [(draft.recipient_id, message) for draft in drafts for message in draft.messages]
    sms = [message for _, message in messages if message.channel is ChannelName.SMS]
    cost: dict[str, Decimal] = {}
    for _, message in messages:
        if message.cost is not None and message.cost_currency is not None:
            cost[message.cost_currency] = cost.get(message.cost_currency, Decimal(0)) + message.cost
    return Totals(
        recipients=len({recipient for recipient, _ in messages}),
        sms=len(sms),
        segments=sum(message.segments or 0 for message in sms),
        emails=len(messages) - len(sms),
        cost=cost,
    )


def _goes_out(draft: Draft) -> bool:
    return draft.verdict.state is NoticeState.READY


def _order(draft: Draft) -> tuple[str, str, str, str, str]:
    return (draft.rule, draft.subject_id, draft.each_id or "", draft.recipient_id or "", draft.occurrence)
