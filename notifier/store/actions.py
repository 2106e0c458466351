"""Actions as rows: opened, closed, listed, and opened again where what they were to end came back.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.model.actions import ACTION_COLUMNS, Action, ActionBack, ActionStatus, ActionWork
from notifier.model.digests import heard_reference
from notifier.store.interventions import intervene
from notifier.store.tables import ACTION

OBJECT = "action"
"""How the record of interventions calls it."""
NOTIFIER = "notifier"
"""Who opens an action again, as the record calls it."""
PREFIX = "AC-"
A = ACTION.c
_COLUMNS = [A[name] for name in ACTION_COLUMNS]


@dataclass(frozen=True, kw_only=True)
class ActionFilter:
    """Which actions are listed."""

    statuses: tuple[ActionStatus, ...] = ()
    """Empty: all."""
    owner: str | None = None
    cause: str | None = None
    contacts: str | None = None
    limit: int | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """As SQL."""
        which: list[sa.ColumnElement[bool]] = [A.status.in_(self.statuses)] if self.statuses else []
        asked = ((A.owner, self.owner), (A.cause, self.cause), (A.contacts, self.contacts))
        return [*which, *(column == value for column, value in asked if value is not None)]


def add_action(connection: sa.Connection, action: Action) -> None:
    """Write a new one."""
    connection.execute(sa.insert(ACTION).values(**_row(action)))


def save_action(connection: sa.Connection, action: Action) -> None:
    """Write it as it is now; its row is locked."""
    connection.execute(sa.update(ACTION).where(A.id == action.id).values(**_row(action)))


def action_named(connection: sa.Connection, asked: str) -> Action | None:
    """The action of this id, however it was typed (`ac-7k3qm x9t2a`), locked; None where there is none."""
    typed = asked.strip()
    short = typed[len(PREFIX) :] if typed[:2].upper() == PREFIX[:2] else typed
    for name in (typed, f"{PREFIX}{heard_reference(short)}"):
        row = connection.execute(sa.select(*_COLUMNS).where(A.id == name).with_for_update()).first()
        if row is not None:
            return action_of(row)
    return None


def actions_listed(connection: sa.Connection, wanted: ActionFilter) -> list[Action]:
    """The actions, those whose deadline comes first at the top."""
    statement = sa.select(*_COLUMNS).where(*wanted.conditions()).order_by(A.due_at, A.id).limit(wanted.limit)
    return [action_of(row) for row in connection.execute(statement)]


def how_many_actions(connection: sa.Connection, wanted: ActionFilter) -> int:
    """How many there are of these."""
    return connection.execute(sa.select(sa.func.count(A.id)).where(*wanted.conditions())).scalar_one()


def any_stands(connection: sa.Connection, *, cause: str, now: datetime) -> bool:
    """Whether an action about this cause is open, or is done and opens again where the cause is named."""
    is_watched = sa.and_(A.status == ActionStatus.DONE, A.watched_until >= now)
    statement = sa.select(A.id).where(A.cause == cause, sa.or_(A.status == ActionStatus.OPEN, is_watched)).limit(1)
    return connection.execute(statement).first() is not None


def write_actions(connection: sa.Connection, work: ActionWork, now: datetime) -> None:
    """What a batch says of actions: each that came back is open again, unless somebody changed it meanwhile."""
    for back in work.back:
        action = back.action
        still_done = (A.id == action.id, A.status == ActionStatus.DONE, A.closed_at == action.closed_at)
        opened = connection.execute(
            sa.update(ACTION)
            .where(*still_done)
            .values(
                status=ActionStatus.OPEN,
                due_at=now + action.again_within,
                came_back_at=now,
                came_back_count=back.count,
                times_back=A.times_back + 1,
            )
        )
        if opened.rowcount:
            intervene(
                connection,
                actor=NOTIFIER,
                verb="open again",
                object_type=OBJECT,
                object_id=action.id,
                reason=came_back_text(back),
                at=now,
            )


def came_back_text(back: ActionBack) -> str:
    """`contacts late-order came back: 3 times since it was done`."""
    times = "once" if back.count == 1 else f"{back.count} times"
    return f"{back.action.about} came back: {times} since it was done"


def action_of(row: sa.Row[Any]) -> Action:
    """A row of the table as a value."""
    values = {name: getattr(row, name) for name in ACTION_COLUMNS}
    within = timedelta(seconds=values["again_within"])
    return Action(**values | {"status": ActionStatus(row.status), "again_within": within})


def actions_where(
    connection: sa.Connection, *which: sa.ColumnElement[bool], order_by: Sequence[sa.ColumnElement[Any]]
) -> tuple[Action, ...]:
    """The actions for which all of this is true."""
    rows = connection.execute(sa.select(*_COLUMNS).where(*which).order_by(*order_by, A.id))
    return tuple(action_of(row) for row in rows)


def _row(action: Action) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(action, name) for name in ACTION_COLUMNS}
    return values | {"again_within": int(action.again_within.total_seconds())}
