"""Rows of the outbox become records that people read: each notice as it was decided, and what became of it.

Lists, `why` and the demo read them. Planning reads notices through `store.reader`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.digests import heard_reference
from notifier.model.notices import (
    Draft,
    MessageState,
    NoticeKind,
    NoticeState,
    ReasonCode,
    Recipient,
    RenderedMessage,
)
from notifier.model.reading import CustomerRow
from notifier.model.types import ChannelName
from notifier.planning.addressing import Defaults, customer_recipient, owner_recipient
from notifier.rules.checked_owners import Owner
from notifier.store.outbox.notice_rows import draft_of
from notifier.store.outbox.payloads import payload_of, with_payload
from notifier.store.outbox.told_through import Speaker, SpokenFor, any_told_through, speakers, spoken_for
from notifier.store.reader import Reader
from notifier.store.sql import rows_in
from notifier.store.tables import MESSAGE, NOTICE

UNKNOWN = MessageState.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class MessageRecord:
    """One message of a notice and its delivery state."""

    message: RenderedMessage
    state: MessageState
    attempts: int
    started_at: datetime | None
    """When the last attempt to hand it over began."""
    provider: str | None
    provider_id: str | None
    accepted_at: datetime | None
    error: str | None


@dataclass(frozen=True, kw_only=True)
class NoticeRecord:
    """A notice of the outbox. `draft` is what was decided, with the messages that were not cancelled."""

    id: str
    draft: Draft
    live: bool
    decided_at: datetime
    changed_at: datetime
    told_at: datetime | None
    released: bool
    approved: bool
    messages: tuple[MessageRecord, ...]
    """In the order in which they were made, cancelled ones too."""
    through: tuple[Speaker, ...] = ()
    """The notices that speak for it, one for each channel, where customers share an address."""
    speaks_for: tuple[SpokenFor, ...] = ()
    """The notices that are told through this one."""

    @property
    def unknown(self) -> tuple[MessageRecord, ...]:
        """The messages that may or may not have gone out: nobody can say."""
        return tuple(each for each in self.messages if each.state is MessageState.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class NoticeFilter:
    """Which notices a person wants to see. A field that is None or empty excludes nothing."""

    states: Collection[NoticeState] = ()
    rule: str | None = None
    customer: str | None = None
    subject_ids: Collection[str] | None = None
    """Only notices about these rows."""
    since: datetime | None = None
    """Only notices that changed at or after this instant."""
    alerts: bool = False
    """True: only alerts to owners; False: only notices to customers."""
    unknown: bool = False
    """True: only notices with a message that may or may not have gone out."""
    limit: int | None = None


@dataclass(frozen=True, kw_only=True)
class Directory:
    """What the names and zones of recipients are taken from, in addition to the customers in the state."""

    defaults: Defaults
    owners: Mapping[str, Owner]


def records(connection: sa.Connection, wanted: NoticeFilter, directory: Directory) -> list[NoticeRecord]:
    """The notices that pass the filter, the latest change first. Of those behind the limit, only the ids are read."""
    columns = NOTICE.c
    latest = _chosen(wanted, sa.select(columns.id)).order_by(columns.changed_at.desc(), columns.id.desc())
    ids = list(connection.execute(latest.limit(wanted.limit)).scalars())
    rows = {row.id: row for row in rows_in(connection, sa.select(NOTICE), columns.id, ids)}
    return _records(connection, [rows[each] for each in ids], directory)


COUNTED = 10_000
"""How far the notices that pass a filter are counted. A year's would take longer than the page that they stand on."""


def how_many(connection: sa.Connection, wanted: NoticeFilter) -> int:
    """How many notices pass the filter, whatever its limit; one more than `COUNTED` where there are more."""
    some = _chosen(wanted, sa.select(NOTICE.c.id)).limit(COUNTED + 1)
    return connection.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one()


def _chosen(wanted: NoticeFilter, statement: sa.Select[Any]) -> sa.Select[Any]:
    columns = NOTICE.c
    is_alert = columns.kind == NoticeKind.ALERT
    statement = statement.where(is_alert if wanted.alerts else sa.not_(is_alert))
    if wanted.states:
        statement = statement.where(columns.state.in_(wanted.states))
    if wanted.rule is not None:
        statement = statement.where(columns.rule == wanted.rule)
    if wanted.customer is not None:
        statement = statement.where(columns.recipient_id == wanted.customer)
    if wanted.subject_ids is not None:
        statement = statement.where(columns.subject_id.in_(wanted.subject_ids))
    if wanted.since is not None:
        statement = statement.where(columns.changed_at >= wanted.since)
    if wanted.unknown:
        statement = statement.where(columns.id.in_(sa.select(MESSAGE.c.notice_id).where(MESSAGE.c.state == UNKNOWN)))
    return statement


