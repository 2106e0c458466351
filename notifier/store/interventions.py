"""What people do becomes append-only rows: who did what, to what, why and when."""

from dataclasses import dataclass, fields
from datetime import datetime
from itertools import count

import sqlalchemy as sa

from notifier.model.digests import uuid7
from notifier.store.tables import INTERVENTION

_WRITTEN = count()
"""Which of this process: so that ids of one instant sort as they were written."""


class RefusedError(Exception):
    """What a person asked for cannot be done; the message says why, and what can."""


@dataclass(frozen=True, kw_only=True)
class Intervention:
    """What one person did to one object, and why."""

    at: datetime
    actor: str
    verb: str
    """`approve`, `resolve, keeping the fact`, …"""
    object_type: str
    """`notice`, `contradiction`, `promise` or `suppression`."""
    object_id: str
    reason: str


def intervene(
    connection: sa.Connection, *, actor: str, verb: str, object_type: str, object_id: str, reason: str, at: datetime
) -> None:
    """Record what a person did, in the transaction that does it; `decisions.decision` sees to name and reason."""
    row = {
        "id": uuid7(at, index=next(_WRITTEN)),
        "at": at,
        "actor": actor.strip(),
        "verb": verb,
        "object_type": object_type,
        "object_id": object_id,
        "reason": reason.strip(),
    }
    connection.execute(sa.insert(INTERVENTION).values(**row))


def interventions_on(connection: sa.Connection, object_type: str, object_id: str) -> list[Intervention]:
    """What people did to one object, oldest first."""
    columns = INTERVENTION.c
    statement = (
        sa.select(*(columns[field.name] for field in fields(Intervention)))
        .where(columns.object_type == object_type, columns.object_id == object_id)
        .order_by(columns.at, columns.id)
    )
    return [Intervention(**row._asdict()) for row in connection.execute(statement)]
