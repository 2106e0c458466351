"""Somebody takes a contradiction: what would still wake others about it is stopped."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from notifier.decisions.decision import Signature
from notifier.model.contradictions import Contradiction
from notifier.model.notices import NoticeKind, NoticeState, ReasonCode
from notifier.store.outbox.commit import cancel_queued, in_flight
from notifier.store.outbox.past_verdicts import keep_verdicts
from notifier.store.tables import NOTICE


def taken(connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
    """The contradiction as somebody's own; the alerts of its steps that were not sent yet are cancelled."""
    stop_steps(connection, found, f"{found.id} was taken {signature}", signature.now)
    return replace(found, acknowledged_at=signature.now, acknowledged_by=signature.by.strip(), steps_said=0)


def stop_steps(connection: sa.Connection, found: Contradiction, why: str, now: datetime) -> None:
    """Cancel the alerts of steps about this contradiction that wait to be sent: a halted channel may hold some."""
    waiting = sa.select(NOTICE.c.id).where(
        NOTICE.c.rule == found.check,
        NOTICE.c.subject_id == found.subject_id,
        NOTICE.c.kind == NoticeKind.ALERT,
        NOTICE.c.state == NoticeState.READY,
        NOTICE.c.occurrence.contains(f"|alert|step|{found.id}|", autoescape=True),
    )
    ids = set(connection.execute(waiting.with_for_update()).scalars())
    ids -= in_flight(connection, ids)
    if not ids:
        return
    cancel_queued(connection, ids, why, now)
    keep_verdicts(connection, ids)
    ended = sa.update(NOTICE).where(NOTICE.c.id.in_(sorted(ids)))
    connection.execute(
        ended.values(
            state=NoticeState.CANCELLED,
            gate=None,
            reason_code=ReasonCode.PERSON,
            reason=why,
            spent=True,
            changed_at=now,
            version=NOTICE.c.version + 1,
        )
    )
