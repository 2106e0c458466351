"""Keeps every verdict on a notice, with its reason and evidence, before a new one overwrites it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from notifier.model.notices import NoticeState, Reason, ReasonCode
from notifier.store.sql import chunks, rows_in
from notifier.store.tables import NOTICE, PAST_VERDICT


@dataclass(frozen=True, kw_only=True)
class PastVerdict:
    """A verdict that is no longer in force."""

    at: datetime
    """Since when it was in force."""
    state: NoticeState
    reason: Reason
    contradictions: tuple[str, ...]
    evidence: Mapping[str, object]


def keep_verdicts(connection: sa.Connection, notice_ids: Collection[str]) -> None:
    """Copy the verdicts in force of these notices, which the caller then overwrites in the same transaction."""
    columns = NOTICE.c
    kept = (
        columns.id,
        columns.version,
        columns.changed_at,
        columns.state,
        columns.reason_code,
        columns.reason,
        columns.contradictions,
        columns.evidence,
    )
    names = [column.name for column in PAST_VERDICT.c]
    for chunk in chunks(notice_ids):
        connection.execute(sa.insert(PAST_VERDICT).from_select(names, sa.select(*kept).where(columns.id.in_(chunk))))


def past_verdicts(connection: sa.Connection, notice_ids: Collection[str]) -> Mapping[str, list[PastVerdict]]:
    """Every verdict that is no longer in force, by notice, oldest first."""
    rows = rows_in(connection, sa.select(PAST_VERDICT), PAST_VERDICT.c.notice_id, notice_ids)
    found: dict[str, list[PastVerdict]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.notice_id, row.version)):
        found[row.notice_id].append(
            PastVerdict(
                at=row.at,
                state=NoticeState(row.state),
                reason=Reason(code=ReasonCode(row.reason_code), text=row.reason),
                contradictions=tuple(row.contradictions),
                evidence=row.evidence,
            )
        )
    return found