def record_of(connection: sa.Connection, reference: str, directory: Directory) -> NoticeRecord | None:
    """The notice with this reference, as it was heard or typed; None when there is none."""
    statement = sa.select(NOTICE).where(NOTICE.c.reference == heard_reference(reference))
    return next(iter(_records(connection, connection.execute(statement).all(), directory)), None)


def records_by_id(connection: sa.Connection, ids: Collection[str], directory: Directory) -> list[NoticeRecord]:
    """The notices with these ids, in the order in which they were decided."""
    found = list(rows_in(connection, sa.select(NOTICE), NOTICE.c.id, ids))
    return _records(connection, sorted(found, key=lambda row: (row.decided_at, row.id)), directory)


def related(connection: sa.Connection, record: NoticeRecord, directory: Directory) -> list[NoticeRecord]:
    """The notices that this one corrects or follows, and those that correct or follow it."""
    draft = record.draft
    ours = [name for name in (draft.occurrence, draft.corrects, draft.follows) if name is not None]
    columns = NOTICE.c
    statement = sa.select(NOTICE).where(
        sa.or_(columns.occurrence.in_(ours), columns.corrects.in_(ours), columns.follows.in_(ours)),
        columns.id != record.id,
    )
    rows = connection.execute(statement.order_by(columns.decided_at, columns.id)).all()
    return _records(connection, rows, directory)


def _records(connection: sa.Connection, rows: Sequence[sa.Row[Any]], directory: Directory) -> list[NoticeRecord]:
    ids = {row.recipient_id for row in rows if row.kind != NoticeKind.ALERT and row.recipient_id is not None}
    customers = Reader(connection, live=False).customers(ids) if ids else {}
    messages = _messages(connection, [row.id for row in rows])
    found = [_record(row, messages.get(row.id, []), _recipient(row, customers, directory)) for row in rows]
    return _with_voices(connection, found) if any_told_through(connection) else found


def _with_voices(connection: sa.Connection, found: Sequence[NoticeRecord]) -> list[NoticeRecord]:
    """The records with who speaks for them and for whom they speak. Both were told at the same moment."""
    occurrences = [record.draft.occurrence for record in found]
    through, others = speakers(connection, occurrences), spoken_for(connection, occurrences)

    def voiced(record: NoticeRecord) -> NoticeRecord:
        speaking = tuple(through.get(record.draft.occurrence, ()))
        heard = [each.told_at for each in speaking if each.told_at is not None and each.address is not None]
        is_told_so = bool(heard) and record.draft.verdict.reason.code is ReasonCode.TOLD_THROUGH
        return replace(
            record,
            draft=replace(record.draft, spent=True) if is_told_so else record.draft,
            told_at=min(heard) if is_told_so else record.told_at,
            through=speaking,
            speaks_for=tuple(others.get(record.draft.occurrence, ())),
        )

    return [voiced(record) for record in found]


def _messages(connection: sa.Connection, notice_ids: Collection[str]) -> Mapping[str, list[MessageRecord]]:
    found: dict[str, list[MessageRecord]] = defaultdict(list)
    statement = with_payload(sa.select(MESSAGE), MESSAGE.c.id)
    rows = rows_in(connection, statement, MESSAGE.c.notice_id, notice_ids)
    for row in sorted(rows, key=lambda row: (row.created_at, row.channel != ChannelName.SMS, row.id)):
        message = RenderedMessage(
            channel=ChannelName(row.channel),
            to=row.address,
            text=row.text,
            content=payload_of(row),
            subject=row.subject,
            encoding=row.encoding,
            segments=row.segments,
            cost=row.cost,
            cost_currency=row.cost_currency,
        )
        found[row.notice_id].append(
            MessageRecord(
                message=message,
                state=MessageState(row.state),
                attempts=row.attempts,
                started_at=row.started_at,
                provider=row.provider,
                provider_id=row.provider_id,
                accepted_at=row.accepted_at,
                error=row.error,
            )
        )
    return found


def _recipient(row: sa.Row[Any], customers: Mapping[str, CustomerRow], directory: Directory) -> Recipient | None:
    if row.kind == NoticeKind.ALERT:
        owner = directory.owners.get(row.recipient_id)
        return None if owner is None else owner_recipient(owner, directory.defaults)
    customer = customers.get(row.recipient_id)
    return None if customer is None else customer_recipient(customer, directory.defaults)


def _record(row: sa.Row[Any], messages: Sequence[MessageRecord], recipient: Recipient | None) -> NoticeRecord:
    sent = tuple(each.message for each in messages if each.state is not MessageState.CANCELLED)
    return NoticeRecord(
        id=row.id,
        draft=draft_of(row, recipient, sent),
        live=row.live,
        decided_at=row.decided_at,
        changed_at=row.changed_at,
        told_at=row.told_at,
        released=row.released,
        approved=row.approved_digest is not None,
        messages=tuple(messages),
    )
