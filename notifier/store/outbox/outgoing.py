"""Reads messages as they are sent: with their stored bytes, and what their notice says.

All functions work within the connection's transaction.
"""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName, NoticeClass
from notifier.store.outbox.payloads import payload_of, with_payload
from notifier.store.sql import is_among, rows_among
from notifier.store.tables import MESSAGE, NOTICE

_OF_NOTICE = (
    "rule",
    "subject_type",
    "subject_id",
    "occurrence",
    "reference",
    "kind",
    "each_id",
    "released",
    "notice_class",
    "recipient_id",
    "owner",
    "state",
    "claims_digest",
    "content_digest",
)
OUTGOING = with_payload(
    sa.select(
        *(column for column in MESSAGE.c if column.name not in {"cost", "cost_currency"}),
        *(NOTICE.c[name].label(f"notice_{name}") for name in _OF_NOTICE),
    )
    .join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
    .where(is_among(MESSAGE.c.id)),
    MESSAGE.c.id,
)
STATES = sa.select(NOTICE.c.id, NOTICE.c.state, NOTICE.c.reason).where(is_among(NOTICE.c.id))


def outgoing(connection: sa.Connection, ids: Collection[str]) -> list[Outgoing]:
    """These messages, in the order of the queue."""
    rows = sorted(
        rows_among(connection, OUTGOING, ids),
        key=lambda row: (row.urgency, row.until_at, row.created_at, row.id),
    )
    return [_outgoing(row) for row in rows]


def notice_states(connection: sa.Connection, messages: Collection[Outgoing]) -> Mapping[str, sa.Row[Any]]:
    """The present `state` and `reason` of the notices of these messages, by the notice's id."""
    ids = {message.notice_id for message in messages}
    return {row.id: row for row in rows_among(connection, STATES, ids)}


def units_of(row: sa.Row[Any]) -> int:
    """What a provider's rate counts: an SMS's segments, 1 for a mail."""
    return max(row.segments or 1, 1)


def _outgoing(row: sa.Row[Any]) -> Outgoing:
    return Outgoing(
        id=row.id,
        notice_id=row.notice_id,
        rule=row.notice_rule,
        subject_type=row.notice_subject_type,
        subject_id=row.notice_subject_id,
        each_id=row.notice_each_id,
        occurrence=row.notice_occurrence,
        reference=row.notice_reference,
        kind=NoticeKind(row.notice_kind),
        notice_class=NoticeClass(row.notice_notice_class),
        recipient_id=row.notice_recipient_id,
        owner=row.notice_owner,
        channel=ChannelName(row.channel),
        address=row.address,
        subject=row.subject,
        text=row.text,
        payload=payload_of(row),
        segments=units_of(row),
        attempt=row.attempts,
        started_at=row.started_at,
        until=row.until_at,
        notice_state=NoticeState(row.notice_state),
        claims_digest=row.notice_claims_digest,
        content_digest=row.notice_content_digest,
        released=row.notice_released,
    )
