"""A tick takes the changes that it finds, and deletes them once it is through; if it dies, the next takes them."""

import sqlalchemy as sa

from notifier.store.tables import CHANGE


def take_changes(connection: sa.Connection, tick: str) -> int:
    """Mark every change that is visible now as this tick's, also those that an earlier tick left behind; how many.

    The tick also sees changes that arrive later, but does not delete them. The next tick evaluates them again, which is
    harmless.
    """
    return int(connection.execute(sa.update(CHANGE).values(consumed_by=tick)).rowcount)


def delete_changes(connection: sa.Connection, tick: str) -> None:
    """Forget what this tick has dealt with."""
    connection.execute(sa.delete(CHANGE).where(CHANGE.c.consumed_by == tick))


def any_changes(connection: sa.Connection) -> bool:
    """Whether any change waits."""
    return connection.execute(sa.select(CHANGE.c.id).limit(1)).first() is not None
