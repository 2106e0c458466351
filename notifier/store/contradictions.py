"""Contradictions and their members: rows become values, values become rows, and lists for people.

A write is a compare-and-set on the version that was read. So a pass never undoes a decision that a person took
meanwhile: the pass fails, and is repeated.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
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
from notifier.model.opened_together import OF_CONTRADICTION, OpenedTogether
from notifier.model.types import TopicType
from notifier.store.bulk_insert import as_stored, insert_columns, insert_rows
from notifier.store.conflicts import ConflictError
from notifier.store.sql import AMONG, chunks, is_among, rows_in
from notifier.store.tables import CONTRADICTION, MEMBER, PROMISE_RECORD

_OF_MEMBER = {
    "contradiction_id": "id",
    "fact_id": "fact_id",
    "actual": "actual",
    "currency": "actual_currency",
    "tax_included": "actual_tax_included",
    "surfaces_at": "surfaces_at",
    "summands": "summands",
}
"""The columns of a member, and where an opening has them."""
_OF_RECORD = {
    "contradiction_id": "id",
    "promise_id": "promise_id",
    "promised_by": "promised_by",
    "promised_at": "promised_at",
    "evidence": "evidence",
}
"""The same of the record of its promise."""

KEY = "check, promise_id"
"""Of each check and promise there is one contradiction."""
_LOCKED = (
    sa.select(CONTRADICTION.c.id, CONTRADICTION.c.version)
    .where(is_among(CONTRADICTION.c.id))
    .order_by(CONTRADICTION.c.id)
    .with_for_update()
)
_CHANGED = (
    sa.update(CONTRADICTION)
    .where(CONTRADICTION.c.id == sa.bindparam("new_id"))
    .values({column.name: sa.bindparam(f"new_{column.name}") for column in CONTRADICTION.c if column.name != "id"})
)
_MEMBERS_OF = sa.delete(MEMBER).where(is_among(MEMBER.c.contradiction_id))
_RECORDS_OF = sa.delete(PROMISE_RECORD).where(is_among(PROMISE_RECORD.c.contradiction_id))


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
    group: str | None = None
    """The flood in which they were found."""
    without_groups: Sequence[str] = ()
    """Those of these floods are left out."""
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
    """Write them with their members and records. Raises ConflictError where one is no longer as it was read.

    A few statements for each five hundred: a price list that was loaded wrongly opens a hundred thousand in one pass.
    """
    for chunk in chunks(contradictions):
        new = [each for each in chunk if each.version == 0]
        known = [each for each in chunk if each.version != 0]
        _refuse_changed(new, insert_rows(connection, CONTRADICTION, [_columns(each) for each in new], key=KEY))
        _update(connection, known)
        ids = [each.id for each in known]
        if ids:
            connection.execute(_MEMBERS_OF, {AMONG: ids})
            connection.execute(_RECORDS_OF, {AMONG: ids})
        members = [_member_columns(each, member) for each in chunk for member in each.members]
        if members:
            connection.execute(sa.insert(MEMBER), members)
        records = [vars(record) | {"contradiction_id": each.id} for each in chunk for record in each.records]
        if records:
            connection.execute(sa.insert(PROMISE_RECORD), records)


def save_together(connection: sa.Connection, together: OpenedTogether) -> None:
    """Write contradictions that opened together. Raises ConflictError where one of them is there already."""
    if not together:
        return
    shared = {
        "check": together.check,
        "topic": together.topic,
        "topic_type": together.topic_type,
        "owner": together.owner,
        "severity": together.severity,
        "state": ContradictionState.OPEN,
        "opened_at": together.now,
        "changed_at": together.now,
        "steps_from": together.now,
        "steps_said": 0,
        "version": 1,
    }
    found = together.columns
    same = {
        name: (as_stored(connection, CONTRADICTION, name, value),) * len(together) for name, value in shared.items()
    }
    try:
        insert_columns(connection, CONTRADICTION, {name: found[name] for name in OF_CONTRADICTION} | same)
    except (sa.exc.IntegrityError, connection.dialect.loaded_dbapi.IntegrityError) as error:
        raise ConflictError(f"one of {together.check} was opened by someone else in the meantime") from error
    members = {name: found[ours] for name, ours in _OF_MEMBER.items()}
    insert_columns(connection, MEMBER, members | {"fact_type": (together.fact_type,) * len(together)})
    insert_columns(connection, PROMISE_RECORD, {name: found[ours] for name, ours in _OF_RECORD.items()})


def _update(connection: sa.Connection, contradictions: Sequence[Contradiction]) -> None:
    """A compare-and-set of each on its version."""
    if not contradictions:
        return
    locked = connection.execute(_LOCKED, {AMONG: sorted(each.id for each in contradictions)})
    stored = {row.id: row.version for row in locked}
    _refuse_changed(contradictions, {each.id for each in contradictions if stored.get(each.id) == each.version})
    values = [{f"new_{name}": value for name, value in _columns(each).items()} for each in contradictions]
    connection.execute(_CHANGED, values)


def _refuse_changed(contradictions: Sequence[Contradiction], written: Collection[str]) -> None:
    for each in contradictions:
        if each.id not in written:
            raise ConflictError(f"contradiction {each.id} was changed by someone else in the meantime")


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
        (columns.group_id, wanted.group),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.without_groups:
        other = columns.group_id.not_in(wanted.without_groups)
        statement = statement.where(sa.or_(columns.group_id.is_(None), other))
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
    values = {**vars(contradiction), "version": contradiction.version + 1}
    del values["members"], values["records"]
    values["steps_from"] = contradiction.steps_from or contradiction.opened_at
    return values
