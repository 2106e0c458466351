"""Contradictions and their members: rows become values, values become rows, and lists for people.

A write is a compare-and-set on the version that was read. So a pass never undoes a decision that a person took
meanwhile: the pass fails, and is repeated.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.contradictions import (
    Contradiction,
    ContradictionState,
    Member,
    OtherWord,
    PromiseRecord,
    Summand,
)
from notifier.model.digests import heard_reference
from notifier.model.instants import utc_text
from notifier.model.types import TopicType
from notifier.store.conflicts import ConflictError
from notifier.store.sql import chunks, insert_new, rows_in
from notifier.store.tables import CONTRADICTION, MEMBER, PROMISE_RECORD


@dataclass(frozen=True, kw_only=True)
class ContradictionFilter:
    """Which contradictions a person wants to see; None and empty take no notice of that side."""

    states: Sequence[ContradictionState] = ()
    owner: str | None = None
    check: str | None = None
    severity: str | None = None
    customer: str | None = None
    subject: str | None = None
    """`contract:K-1`"""
    limit: int | None = None
    """How many of them, the most urgent ones; None takes all."""


def with_members(connection: sa.Connection, rows: Iterable[sa.Row[Any]]) -> list[Contradiction]:
    """The values of rows of the contradiction table, in their order, each with its members and records."""
    found = list(rows)
    members: dict[str, list[Member]] = defaultdict(list)
    records: dict[str, list[PromiseRecord]] = defaultdict(list)
    for chunk in chunks(row.id for row in found):
        for row in connection.execute(sa.select(MEMBER).where(MEMBER.c.contradiction_id.in_(chunk))):
            values = row._asdict()
            summands = tuple(Summand(**each) for each in values.pop("summands") or ())
            said = _word(values.pop("said"))
            members[values.pop("contradiction_id")].append(Member(**values, summands=summands, said=said))
        for row in connection.execute(sa.select(PROMISE_RECORD).where(PROMISE_RECORD.c.contradiction_id.in_(chunk))):
            values = row._asdict()
            records[values.pop("contradiction_id")].append(PromiseRecord(**values))
    return [
        Contradiction(
            **row._asdict()
            | {
                "state": ContradictionState(row.state),
                "topic_type": TopicType(row.topic_type),
                "members": tuple(sorted(members[row.id], key=lambda member: (member.fact_type, member.fact_id))),
                "records": tuple(sorted(records[row.id], key=lambda record: record.promise_id)),
            }
        )
        for row in found
    ]


def save(connection: sa.Connection, contradictions: Iterable[Contradiction]) -> None:
    """Write them with their members and records. Raises ConflictError where one is no longer as it was read."""
    for contradiction in contradictions:
        values = _columns(contradiction)
        if contradiction.version == 0:
            statement = insert_new(CONTRADICTION, connection, key="check, promise_id").values(**values)
        else:
            statement = (
                sa.update(CONTRADICTION)
                .where(CONTRADICTION.c.id == contradiction.id, CONTRADICTION.c.version == contradiction.version)
                .values(**values)
            )
        if connection.execute(statement.returning(CONTRADICTION.c.id)).first() is None:
            raise ConflictError(f"contradiction {contradiction.id} was changed by someone else in the meantime")
        connection.execute(sa.delete(MEMBER).where(MEMBER.c.contradiction_id == contradiction.id))
        if contradiction.members:
            connection.execute(
                sa.insert(MEMBER), [_member_columns(contradiction, each) for each in contradiction.members]
            )
        connection.execute(sa.delete(PROMISE_RECORD).where(PROMISE_RECORD.c.contradiction_id == contradiction.id))
        if contradiction.records:
            rows = [vars(record) | {"contradiction_id": contradiction.id} for record in contradiction.records]
            connection.execute(sa.insert(PROMISE_RECORD), rows)


def listed(connection: sa.Connection, wanted: ContradictionFilter) -> list[Contradiction]:
    """Those that pass the filter: what surfaces first comes first, what never surfaces last.

    Of a page, only the ids of the others are read.
    """
    columns = CONTRADICTION.c
    ordered = _chosen(wanted, sa.select(columns.id)).order_by(
        columns.surfaces_at.is_(None), columns.surfaces_at, columns.id
    )
    ids = list(connection.execute(ordered.limit(wanted.limit)).scalars())
    found = {each.id: each for each in by_id(connection, ids)}
    return [found[each] for each in ids]


def how_many(connection: sa.Connection, wanted: ContradictionFilter) -> int:
    """How many pass the filter, whatever its limit."""
    count: int = connection.execute(_chosen(wanted, sa.select(sa.func.count()).select_from(CONTRADICTION))).scalar_one()
    return count


def _chosen(wanted: ContradictionFilter, statement: sa.Select[Any]) -> sa.Select[Any]:
    columns = CONTRADICTION.c
    if wanted.states:
        statement = statement.where(columns.state.in_(wanted.states))
    for column, value in (
        (columns.owner, wanted.owner),
        (columns.check, wanted.check),
        (columns.severity, wanted.severity),
        (columns.customer_id, wanted.customer),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.subject is not None:
        subject_type, _, subject_id = wanted.subject.partition(":")
        statement = statement.where(columns.subject_type == subject_type, columns.subject_id == subject_id)
    return statement


def by_id(connection: sa.Connection, ids: Collection[str]) -> list[Contradiction]:
    """Those of these ids, by id."""
    found = rows_in(connection, sa.select(CONTRADICTION), CONTRADICTION.c.id, ids)
    return sorted(with_members(connection, found), key=lambda contradiction: contradiction.id)


def find(connection: sa.Connection, contradiction_id: str) -> Contradiction | None:
    """The contradiction of this id, however it was typed (`x-7k3qm x9t2a`); None when there is none."""
    typed = contradiction_id.strip()
    short = typed[2:] if typed[:2].upper() in ("X-", "X ") else typed
    statement = sa.select(CONTRADICTION).where(CONTRADICTION.c.id.in_([typed, f"X-{heard_reference(short)}"]))
    return next(iter(with_members(connection, connection.execute(statement))), None)


def _member_columns(contradiction: Contradiction, member: Member) -> dict[str, Any]:
    summands = [vars(row) for row in member.summands] or None
    said = member.said
    word = None if said is None else vars(said) | {"at": utc_text(said.at)}
    return vars(member) | {"contradiction_id": contradiction.id, "summands": summands, "said": word}


def _word(document: dict[str, Any] | None) -> OtherWord | None:
    return None if document is None else OtherWord(**document | {"at": datetime.fromisoformat(document["at"])})


def _columns(contradiction: Contradiction) -> dict[str, Any]:
    values = dict(vars(replace(contradiction, version=contradiction.version + 1)))
    del values["members"], values["records"]
    return values
