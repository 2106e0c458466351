"""A tick takes the recorded changes, and deletes them when it is done: if it crashes, the next one takes them."""

import sqlalchemy as sa

from notifier.store.tables import CHANGE


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
