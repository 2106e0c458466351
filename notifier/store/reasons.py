"""Why people got in touch, as rows: what is so now, what was decided, and what waits for a decision.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.digests import uuid7
from notifier.model.reasons import UNCLEAR, DecidedBy, Label
from notifier.store.sql import chunks, insert_into, rows_in
from notifier.store.tables import CONTACT_REASON

R = CONTACT_REASON.c


def reason_now(entity: str) -> sa.Subquery:
    """The current reason of each contact, or each feedback, for a join on its `row_id`.

    It has the columns row_id, reason (a key or `unclear`), others, confidence, decided_by and decided_at. Rows that
    nothing has looked at yet are not in it: join it outer where they count, as `unclear`.
    """
    columns = (R.row_id, R.reason, R.others, R.confidence, R.decided_by, R.decided_at)
    return sa.select(*columns).where(R.entity == entity, R.replaced_at.is_(None)).subquery(f"{entity}_reason")


def labels_of(connection: sa.Connection, entity: str, ids: Collection[str]) -> Mapping[str, Label]:
    """The current label of each of these rows that has one."""
    statement = sa.select(CONTACT_REASON).where(R.entity == entity, R.replaced_at.is_(None))
    return {row.row_id: label_of(row) for row in rows_in(connection, statement, R.row_id, ids)}


def labels_ever(connection: sa.Connection, rows: Mapping[str, Collection[str]]) -> list[Label]:
    """All that was ever decided of these rows (entity -> ids), the oldest first."""
    found = [
        label_of(row)
        for entity, ids in rows.items()
        for row in rows_in(connection, sa.select(CONTACT_REASON).where(R.entity == entity), R.row_id, ids)
    ]
    return sorted(found, key=lambda each: (each.decided_at, each.entity, each.row_id))


def label_of(row: sa.Row[Any]) -> Label:
    """A row of the table as a value."""
    names = ("entity", "row_id", "reason", "confidence", "decided_from", "digest", "decided_at", "was", "draw")
    return Label(
        **{name: getattr(row, name) for name in names},
        others=tuple(row.others),
        decided_by=DecidedBy(row.decided_by),
        was_by=None if row.was_by is None else DecidedBy(row.was_by),
    )


def add_labels(connection: sa.Connection, labels: Iterable[Label]) -> None:
    """Write them; each replaces what is so of its row now. A row is in them once."""
    for chunk in chunks(labels):
        for at, entity, ids in _by_entity(chunk):
            now = sa.and_(R.entity == entity, R.row_id.in_(ids), R.replaced_at.is_(None))
            connection.execute(sa.update(CONTACT_REASON).where(now).values(replaced_at=at))
        connection.execute(sa.insert(CONTACT_REASON), [_row(label) for label in chunk])


def add_machine_labels(connection: sa.Connection, labels: Iterable[Label]) -> None:
    """Write them for rows that have no label, or one by which a machine could not tell; what else is so stays so.

    Whatever a person or another process said meanwhile is not touched.
    """
    insert = insert_into(CONTACT_REASON, connection).on_conflict_do_nothing(
        index_elements=[R.entity, R.row_id], index_where=R.replaced_at.is_(None)
    )
    unclear = sa.and_(R.reason == UNCLEAR, R.decided_by != DecidedBy.PERSON)
    for chunk in chunks(labels):
        for at, entity, ids in _by_entity([label for label in chunk if label.reason != UNCLEAR]):
            now = sa.and_(R.entity == entity, R.row_id.in_(ids), R.replaced_at.is_(None), unclear)
            connection.execute(sa.update(CONTACT_REASON).where(now).values(replaced_at=at))
        connection.execute(insert, [_row(label) for label in chunk])


def forget_labels(connection: sa.Connection, entity: str, ids: Collection[str]) -> None:
    """Delete all that was decided of these rows, which are gone."""
    connection.execute(sa.delete(CONTACT_REASON).where(R.entity == entity, R.row_id.in_(ids)))


def _by_entity(labels: Collection[Label]) -> Iterator[tuple[datetime, str, list[str]]]:
    found: dict[tuple[datetime, str], list[str]] = {}
    for label in labels:
        found.setdefault((label.decided_at, label.entity), []).append(label.row_id)
    for (at, entity), ids in found.items():
        yield at, entity, ids


def _row(label: Label) -> dict[str, Any]:
    return {**vars(label), "id": uuid7(label.decided_at), "others": list(label.others), "replaced_at": None}
