"""What an outbox holds after a replay, as plain rows: small enough to be counted outside of the database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from notifier.model.contradictions import ContradictionState
from notifier.model.notices import MessageState, NoticeKind, NoticeState, ReasonCode
from notifier.model.types import ChannelName
from notifier.planning.occurrences import is_note
from notifier.store.tables import CONTRADICTION, MESSAGE, NOTICE


@dataclass(frozen=True, kw_only=True, slots=True)
class DecidedNotice:
    """A notice, correction or follow-up to a customer, as it ended."""

    id: str
    kind: NoticeKind
    rule: str
    subject_type: str
    subject_id: str
    each_id: str | None
    customer: str | None
    state: NoticeState
    decided_at: datetime
    told_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SentMessage:
    """A message that was handed over."""

    notice_id: str
    channel: ChannelName
    at: datetime
    segments: int
    cost: Decimal | None
    currency: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundContradiction:
    """A contradiction, as it ended."""

    check: str
    state: ContradictionState
    opened_at: datetime
    surfaces_at: datetime | None


def decided_notices(connection: sa.Connection) -> list[DecidedNotice]:
    """All that were decided for customers, in the order of time; not those of which nobody was to hear."""
    names = ("id", "kind", "rule", "subject_type", "subject_id", "each_id", "recipient_id", "state", "decided_at")
    columns = [NOTICE.c[name] for name in (*names, "told_at", "occurrence", "reason_code")]
    statement = sa.select(*columns).where(NOTICE.c.kind != NoticeKind.ALERT)
    rows = connection.execute(statement.order_by(NOTICE.c.decided_at, NOTICE.c.id))
    return [
        DecidedNotice(
            id=row.id,
            kind=NoticeKind(row.kind),
            rule=row.rule,
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            each_id=row.each_id,
            customer=row.recipient_id,
            state=NoticeState(row.state),
            decided_at=row.decided_at,
            told_at=row.told_at,
        )
        for row in rows
        if not is_note(row.occurrence) and not (row.told_at is None and row.reason_code == ReasonCode.TOLD_THROUGH)
    ]


def sent_messages(connection: sa.Connection) -> Iterator[SentMessage]:
    """All messages to customers that were handed over."""
    names = ("notice_id", "channel", "accepted_at", "segments", "cost", "cost_currency")
    statement = (
        sa.select(*(MESSAGE.c[name] for name in names))
        .join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
        .where(NOTICE.c.kind != NoticeKind.ALERT, MESSAGE.c.accepted_at.is_not(None))
        .where(MESSAGE.c.state.in_((MessageState.ACCEPTED, MessageState.DELIVERED)))
    )
    for row in connection.execute(statement):
        yield SentMessage(
            notice_id=row.notice_id,
            channel=ChannelName(row.channel),
            at=row.accepted_at,
            segments=row.segments or 0,
            cost=row.cost,
            currency=row.cost_currency,
        )


def found_contradictions(connection: sa.Connection) -> list[FoundContradiction]:
    """All of them."""
    columns = (CONTRADICTION.c.check, CONTRADICTION.c.state, CONTRADICTION.c.opened_at, CONTRADICTION.c.surfaces_at)
    return [
        FoundContradiction(
            check=row.check,
            state=ContradictionState(row.state),
            opened_at=row.opened_at,
            surfaces_at=row.surfaces_at,
        )
        for row in connection.execute(sa.select(*columns).order_by(CONTRADICTION.c.opened_at, CONTRADICTION.c.id))
    ]


def alerts_by_owner(connection: sa.Connection) -> Mapping[str, int]:
    """How many alerts each owner got."""
    owner = sa.func.coalesce(NOTICE.c.recipient_id, NOTICE.c.owner, type_=sa.String())
    statement = sa.select(owner, sa.func.count()).where(
        NOTICE.c.kind == NoticeKind.ALERT, NOTICE.c.told_at.is_not(None)
    )
    return {row[0]: row[1] for row in connection.execute(statement.group_by(owner).order_by(owner))}
