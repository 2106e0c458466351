"""A batch of drafts becomes rows: notices with their verdicts, messages with their bytes, in one transaction.

A batch is written completely or not at all. Writing it twice changes nothing: an occurrence is unique, and a notice
that exists is only written where it still has the version that planning read. A notice is left alone once it is spent,
and while a message of it is in flight; the recheck and the next tick decide about it again.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.batches import Batch
from notifier.model.notices import UNSENT, Draft, MessageState, NoticeKind, NoticeState, ReasonCode
from notifier.model.transitions import IN_FLIGHT, message_moves, notice_moves
from notifier.store.actions import write_actions
from notifier.store.bulk_insert import insert_rows
from notifier.store.conflicts import ConflictError
from notifier.store.contradictions import save, save_together
from notifier.store.holdouts import keep_assignments
from notifier.store.outbox import payloads
from notifier.store.outbox.notice_rows import NO_END, content_columns, message_row, notice_row, state_columns
from notifier.store.outbox.past_verdicts import keep_verdicts
from notifier.store.outbox.rule_records import (
    move_watermarks,
    record_failure,
    write_backlog,
    write_figures,
    write_set_aside,
)
from notifier.store.outbox.said_again import put_away
from notifier.store.outbox.shadow import record
from notifier.store.outbox.told_through import parts_in_flight, record_speakers, release_parts
from notifier.store.replies import passed_on
from notifier.store.settling import write_settling
from notifier.store.sql import chunks, is_among, is_any_of, rows_among
from notifier.store.tables import MESSAGE, NOTICE, RULE_STATE

_COMPARED = (
    *("id", "occurrence", "state", "spent", "version", "reason_code", "content_digest", "passed_limits_at"),
    "first_of",
)
_KNOWN = (
    sa.select(*(NOTICE.c[name] for name in _COMPARED))
    .where(is_among(NOTICE.c.occurrence))
    # Locked, so that nobody changes what is compared before it is written; in the order in which all processes lock.
    .order_by(NOTICE.c.id)
    .with_for_update()
)
_CORRECTED = sa.select(NOTICE.c.id).where(is_among(NOTICE.c.occurrence))
_OF_THOSE_IN_FLIGHT = sa.select(MESSAGE.c.notice_id).where(
    is_any_of(MESSAGE.c.state, *IN_FLIGHT), is_among(MESSAGE.c.notice_id)
)
ENDED = (NoticeState.CANCELLED, NoticeState.EXPIRED)


Decided = tuple[sa.Row[Any], Draft]
"""A notice as it is stored, and the new decision about it."""


@dataclass(frozen=True, kw_only=True)
class Committed:
    """What a commit changed."""

    verdicts: Mapping[NoticeState, int] = field(default_factory=dict)
    """How many notices were written, by their new state."""
    in_shadow: int = 0
    """How many notices of rules in shadow were recorded."""
    contradictions: int = 0
    conflicts: tuple[str, ...] = ()
    """Occurrences that were left alone, because someone else was faster or a message of them is in flight."""


def commit(connection: sa.Connection, batch: Batch, *, now: datetime, live: bool) -> Committed:
    """Write the batch within the connection's transaction, which the caller commits.

    Raises ConflictError, ForbiddenMoveError and the database's own errors; the caller then rolls back.
    """
    if batch.failure is not None:
        record_failure(connection, batch.kind, batch.name, batch.failure)
        return Committed()
    save(connection, batch.contradictions)
    if batch.together is not None:
        save_together(connection, batch.together)
    if batch.set_aside is not None:
        write_set_aside(connection, batch.set_aside, live=live)
    if batch.retired or batch.to_shadow:
        return _retire(connection, batch, now)
    in_shadow = record(connection, batch, now=now, live=live) if batch.shadow else 0
    written = _Written() if batch.shadow else _Drafts(connection, now, live, batch).write()
    if not batch.shadow:
        keep_assignments(connection, batch.drafts, now=now, live=live)
    write_backlog(connection, batch, now)
    if batch.settling is not None:
        write_settling(connection, batch.settling, now=now)
    if batch.actions is not None:
        write_actions(connection, batch.actions, now)
    if batch.passed_on:
        passed_on(connection, batch.passed_on)
    write_figures(connection, batch)
    if batch.said_again:
        put_away(connection, batch.said_again, shadow=batch.shadow)
    if batch.watermark is not None:
        move_watermarks(connection, [batch])
    return Committed(
        verdicts=written.verdicts,
        in_shadow=in_shadow,
        contradictions=len(batch.contradictions) + len(batch.together or ()),
        conflicts=tuple(written.conflicts),
    )


def cancel_queued(connection: sa.Connection, notice_ids: Iterable[str], reason: str, now: datetime) -> None:
    """Cancel every message of these notices that nobody has leased."""
    message_moves(MessageState.QUEUED, MessageState.CANCELLED)
    for chunk in chunks(notice_ids):
        connection.execute(
            sa.update(MESSAGE)
            .where(MESSAGE.c.notice_id.in_(chunk), MESSAGE.c.state == MessageState.QUEUED)
            .values(state=MessageState.CANCELLED, error=reason, changed_at=now)
        )


def in_flight(connection: sa.Connection, notice_ids: Iterable[str]) -> set[str]:
    """Which of these notices have a message that a provider may be receiving right now, or are a part of one."""
    ids = list(notice_ids)
    found = {row.notice_id for row in rows_among(connection, _OF_THOSE_IN_FLIGHT, ids)}
    return found | parts_in_flight(connection, ids)


@dataclass
class _Written:
    verdicts: Counter[NoticeState] = field(default_factory=Counter)
    conflicts: list[str] = field(default_factory=list)


class _Drafts:
    """Writes the drafts of one batch with a handful of statements, however many drafts there are."""

    def __init__(self, connection: sa.Connection, now: datetime, live: bool, batch: Batch) -> None:
        self.connection = connection
        self.now = now
        self.live = live
        self.drafts = [draft for draft in batch.drafts if not draft.unchanged]
        self.indexes = {draft.occurrence: index for index, draft in enumerate(self.drafts, batch.first)}

    def write(self) -> _Written:
        drafts = self.drafts
        written = _Written()
        known = self._known(drafts)
        busy = in_flight(self.connection, [row.id for row in known.values()])
        new: list[Draft] = []
        decided: list[Decided] = []
        ended: list[Decided] = []
        broken = {draft.group for draft in drafts if draft.group is not None and _is_refused(draft, known, busy)}
        for draft in drafts:
            row = known.get(draft.occurrence)
            if draft.group in broken:
                written.conflicts.append(draft.occurrence)
                continue
            if row is None:
                new.append(draft)
            elif _is_refused(draft, known, busy):
                if not _is_written(row, draft):
                    written.conflicts.append(draft.occurrence)
                continue
            else:
                notice_moves(NoticeState(row.state), draft.verdict.state)
                (ended if _ends(draft) else decided).append((row, draft))
            written.verdicts[draft.verdict.state] += 1
        self._insert(new)
        self._decide(decided)
        self._end(ended)
        release_parts(self.connection, [draft for row, draft in (*decided, *ended) if not _keeps_messages(row, draft)])
        record_speakers(self.connection, new, [draft for _, draft in (*decided, *ended)])
        self._silence_corrected(drafts)
        return written

    def _known(self, drafts: Sequence[Draft]) -> Mapping[str, sa.Row[Any]]:
        occurrences = [draft.occurrence for draft in drafts]
        return {row.occurrence: row for row in rows_among(self.connection, _KNOWN, occurrences)}

    def _insert(self, drafts: Sequence[Draft]) -> None:
        if not drafts:
            return
        rows = [
            notice_row(draft, now=self.now, live=self.live, index=self.indexes[draft.occurrence]) for draft in drafts
        ]
        try:
            inserted = insert_rows(self.connection, NOTICE, rows, key="occurrence")
        except sa.exc.IntegrityError as error:
            if "reference" in str(error.orig):
                raise ConflictError("a reference was taken by another notice in the meantime") from error
            raise
        self._insert_messages(
            (row["id"], 0, draft) for row, draft in zip(rows, drafts, strict=True) if row["id"] in inserted
        )

    def _decide(self, decided: Sequence[Decided]) -> None:
        """Write a new verdict for a notice that was not told. Messages that would say the same stay as they are."""
        if not decided:
            return
        replaced = [(row, draft) for row, draft in decided if not _keeps_messages(row, draft)]
        kept = [(row, draft) for row, draft in decided if _keeps_messages(row, draft)]
        for reason, group in _by_reason(replaced).items():
            cancel_queued(self.connection, group, reason, self.now)
        keep_verdicts(self.connection, [row.id for row, draft in decided if _is_another_verdict(row, draft)])
        self._update([content_columns(draft) | self._verdict(row, draft) for row, draft in decided])
        self._insert_messages((row.id, row.version + 1, draft) for row, draft in replaced)
        for row, draft in kept:
            self.connection.execute(
                sa.update(MESSAGE)
                .where(MESSAGE.c.notice_id == row.id, MESSAGE.c.state == MessageState.QUEUED)
                .values(until_at=draft.until or NO_END)
            )

    def _end(self, ended: Sequence[Decided]) -> None:
        """A notice that will not be told keeps what it would have said, and why it was decided."""
        for reason, group in _by_reason(ended).items():
            cancel_queued(self.connection, group, reason, self.now)
        keep_verdicts(self.connection, [row.id for row, _ in ended])
        self._update([self._verdict(row, draft) for row, draft in ended])

    def _silence_corrected(self, drafts: Sequence[Draft]) -> None:
        """Cancel queued messages of told notices that are corrected now: they must not arrive after the correction."""
        corrected = [draft.corrects for draft in drafts if draft.corrects is not None]
        ids = [row.id for row in rows_among(self.connection, _CORRECTED, corrected)]
        cancel_queued(self.connection, ids, "a correction says what is true now", self.now)

    def _update(self, updates: Sequence[dict[str, Any]]) -> None:
        if not updates:
            return
        names = updates[0].keys() - {"row_id", "row_version"}
        statement = (
            sa.update(NOTICE)
            .where(NOTICE.c.id == sa.bindparam("row_id"), NOTICE.c.version == sa.bindparam("row_version"))
            .values({name: sa.bindparam(name) for name in names} | {"version": NOTICE.c.version + 1})
        )
        self.connection.execute(statement, list(updates))

    def _insert_messages(self, notices: Iterable[tuple[str, int, Draft]]) -> None:
        rows: list[dict[str, Any]] = []
        mails: list[payloads.Mail] = []
        for notice_id, version, draft in notices:
            if draft.verdict.state is not NoticeState.READY:
                continue
            for message in draft.messages:
                row = message_row(
                    draft,
                    message,
                    notice_id=notice_id,
                    version=version,
                    now=self.now,
                    live=self.live,
                    index=self.indexes[draft.occurrence],
                )
                rows.append(row)
                if payloads.has_bytes_of_its_own(message):
                    mails.append(payloads.Mail(message_id=row["id"], draft=draft, message=message))
        inserted = insert_rows(self.connection, MESSAGE, rows, key="id")
        payloads.store(self.connection, [mail for mail in mails if mail.message_id in inserted])

    def _verdict(self, row: sa.Row[Any], draft: Draft) -> dict[str, Any]:
        passed = row.passed_limits_at or (self.now if draft.verdict.passed_limits else None)
        return {
            "row_id": row.id,
            "row_version": row.version,
            "passed_limits_at": passed,
            "first_of": draft.rule_digest if draft.verdict.is_first else row.first_of,
            **state_columns(draft, self.now),
        }


def _ends(draft: Draft) -> bool:
    """Whether the notice keeps what it would have said. One that another speaks for says what that one says."""
    return draft.verdict.state in ENDED and draft.verdict.reason.code is not ReasonCode.TOLD_THROUGH


def _is_written(row: sa.Row[Any], draft: Draft) -> bool:
    """Whether the same batch was committed before."""
    same_content = _ends(draft) or row.content_digest == draft.content_digest
    return bool(row.state == draft.verdict.state and same_content)


def _is_refused(draft: Draft, known: Mapping[str, sa.Row[Any]], busy: Collection[str]) -> bool:
    """Whether the stored notice must be left as it is."""
    row = known.get(draft.occurrence)
    return row is not None and bool(row.spent or row.id in busy or row.version != draft.known_version)


def _is_another_verdict(row: sa.Row[Any], draft: Draft) -> bool:
    return (row.state, row.reason_code) != (draft.verdict.state, draft.verdict.reason.code)


def _keeps_messages(row: sa.Row[Any], draft: Draft) -> bool:
    both_ready = row.state == draft.verdict.state == NoticeState.READY
    return bool(both_ready and row.content_digest == draft.content_digest)


def _by_reason(pairs: Iterable[Decided]) -> Mapping[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for row, draft in pairs:
        if row.state == NoticeState.READY:
            groups.setdefault(draft.why_not_as_planned, []).append(row.id)
    return groups


def _retire(connection: sa.Connection, batch: Batch, now: datetime) -> Committed:
    """Cancel the unsent notices of a rule that left the project, except those with a message in flight."""
    unsent = sa.select(NOTICE.c.id).where(
        NOTICE.c.rule == batch.name,
        NOTICE.c.kind != NoticeKind.ALERT,
        NOTICE.c.state.in_(UNSENT),
        NOTICE.c.spent.is_(False),
    )
    ids = set(connection.execute(unsent.with_for_update()).scalars())
    ids -= in_flight(connection, ids)
    reason = "its rule is in shadow now" if batch.to_shadow else "its rule is no longer in the project"
    cancel_queued(connection, ids, reason, now)
    keep_verdicts(connection, ids)
    for chunk in chunks(sorted(ids)):
        connection.execute(
            sa.update(NOTICE)
            .where(NOTICE.c.id.in_(chunk))
            .values(
                state=NoticeState.CANCELLED,
                gate=None,
                reason_code=ReasonCode.RULE_REMOVED,
                reason=reason,
                deferred_until=None,
                contradictions=[],
                changed_at=now,
                version=NOTICE.c.version + 1,
            )
        )
    if batch.retired:
        connection.execute(
            sa.update(RULE_STATE)
            .where(RULE_STATE.c.kind == batch.kind, RULE_STATE.c.name == batch.name)
            .values(in_force=False, failed=reason)
        )
    return Committed(verdicts={NoticeState.CANCELLED: len(ids)} if ids else {})
