"""What `draft()` asks of the store, answered on one connection: one snapshot of state and outbox, nothing written."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.model.contradictions import HOLDING, Contradiction
from notifier.model.notices import UNSENT, MessageState, NoticeKind, NoticeState, ReasonCode
from notifier.model.reading import Address, BacklogKey, CustomerRow, KnownNotice, RuleState, SuppressedAddress
from notifier.model.state import Change, Consent, Customer
from notifier.model.transitions import HANDED_OVER
from notifier.model.types import ChannelName, NoticeClass
from notifier.store.codec import channels_from_json, claims_from_json
from notifier.store.contradictions import CONTRADICTION, with_members
from notifier.store.sql import rows_in, table_of
from notifier.store.suppressions import SUPPRESS
from notifier.store.tables import BacklogRow, MessageRow, NoticeRow, RuleStateRow, SuppressedAddressRow

NOTICE = table_of(NoticeRow)
MESSAGE = table_of(MessageRow)
BACKLOG = table_of(BacklogRow)
RULE_STATE = table_of(RuleStateRow)
CHANGE = table_of(Change)
CUSTOMER = table_of(Customer)
CONSENT = table_of(Consent)
SUPPRESSED = table_of(SuppressedAddressRow)

REACHED_NOBODY = (NoticeState.SUPPRESSED, NoticeState.FAILED)
OVERLAP = timedelta(minutes=2)
"""How far "since the last tick" reaches back: a person or a dispatcher who read the clock before a tick may commit
after its snapshot. Looking twice is harmless, missing it once is not."""
ROWS_AT_ONCE = 1000


class Reader:
    """Implements `model.reading.StateReader`; `live` chooses the world whose notices it sees.

    Give it a connection whose transaction keeps one snapshot (`store.database.read_only`).
    """

    def __init__(self, connection: sa.Connection, *, live: bool) -> None:
        self._connection = connection
        self._live = live
        # What every rule asks for is read once for all of them: the snapshot cannot change under it.
        self._changed_entities: frozenset[str] | None = None
        self._due: dict[tuple[datetime, datetime], Mapping[str, set[str]]] = {}
        self._any_suppressed: bool | None = None

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A savepoint: PostgreSQL refuses everything after a failed statement until one is rolled back to."""
        with self._connection.begin_nested():
            yield

    def rows(self, statement: sa.Select[Any], parameters: Mapping[str, object]) -> Iterator[sa.Row[Any]]:
        """The rows of a statement that evaluation or promises built, read a thousand at a time."""
        options = {"yield_per": ROWS_AT_ONCE}
        yield from self._connection.execute(statement, dict(parameters), execution_options=options)

    # -- evaluation --------------------------------------------------------------------------------------------------

    def rule_states(self, kind: str) -> Mapping[str, RuleState]:
        """The watermarks of all rules (`rule`) or checks (`check`) in force, by name."""
        found = self._connection.execute(
            sa.select(RULE_STATE).where(RULE_STATE.c.kind == kind, RULE_STATE.c.in_force.is_(True))
        )
        return {
            row.name: RuleState(
                digest=row.digest,
                first_pass_at=row.first_pass_at,
                evaluated_at=row.evaluated_at,
                failed=row.failed,
                definition=row.definition,
            )
            for row in found
        }

    def changed_entities(self) -> frozenset[str]:
        """The entities of which any change waits to be consumed: who reads none of them need not ask further."""
        if self._changed_entities is None:
            found = self._connection.execute(sa.select(CHANGE.c.entity).distinct()).scalars()
            self._changed_entities = frozenset(found)
        return self._changed_entities

    # -- notices -----------------------------------------------------------------------------------------------------

    def notices(self, rule: str, subject_ids: Collection[str]) -> Sequence[KnownNotice]:
        """Every notice, correction and follow-up of the rule about these subjects, oldest first."""
        statement = self._of_rule(rule, *NOTICE.c)
        found = sorted(
            rows_in(self._connection, statement, NOTICE.c.subject_id, subject_ids),
            key=lambda row: (row.decided_at, row.id),
        )
        told_channels = self._told_channels([row.id for row in found if row.told_at is not None])
        failed = self._failed(found)
        return [_known_notice(row, told_channels.get(row.id, ()), failed.get(row.id, {})) for row in found]

    def subjects_with_notices(self, rule: str) -> set[str]:
        """The subjects of all notices of the rule that planning may still act on: unsent, or told."""
        return self._subjects(rule, NOTICE.c.state.in_([*UNSENT, NoticeState.TOLD]))

    def subjects_due(self, rule: str, now: datetime, since: datetime) -> set[str]:
        """Subjects whose unsent notice leaves its deferral or passes its `until` by `now`, or told from `since` on.

        Also those whose held notice a person approved or released. A suppressed or failed notice that passed its
        `until` long ago is left out: nothing more can become of it.
        """
        if (now, since) not in self._due:
            self._due[now, since] = self._due_by_rule(now, since - OVERLAP)
        return self._due[now, since].get(rule, set())

    def subjects_told(self, rule: str, after: datetime, upto: datetime) -> set[str]:
        """Subjects of the rule's notices (of any kind but alerts) with `told_at` in [after, upto]."""
        return self._subjects(rule, NOTICE.c.told_at >= after, NOTICE.c.told_at <= upto)

    def subjects_unsent(self, rule: str) -> set[str]:
        """The subjects of the rule's unsent notices."""
        return self._subjects(rule, NOTICE.c.state.in_(UNSENT))

    def recipients_counted(self, rule: str, since: datetime) -> set[str]:
        """Recipients of the rule's notices that passed its limits after `since`, or that wait for approval."""
        waits = sa.and_(NOTICE.c.state == NoticeState.HELD, NOTICE.c.reason_code == ReasonCode.LIMIT)
        statement = self._of_rule(rule, NOTICE.c.recipient_id).where(
            sa.or_(NOTICE.c.passed_limits_at > since, waits), NOTICE.c.recipient_id.is_not(None)
        )
        return set(self._connection.execute(statement.distinct()).scalars())

    def occurrences_of(self, references: Collection[str]) -> Mapping[str, str]:
        """Which of these references are taken, and by which occurrence: in either world, for they are unique."""
        statement = sa.select(NOTICE.c.reference, NOTICE.c.occurrence)
        return {row.reference: row.occurrence for row in self._in(statement, NOTICE.c.reference, references)}

    def alerts_known(self, occurrences: Collection[str]) -> set[str]:
        """Which of these alert occurrences exist already."""
        statement = sa.select(NOTICE.c.occurrence).where(NOTICE.c.kind == NoticeKind.ALERT)
        return {row.occurrence for row in self._in(statement, NOTICE.c.occurrence, occurrences)}

    def backlog(self, rule: str, subject_ids: Collection[str]) -> set[BacklogKey]:
        """What was recorded and is not to be told."""
        statement = sa.select(BACKLOG).where(BACKLOG.c.rule == rule)
        found = self._in(statement, BACKLOG.c.subject_id, subject_ids)
        return {(row.subject_id, row.each_id, row.recipient_id) for row in found}

    def backlog_subjects(self, rule: str) -> set[str]:
        """The subjects of the rule's whole backlog."""
        statement = sa.select(BACKLOG.c.subject_id).where(BACKLOG.c.rule == rule).distinct()
        return set(self._connection.execute(statement).scalars())

    # -- customers ---------------------------------------------------------------------------------------------------

    def customers(self, ids: Collection[str]) -> Mapping[str, CustomerRow]:
        """The customers that exist among these ids."""
        names = [field.name for field in fields(CustomerRow)]
        statement = sa.select(*(CUSTOMER.c[name] for name in names))
        found = self._in(statement, CUSTOMER.c.id, ids)
        return {row.id: CustomerRow(**{name: getattr(row, name) for name in names}) for row in found}

    def customer_count(self) -> int:
        """How many customers there are: what `share` is a share of."""
        return self._connection.execute(sa.select(sa.func.count()).select_from(CUSTOMER)).scalar_one()

    def consents(self, customer_ids: Collection[str]) -> Mapping[tuple[str, ChannelName, NoticeClass], bool]:
        """What these customers allowed or refused; absent means never asked."""
        columns = CONSENT.c
        statement = sa.select(columns.customer_id, columns.channel, columns["class"].label("of"), columns.allowed)
        return {
            (row.customer_id, ChannelName(row.channel), NoticeClass(row.of)): row.allowed
            for row in self._in(statement, columns.customer_id, customer_ids)
        }

    def suppressed(self, addresses: Collection[Address]) -> Mapping[Address, SuppressedAddress]:
        """Which of these addresses must not be written to. Most databases have none: then nothing is looked up."""
        columns = SUPPRESSED.c
        mine = columns.live.is_(self._live)
        if self._any_suppressed is None:
            any_channel = columns.channel.in_(list(ChannelName))  # so that an index is probed
            found = self._connection.execute(sa.select(columns.address).where(any_channel).limit(1))
            self._any_suppressed = found.first() is not None
        if not self._any_suppressed:
            return {}
        by_channel: dict[ChannelName, list[str]] = defaultdict(list)
        for channel, address in addresses:
            by_channel[channel].append(address)
        return {
            (channel, row.address): SuppressedAddress(reason=row.reason, since=row.since)
            for channel, wanted in by_channel.items()
            for row in self._in(sa.select(SUPPRESSED).where(mine, columns.channel == channel), columns.address, wanted)
        }

    # -- contradictions ----------------------------------------------------------------------------------------------

    def contradictions(self, check: str, promise_ids: Collection[str] | None = None) -> Sequence[Contradiction]:
        """The check's contradictions with their members, in any state; of all promises when `promise_ids` is None."""
        statement = sa.select(CONTRADICTION).where(CONTRADICTION.c.check == check)
        if promise_ids is None:
            return with_members(self._connection, self._connection.execute(statement))
        return with_members(self._connection, self._in(statement, CONTRADICTION.c.promise_id, promise_ids))

    def contradictions_due(self, check: str, now: datetime) -> set[str]:
        """The promise ids of the check's open or acknowledged contradictions whose `surfaces_at` is not after `now`."""
        statement = sa.select(CONTRADICTION.c.promise_id).where(
            CONTRADICTION.c.check == check, CONTRADICTION.c.state.in_(HOLDING), CONTRADICTION.c.surfaces_at <= now
        )
        return set(self._connection.execute(statement).scalars())

    def holding_contradictions(self) -> Sequence[Contradiction]:
        """All open and acknowledged contradictions."""
        statement = sa.select(CONTRADICTION).where(CONTRADICTION.c.state.in_(HOLDING))
        return with_members(self._connection, self._connection.execute(statement))

    def contradictions_changed(self, since: datetime) -> bool:
        """Whether a contradiction changed its state at or after `since` (by a person, between ticks)."""
        statement = sa.select(CONTRADICTION.c.id).where(CONTRADICTION.c.changed_at >= since - OVERLAP).limit(1)
        return self._connection.execute(statement).first() is not None

    # ----------------------------------------------------------------------------------------------------------------

    def _in(
        self, statement: sa.Select[Any], column: sa.ColumnElement[Any], values: Collection[str]
    ) -> Iterator[sa.Row[Any]]:
        return rows_in(self._connection, statement, column, values)

    def _of_rule(self, rule: str, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
        return sa.select(*columns).where(NOTICE.c.rule == rule, *self._of_this_world())

    def _of_this_world(self) -> tuple[sa.ColumnElement[bool], ...]:
        return NOTICE.c.live.is_(self._live), NOTICE.c.kind != NoticeKind.ALERT

    def _subjects(self, rule: str, *conditions: sa.ColumnElement[bool]) -> set[str]:
        statement = self._of_rule(rule, NOTICE.c.subject_id).where(*conditions).distinct()
        return set(self._connection.execute(statement).scalars())

    def _due_by_rule(self, now: datetime, lately: datetime) -> Mapping[str, set[str]]:
        state = NOTICE.c.state
        waiting = (NoticeState.READY, NoticeState.HELD, NoticeState.DEFERRED)
        by_person = sa.or_(NOTICE.c.released.is_(True), NOTICE.c.approved_digest.is_not(None))
        found: dict[str, set[str]] = defaultdict(set)
        # Apart, because each has an index of its own; as one OR they would read every notice.
        for conditions in (
            (state == NoticeState.DEFERRED, NOTICE.c.deferred_until <= now),
            (state.in_(waiting), NOTICE.c.until_at <= now),
            (state.in_(REACHED_NOBODY), NOTICE.c.until_at <= now, NOTICE.c.until_at > lately),
            (state == NoticeState.HELD, by_person),
            (state == NoticeState.TOLD, NOTICE.c.changed_at >= lately),
        ):
            statement = sa.select(NOTICE.c.rule, NOTICE.c.subject_id).where(*self._of_this_world(), *conditions)
            for rule, subject in self._connection.execute(statement):
                found[rule].add(subject)
        return found

    def _told_channels(self, notice_ids: Collection[str]) -> Mapping[str, tuple[ChannelName, ...]]:
        statement = (
            sa.select(MESSAGE.c.notice_id, MESSAGE.c.channel)
            .where(MESSAGE.c.state.in_(HANDED_OVER))
            .order_by(MESSAGE.c.accepted_at, MESSAGE.c.id)
        )
        told: dict[str, tuple[ChannelName, ...]] = {}
        for row in self._in(statement, MESSAGE.c.notice_id, notice_ids):
            told[row.notice_id] = (*told.get(row.notice_id, ()), ChannelName(row.channel))
        return told

    def _failed(self, found: Collection[sa.Row[Any]]) -> Mapping[str, Mapping[Address, str]]:
        """The addresses that refused each of these notices, as `KnownNotice.failed` says.

        One that was suppressed, and is not any more, may be tried again.
        """
        unsent = [row.id for row in found if not row.spent]
        suppressed = sa.select(SUPPRESSED.c.address).where(
            SUPPRESSED.c.channel == MESSAGE.c.channel,
            SUPPRESSED.c.address == MESSAGE.c.address,
            SUPPRESSED.c.live == MESSAGE.c.live,
        )
        statement = (
            sa.select(MESSAGE.c.notice_id, MESSAGE.c.channel, MESSAGE.c.address, MESSAGE.c.error)
            .where(MESSAGE.c.state == MessageState.FAILED)
            .where(sa.or_(MESSAGE.c.decision.is_distinct_from(SUPPRESS), suppressed.exists()))
            .order_by(MESSAGE.c.changed_at, MESSAGE.c.id)
        )
        failed: dict[str, dict[Address, str]] = defaultdict(dict)
        for row in self._in(statement, MESSAGE.c.notice_id, unsent):
            failed[row.notice_id][ChannelName(row.channel), row.address] = row.error
        return failed


def _known_notice(
    row: sa.Row[Any], told_channels: tuple[ChannelName, ...], failed: Mapping[Address, str]
) -> KnownNotice:
    return KnownNotice(
        id=row.id,
        occurrence=row.occurrence,
        reference=row.reference,
        kind=NoticeKind(row.kind),
        rule=row.rule,
        subject_id=row.subject_id,
        each_id=row.each_id,
        recipient_id=row.recipient_id,
        template=row.template,
        ordinal=row.ordinal,
        anchor=row.anchor_at,
        until=row.until_at,
        state=NoticeState(row.state),
        reason_code=ReasonCode(row.reason_code),
        spent=row.spent,
        told_at=row.told_at,
        changed_at=row.changed_at,
        deferred_until=row.deferred_until,
        claims=claims_from_json(row.claims),
        claims_digest=row.claims_digest,
        content_digest=row.content_digest,
        rule_digest=row.rule_digest,
        channels=channels_from_json(row.channels),
        told_channels=told_channels,
        failed=failed,
        contradictions=tuple(row.contradictions),
        passed_limits=row.passed_limits_at is not None,
        approved_digest=row.approved_digest,
        released=row.released,
        corrects=row.corrects,
        follows=row.follows,
        version=row.version,
    )
