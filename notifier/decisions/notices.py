"""What people decide about a notice: approve it, release it from a hold, cancel it, say whether it arrived.

Each decision is one transaction with its append-only record. It sends nothing: the next tick plans the notice again
and honours what was decided, or the next round of sending does. Lists and details for people are in `store.records`.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.digests import approval_digest, heard_reference
from notifier.model.notices import UNSENT, MessageState, NoticeState, ReasonCode
from notifier.model.outgoing import Outgoing
from notifier.model.transitions import notice_moves
from notifier.model.types import ChannelName
from notifier.store.interventions import RefusedError, intervene
from notifier.store.outbox import completion
from notifier.store.outbox.commit import cancel_queued, in_flight
from notifier.store.outbox.outgoing import outgoing
from notifier.store.outbox.past_verdicts import keep_verdicts
from notifier.store.tables import MESSAGE, NOTICE

OBJECT = "notice"
"""How the record of interventions calls it."""
PERSON = "person"
"""Stands for the provider of a message of which a person said that it arrived."""


def approve(connection: sa.Connection, reference: str, *, by: str, reason: str, now: datetime) -> str:
    """Let a notice pass its rule's limit, for just this version of the rule and just these claims.

    Returns the notice's reference. Raises RefusedError unless it waits for that approval.
    """
    row = _existing(connection, reference)
    if row.state != NoticeState.HELD or row.reason_code != ReasonCode.LIMIT:
        raise RefusedError(f"{_named(row)}; only a notice that is held by a limit can be approved")
    digest = approval_digest(row.rule_digest, row.claims_digest)
    return _decided(connection, row, "approve", {"approved_digest": digest}, by=by, reason=reason, now=now)


def approve_all(connection: sa.Connection, rule: str, *, live: bool, by: str, reason: str, now: datetime) -> list[str]:
    """Approve every notice of the rule that waits for it, as they were held together; their references."""
    waiting = sa.select(NOTICE.c.reference).where(
        NOTICE.c.rule == rule,
        NOTICE.c.live.is_(live),
        NOTICE.c.state == NoticeState.HELD,
        NOTICE.c.reason_code == ReasonCode.LIMIT,
    )
    references = list(connection.execute(waiting.order_by(NOTICE.c.id)).scalars())
    if not references:
        raise RefusedError(f"no notice of rule {rule} waits for an approval")
    return [approve(connection, each, by=by, reason=reason, now=now) for each in references]


def release(connection: sa.Connection, reference: str, *, by: str, reason: str, now: datetime) -> str:
    """Lift the holds of contradictions for this one notice, today's and later ones: a person answers for what it says.

    Returns the notice's reference. Raises RefusedError unless a contradiction holds it.
    """
    row = _existing(connection, reference)
    if row.state != NoticeState.HELD or row.reason_code != ReasonCode.OPEN_CONTRADICTION:
        raise RefusedError(f"{_named(row)}; only a notice that is held by a contradiction can be released")
    return _decided(connection, row, "release", {"released": True}, by=by, reason=reason, now=now)


def cancel(connection: sa.Connection, reference: str, *, by: str, reason: str, now: datetime) -> str:
    """Never tell it. Returns the notice's reference.

    Raises RefusedError where it was told or has ended, or while a message of it is being handed over.
    """
    row = _existing(connection, reference)
    if row.spent or row.state not in UNSENT:
        raise RefusedError(f"{_named(row)}; only a notice that was not told yet can be cancelled")
    if in_flight(connection, [row.id]):
        raise RefusedError(
            f"{_named(row)}, and a message of it is being handed over; look at it again in a few minutes. Where nobody "
            "can say whether it went out, end that first: notifier notices arrived, or resend"
        )
    notice_moves(NoticeState(row.state), NoticeState.CANCELLED)
    text = f"cancelled by {by.strip()}: {reason.strip()}"
    values = {
        "state": NoticeState.CANCELLED,
        "reason_code": ReasonCode.PERSON,
        "reason": text,
        "deferred_until": None,
        "spent": True,
    }
    cancel_queued(connection, [row.id], text, now)
    keep_verdicts(connection, [row.id])
    return _decided(connection, row, "cancel", values, by=by, reason=reason, now=now)


def arrived(
    connection: sa.Connection, reference: str, *, channel: ChannelName | None, by: str, reason: str, now: datetime
) -> str:
    """A message of unknown fate did go out: it counts as accepted, and its notice as told. Returns the reference.

    `channel` may be left out where only one message is of unknown fate. Raises RefusedError unless there is one.
    """
    row, message = _of_unknown_fate(connection, reference, channel)
    _recorded(completion.record_accepted(connection, message, provider=PERSON, provider_id=message.id, now=now), row)
    verb = f"say that the {message.channel} arrived"
    intervene(connection, actor=by, verb=verb, object_type=OBJECT, object_id=row.id, reason=reason, at=now)
    return str(row.reference)


def resend(
    connection: sa.Connection, reference: str, *, channel: ChannelName | None, by: str, reason: str, now: datetime
) -> tuple[str, bool]:
    """A message of unknown fate did not go out: it is queued again. The reference, and whether that is in time.

    Where it is not, the message has failed and the next tick ends the notice. Raises RefusedError as `arrived`.
    """
    row, message = _of_unknown_fate(connection, reference, channel)
    text = f"sent again by {by.strip()}: {reason.strip()}"
    _recorded(completion.record_retry(connection, message, reason=text, at=now, now=now), row)
    verb = f"send the {message.channel} again"
    intervene(connection, actor=by, verb=verb, object_type=OBJECT, object_id=row.id, reason=reason, at=now)
    return str(row.reference), now < message.until


def _of_unknown_fate(
    connection: sa.Connection, reference: str, channel: ChannelName | None
) -> tuple[sa.Row[Any], Outgoing]:
    row = _existing(connection, reference)
    statement = sa.select(MESSAGE.c.id, MESSAGE.c.channel, MESSAGE.c.state).where(MESSAGE.c.notice_id == row.id)
    found = connection.execute(statement.order_by(MESSAGE.c.channel.desc(), MESSAGE.c.created_at, MESSAGE.c.id)).all()
    unknown = [each for each in found if each.state == MessageState.UNKNOWN and channel in (None, each.channel)]
    if len(unknown) > 1:
        names = " and ".join(sorted(each.channel for each in unknown))
        raise RefusedError(f"{row.reference} is of unknown fate on {names}; say which: --channel NAME")
    if not unknown:
        last = {each.channel: each.state for each in found}
        where = ", ".join(f"its {name} is {state}" for name, state in last.items()) or "it has no messages"
        raise RefusedError(
            f"{_named(row)}, and {where}; this is for messages of which nobody can say whether they went out"
        )
    (message,) = outgoing(connection, [unknown[0].id])
    return row, message


def _recorded(recorded: bool, row: sa.Row[Any]) -> None:
    if not recorded:
        raise RefusedError(f"its provider has just answered for {row.reference}; look at it again")


def _existing(connection: sa.Connection, reference: str) -> sa.Row[Any]:
    """The notice of a reference, however it was heard or typed, or of an id; locked until the transaction ends."""
    wanted = sa.or_(NOTICE.c.reference == heard_reference(reference), NOTICE.c.id == reference.strip())
    row = connection.execute(sa.select(NOTICE).where(wanted).with_for_update()).first()
    if row is None:
        raise RefusedError(f"there is no notice {reference}; see notifier notices list")
    return row


def _decided(
    connection: sa.Connection,
    row: sa.Row[Any],
    verb: str,
    values: dict[str, Any],
    *,
    by: str,
    reason: str,
    now: datetime,
) -> str:
    intervene(connection, actor=by, verb=verb, object_type=OBJECT, object_id=row.id, reason=reason, at=now)
    connection.execute(
        sa.update(NOTICE).where(NOTICE.c.id == row.id).values(**values, changed_at=now, version=NOTICE.c.version + 1)
    )
    return str(row.reference)


def _named(row: sa.Row[Any]) -> str:
    return f"{row.reference} is {row.state} ({row.reason})"
