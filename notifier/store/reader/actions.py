"""Actions, and what went wrong in a week for one owner, as a pass asks about them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.actions import LATE_ROWS, ActionBack, ActionStatus
from notifier.model.columns import UtcTime
from notifier.model.notices import NoticeKind, NoticeState, ReasonCode
from notifier.model.weekly import WEEK, Counted, Week
from notifier.store.actions import actions_where
from notifier.store.contacts import CONTACT
from notifier.store.reader.snapshot import NOW, Snapshot
from notifier.store.reasons import reason_now
from notifier.store.tables import ACTION, CONTRADICTION, CUSTOMER, NOTICE, SETTLING
from notifier.store.tables.actions import WATCHED

A, C, N, S = ACTION.c, CONTRADICTION.c, NOTICE.c, SETTLING.c
_AT = CONTACT.c.at
# SQLite takes a partial index only where a statement says the index's own condition.
_IS_WATCHED = sa.text(f"action.{WATCHED}")
_ANY_WATCHED = sa.select(A.id).where(_IS_WATCHED, A.watched_until > sa.bindparam("from", type_=UtcTime())).limit(1)
_CUSTOMERS = sa.select(sa.func.count()).select_from(CUSTOMER)
STOPPED = (NoticeState.FAILED, NoticeState.EXPIRED, NoticeState.SUPPRESSED)
"""What became of a notice that reached nobody."""
_MEANT = (ReasonCode.BACKLOG, ReasonCode.BASELINE, ReasonCode.BORN_LATE, ReasonCode.PERSON, ReasonCode.HELD_OUT)
"""Reasons for which nobody was to be told: nothing went wrong."""


def _back(reason: sa.ColumnElement[str], key: sa.ColumnElement[str], at: sa.ColumnElement[datetime]) -> sa.Select[Any]:
    """The watched actions whose cause, or reason, was named since they were done, with how often and when first."""
    return (
        sa.select(A.id, sa.func.count(), sa.func.min(at, type_=UtcTime()))
        .where(
            _IS_WATCHED,
            A.watched_until > sa.bindparam("from", type_=UtcTime()),
            key == reason,
            at > A.closed_at,
            at <= A.watched_until,
            at <= NOW,
        )
        .group_by(A.id, A.again_at)
        .having(sa.func.count() >= A.again_at)
    )


_CAUSES_BACK = _back(S.cause, A.cause, S.at)
_REASON = reason_now("contact")
_CONTACTS_BACK = _back(_REASON.c.reason, A.contacts, _AT).where(
    CONTACT.c.id == _REASON.c.row_id, CONTACT.c.direction == "inbound"
)


class ActionReader(Snapshot):
    """Questions about what owners do so that something does not happen again."""

    def actions_back(self, now: datetime) -> Sequence[ActionBack]:
        """The actions that are done although what they were to end came back as often as opens them again."""
        if not self.has_any(ACTION):
            return ()
        asked = {"now": now, "from": now - LATE_ROWS}
        if self.connection.execute(_ANY_WATCHED, asked).first() is None:
            return ()
        found: dict[str, tuple[int, datetime]] = {}
        for statement in (_CAUSES_BACK, _CONTACTS_BACK):
            for name, count, first in self.connection.execute(statement, asked):
                found[name] = (count, first)
        if not found:
            return ()
        actions = actions_where(self.connection, A.id.in_(sorted(found)), order_by=(A.closed_at,))
        return [ActionBack(action=each, count=found[each.id][0], first_at=found[each.id][1]) for each in actions]

    def week_of(self, owner: str, since: datetime, until: datetime, *, reasons: Collection[str]) -> Week:
        """What went wrong for this owner in [since, until), and how its actions stand at the end of it."""
        is_open = A.status == ActionStatus.OPEN
        opened_again_since = sa.and_(is_open, A.closed_at < until, A.came_back_at >= until)
        was_open = sa.and_(
            A.opened_at < until,
            sa.or_(sa.and_(is_open, sa.func.coalesce(sa.not_(opened_again_since), True)), A.closed_at >= until),
        )
        mine = A.owner == owner
        ours = (N.owner == owner, N.live == self.live, N.kind != NoticeKind.ALERT)
        contacts = self._by_reason(reasons, since, until)
        return Week(
            owner=owner,
            since=since,
            until=until,
            contradictions=self._by_week(C.opened_at, (C.check,), (C.owner == owner,), since, until),
            notices=self._of_all(
                self._by_week(
                    N.changed_at,
                    (N.rule, N.state),
                    (*ours, N.state.in_(STOPPED), N.reason_code.not_in(_MEANT)),
                    since,
                    until,
                ),
                (*ours, N.changed_at >= since, N.changed_at < until),
            ),
            contacts=contacts,
            customers=self.connection.execute(_CUSTOMERS).scalar_one() if contacts else 0,
            open=actions_where(self.connection, mine, was_open, order_by=(A.due_at,)),
            done=actions_where(
                self.connection,
                mine,
                A.closed_at >= since,
                A.closed_at < until,
                # What came back within the week is said there.
                sa.or_(A.came_back_at.is_(None), A.came_back_at <= A.closed_at, A.came_back_at >= until),
                order_by=(A.closed_at,),
            ),
            back=actions_where(
                self.connection, mine, A.came_back_at >= since, A.came_back_at < until, order_by=(A.came_back_at,)
            ),
        )

    def _by_reason(self, reasons: Collection[str], since: datetime, until: datetime) -> tuple[Counted, ...]:
        if not reasons:
            return ()
        which = (
            _REASON.c.row_id == CONTACT.c.id,
            _REASON.c.reason.in_(sorted(reasons)),
            CONTACT.c.direction == "inbound",
        )
        counted = self._by_week(_AT, (_REASON.c.reason,), which, since, until)
        people = sa.select(_REASON.c.reason, sa.func.count(CONTACT.c.customer_id.distinct()))
        of_week = people.where(*which, since <= _AT, until > _AT).group_by(_REASON.c.reason)
        found = {row[0]: row[1] for row in self.connection.execute(of_week)} if counted else {}
        return tuple(replace(each, people=found.get(each.name, 0)) for each in counted)

    def _of_all(self, stopped: Sequence[Counted], ours: Sequence[sa.ColumnElement[bool]]) -> tuple[Counted, ...]:
        """These with how many notices of their rule were decided on in the week."""
        if not stopped:
            return ()
        statement = sa.select(N.rule, sa.func.count()).where(*ours).group_by(N.rule)
        found = {row[0]: row[1] for row in self.connection.execute(statement)}
        return tuple(replace(each, of=found.get(each.name, 0)) for each in stopped)

    def _by_week(
        self,
        at: sa.ColumnElement[datetime],
        by: Sequence[sa.ColumnElement[str]],
        which: Sequence[sa.ColumnElement[bool]],
        since: datetime,
        until: datetime,
    ) -> tuple[Counted, ...]:
        """How many of these there were in [since, until), and in the week before, by these columns."""
        lately = sa.func.sum(sa.case((at >= since, 1), else_=0))
        before = sa.func.sum(sa.case((at < since, 1), else_=0))
        statement = (
            sa.select(*by, lately, before).where(*which, at >= since - WEEK, at < until).group_by(*by).order_by(*by)
        )
        rows = [tuple[Any, ...](row) for row in self.connection.execute(statement)]
        found = [
            Counted(name=row[0], state=row[1] if len(by) > 1 else "", count=row[-2], before=row[-1]) for row in rows
        ]
        return tuple(sorted(found, key=lambda each: -each.count))
