"""A cancellation that somebody was told of is a promise at once: that what they cancelled stops.

Whoever writes a contact with the outcome `cancel` that names what it is about writes that promise in the same
transaction: an import, an event, a reply. It is only ever added. That a contact changes or goes later does not take the
promise back, because nobody knows whether the customer did: a person withdraws it.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from notifier.model.schema import entities
from notifier.model.state import Contact, Promise
from notifier.store.sql import rows_in, table_of
from notifier.store.state.merging import Merge
from notifier.store.tables import NOTICE

TOPIC = "cancelled"
SOURCE = "customer"
CANCEL = "cancel"
CANCELLABLE = ("contract", "order", "appointment")
"""What a customer can cancel, and so what `contact.subject` must name."""
VISIT = "appointment"
"""A reply cancels what its notice is about only where that is a visit: NO to another notice may mean anything."""

HEARD = sa.literal("heard:", sa.String)
"""Begins the id of the promise that a contact makes; the contact's id follows."""

_CONTACT, _PROMISE = table_of(Contact), table_of(Promise)
_COLUMNS = (
    *("id", "customer_id", "subject_type", "subject_id", "topic", "value", "made_at", "source", "channel", "evidence"),
    "state",
)


def hear_cancellations(merge: Merge) -> None:
    """Write the promises that the contacts of a merged batch make, as far as they are not there."""
    if merge.entity.name != "contact" or not {"outcome", "subject"} & set(merge.columns):
        return
    heard = HEARD + _CONTACT.c.id
    statement = (
        sa.select(*(_CONTACT.c[name] for name in ("id", "customer_id", "at", "channel", "subject")))
        .add_columns(heard.label("heard"))
        .join(merge.incoming, merge.incoming.c.id == _CONTACT.c.id)
        .where(_CONTACT.c.outcome == CANCEL, _CONTACT.c.subject.is_not(None))
        .where(~sa.exists().where(_PROMISE.c.id == heard))
    )
    found = merge.connection.execute(statement).all()
    if not found:
        return
    told = _told_about(merge.connection, [row.subject for row in found])
    rows: list[dict[str, Any]] = []
    for row in found:
        kind, _, name = row.subject.partition(":")
        about = told.get(name) if kind == "notice" else (kind, name)
        if about is None or about[0] not in CANCELLABLE or not about[1]:
            continue
        rows.append(
            {
                "id": row.heard,
                "customer_id": row.customer_id,
                "subject_type": about[0],
                "subject_id": about[1],
                "topic": TOPIC,
                "value": "true",
                "made_at": row.at,
                "source": SOURCE,
                "channel": row.channel,
                "evidence": f"contact {row.id}",
                "state": "open",
            }
        )
    promises = Merge(
        merge.connection, entities()["promise"], _COLUMNS, merge.at, baseline=merge.baseline, existing=merge.existing
    )
    promises.load([[row[name] for row in rows] for name in _COLUMNS])
    promises.write()


def _told_about(connection: sa.Connection, subjects: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The visits that notices were about, by reference."""
    references = {subject.partition(":")[2] for subject in subjects if subject.startswith("notice:")}
    if not references:
        return {}
    statement = sa.select(NOTICE.c.reference, NOTICE.c.subject_type, NOTICE.c.subject_id).where(
        NOTICE.c.subject_type == VISIT
    )
    rows = rows_in(connection, statement, NOTICE.c.reference, references)
    return {row.reference: (row.subject_type, row.subject_id) for row in rows}
