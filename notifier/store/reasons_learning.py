"""What people confirmed, as texts to learn from and as a measure of labels; draws of what they read next; models.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.reasons import HEARD, DecidedBy, Heard, Label
from notifier.model.shares import Share
from notifier.reasons.draws import drawn
from notifier.reasons.model import ReasonModel
from notifier.store.listening import heard_among, heard_rows
from notifier.store.reasons import R, labels_of
from notifier.store.sql import rows_in
from notifier.store.tables import CUSTOMER, REASON_MODEL

BY_PEOPLE = (R.decided_by == DecidedBy.PERSON, R.replaced_at.is_(None))


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """A contact of which a person said why it came."""

    heard: Heard
    reason: str
    at: datetime
    """When the person said so."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A contact that a person is asked to read."""

    heard: Heard
    label: Label | None
    """What is said of it now; None where nothing has looked at it."""

    @property
    def is_read(self) -> bool:
        """Whether a person has said why it came."""
        return self.label is not None and self.label.decided_by is DecidedBy.PERSON


def confirmed(connection: sa.Connection) -> Sequence[Confirmed]:
    """All that people confirmed and that has a text, in the order in which they did."""
    found: list[Confirmed] = []
    for entity in HEARD:
        said = sa.select(R.row_id, R.reason, R.decided_at).where(R.entity == entity, *BY_PEOPLE)
        labels = connection.execute(said).all()
        texts = heard_among(connection, entity, [label.row_id for label in labels])
        found += [
            Confirmed(heard=texts[label.row_id], reason=label.reason, at=label.decided_at)
            for label in labels
            if label.row_id in texts and texts[label.row_id].text.strip()
        ]
    return sorted(found, key=lambda each: (each.at, each.heard.entity, each.heard.id))


def draw(connection: sa.Connection, week: str, span: tuple[datetime, datetime]) -> Sequence[Drawn]:
    """The contacts of the week that are drawn by lot, whether or not they were read already."""
    begins, ends = span
    rows: list[tuple[str, str]] = []
    for entity in HEARD:
        statement = heard_rows(entity)
        at = statement.selected_columns.at
        rows += [(entity, row.id) for row in connection.execute(statement.where(at >= begins, at < ends))]
    chosen = drawn(week, rows)
    found = {}
    for entity in HEARD:
        ids = [name for kind, name in chosen if kind == entity]
        labels = labels_of(connection, entity, ids)
        for name, heard in heard_among(connection, entity, ids).items():
            found[entity, name] = Drawn(heard=heard, label=labels.get(name))
    return [found[row] for row in chosen if row in found]


def precision(connection: sa.Connection) -> Mapping[str, Share]:
    """By reason, how many labels of machines were right, of those that people drew by lot and read."""
    right = sa.func.sum(sa.case((R.was == R.reason, 1), else_=0))
    read = sa.select(R.was, right, sa.func.count()).where(*BY_PEOPLE, R.draw.is_not(None), R.was.is_not(None))
    return {
        reason: Share(part=int(part), whole=whole) for reason, part, whole in connection.execute(read.group_by(R.was))
    }


def names_of(connection: sa.Connection, customers: Iterator[str]) -> Mapping[str, str]:
    """The names of these customers, by id."""
    statement = sa.select(CUSTOMER.c.id, CUSTOMER.c.name)
    return {row.id: row.name for row in rows_in(connection, statement, CUSTOMER.c.id, set(customers))}


def newest_confirmation(connection: sa.Connection) -> datetime | None:
    """When the last contact was confirmed that the model in force was learned from; None without a model."""
    columns: Any = sa.select(REASON_MODEL.c.newest_at)
    found: datetime | None = connection.execute(columns.order_by(REASON_MODEL.c.taken_at.desc()).limit(1)).scalar()
    return found


def take(connection: sa.Connection, model: ReasonModel, confirmed_: Sequence[Confirmed], now: datetime) -> None:
    """Use this model from now on."""
    row = {
        "digest": model.digest,
        "taken_at": now,
        "threshold": model.threshold,
        "confirmed": len(confirmed_),
        "newest_at": max(each.at for each in confirmed_),
        "stored": model.stored,
    }
    connection.execute(sa.delete(REASON_MODEL).where(REASON_MODEL.c.digest == model.digest))
    connection.execute(sa.insert(REASON_MODEL), row)
