"""What `draft()` asks of the store, answered on one connection: one snapshot of state and outbox, nothing written."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.model.contradictions import Contradiction
from notifier.model.notices import NoticeKind, NoticeState, ReasonCode
from notifier.model.reading import Address, BacklogKey, CustomerRow, KnownNotice, RuleState, SuppressedAddress
from notifier.model.types import ChannelName, NoticeClass
from notifier.store import reader_statements
from notifier.store.codec import channels_from_json, claims_from_json
from notifier.store.contradictions import with_members
from notifier.store.sql import rows_among

OVERLAP = timedelta(minutes=2)
"""How far "since the last tick" reaches back: a person or a dispatcher who read the clock before a tick may commit
after its snapshot. Looking twice is harmless, missing it once is not."""

FETCHED = 1_000
"""Rows taken from the driver at once."""


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
        self._contradicted: dict[datetime, Mapping[str, set[str]]] = {}
        self._any_suppressed: bool | None = None
        self._rule_states: dict[str, Mapping[str, RuleState]] = {}
        self._holding: Sequence[Contradiction] | None = None

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What may fail alone: after a failed statement PostgreSQL answers nothing until it is back at a savepoint."""
        if self._connection.dialect.name == "sqlite":  # goes on by itself, and nothing was written
            yield
            return
        with self._connection.begin_nested():
            yield

    def rows(self, statement: sa.Select[Any], parameters: Mapping[str, object]) -> Iterator[sa.Row[Any]]:
        """The rows of a statement that evaluation or promises built.

        Not by a cursor on the server: that asks PostgreSQL three times for what one answer holds, has it plan for the
        first rows only, and stays open where a caller needs no more. Nor one by one from the driver: many at once take
        a third of the time.
        """
        for part in self._connection.execute(statement, dict(parameters)).partitions(FETCHED):
            yield from part

    def ids(self, statement: sa.Select[Any], parameters: Mapping[str, object]) -> set[str]:
        """The ids that a statement of one column finds: as the driver gives them, for a text needs no conversion."""
        result = self._connection.execute(statement, dict(parameters))
        assert result.cursor is not None, "a SELECT has rows"
        found = {row[0] for row in result.cursor.fetchall()}
        result.close()
        return found

    # -- evaluation --------------------------------------------------------------------------------------------------

    def rule_states(self, kind: str) -> Mapping[str, RuleState]:
        """The watermarks of all rules (`rule`) or checks (`check`) in force, by name."""
        if kind not in self._rule_states:
            self._rule_states[kind] = {
                row.name: RuleState(
                    digest=row.digest,
                    first_pass_at=row.first_pass_at,
                    evaluated_at=row.evaluated_at,
                    failed=row.failed,
                    definition=row.definition,
                )
                for row in self._connection.execute(reader_statements.RULE_STATES, {"kind": kind})
            }
        return self._rule_states[kind]

    def changed_entities(self) -> frozenset[str]:
        """The entities of which any change waits to be consumed: who reads none of them need not ask further."""
        if self._changed_entities is None:
            found = self._connection.execute(reader_statements.CHANGED_ENTITIES).scalars()
            self._changed_entities = frozenset(found)
        return self._changed_entities

    # -- notices -----------------------------------------------------------------------------------------------------

    def notices(self, rule: str, subject_ids: Collection[str]) -> Sequence[KnownNotice]:
        """Every notice, correction and follow-up of the rule about these subjects, oldest first."""
        rows = rows_among(self._connection, reader_statements.NOTICES, subject_ids, rule=rule, live=self._live)
        found = sorted(rows, key=lambda row: (row.decided_at, row.id))
        told_channels = self._told_channels([row.id for row in found if row.told_at is not None])
        failed = self._failed(found)
        return [_known_notice(row, told_channels.get(row.id, ()), failed.get(row.id, {})) for row in found]

    def subjects_with_notices(self, rule: str) -> set[str]:
        """The subjects of all notices of the rule that planning may still act on: unsent, or told."""
        return self._of_rule(reader_statements.SUBJECTS_WITH_NOTICES, rule)

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
        return self._of_rule(reader_statements.SUBJECTS_TOLD, rule, since=after, upto=upto)

    def subjects_unsent(self, rule: str) -> set[str]:
        """The subjects of the rule's unsent notices."""
        return self._of_rule(reader_statements.SUBJECTS_UNSENT, rule)

    def recipients_counted(self, rule: str, since: datetime) -> set[str]:
        """Recipients of the rule's notices that passed its limits after `since`, or that wait for approval."""
        return self._of_rule(reader_statements.RECIPIENTS_COUNTED, rule, since=since)

    def occurrences_of(self, references: Collection[str]) -> Mapping[str, str]:
        """Which of these references are taken, and by which occurrence: in either world, for they are unique."""
        found = rows_among(self._connection, reader_statements.OCCURRENCES, references)
        return {row.reference: row.occurrence for row in found}

    def alerts_known(self, occurrences: Collection[str]) -> set[str]:
        """Which of these alert occurrences exist already."""
        return {row.occurrence for row in rows_among(self._connection, reader_statements.ALERTS, occurrences)}

    def backlog(self, rule: str, subject_ids: Collection[str]) -> set[BacklogKey]:
        """What was recorded and is not to be told."""
        found = rows_among(self._connection, reader_statements.BACKLOG_OF, subject_ids, rule=rule)
        return {(row.subject_id, row.each_id, row.recipient_id) for row in found}

    def backlog_subjects(self, rule: str) -> set[str]:
        """The subjects of the rule's whole backlog."""
        return set(self._connection.execute(reader_statements.BACKLOG_SUBJECTS, {"rule": rule}).scalars())

    # -- customers ---------------------------------------------------------------------------------------------------

    def customers(self, ids: Collection[str]) -> Mapping[str, CustomerRow]:
        """The customers that exist among these ids."""
        found = rows_among(self._connection, reader_statements.CUSTOMERS, ids)
        return {row.id: CustomerRow(**row._mapping) for row in found}

    def customer_count(self) -> int:
        """How many customers there are: what `share` is a share of."""
        return self._connection.execute(reader_statements.CUSTOMER_COUNT).scalar_one()

    def consents(self, customer_ids: Collection[str]) -> Mapping[tuple[str, ChannelName, NoticeClass], bool]:
        """What these customers allowed or refused; absent means never asked."""
        return {
            (row.customer_id, ChannelName(row.channel), NoticeClass(row.of)): row.allowed
            for row in rows_among(self._connection, reader_statements.CONSENTS, customer_ids)
        }

    def suppressed(self, addresses: Collection[Address]) -> Mapping[Address, SuppressedAddress]:
        """Which of these addresses must not be written to. Most databases have none: then nothing is looked up."""
        if self._any_suppressed is None:
            self._any_suppressed = self._connection.execute(reader_statements.ANY_SUPPRESSED).first() is not None
        if not self._any_suppressed:
            return {}
        by_channel: dict[ChannelName, list[str]] = defaultdict(list)
        for channel, address in addresses:
            by_channel[channel].append(address)
        return {
            (channel, row.address): SuppressedAddress(reason=row.reason, since=row.since)
            for channel, wanted in by_channel.items()
            for row in rows_among(
                self._connection, reader_statements.SUPPRESSED_AMONG, wanted, live=self._live, channel=channel
            )
        }

    # -- contradictions ----------------------------------------------------------------------------------------------

    def contradictions(self, check: str, promise_ids: Collection[str] | None = None) -> Sequence[Contradiction]:
        """The check's contradictions with their members, in any state; of all promises when `promise_ids` is None."""
        if promise_ids is None:
            found = self._connection.execute(reader_statements.CONTRADICTIONS, {"check": check})
            return with_members(self._connection, found)
        among = rows_among(self._connection, reader_statements.CONTRADICTIONS_OF, promise_ids, check=check)
        return with_members(self._connection, among)

    def contradictions_due(self, check: str, now: datetime) -> set[str]:
        """The promise ids of the check's open or acknowledged contradictions whose `surfaces_at` is not after `now`."""
        if now not in self._contradicted:
            by_check: dict[str, set[str]] = defaultdict(set)
            for row in self._connection.execute(reader_statements.CONTRADICTIONS_DUE, {"now": now}):
                by_check[row.check].add(row.promise_id)
            self._contradicted[now] = by_check
        return self._contradicted[now].get(check, set())

    def holding_contradictions(self) -> Sequence[Contradiction]:
        """All open and acknowledged contradictions."""
        if self._holding is None:
            found = self._connection.execute(reader_statements.CONTRADICTIONS_HOLDING)
            self._holding = with_members(self._connection, found)
        return self._holding

    def contradictions_changed(self, since: datetime) -> bool:
        """Whether a contradiction changed its state at or after `since` (by a person, between ticks)."""
        parameters = {"since": since - OVERLAP}
        return self._connection.execute(reader_statements.CONTRADICTION_CHANGED, parameters).first() is not None

    # ----------------------------------------------------------------------------------------------------------------

    def _of_rule(self, statement: sa.Select[Any], rule: str, **times: datetime) -> set[str]:
        """The one column of a statement about the rule's notices in this world."""
        return set(self._connection.execute(statement, {"rule": rule, "live": self._live, **times}).scalars())

    def _due_by_rule(self, now: datetime, lately: datetime) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for statement in reader_statements.DUE:
            for row in self._connection.execute(statement, {"live": self._live, "now": now, "since": lately}):
                found[row.rule].add(row.subject_id)
        return found

    def _told_channels(self, notice_ids: Collection[str]) -> Mapping[str, tuple[ChannelName, ...]]:
        told: dict[str, tuple[ChannelName, ...]] = {}
        for row in rows_among(self._connection, reader_statements.TOLD_CHANNELS, notice_ids):
            told[row.notice_id] = (*told.get(row.notice_id, ()), ChannelName(row.channel))
        return told

    def _failed(self, found: Collection[sa.Row[Any]]) -> Mapping[str, Mapping[Address, str]]:
        """The addresses that refused each of these notices, as `KnownNotice.failed` says."""
        failed: dict[str, dict[Address, str]] = defaultdict(dict)
        for row in rows_among(self._connection, reader_statements.FAILED, [row.id for row in found if not row.spent]):
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
