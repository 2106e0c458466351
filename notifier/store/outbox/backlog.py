"""What a rule's first pass, an edit of it, or a baseline kept from being told: the rows, and how many a rule.

A rule without `at` records them in the backlog. What had a moment, corrects or follows up is a notice that is spent.
People tell or drop them in `decisions.backlog`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import UtcTime
from notifier.model.notices import NoticeKind, NoticeState, ReasonCode
from notifier.store.tables import BACKLOG, NOTICE

CAUSES = (ReasonCode.BACKLOG, ReasonCode.BASELINE)


@dataclass(frozen=True, kw_only=True)
class BacklogEntry:
    """One thing that is not told to one customer."""

    rule: str
    subject_id: str
    each_id: str | None
    recipient_id: str | None
    kind: NoticeKind
    cause: ReasonCode
    """`BACKLOG` (the rule's first pass, or a follow-up that an edit added) or `BASELINE`."""
    since: datetime
    until: datetime | None
    """The last moment at which it helps; None where it has none, or the rule says it only when it is told."""
    notice_id: str | None
    """The spent notice that records it; None where the backlog does."""
    reference: str | None
    """Of that notice."""

    @property
    def record_id(self) -> str:
        """The id by which people's decisions about it are recorded."""
        key = (self.rule, self.subject_id, self.each_id or "", self.recipient_id or "")
        return self.notice_id or "|".join(key)


@dataclass(frozen=True, kw_only=True)
class BacklogCount:
    """How much of one kind one cause keeps from being told by one rule."""

    rule: str
    kind: NoticeKind
    cause: ReasonCode
    count: int
    over: int
    """How many of them would be told too late."""
    first: datetime
    last: datetime
    """When the first and the last of them were recorded."""


def backlog_entries(
    connection: sa.Connection,
    *,
    rule: str,
    live: bool,
    subjects: Collection[str] = (),
    limit: int | None = None,
    lock: bool = False,
) -> Sequence[BacklogEntry]:
    """What the rule does not tell, about these subjects or about all, the oldest first."""
    everything = _everything(live).subquery()
    statement = sa.select(everything).where(everything.c.rule == rule)
    statement = statement.order_by(everything.c.since, everything.c.subject_id, everything.c.recipient_id).limit(limit)
    if subjects:
        statement = statement.where(everything.c.subject_id.in_(subjects))
    if lock:
        for table in (BACKLOG, NOTICE):
            connection.execute(sa.select(table.c.rule).where(table.c.rule == rule).with_for_update())
    return [
        BacklogEntry(
            rule=row.rule,
            subject_id=row.subject_id,
            each_id=row.each_id,
            recipient_id=row.recipient_id,
            kind=NoticeKind(row.kind),
            cause=ReasonCode(row.cause),
            since=row.since,
            until=row.until,
            notice_id=row.notice_id,
            reference=row.reference,
        )
        for row in connection.execute(statement)
    ]


def backlog_counts(
    connection: sa.Connection, *, live: bool, now: datetime, rule: str | None = None
) -> Sequence[BacklogCount]:
    """How much the rules do not tell, by rule, kind and cause."""
    entry = _everything(live).subquery().c
    over = sa.case((entry.until <= now, 1), else_=0)
    statement = (
        sa.select(
            entry.rule,
            entry.kind,
            entry.cause,
            sa.func.count().label("number"),
            sa.func.sum(over).label("over"),
            sa.func.min(entry.since, type_=UtcTime()).label("first"),
            sa.func.max(entry.since, type_=UtcTime()).label("last"),
        )
        .group_by(entry.rule, entry.kind, entry.cause)
        .order_by(entry.rule, entry.kind, entry.cause)
    )
    if rule is not None:
        statement = statement.where(entry.rule == rule)
    return [
        BacklogCount(
            rule=row.rule,
            kind=NoticeKind(row.kind),
            cause=ReasonCode(row.cause),
            count=row.number,
            over=int(row.over),
            first=row.first,
            last=row.last,
        )
        for row in connection.execute(statement)
    ]


def _everything(live: bool) -> sa.CompoundSelect[Any]:
    """The backlog, which belongs to sandbox and live, and the spent notices of this mode."""
    nothing = sa.literal(None, sa.String)
    recorded = sa.select(
        BACKLOG.c.rule,
        BACKLOG.c.subject_id,
        sa.func.nullif(BACKLOG.c.each_id, "").label("each_id"),
        sa.func.nullif(BACKLOG.c.recipient_id, "").label("recipient_id"),
        sa.literal(NoticeKind.NOTICE.value, sa.String).label("kind"),
        BACKLOG.c.cause,
        BACKLOG.c.recorded_at.label("since"),
        sa.literal(None, UtcTime()).label("until"),
        nothing.label("notice_id"),
        nothing.label("reference"),
    ).where(BACKLOG.c.dropped_at.is_(None))
    spent = sa.select(
        NOTICE.c.rule,
        NOTICE.c.subject_id,
        NOTICE.c.each_id,
        NOTICE.c.recipient_id,
        NOTICE.c.kind,
        NOTICE.c.reason_code,
        NOTICE.c.decided_at,
        NOTICE.c.until_at,
        NOTICE.c.id,
        NOTICE.c.reference,
    ).where(
        NOTICE.c.state == NoticeState.CANCELLED,
        NOTICE.c.reason_code.in_(CAUSES),
        NOTICE.c.spent.is_(True),
        NOTICE.c.live.is_(live),
    )
    return sa.union_all(recorded, spent)
