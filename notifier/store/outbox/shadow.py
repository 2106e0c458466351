"""What a rule in shadow decides becomes rows apart from the outbox: all that would have gone, and nothing that goes.

What is ready counts as handed over at the instant at which it was decided. So corrections and follow-ups come as they
would, and what a customer would have heard is told once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.batches import Batch
from notifier.model.digests import uuid7
from notifier.model.notices import Draft, NoticeState, ReasonCode
from notifier.store.outbox.notice_rows import Columns, content_columns, notice_row, state_columns
from notifier.store.sql import insert_new, is_among, rows_among
from notifier.store.tables import SHADOW_MESSAGE, SHADOW_NOTICE

_KNOWN = sa.select(
    SHADOW_NOTICE.c.id,
    SHADOW_NOTICE.c.occurrence,
    SHADOW_NOTICE.c.spent,
    SHADOW_NOTICE.c.version,
    SHADOW_NOTICE.c.passed_limits_at,
    SHADOW_NOTICE.c.first_of,
).where(is_among(SHADOW_NOTICE.c.occurrence))


def record(connection: sa.Connection, batch: Batch, *, now: datetime, live: bool) -> int:
    """Write the drafts of a batch of a rule in shadow; how many were written. Writing them twice changes nothing."""
    drafts = [draft for draft in batch.drafts if not draft.unchanged]
    rows = rows_among(connection, _KNOWN, [draft.occurrence for draft in drafts])
    known = {row.occurrence: row for row in rows}
    indexes = {draft.occurrence: index for index, draft in enumerate(drafts, batch.first)}
    new = [draft for draft in drafts if draft.occurrence not in known]
    written = _insert(connection, new, indexes, now, live=live)
    for draft in drafts:
        row = known.get(draft.occurrence)
        if row is not None and not row.spent and row.version == draft.known_version:
            _update(connection, row, draft, now)
            written.append((row.id, draft))
    _insert_messages(connection, written, indexes, now)
    return len(written)


def _insert(
    connection: sa.Connection, drafts: Sequence[Draft], indexes: dict[str, int], now: datetime, *, live: bool
) -> list[tuple[str, Draft]]:
    if not drafts:
        return []
    rows = [
        notice_row(draft, now=now, live=live, index=indexes[draft.occurrence]) | _told(draft, now) for draft in drafts
    ]
    statement = insert_new(SHADOW_NOTICE, connection, key="occurrence").returning(SHADOW_NOTICE.c.id)
    inserted = set(connection.execute(statement, rows).scalars())
    return [(row["id"], draft) for row, draft in zip(rows, drafts, strict=True) if row["id"] in inserted]


def _update(connection: sa.Connection, row: sa.Row[Any], draft: Draft, now: datetime) -> None:
    verdict = draft.verdict
    values = content_columns(draft) | state_columns(draft, now) | _told(draft, now)
    values["version"] = row.version + 1
    values["passed_limits_at"] = row.passed_limits_at or (now if verdict.passed_limits else None)
    values["first_of"] = draft.rule_digest if verdict.is_first else row.first_of
    connection.execute(sa.update(SHADOW_NOTICE).where(SHADOW_NOTICE.c.id == row.id).values(**values))


def _told(draft: Draft, now: datetime) -> Columns:
    """What is ready is told, as far as anything is; who is told through another one has heard it, too."""
    if draft.verdict.state is NoticeState.READY:
        return {"state": NoticeState.TOLD, "told_at": now, "spent": True}
    if draft.verdict.reason.code is ReasonCode.TOLD_THROUGH:
        return {"spent": True}
    return {}


def _insert_messages(
    connection: sa.Connection, written: Iterable[tuple[str, Draft]], indexes: dict[str, int], now: datetime
) -> None:
    rows = [
        {
            "id": uuid7(now, f"{draft.occurrence}|{message.channel}", indexes[draft.occurrence]),
            "notice_id": notice_id,
            "at": now,
            "channel": message.channel,
            "address": message.to,
            "subject": message.subject,
            "text": message.text,
            "payload": message.payload,
            "segments": message.segments,
            "cost": message.cost,
            "cost_currency": message.cost_currency,
        }
        for notice_id, draft in written
        if draft.verdict.state is NoticeState.READY
        for message in draft.messages
    ]
    if rows:
        connection.execute(sa.insert(SHADOW_MESSAGE), rows)
