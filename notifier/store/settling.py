"""Settlings as rows, and what a pass writes of contradictions on their way to an end.

All functions work within the connection's transaction, which the caller commits.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.model.contradictions import HOLDING, ContradictionState
from notifier.model.digests import heard_reference
from notifier.model.settling import SETTLING_COLUMNS, CameBack, CommonCause, Group, Settling, SettlingWork, StepDue, Way
from notifier.store.sql import AMONG, chunks, is_among, rows_among, upsert
from notifier.store.state.changes import write_rows
from notifier.store.tables import CONTRADICTION, CONTRADICTION_GROUP, PROMISE, SETTLING
from notifier.store.tables.matters import ALERT_WAITS

C, S = CONTRADICTION.c, SETTLING.c
_COLUMNS = [S[name] for name in SETTLING_COLUMNS]
_OF_THESE = sa.select(*_COLUMNS, C.id.label("about")).where(
    sa.or_(S.contradiction_id == C.id, S.group_id == C.group_id), is_among(C.id)
)
_COUNTED = sa.update(SETTLING).where(is_among(S.id)).values(counted=True)
_STANDING = sa.select(PROMISE.c.id).where(is_among(PROMISE.c.id), PROMISE.c.state.in_(("open", "broken")))
# SQLite takes a partial index only where a statement says the index's own condition, and not another one that means it.
ALERT_IS_WAITING = sa.text(f"contradiction_group.{ALERT_WAITS}")
IS_UNCOUNTED = sa.text("NOT settling.counted")
STILL_OPEN = "and nobody followed it up"


@dataclass(frozen=True, kw_only=True)
class CountedCause:
    """How often a cause was named, and when."""

    cause: str
    count: int
    first_at: datetime
    last_at: datetime
    lately: int
    """Within the time in which it was to stay away, up to now."""


def add_settling(connection: sa.Connection, settling: Settling) -> None:
    """Write it. Where it names a cause, the next tick sees whether that came back."""
    add_settlings(connection, [settling])


def add_settlings(connection: sa.Connection, settlings: Iterable[Settling]) -> None:
    """Write them as `add_settling` does, with one statement: a flood that is told first has one for each customer."""
    rows = [
        {name: getattr(each, name) for name in SETTLING_COLUMNS} | {"counted": each.cause is None} for each in settlings
    ]
    if rows:
        connection.execute(sa.insert(SETTLING), rows)


def settlings_of(connection: sa.Connection, contradictions: Collection[str]) -> Mapping[str, Sequence[Settling]]:
    """The settlings of each of these contradictions, those of its group included, the oldest first."""
    found: dict[str, list[Settling]] = defaultdict(list)
    for row in rows_among(connection, _OF_THESE, contradictions):
        found[row.about].append(settling_of(row))
    return {name: sorted(rows, key=lambda each: (each.at, each.id)) for name, rows in found.items()}


def settling_of(row: sa.Row[Any]) -> Settling:
    """A row of the table as a value."""
    values = {name: getattr(row, name) for name in SETTLING_COLUMNS}
    return Settling(**values | {"way": Way(row.way)})


def waiting_settling(connection: sa.Connection, contradiction: str, group: str | None) -> Settling | None:
    """The last settling of the contradiction, or of the group, that a second person has to approve."""
    chosen = S.contradiction_id == contradiction if group is None else S.group_id == group
    statement = sa.select(*_COLUMNS).where(chosen, S.waits_for.is_not(None), S.approved_at.is_(None))
    row = connection.execute(statement.order_by(S.at.desc(), S.id.desc()).limit(1).with_for_update()).first()
    return None if row is None else settling_of(row)


def approve_settling(connection: sa.Connection, settling: Settling, by: str, now: datetime) -> None:
    """A second person agreed."""
    connection.execute(sa.update(SETTLING).where(S.id == settling.id).values(approved_by=by, approved_at=now))


def causes_counted(connection: sa.Connection, now: datetime, within: Mapping[str, timedelta]) -> list[CountedCause]:
    """Every cause that was named, the most frequent first. A flood that was settled as one counts once."""
    counted = sa.select(
        S.cause, sa.func.count(), sa.func.min(S.at, type_=S.at.type), sa.func.max(S.at, type_=S.at.type)
    )
    rows = connection.execute(counted.where(S.cause.is_not(None)).group_by(S.cause)).all()
    found = []
    for cause, count, first, last in rows:
        since = now - within.get(cause, timedelta(days=30))
        recent = sa.select(sa.func.count()).where(S.cause == cause, S.at > since, S.at <= now)
        lately = connection.execute(recent).scalar_one()
        found.append(CountedCause(cause=cause, count=count, first_at=first, last_at=last, lately=lately))
    return sorted(found, key=lambda each: (-each.lately, -each.count, each.cause))


def group_of(connection: sa.Connection, group: str) -> Group | None:
    """The flood of this id, as it was found; None also while it is still being found."""
    found = sa.select(CONTRADICTION_GROUP).where(CONTRADICTION_GROUP.c.id == group, ~CONTRADICTION_GROUP.c.alert_waits)
    row = connection.execute(found).first()
    return None if row is None else _group(row)


def group_named(connection: sa.Connection, asked: str) -> Group | None:
    """The flood of this id, however it was typed (`g-7k3qm x9t2a`); None where there is none."""
    typed = asked.strip()
    short = typed[2:] if typed[:2].upper() in ("G-", "G ") else typed
    return group_of(connection, typed) or group_of(connection, f"G-{heard_reference(short)}")


def groups(connection: sa.Connection, *, limit: int | None = None) -> list[tuple[Group, int]]:
    """The floods with how many of each are still open or acknowledged, the latest first."""
    table = CONTRADICTION_GROUP
    left = sa.select(C.group_id, sa.func.count().label("left")).where(C.state.in_(HOLDING), C.group_id.is_not(None))
    counted = left.group_by(C.group_id).subquery()
    statement = sa.select(table, counted.c.left).outerjoin(counted, counted.c.group_id == table.c.id)
    statement = statement.where(~table.c.alert_waits)
    rows = connection.execute(statement.order_by(table.c.opened_at.desc(), table.c.id).limit(limit))
    return [(_group(row), row.left or 0) for row in rows]


def groups_of(connection: sa.Connection, ids: Collection[str]) -> dict[str, Group]:
    """The floods of these ids, by id, also those that are still being found."""
    rows = connection.execute(sa.select(CONTRADICTION_GROUP).where(CONTRADICTION_GROUP.c.id.in_(sorted(ids))))
    return {row.id: _group(row) for row in rows}


def _group(row: sa.Row[Any]) -> Group:
    return Group(
        id=row.id,
        check=row.check,
        owner=row.owner,
        opened_at=row.opened_at,
        count=row._mapping["count"],  # a row is a tuple, which has a method of that name
        causes=tuple(CommonCause(**each) for each in row.causes),
    )


# What a pass asks and writes: each condition stands once, so that what is alerted is what is marked.


def step_is_due(due: StepDue) -> sa.ColumnElement[bool]:
    """Nobody took it since `due.since`, and the steps before this one were said."""
    return sa.and_(
        C.owner == due.owner,
        C.state == ContradictionState.OPEN,
        C.steps_said == due.step - 1,
        C.steps_from <= due.since,
        C.id.not_in(due.without) if due.without else sa.true(),
    )


def nobody_followed_up(back: CameBack) -> sa.ColumnElement[bool]:
    """It was taken, and the moment has passed until when it was to be done, or else the time of an acknowledgement."""
    since_taken = S.at >= C.acknowledged_at
    own = sa.select(sa.func.max(S.due_at, type_=S.due_at.type)).where(S.contradiction_id == C.id, since_taken)
    shared = sa.select(sa.func.max(S.due_at, type_=S.due_at.type)).where(S.group_id == C.group_id, since_taken)
    promised = sa.func.coalesce(own.scalar_subquery(), shared.scalar_subquery(), type_=S.due_at.type)
    late = promised <= back.now
    if back.back_after is not None:
        late = sa.or_(late, sa.and_(promised.is_(None), C.acknowledged_at <= back.now - back.back_after))
    return sa.and_(
        C.owner == back.owner,
        C.state == ContradictionState.ACKNOWLEDGED,
        late,
        C.id.not_in(back.without) if back.without else sa.true(),
    )


def write_settling(connection: sa.Connection, work: SettlingWork, *, now: datetime) -> None:
    """What a batch says of contradictions on their way to an end, in the transaction that writes its alerts."""
    for due in work.steps:
        said = sa.update(CONTRADICTION).where(step_is_due(due))
        connection.execute(said.values(steps_said=due.step, version=C.version + 1))
    for back in work.came_back:
        why = sa.literal("acknowledged by ") + sa.func.coalesce(C.acknowledged_by, "somebody") + f", {STILL_OPEN}"
        opened = sa.update(CONTRADICTION).where(nobody_followed_up(back))
        connection.execute(
            opened.values(
                state=ContradictionState.OPEN,
                reason=why,
                acknowledged_at=None,
                acknowledged_by=None,
                steps_from=back.now,
                steps_said=0,
                changed_at=back.now,
                version=C.version + 1,
            )
        )
    for chunk in chunks(work.counted):
        connection.execute(_COUNTED, {AMONG: chunk})
    for told in work.told:
        connection.execute(sa.update(SETTLING).where(S.id == told.settling_id).values(told_at=told.at))
        withdraw_promises(connection, told.promises, now)
    for group in work.begun:
        _write_group(connection, group, alert_waits=True)
    for group in work.groups:
        _write_group(connection, group, alert_waits=False)
        _take_over(connection, group)


def waiting_groups(connection: sa.Connection, check: str | None = None) -> list[tuple[str, str]]:
    """The floods of which nobody has an alert yet, of this check or of all: id and check."""
    of_check = sa.true() if check is None else CONTRADICTION_GROUP.c.check == check
    found = sa.select(CONTRADICTION_GROUP.c.id, CONTRADICTION_GROUP.c.check).where(ALERT_IS_WAITING, of_check)
    return [(row.id, row.check) for row in connection.execute(found)]


def _write_group(connection: sa.Connection, group: Group, *, alert_waits: bool) -> None:
    row = {**vars(group), "causes": [vars(cause) for cause in group.causes], "alert_waits": alert_waits}
    connection.execute(upsert(CONTRADICTION_GROUP, connection, names=row), row)


def _take_over(connection: sa.Connection, group: Group) -> None:
    """What a pass that was cut short found belongs to the flood of the pass that alerts of it."""
    earlier = [name for name, _ in waiting_groups(connection, group.check)]
    if earlier:
        found = sa.update(CONTRADICTION).where(C.group_id.in_(earlier))
        connection.execute(found.values(group_id=group.id, version=C.version + 1))
        connection.execute(sa.delete(CONTRADICTION_GROUP).where(CONTRADICTION_GROUP.c.id.in_(earlier)))


def withdraw_promises(connection: sa.Connection, promises: Collection[str], now: datetime) -> int:
    """Withdraw those that still stand; how many that were. Checks no longer compare them."""
    standing = [row.id for row in rows_among(connection, _STANDING, promises)]
    write_rows(connection, "promise", [{"id": name, "state": "withdrawn"} for name in standing], now)
    return len(standing)
