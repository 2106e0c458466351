"""What a copy of the database tells when everything that is ready is handed over at once: for looking ahead, on a copy
alone."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import UNSENT, MessageState, NoticeKind, NoticeState
from notifier.model.rule_changes import NotTold, ToldAhead
from notifier.store.codec import claims_from_json
from notifier.store.sql import chunks
from notifier.store.tables import MESSAGE, NOTICE, PAST_VERDICT

PROVIDER = "ahead"
"""Which provider took it, on the copy."""


def hand_over(connection: sa.Connection, now: datetime, *, live: bool) -> Mapping[str, ToldAhead]:
    """Let everything that is ready count as told at `now`; the notices to customers among it, by occurrence."""
    ready = sa.select(NOTICE).where(NOTICE.c.state == NoticeState.READY, NOTICE.c.live.is_(live))
    rows = connection.execute(ready).all()
    messages = _messages(connection, [row.id for row in rows])
    told = {row.occurrence: _told(row, messages.get(row.id, ()), now) for row in rows if row.kind != NoticeKind.ALERT}
    for chunk in chunks([row.id for row in rows]):
        connection.execute(
            sa.update(MESSAGE)
            .where(MESSAGE.c.notice_id.in_(chunk), MESSAGE.c.state == MessageState.QUEUED)
            .values(state=MessageState.ACCEPTED, provider=PROVIDER, accepted_at=now, changed_at=now)
        )
        values = {"state": NoticeState.TOLD, "told_at": now, "spent": True, "changed_at": now}
        connection.execute(sa.update(NOTICE).where(NOTICE.c.id.in_(chunk)).values(**values))
    return told


def pending(connection: sa.Connection, *, live: bool) -> set[str]:
    """The occurrences that wait in the outbox: decided, and not told yet."""
    waiting = sa.select(NOTICE.c.occurrence).where(
        NOTICE.c.state.in_(UNSENT),
        NOTICE.c.spent.is_(False),
        NOTICE.c.live.is_(live),
        NOTICE.c.kind != NoticeKind.ALERT,
    )
    return set(connection.execute(waiting).scalars())


def not_told(connection: sa.Connection, *, live: bool) -> Mapping[str, NotTold]:
    """What is not told, and why, by occurrence. Of what expired while it waited: what it waited for."""
    columns = (NOTICE.c.id, NOTICE.c.occurrence, NOTICE.c.state, NOTICE.c.reason)
    chosen = sa.select(*columns).where(NOTICE.c.state != NoticeState.TOLD, NOTICE.c.live.is_(live))
    rows = connection.execute(chosen).all()
    waited = _waited_for(connection, [row.id for row in rows if row.state == NoticeState.EXPIRED])
    return {
        row.occurrence: waited.get(row.id) or NotTold(state=NoticeState(row.state), reason=row.reason) for row in rows
    }


def _waited_for(connection: sa.Connection, notice_ids: list[str]) -> Mapping[str, NotTold]:
    found: dict[str, NotTold] = {}
    for chunk in chunks(notice_ids):
        chosen = sa.select(PAST_VERDICT).where(PAST_VERDICT.c.notice_id.in_(chunk)).order_by(PAST_VERDICT.c.version)
        for row in connection.execute(chosen):
            found[row.notice_id] = NotTold(state=NoticeState(row.state), reason=row.reason)
    return found


def _messages(connection: sa.Connection, notice_ids: list[str]) -> Mapping[str, list[sa.Row[Any]]]:
    found: dict[str, list[sa.Row[Any]]] = defaultdict(list)
    for chunk in chunks(notice_ids):
        chosen = sa.select(MESSAGE).where(MESSAGE.c.notice_id.in_(chunk), MESSAGE.c.state == MessageState.QUEUED)
        for row in connection.execute(chosen.order_by(MESSAGE.c.id)):
            found[row.notice_id].append(row)
    return found


def _told(row: sa.Row[Any], messages: Any, now: datetime) -> ToldAhead:
    cost: dict[str, Any] = {}
    for each in messages:
        if each.cost is not None and each.cost_currency is not None:
            cost[each.cost_currency] = cost.get(each.cost_currency, 0) + each.cost
    return ToldAhead(
        occurrence=row.occurrence,
        rule=row.rule,
        subject=f"{row.subject_type}:{row.subject_id}",
        recipient=row.recipient_id,
        at=now,
        reason=row.reason,
        claims=claims_from_json(row.claims),
        texts={each.channel: "\n".join(filter(None, (each.subject, each.text))) for each in messages},
        segments=sum(each.segments or 0 for each in messages),
        cost=cost,
    )
