"""The promises of the state, as people list them."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from notifier.store.tables import PROMISE


@dataclass(frozen=True, kw_only=True)
class PromiseRow:
    """One promise, as somebody recorded it."""

    id: str
    customer_id: str | None
    subject_type: str
    subject_id: str
    topic: str
    value: str
    """Canonical text of the topic's type."""
    currency: str | None
    tax_included: bool | None
    made_at: datetime
    made_by: str | None
    source: str
    channel: str | None
    evidence: str | None
    due_at: datetime | None
    state: str


@dataclass(frozen=True, kw_only=True)
class PromiseFilter:
    """Which promises a person wants to see. What is None or empty excludes nothing."""

    customer: str | None = None
    subject: tuple[str, str] | None = None
    """Type and id of the row that it is about."""
    topic: str | None = None
    states: Collection[str] = ()
    limit: int | None = None


def promises(connection: sa.Connection, wanted: PromiseFilter) -> list[PromiseRow]:
    """The promises that pass the filter, the latest first."""
    columns = PROMISE.c
    statement = sa.select(*(columns[field.name] for field in fields(PromiseRow)))
    if wanted.customer is not None:
        statement = statement.where(columns.customer_id == wanted.customer)
    if wanted.subject is not None:
        subject_type, subject_id = wanted.subject
        statement = statement.where(columns.subject_type == subject_type, columns.subject_id == subject_id)
    if wanted.topic is not None:
        statement = statement.where(columns.topic == wanted.topic)
    if wanted.states:
        statement = statement.where(columns.state.in_(wanted.states))
    statement = statement.order_by(columns.made_at.desc(), columns.id).limit(wanted.limit)
    return [PromiseRow(**row._asdict()) for row in connection.execute(statement)]
