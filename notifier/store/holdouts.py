"""Who was told and who was not, of rules with a holdout: as it was drawn, kept with the occurrence.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from notifier.model.notices import Draft
from notifier.store.sql import insert_new
from notifier.store.tables import HOLDOUT_CASE


def keep_assignments(connection: sa.Connection, drafts: Iterable[Draft], *, now: datetime, live: bool) -> None:
    """Keep the side of each customer of these drafts who has one. What was kept first stays."""
    rows = [
        {
            "occurrence": draft.occurrence,
            "holdout": draft.verdict.assigned.holdout,
            "rule": draft.rule,
            "subject_id": draft.subject_id,
            "recipient_id": draft.recipient_id,
            "unit": draft.verdict.assigned.unit,
            "arm": draft.verdict.assigned.arm,
            "assigned_at": now,
            "live": live,
        }
        for draft in drafts
        if draft.verdict.assigned is not None and not draft.unchanged
    ]
    if rows:
        connection.execute(insert_new(HOLDOUT_CASE, connection, key="occurrence"), rows)
