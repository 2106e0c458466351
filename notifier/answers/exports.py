"""Everything that the database holds of one person, read in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.answers.records import Directory, NoticeRecord, records_by_id
from notifier.model.consent import Entry, Ledger
from notifier.model.contradictions import Contradiction
from notifier.model.reasons import HEARD, Label
from notifier.store.bounces import KeptBounce, bounces
from notifier.store.consent import entries_at, ledger_at
from notifier.store.contradictions import by_id
from notifier.store.outbox.suppressions import Suppression, suppressions
from notifier.store.privacy.person import (
    Person,
    bounce_ids,
    decisions,
    former_values,
    person,
    receipts,
    state_rows,
    unclaimed_replies,
)
from notifier.store.reasons import labels_ever

Row = sa.Row[Any]


@dataclass(frozen=True, kw_only=True)
class Everything:
    """What is known of one person."""

    at: datetime
    person: Person
    rows: Mapping[str, Sequence[Row]]
    """By entity."""
    notices: Sequence[NoticeRecord]
    alerts: Sequence[NoticeRecord]
    receipts: Sequence[Row]
    replies: Sequence[Row]
    """Those that are in no contact."""
    bounces: Sequence[KeptBounce]
    entries: list[Entry]
    ledger: Ledger
    suppressions: Sequence[Suppression]
    contradictions: Sequence[Contradiction]
    decisions: Sequence[Row]
    former_values: Sequence[Row]
    reasons: Sequence[Label]
    """Why they got in touch, as it was ever decided."""


def everything_of(
    connection: sa.Connection, customer: str, directory: Directory, *, live: bool, now: datetime
) -> Everything:
    """All that is about the customer of this id."""
    found = person(connection, customer)
    came_back = bounce_ids(connection, found)
    return Everything(
        at=now,
        person=found,
        rows=state_rows(connection, found),
        notices=records_by_id(connection, found.notices, directory),
        alerts=records_by_id(connection, found.alerts, directory),
        receipts=receipts(connection, found),
        replies=unclaimed_replies(connection, found),
        bounces=[each for each in bounces(connection) if each.id in came_back] if came_back else [],
        entries=entries_at(connection, found.addresses),
        ledger=ledger_at(connection, found.addresses, live=live),
        suppressions=[
            each
            for mode in (True, False)
            for each in suppressions(connection, live=mode, limit=None)
            if (each.channel, each.address) in found.addresses
        ],
        contradictions=by_id(connection, found.contradictions),
        decisions=decisions(connection, found),
        former_values=former_values(connection, found),
        reasons=labels_ever(connection, {name: found.rows.get(name, ()) for name in HEARD}),
    )
