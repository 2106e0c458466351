"""Contradictions as checks and holds ask about them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from notifier.model.contradiction_reading import ContradictedRow
from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState
from notifier.model.retention import FORGOTTEN
from notifier.store.contradictions import with_members
from notifier.store.reader.snapshot import NOW, OVERLAP, SINCE, Snapshot
from notifier.store.sql import is_among, is_any_of, rows_among
from notifier.store.tables import CONTRADICTION, PROMISE_RECORD

_OF_CHECK = sa.select(CONTRADICTION).where(CONTRADICTION.c.check == sa.bindparam("check", type_=sa.String()))
_RECORDED = sa.select(PROMISE_RECORD.c.contradiction_id).where(is_among(PROMISE_RECORD.c.promise_id))
_FOUND_FOR = _OF_CHECK.where(is_among(CONTRADICTION.c.promise_id)).with_only_columns(CONTRADICTION.c.id)
_OF_PROMISES = _OF_CHECK.where(CONTRADICTION.c.id.in_(_RECORDED.union(_FOUND_FOR)))
_IS_HOLDING = CONTRADICTION.c.state.in_(HOLDING)
_HOLDING = sa.select(CONTRADICTION).where(_IS_HOLDING)
_DUE = (
    sa.select(CONTRADICTION.c.check, CONTRADICTION.c.promise_id)
    .where(_IS_HOLDING, CONTRADICTION.c.surfaces_at <= NOW)
    .union_all(
        sa.select(CONTRADICTION.c.check, CONTRADICTION.c.promise_id).where(
            CONTRADICTION.c.waived_until <= NOW, is_any_of(CONTRADICTION.c.state, ContradictionState.WAIVED)
        )
    )
)
_ANY_HOLDING = sa.select(CONTRADICTION.c.id).where(_IS_HOLDING).limit(1)
_ABOUT = sa.select(CONTRADICTION).where(
    CONTRADICTION.c.subject_type == sa.bindparam("entity", type_=sa.String()),
    is_among(CONTRADICTION.c.subject_id),
    is_any_of(CONTRADICTION.c.state, *HOLDING),
)
_CHANGED = sa.select(CONTRADICTION.c.check, CONTRADICTION.c.subject_type, CONTRADICTION.c.subject_id).where(
    CONTRADICTION.c.changed_at >= SINCE, CONTRADICTION.c.subject_type != FORGOTTEN
)


class ContradictionReader(Snapshot):
    """Questions about contradictions."""

    def __init__(self, connection: sa.Connection, *, live: bool) -> None:
        super().__init__(connection, live=live)
        self._contradictions_due: dict[datetime, Mapping[str, set[str]]] = {}
        self._any_holding: bool | None = None
        self._changed: dict[datetime, Sequence[ContradictedRow]] = {}

    def contradictions(self, check: str, promise_ids: Collection[str] | None = None) -> Sequence[Contradiction]:
        """The check's contradictions, in any state; of all promises when `promise_ids` is None.

        Those of a promise are what it is a record of, and what is named after it.
        """
        if promise_ids is None:
            return with_members(self.connection, self.connection.execute(_OF_CHECK, {"check": check}))
        return with_members(self.connection, rows_among(self.connection, _OF_PROMISES, promise_ids, check=check))

    def contradictions_due(self, check: str, now: datetime) -> set[str]:
        """The promise ids of the check's open or acknowledged contradictions with `surfaces_at <= now`, and of waived
        ones whose waiver is over."""
        if not self.has_any(CONTRADICTION):
            return set()
        if now not in self._contradictions_due:
            by_check: dict[str, set[str]] = defaultdict(set)
            for row in self.connection.execute(_DUE, {"now": now}):
                by_check[row.check].add(row.promise_id)
            self._contradictions_due[now] = by_check
        return self._contradictions_due[now].get(check, set())

    def holding_contradictions(
        self, *, checks: Collection[str] | None = None, customer: str | None = None
    ) -> Sequence[Contradiction]:
        """The open and acknowledged contradictions, of these checks and about this customer where they are given."""
        statement = _HOLDING
        if checks is not None:
            statement = statement.where(CONTRADICTION.c.check.in_(sorted(checks)))
        if customer is not None:
            statement = statement.where(CONTRADICTION.c.customer_id == customer)
        return with_members(self.connection, self.connection.execute(statement))

    def any_contradiction_holds(self) -> bool:
        """Whether any contradiction is open or acknowledged."""
        if self._any_holding is None:
            found = self.has_any(CONTRADICTION) and self.connection.execute(_ANY_HOLDING).first() is not None
            self._any_holding = found
        return self._any_holding

    def contradictions_about(self, entity: str, ids: Collection[str]) -> Sequence[Contradiction]:
        """The open and acknowledged contradictions about these rows of the entity."""
        return with_members(self.connection, rows_among(self.connection, _ABOUT, ids, entity=entity))

    def contradictions_changed(self, since: datetime) -> Sequence[ContradictedRow]:
        """Of each contradiction that changed at or after `since`, perhaps by a person: its check, and its subject."""
        if not self.has_any(CONTRADICTION):
            return ()
        if since not in self._changed:
            found = self.connection.execute(_CHANGED, {"since": since - OVERLAP})
            self._changed[since] = [(row.check, row.subject_type, row.subject_id) for row in found]
        return self._changed[since]
