"""One person is forgotten: what names them is blanked or deleted, and what proves that they were told stays.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.contradictions import HOLDING, ContradictionState
from notifier.model.notices import UNSENT, NoticeState, ReasonCode
from notifier.model.retention import FORGOTTEN
from notifier.model.schema import entities
from notifier.model.types import ChannelName, TopicType
from notifier.store.outbox.commit import cancel_queued
from notifier.store.privacy.person import Person, shared_with
from notifier.store.privacy.shadow import forget_shadow
from notifier.store.reasons import forget_labels
from notifier.store.sql import chunks
from notifier.store.state.changes import delete_where
from notifier.store.state.provenance import forget_former
from notifier.store.tables import (
    ACTION,
    BACKLOG,
    BOUNCE,
    CONSENT_ENTRY,
    CONTRADICTION,
    FIGURES,
    HOLDOUT_CASE,
    INTERVENTION,
    KEPT_CHANGE,
    MEMBER,
    MESSAGE,
    NOTICE,
    PAST_VERDICT,
    PAYLOAD,
    PROMISE_RECORD,
    REPLY,
    REPLY_ANSWER,
    SETTLING,
    SUPPRESSED,
    TOLD_THROUGH,
)
from notifier.store.tombstones import Digests, bury


def forget(connection: sa.Connection, found: Person, digests: Digests, *, why: str, now: datetime) -> None:
    """Blank and delete all of it. `why` becomes the reason of what is cancelled and of what lapses; it names nobody.

    None of their messages may be on its way. What other customers have at the same address stays theirs.
    """
    if connection.dialect.name == "sqlite":
        # Else what is deleted stays readable in the file until other rows are written over it.
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    _bury(connection, found, digests, now)
    _end_notices(connection, found, why, now)
    _blank_notices(connection, found, digests)
    _blank_alerts(connection, found)
    forget_shadow(connection, found)
    _lapse(connection, found, digests, why, now)
    _blank_decisions(connection, found, digests)
    _blank_addresses(connection, found, digests)
    _delete_state(connection, found, now)


def lock_messages(connection: sa.Connection, notices: Collection[str]) -> None:
    """Nobody leases one of these messages until the transaction ends."""
    for chunk in chunks(notices):
        locked = sa.select(MESSAGE.c.id).where(MESSAGE.c.notice_id.in_(chunk)).order_by(MESSAGE.c.id)
        connection.execute(locked.with_for_update())


def _bury(connection: sa.Connection, found: Person, digests: Digests, now: datetime) -> None:
    """Neither the id, nor an address, nor a row of theirs is written again."""
    # A number is buried once: what comes back is a customer's column, whatever goes to it.
    theirs = [("customer", found.id), *(each for each in found.addresses if each[0] is not ChannelName.WHATSAPP)]
    theirs += [(entity, name) for entity, ids in found.rows.items() for name in ids]
    bury(connection, (digests.of(kind, name) for kind, name in theirs), now)


def _end_notices(connection: sa.Connection, found: Person, why: str, now: datetime) -> None:
    cancel_queued(connection, found.naming, FORGOTTEN, now)
    ends = {
        "state": NoticeState.CANCELLED,
        "gate": None,
        "reason_code": ReasonCode.PERSON,
        "deferred_until": None,
        "spent": True,
        "changed_at": now,
    }
    _update(connection, NOTICE, found.naming, NOTICE.c.state.in_(UNSENT), **ends)
    _update(connection, NOTICE, found.naming, reason=why, version=NOTICE.c.version + 1, spent=True)


def _blank_notices(connection: sa.Connection, found: Person, digests: Digests) -> None:
    """Reference, rule, kind, class, times of telling, channels and the digest of the claims stay."""
    _update(
        connection,
        NOTICE,
        found.naming,
        subject_type=FORGOTTEN,
        subject_id=FORGOTTEN,
        each_id=None,
        recipient_id=None,
        anchor_at=None,
        at=None,
        until_at=None,
        claims={},
        previous={},
        evidence={},
        contradictions=[],
        content_digest="",
        approved_digest=None,
        locale=None,
        own_locale=None,
    )
    for chunk in chunks(found.naming):
        _hide_occurrences(connection, NOTICE.c.id.in_(chunk), digests)
    _blank_messages(connection, found.naming)
    _blank_verdicts(connection, found.naming)
    for chunk in chunks(found.naming):
        connection.execute(sa.update(BOUNCE).where(BOUNCE.c.notice_id.in_(chunk)).values(reporter=None, content=None))


def _hide_occurrences(connection: sa.Connection, which: sa.ColumnElement[bool], digests: Digests) -> None:
    """Keys name people and rows. Digests of them stay, so that it is still known what corrects what."""
    columns = (NOTICE.c.occurrence, NOTICE.c.corrects, NOTICE.c.follows)
    for row in connection.execute(sa.select(NOTICE.c.id, *columns).where(which)).all():
        hidden = {
            column.name: None if value is None else digests.instead_of("occurrence", value)
            for column, value in zip(columns, row[1:], strict=True)
        }
        connection.execute(sa.update(NOTICE).where(NOTICE.c.id == row.id).values(**hidden))
        for column in (TOLD_THROUGH.c.occurrence, TOLD_THROUGH.c.through):
            connection.execute(
                sa.update(TOLD_THROUGH)
                .where(column == row.occurrence)
                .values({column.name: hidden[NOTICE.c.occurrence.name]})
            )


def _blank_alerts(connection: sa.Connection, found: Person) -> None:
    """What owners were told about them: that they were told, and when, stays."""
    blank: dict[str, Any] = {"claims": {}, "previous": {}, "evidence": {}, "each_id": None, "reason": FORGOTTEN}
    _update(connection, NOTICE, found.alerts, subject_type=FORGOTTEN, subject_id=FORGOTTEN, **blank)
    _blank_messages(connection, found.alerts, addresses=False)
    _blank_verdicts(connection, found.alerts)


def _blank_messages(connection: sa.Connection, notices: Collection[str], *, addresses: bool = True) -> None:
    blank: dict[str, Any] = {"text": "", "subject": None} | ({"address": ""} if addresses else {})
    for chunk in chunks(notices):
        of_these = sa.select(MESSAGE.c.id).where(MESSAGE.c.notice_id.in_(chunk))
        connection.execute(sa.delete(PAYLOAD).where(PAYLOAD.c.message_id.in_(of_these)))
        connection.execute(sa.update(MESSAGE).where(MESSAGE.c.notice_id.in_(chunk)).values(**blank))


def _blank_verdicts(connection: sa.Connection, notices: Collection[str]) -> None:
    for chunk in chunks(notices):
        connection.execute(
            sa.update(PAST_VERDICT)
            .where(PAST_VERDICT.c.notice_id.in_(chunk))
            .values(reason=FORGOTTEN, evidence={}, contradictions=[])
        )


def _lapse(connection: sa.Connection, found: Person, digests: Digests, why: str, now: datetime) -> None:
    """What is open lapses; of what is over, that it was there stays."""
    is_open = CONTRADICTION.c.state.in_(HOLDING)
    _update(connection, CONTRADICTION, found.contradictions, is_open, state=ContradictionState.LAPSED)
    is_text = CONTRADICTION.c.topic_type == TopicType.TEXT
    _update(connection, CONTRADICTION, found.contradictions, is_text, promised="", actual=None)
    _update(
        connection,
        CONTRADICTION,
        found.contradictions,
        CONTRADICTION.c.waived_pair.is_not(None),
        waived_pair="",
    )
    for chunk in chunks(found.contradictions):
        of_theirs = sa.update(SETTLING).where(SETTLING.c.contradiction_id.in_(chunk))
        settled = sa.select(SETTLING.c.id).where(SETTLING.c.contradiction_id.in_(chunk))
        connection.execute(sa.update(ACTION).where(ACTION.c.settling_id.in_(settled)).values(what=FORGOTTEN))
        texts = dict.fromkeys(("action", "evidence", "remedy", "next_step"), None)
        connection.execute(of_theirs.values(reason=FORGOTTEN, **texts))
        connection.execute(of_theirs.where(SETTLING.c.override.is_not(None)).values(override=FORGOTTEN))
    _update(
        connection,
        CONTRADICTION,
        found.contradictions,
        reason=why,
        subject_type=FORGOTTEN,
        subject_id=FORGOTTEN,
        customer_id=None,
        evidence=None,
        promised_by=FORGOTTEN,
        alerted=None,
        changed_at=now,
        version=CONTRADICTION.c.version + 1,
    )
    for chunk in chunks(found.contradictions):
        of_these = CONTRADICTION.c.id.in_(chunk)
        for row in connection.execute(sa.select(CONTRADICTION.c.id, CONTRADICTION.c.promise_id).where(of_these)).all():
            hidden = digests.instead_of("promise", row.promise_id)
            connection.execute(sa.update(CONTRADICTION).where(CONTRADICTION.c.id == row.id).values(promise_id=hidden))
        connection.execute(sa.delete(MEMBER).where(MEMBER.c.contradiction_id.in_(chunk)))
        connection.execute(sa.delete(PROMISE_RECORD).where(PROMISE_RECORD.c.contradiction_id.in_(chunk)))


def _blank_decisions(connection: sa.Connection, found: Person, digests: Digests) -> None:
    """Who decided what and when stays; why may name them, and so may what it was about."""
    hidden = {"promise", "consent", "reason"}
    for kind, name in found.decided_on:
        changes = {"reason": FORGOTTEN}
        if kind in hidden:
            changes["object_id"] = digests.instead_of(kind, name)
        decided = sa.and_(INTERVENTION.c.object_type == kind, INTERVENTION.c.object_id == name)
        connection.execute(sa.update(INTERVENTION).where(decided).values(**changes))


def _blank_addresses(connection: sa.Connection, found: Person, digests: Digests) -> None:
    """Of what was said at an address, a digest of it stays; all of it where another customer has it, too.

    What a reply to one of their notices leaves to its owner goes in any case.
    """
    for chunk in chunks(found.notices):
        to_theirs = sa.select(REPLY.c.id).where(REPLY.c.notice_id.in_(chunk))
        connection.execute(sa.delete(REPLY_ANSWER).where(REPLY_ANSWER.c.reply_id.in_(to_theirs)))
        answers = sa.update(REPLY).where(REPLY.c.notice_id.in_(chunk))
        connection.execute(answers.values(note=None, text=None, waits_since=None))
    shared = shared_with(connection, found)
    for channel, address in found.addresses:
        if (channel, address) in shared:
            continue
        for table in (CONSENT_ENTRY, SUPPRESSED):
            there = sa.and_(table.c.channel == channel, table.c.address == address)
            hidden = {"address": digests.instead_of(channel, address), "reason": FORGOTTEN}
            connection.execute(sa.update(table).where(there).values(**hidden))
        if channel is ChannelName.EMAIL:
            connection.execute(sa.delete(REPLY_ANSWER).where(REPLY_ANSWER.c.address == address))
        wrote = sa.and_(REPLY.c.channel == channel, REPLY.c.address == address)
        silent = {"address": digests.instead_of(channel, address), "note": None, "text": None, "waits_since": None}
        connection.execute(sa.update(REPLY).where(wrote).values(**silent))
        if channel is ChannelName.EMAIL:
            _forget_bounces_with(connection, address)


def _forget_bounces_with(connection: sa.Connection, address: str) -> None:
    """What came back and leads to no notice is kept whole for a while: not where it has this address."""
    kept = sa.select(BOUNCE.c.id, BOUNCE.c.content).where(BOUNCE.c.content.is_not(None))
    found = [row.id for row in connection.execute(kept) if address.lower().encode() in bytes(row.content).lower()]
    for chunk in chunks(found):
        connection.execute(sa.update(BOUNCE).where(BOUNCE.c.id.in_(chunk)).values(content=None, reporter=None))


def _delete_state(connection: sa.Connection, found: Person, now: datetime) -> None:
    """Their rows, with records of that for the next tick, which hold ids alone and go with it."""
    for chunk in chunks(found.row_ids | {found.id}):
        for column in (BACKLOG.c.recipient_id, BACKLOG.c.subject_id, BACKLOG.c.each_id):
            connection.execute(sa.delete(BACKLOG).where(column.in_(chunk)))
        connection.execute(sa.delete(FIGURES).where(FIGURES.c.subject_id.in_(chunk)))
        # Neither side of a holdout counts them any more.
        for column in (HOLDOUT_CASE.c.recipient_id, HOLDOUT_CASE.c.subject_id):
            connection.execute(sa.delete(HOLDOUT_CASE).where(column.in_(chunk)))
    for entity, ids in found.rows.items():
        table = entities()[entity].table
        for chunk in chunks(ids):
            gone = sa.and_(KEPT_CHANGE.c.entity == entity, KEPT_CHANGE.c.row_id.in_(chunk))
            connection.execute(sa.delete(KEPT_CHANGE).where(gone))
            forget_labels(connection, entity, chunk)
            # Also what an import dated ahead: whoever is forgotten is not kept by a wrong clock.
            connection.execute(sa.update(table).where(table.c.id.in_(chunk)).values(written_at=None))
            delete_where(connection, entity, table.c.id.in_(chunk), now)
            forget_former(connection, entity, chunk)  # this deletion's own, too


def _update(
    connection: sa.Connection, table: sa.Table, ids: Iterable[str], *which: sa.ColumnElement[bool], **values: Any
) -> None:
    for chunk in chunks(ids):
        connection.execute(sa.update(table).where(table.c.id.in_(chunk), *which).values(**values))
