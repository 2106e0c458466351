"""Contacts and feedback get their reasons: those that came, those that nothing has looked at yet, those to be read.

Contacts that we began ourselves have none. Rows of a baseline are history: `notifier reasons classify` looks at them, a
tick does not. All functions work within the connection's transaction, which the caller commits.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from notifier.model.reasons import HEARD, UNCLEAR, DecidedBy, Heard
from notifier.model.state import Feedback
from notifier.reasons.deciding import Decider
from notifier.reasons.model import ReasonModel
from notifier.store.contacts import CONTACT
from notifier.store.reasons import R, add_machine_labels
from notifier.store.sql import CHUNK, rows_in, table_of
from notifier.store.tables import CHANGE, REASON_MODEL

FEEDBACK = table_of(Feedback)
_TABLES = {"contact": CONTACT, "feedback": FEEDBACK}
_BROUGHT = (
    sa.select(CHANGE.c.entity)
    .where(CHANGE.c.entity.in_(HEARD), CHANGE.c.consumed_by == sa.bindparam("tick", type_=sa.String()))
    .distinct()
)
"""Of these entities, the ones of which a tick took changes: most ticks took none."""
TEXTS = ("text", "note")
"""Attributes of a contact that hold what was written or said."""
_CASE = re.compile(r"[A-Za-z_]+:\S+|#?\S*\d\S*")
"""A subject that is the id of a case and no text."""


def listened(entity: str) -> sa.ColumnElement[bool]:
    """Which rows of the entity have reasons."""
    return CONTACT.c.direction == "inbound" if entity == "contact" else sa.true()


def heard_rows(entity: str) -> sa.Select[Any]:
    """The rows of which `heard_of` makes values."""
    table = _TABLES[entity]
    columns = [table.c[name] for name in ("id", "at", "reason", "attributes")]
    own = [table.c.subject] if entity == "contact" else [table.c.text]
    return sa.select(*columns, *own).where(listened(entity))


def heard_of(entity: str, row: sa.Row[Any]) -> Heard:
    """What somebody wrote, from a row of `heard_rows`."""
    if entity == "feedback":
        parts = [row.text]
    else:
        subject = row.subject if row.subject and _CASE.fullmatch(row.subject.strip()) is None else None
        parts = [subject, *(row.attributes.get(name) for name in TEXTS if row.attributes)]
    text = "\n".join(part for part in parts if isinstance(part, str) and part.strip())
    return Heard(entity=entity, id=row.id, text=text, imported=row.reason, at=row.at)


def heard_among(connection: sa.Connection, entity: str, ids: Collection[str]) -> Mapping[str, Heard]:
    """Those of these rows that there are, by id."""
    rows = rows_in(connection, heard_rows(entity), _TABLES[entity].c.id, ids)
    return {row.id: heard_of(entity, row) for row in rows}


def unlabelled(connection: sa.Connection, entity: str, *, unclear_too: bool, after: str) -> Sequence[Heard]:
    """The next rows, by id, that have no reason yet; with `unclear_too` also those of which no person said `unclear`.

    Fewer than `CHUNK` at the end.
    """
    name = _TABLES[entity].c.id
    known = sa.select(R.row_id).where(R.entity == entity, R.replaced_at.is_(None), R.row_id == name)
    if unclear_too:
        known = known.where(sa.or_(R.reason != UNCLEAR, R.decided_by == DecidedBy.PERSON))
    statement = heard_rows(entity).where(name > after, ~known.exists()).order_by(name).limit(CHUNK)
    return [heard_of(entity, row) for row in connection.execute(statement)]


def came_in(connection: sa.Connection, tick: str) -> Sequence[Heard]:
    """Some of what the changes of this tick brought and nothing has looked at, but for baselines; empty at the end."""
    brought = set(connection.execute(_BROUGHT, {"tick": tick}).scalars())
    for entity in (name for name in HEARD if name in brought):
        name = _TABLES[entity].c.id
        labelled = sa.select(R.row_id).where(R.entity == entity, R.replaced_at.is_(None), R.row_id == name)
        came = sa.select(CHANGE.c.row_id).where(
            CHANGE.c.consumed_by == tick, CHANGE.c.entity == entity, CHANGE.c.baseline.is_(False)
        )
        statement = heard_rows(entity).where(name.in_(came), ~labelled.exists()).order_by(name).limit(CHUNK)
        if rows := connection.execute(statement).all():
            return [heard_of(entity, row) for row in rows]
    return []


def give_reasons(
    connection: sa.Connection, decider: Decider, heard: Sequence[Heard], now: datetime
) -> Mapping[str, int]:
    """Label these rows; how many got each reason. Raises NoLearningError where the model cannot be asked here."""
    labels = list(decider.labels(heard, now))
    add_machine_labels(connection, labels)
    return Counter(label.reason for label in labels)


def model_in_force(connection: sa.Connection) -> ReasonModel | None:
    """The model that was taken into use last; None while none was."""
    columns = (REASON_MODEL.c.stored, REASON_MODEL.c.threshold)
    newest = sa.select(*columns).order_by(REASON_MODEL.c.taken_at.desc(), REASON_MODEL.c.digest).limit(1)
    row = connection.execute(newest).first()
    return None if row is None else _ready(row.stored, row.threshold)


@lru_cache(maxsize=1)
def _ready(stored: bytes, threshold: float) -> ReasonModel:
    """The same object while it is the same model: to make one ready for questions takes a while."""
    return ReasonModel(stored=stored, threshold=threshold)
