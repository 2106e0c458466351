"""A tick takes the recorded changes, and deletes them when it is done: if it crashes, the next one takes them.

What a rule or check could not see, because it was set aside or failed, is kept for it: its next pass is a full one, but
which rows came as a baseline only the changes say.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from notifier.model.reading import RETURNS_WITHIN
from notifier.store.sql import insert_into
from notifier.store.state.campaign_promises import DERIVED_FROM
from notifier.store.tables import CHANGE, KEPT_CHANGE, RULE_STATE

_TICK = sa.bindparam("tick", type_=sa.String())
_TAKE = sa.update(CHANGE).where(CHANGE.c.consumed_by.is_distinct_from(_TICK)).values(consumed_by=_TICK)
_DELETE = sa.delete(CHANGE).where(CHANGE.c.consumed_by == _TICK)
_ANY_OTHER = sa.select(CHANGE.c.id).where(CHANGE.c.consumed_by.is_distinct_from(_TICK)).limit(1)
_DELETE_ALL = sa.delete(CHANGE)
_LEFT_TO_DO = sa.select(
    sa.select(KEPT_CHANGE.c.entity).exists().label("kept"),
    sa.select(CHANGE.c.id).exists().label("changed"),
    *(sa.select(CHANGE.c.id).where(CHANGE.c.entity == name).exists().label(f"of_{name}") for name in DERIVED_FROM),
)
_ANY_LEFT = (
    sa.select(RULE_STATE.c.name)
    .where(
        RULE_STATE.c.in_force.is_(False),
        RULE_STATE.c.evaluated_at >= sa.bindparam("since", type_=RULE_STATE.c.evaluated_at.type),
    )
    .limit(1)
)
_KEPT = [column.name for column in KEPT_CHANGE.columns]


def take_changes(connection: sa.Connection, tick: str) -> int:
    """Mark every change visible now as this tick's, including those an earlier tick left.

    Returns how many the tick had not taken before.

    The tick also sees changes that arrive later, but does not consume them: the next one evaluates their rows again,
    which is harmless.
    """
    return int(connection.execute(_TAKE, {"tick": tick}).rowcount)


def delete_changes(connection: sa.Connection, tick: str) -> None:
    """Delete the changes that this tick took.

    SQLite, where nobody else writes meanwhile, forgets a whole table at once, and a row with its index entries takes as
    long as fifty such rows.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite and connection.execute(_ANY_OTHER, {"tick": tick}).first() is None:
        connection.execute(_DELETE_ALL)
    else:
        connection.execute(_DELETE, {"tick": tick})


def keep_changes(connection: sa.Connection, tick: str) -> None:
    """Keep the changes that this tick took for those that could not see them: one record a row, whatever happened."""
    first, last = (
        sa.select(reduced(CHANGE.c.id))
        .where(CHANGE.c.consumed_by == tick)
        .group_by(CHANGE.c.entity, CHANGE.c.row_id, CHANGE.c.baseline)
        for reduced in (sa.func.min, sa.func.max)
    )
    columns = [CHANGE.c[name] for name in _KEPT]
    keys = list(KEPT_CHANGE.primary_key)
    new = insert_into(KEPT_CHANGE, connection).from_select(_KEPT, sa.select(*columns).where(CHANGE.c.id.in_(first)))
    connection.execute(new.on_conflict_do_nothing(index_elements=keys))
    later = insert_into(KEPT_CHANGE, connection).from_select(_KEPT, sa.select(*columns).where(CHANGE.c.id.in_(last)))
    changed = {name: later.excluded[name] for name in ("new_keys", "at")}
    connection.execute(later.on_conflict_do_update(index_elements=keys, set_=changed))


@dataclass(frozen=True, kw_only=True)
class LeftToDo:
    """What a tick finds at its beginning."""

    kept: bool
    """Whether changes are kept for those that could not see them."""
    changed: bool
    """Whether there are changes to take."""
    entities: frozenset[str]
    """Of those from which promises of campaigns follow, the ones with changes."""


def left_to_do(connection: sa.Connection) -> LeftToDo:
    """Asked with one statement that probes indexes."""
    found = connection.execute(_LEFT_TO_DO).one()._mapping
    entities = frozenset(name for name in DERIVED_FROM if found[f"of_{name}"])
    return LeftToDo(kept=bool(found["kept"]), changed=bool(found["changed"]), entities=entities)


def forget_kept(connection: sa.Connection) -> None:
    """Everybody has seen everything."""
    connection.execute(sa.delete(KEPT_CHANGE))


def may_return(connection: sa.Connection, now: datetime) -> bool:
    """Whether a rule or check left the project so lately that it may still come back to where it was."""
    return connection.execute(_ANY_LEFT, {"since": now - RETURNS_WITHIN}).first() is not None
