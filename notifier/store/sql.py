"""Small SQL helpers that mean the same on SQLite and PostgreSQL."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import SQLModel

from notifier.evaluation.lists import in_values

T = TypeVar("T")

CHUNK = 500
"""Values bound in one IN list, or rows in one INSERT: far below SQLite's 32,766 variables, large enough to be fast."""

AT_ONCE = 2_000
"""Values bound in one parameter: each statement costs PostgreSQL a millisecond before it reads anything."""

KEPT = 256
"""Statements that are kept: those of a few tables."""
AMONG = "among"
"""The parameter that `rows_among` binds its values to."""


def table_of(model: type[SQLModel]) -> sa.Table:
    """The table behind a model class."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def rows_in(
    connection: sa.Connection, statement: sa.Select[Any], column: sa.ColumnElement[Any], values: Collection[Any]
) -> Iterator[sa.Row[Any]]:
    """The rows of `statement` whose `column` is one of `values`: one query per chunk, none for no values."""
    for chunk in chunks(sorted(set(values))):
        yield from connection.execute(statement.where(column.in_(chunk)))


def is_among(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """The column has one of the texts that `rows_among` binds: all in one parameter, so that the statement is the same.

    A list of parameters gives a different statement for each length, which SQLAlchemy, the driver and the database
    parse again.
    """
    return in_values(column, AMONG)


def rows_among(
    connection: sa.Connection, statement: sa.Select[Any], values: Collection[Any], **parameters: object
) -> Iterator[sa.Row[Any]]:
    """Like `rows_in`, for a `statement` that is built once with `is_among`."""
    if len(values) == 1:  # of most ticks, and of each message
        yield from connection.execute(statement, {**parameters, AMONG: list(values)})
        return
    for chunk in chunks(sorted(set(values)), AT_ONCE):
        yield from connection.execute(statement, {**parameters, AMONG: chunk})


def is_any_of(column: sa.ColumnElement[Any], *states: StrEnum) -> sa.ColumnElement[bool]:
    """The column, which is never null, has one of these states. For rows that another condition finds.

    Written as NOT IN (the other states), so that SQLite uses the other condition's index: it would prefer an index on
    the state, and read every row in it.
    """
    return column.op("NOT IN", is_comparison=True)(_listed(state for state in type(states[0]) if state not in states))


def is_one_of(column: sa.ColumnElement[Any], states: Iterable[StrEnum]) -> sa.ColumnElement[bool]:
    """The column has one of these states, by its index.

    As part of the statement's text: SQLAlchemy writes a statement with a list of parameters anew at each execution,
    which costs more than to execute it.
    """
    return column.op("IN", is_comparison=True)(_listed(states))


def _listed(states: Iterable[StrEnum]) -> sa.ColumnElement[Any]:
    """These words of ours, which have no quotes in them."""
    quoted = ", ".join(f"'{state.value}'" for state in states)
    return sa.literal_column(f"({quoted})")


def bucket(
    instant: sa.ColumnElement[Any], edges: Sequence[datetime] | Sequence[sa.ColumnElement[datetime]]
) -> sa.ColumnElement[int]:
    """Which of the spans between these edges an instant lies in, from 0 on; it lies between the first and the last.

    Spans are told apart by instants that are computed here: no database is asked for its zone data. Each row is
    compared with as many edges as a search needs, not with all of them.
    """

    def between(low: int, high: int) -> sa.ColumnElement[int]:
        if high - low == 1:
            return sa.literal_column(str(low), sa.Integer())
        middle = (low + high) // 2
        return sa.case((instant < edges[middle], between(low, middle)), else_=between(middle, high))

    return between(0, len(edges) - 1)


def insert_into(table: sa.Table, connection: sa.Connection) -> Any:
    """An INSERT of the connection's database, which can say what happens to rows that are there already.

    A command that only reads SQLite does without all of SQLAlchemy's PostgreSQL, a tenth of its start.
    """
    return _insert(table, connection.dialect.name)


def _insert(table: sa.Table, dialect: str) -> Any:
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def insert_new(table: sa.Table, connection: sa.Connection, *, key: str) -> Any:
    """An INSERT that skips rows whose `key` exists already (ON CONFLICT (key) DO NOTHING)."""
    return insert_into(table, connection).on_conflict_do_nothing(
        index_elements=[table.c[name] for name in key.split(", ")]
    )


def upsert(table: sa.Table, connection: sa.Connection, *, names: Collection[str]) -> Any:
    """An INSERT of the columns `names` that updates the row with the same primary key, if there is one."""
    return _upsert(table, connection.dialect.name, tuple(names))


@lru_cache(maxsize=KEPT)
def _upsert(table: sa.Table, dialect: str, names: tuple[str, ...]) -> Any:
    keys = [column.name for column in table.primary_key]
    insert = _insert(table, dialect).values({name: sa.bindparam(name) for name in names})
    changed = {name: insert.excluded[name] for name in names if name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=changed)
