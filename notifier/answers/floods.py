"""What waits because of one flood is one line of a page, not thousands: which flood a row is of, and how many each has.

A price list that was wrongly loaded leaves 100,000 contradictions, and with them 100,000 notices that are held or wait
for an approval. Whoever reads them one by one does not see what else waits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.contradictions import HOLDING
from notifier.model.schema import entities
from notifier.model.settling import Group
from notifier.store.settling import groups_of
from notifier.store.tables import CONTRADICTION, NOTICE


@dataclass(frozen=True, kw_only=True)
class Flood:
    """A flood of which several rows of one matter wait."""

    group: Group
    waiting: int
    """How many rows wait because of it."""
    deadline: datetime | None
    """The earliest of theirs."""
    since: datetime | None


def is_any_flood_open(connection: sa.Connection) -> bool:
    """Whether anything of any flood is open or acknowledged: only then anybody has to ask which row is of which."""
    some = sa.exists().where(CONTRADICTION.c.group_id.is_not(None), CONTRADICTION.c.state.in_(HOLDING))
    return bool(connection.execute(sa.select(some)).scalar())


def flood_of_contradiction() -> sa.ColumnElement[Any]:
    """The flood in which a contradiction was found."""
    return CONTRADICTION.c.group_id


def flood_that_holds() -> sa.ColumnElement[Any]:
    """The flood of the contradiction that a held notice names first."""
    first = NOTICE.c.contradictions[0].as_string()
    return sa.select(CONTRADICTION.c.group_id).where(CONTRADICTION.c.id == first).scalar_subquery()


def flood_that_is_admitted() -> sa.ColumnElement[Any]:
    """The flood of which a notice admits a contradiction; one approval is for all of it."""
    admission = entities()["admission"].table
    return (
        sa.select(CONTRADICTION.c.group_id)
        .join(admission, admission.c.contradiction_id == CONTRADICTION.c.id)
        .where(NOTICE.c.subject_type == "admission", admission.c.id == NOTICE.c.subject_id)
        .scalar_subquery()
    )


def floods_waiting(
    connection: sa.Connection,
    which: Sequence[sa.ColumnElement[bool]],
    flood: sa.ColumnElement[Any],
    *,
    deadline: sa.ColumnElement[Any],
    since: sa.ColumnElement[Any],
    limit: int,
) -> Iterator[Flood]:
    """The floods of the rows that pass `which`, the most urgent first. One of which a single row waits is none."""
    found = sa.select(flood.label("flood"), deadline.label("deadline"), since.label("since")).where(*which).subquery()
    rows = found.c
    counted = (
        sa.select(
            rows.flood,
            sa.func.count().label("waiting"),
            sa.func.min(rows.deadline, type_=deadline.type).label("deadline"),
            sa.func.min(rows.since, type_=since.type).label("since"),
        )
        .where(rows.flood.is_not(None))
        .group_by(rows.flood)
        .having(sa.func.count() > 1)
        .subquery()
    )
    first = (counted.c.deadline.is_(None), counted.c.deadline, counted.c.flood)
    floods = connection.execute(sa.select(counted).order_by(*first).limit(limit)).all()
    groups = groups_of(connection, [row.flood for row in floods])
    for row in floods:
        yield Flood(group=groups[row.flood], waiting=row.waiting, deadline=row.deadline, since=row.since)
