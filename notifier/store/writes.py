"""The writes that made rows what they are, read from the log: what wrote which value when, and what it replaced."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import AMOUNT_SCALE, EPOCH, Amount, UtcTime
from notifier.model.digests import canonical_number
from notifier.model.instants import utc_text
from notifier.model.schema import entities
from notifier.model.writers import Way, Writer
from notifier.store.sql import rows_in
from notifier.store.state.merging import MICROSECOND
from notifier.store.tables import FORMER_VALUE, WRITE_SOURCE

Texts = Mapping[str, str | None]
"""By column: canonical text, or None for null."""


@dataclass(frozen=True, kw_only=True)
class Write:
    """One write of one row, or its end."""

    entity: str
    id: str
    writer: Writer | None
    """None: the row is older than the log, or nobody signed for it."""
    line: int | None
    """Of its file."""
    dated: datetime | None
    """The date for which it was written; None where only a later write is known."""
    before: Texts
    """Empty for the first write."""
    after: Texts
    """What it changed; empty where the row went away."""
    deleted: bool = False


@dataclass(frozen=True)
class _Version:
    values: Texts
    source: int | None
    line: int | None


def writes_of(
    connection: sa.Connection, rows: Collection[tuple[str, str]], columns: Mapping[str, Collection[str]]
) -> Sequence[Write]:
    """The writes of these rows (entity, id), each row's from the first to the last, as far as they were kept.

    `columns` says which values of an entity are shown of what is true now; of what was replaced, what was kept.
    """
    former = _former(connection, rows)
    numbers = {each for kept in former.values() for row in kept for each in (row.source_id, row.replaced_by)}
    found: list[Write] = []
    current = {entity: _current(connection, entity, rows) for entity in {entity for entity, _ in rows}}
    numbers |= {row.source_id for kept in current.values() for row in kept.values()}
    writers = _writers(connection, {number for number in numbers if number is not None})
    for entity, row_id in rows:
        kept = former.get((entity, row_id), [])
        now = current[entity].get(row_id)
        found += _chain(connection, entity, row_id, kept, now, writers, columns.get(entity, ()))
    return found


def _chain(
    connection: sa.Connection,
    entity: str,
    row_id: str,
    kept: Sequence[sa.Row[Any]],
    now: sa.Row[Any] | None,
    writers: Mapping[int, Writer],
    columns: Collection[str],
) -> Sequence[Write]:
    table, dialect = entities()[entity].table, connection.dialect.name
    versions = [
        _Version(
            {name: _text(table.c[name], value, dialect) for name, value in row.written.items() if name in table.c},
            row.source_id,
            row.source_line,
        )
        for row in kept
    ]
    dates: list[datetime | None] = [None, *(row.replaced_at for row in kept)]
    if now is not None:
        wanted = [name for name in columns if name in table.c]
        values = {name: _plain(now._mapping[name]) for name in wanted}
        versions.append(_Version(values, now.source_id, now.source_line))
        dates[0] = now.born_at
    versions = _whole(versions, [row.deleted for row in kept])
    chain: list[Write] = []
    for index, version in enumerate(versions):
        before = versions[index - 1].values if index else {}
        is_again = index and kept[index - 1].deleted
        changed = {
            name: value for name, value in version.values.items() if not index or is_again or before.get(name) != value
        }
        chain.append(
            Write(
                entity=entity,
                id=row_id,
                writer=writers.get(version.source or 0),
                line=version.line,
                dated=dates[index],
                before={name: before.get(name) for name in changed} if index and not is_again else {},
                after=changed,
            )
        )
        if index < len(kept) and kept[index].deleted:
            by = writers.get(kept[index].replaced_by or 0)
            gone = kept[index].replaced_at
            chain.append(
                Write(
                    entity=entity,
                    id=row_id,
                    writer=by,
                    line=None,
                    dated=gone,
                    before=version.values,
                    after={},
                    deleted=True,
                )
            )
    return chain


def _whole(versions: Sequence[_Version], ends: Sequence[bool]) -> list[_Version]:
    """Each version with all its values: what a write did not replace is what the next version has."""
    found: list[_Version] = []
    for index in range(len(versions) - 1, -1, -1):
        later = found[-1].values if found and not ends[index] else {}
        version = versions[index]
        found.append(_Version({**later, **version.values}, version.source, version.line))
    return found[::-1]


def _former(
    connection: sa.Connection, rows: Collection[tuple[str, str]]
) -> Mapping[tuple[str, str], Sequence[sa.Row[Any]]]:
    found: dict[tuple[str, str], list[sa.Row[Any]]] = defaultdict(list)
    for entity in sorted({entity for entity, _ in rows}):
        statement = sa.select(FORMER_VALUE).where(FORMER_VALUE.c.entity == entity)
        ids = [row_id for of, row_id in rows if of == entity]
        for row in rows_in(connection, statement.order_by(FORMER_VALUE.c.id), FORMER_VALUE.c.row_id, ids):
            found[entity, row.row_id].append(row)
    return found


def _current(connection: sa.Connection, entity: str, rows: Collection[tuple[str, str]]) -> Mapping[str, sa.Row[Any]]:
    table = entities()[entity].table
    ids = [row_id for of, row_id in rows if of == entity]
    return {row.id: row for row in rows_in(connection, sa.select(table), table.c.id, ids)}


def _writers(connection: sa.Connection, numbers: Collection[int]) -> Mapping[int, Writer]:
    rows = rows_in(connection, sa.select(WRITE_SOURCE), WRITE_SOURCE.c.id, numbers)
    return {row.id: Writer(way=Way(row.way), name=row.name, by=row.by, at=row.at) for row in rows}


def _text(column: sa.Column[Any], value: Any, dialect: str) -> str | None:
    """A value of the document, as the database wrote it, as canonical text."""
    if value is None:
        return None
    if isinstance(column.type, Amount):
        amount = Decimal(str(value))
        return canonical_number(amount.scaleb(-AMOUNT_SCALE) if dialect == "sqlite" else amount)
    if isinstance(column.type, UtcTime):
        at = EPOCH + value * MICROSECOND if dialect == "sqlite" else datetime.fromisoformat(str(value))
        return utc_text(at.astimezone(UTC))
    if isinstance(column.type, sa.Boolean):
        return "true" if value else "false"
    return str(value)


def _plain(value: Any) -> str | None:
    """A value as Python reads it, as canonical text."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case Decimal():
            return canonical_number(value)
        case datetime():
            return utc_text(value)
    return str(value)
