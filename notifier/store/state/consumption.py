"""A tick takes the recorded changes, and deletes them when it is done: if it crashes, the next one takes them.

What a rule or check could not see, because it was set aside or failed, is kept for it: its next pass is a full one, but
which rows came as a baseline only the changes say.
"""

from datetime import datetime

import sqlalchemy as sa

from notifier.model.reading import RETURNS_WITHIN
from notifier.store.sql import insert_into
from notifier.store.tables import CHANGE, KEPT_CHANGE, RULE_STATE

_KEPT = [column.name for column in KEPT_CHANGE.columns]


def take_changes(connection: sa.Connection, tick: str) -> int:
    """Mark every change visible now as this tick's, including those an earlier tick left; returns how many.

    The tick also sees changes that arrive later, but does not consume them: the next one evaluates their rows again,
    which is harmless.
    """
    return int(connection.execute(sa.update(CHANGE).values(consumed_by=tick)).rowcount)


def delete_changes(connection: sa.Connection, tick: str) -> None:
    """Delete the changes that this tick took."""
    connection.execute(sa.delete(CHANGE).where(CHANGE.c.consumed_by == tick))


def any_changes(connection: sa.Connection) -> bool:
    """Whether there are changes to take."""
    return connection.execute(sa.select(CHANGE.c.id).limit(1)).first() is not None


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


def any_kept(connection: sa.Connection) -> bool:
    """Whether changes are kept for those that could not see them."""
    return connection.execute(sa.select(KEPT_CHANGE.c.entity).limit(1)).first() is not None


def forget_kept(connection: sa.Connection) -> None:
    """Everybody has seen everything."""
    connection.execute(sa.delete(KEPT_CHANGE))


def may_return(connection: sa.Connection, now: datetime) -> bool:
    """Whether a rule or check left the project so lately that it may still come back to where it was."""
    left = sa.select(RULE_STATE.c.name).where(
        RULE_STATE.c.in_force.is_(False), RULE_STATE.c.evaluated_at >= now - RETURNS_WITHIN
    )
    return connection.execute(left.limit(1)).first() is not None
