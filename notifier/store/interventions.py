"""What people do becomes append-only rows: who, did what, to what, why and when."""

from datetime import datetime

import sqlalchemy as sa

from notifier.model.digests import uuid7
from notifier.store.tables import INTERVENTION


class RefusedError(Exception):
    """What a person asked for cannot be done; the message says why, and what can."""


def intervene(
    connection: sa.Connection, *, actor: str, verb: str, object_type: str, object_id: str, reason: str, at: datetime
) -> None:
    """Record what a person did, in the transaction that does it; `decisions.decision` sees to name and reason."""
    row = {
        "id": uuid7(at),
        "at": at,
        "actor": actor.strip(),
        "verb": verb,
        "object_type": object_type,
        "object_id": object_id,
        "reason": reason.strip(),
    }
    connection.execute(sa.insert(INTERVENTION).values(**row))


def interventions_on(connection: sa.Connection, object_type: str, object_id: str) -> list[sa.Row[tuple[object, ...]]]:
    """What people did to one object, oldest first: rows of the intervention table."""
    columns = INTERVENTION.c
    statement = sa.select(INTERVENTION).where(columns.object_type == object_type, columns.object_id == object_id)
    return list(connection.execute(statement.order_by(columns.at, columns.id)))
