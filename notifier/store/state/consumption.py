"""Changes are claimed by a tick, and deleted once it is through: a tick that dies leaves them to the next one."""

import sqlalchemy as sa

from notifier.store.tables import CHANGE


def claim_changes(connection: sa.Connection, tick: str) -> int:
    """Mark every change that is visible now as this tick's, also what an earlier tick left behind; how many there are.

    What arrives after this is seen by the tick, too, but not consumed by it: the next one looks again, which is
    harmless.
    """
    return int(connection.execute(sa.update(CHANGE).values(consumed_by=tick)).rowcount)


def delete_changes(connection: sa.Connection, tick: str) -> None:
    """Forget what this tick has dealt with."""
    connection.execute(sa.delete(CHANGE).where(CHANGE.c.consumed_by == tick))


def any_changes(connection: sa.Connection) -> bool:
    """Whether any change waits."""
    return connection.execute(sa.select(CHANGE.c.id).limit(1)).first() is not None
