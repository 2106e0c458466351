"""One connection that sees one snapshot: what every part of the reader asks through."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import UtcTime
from notifier.model.schema import REPLACEABLE, REPLACES, entities
from notifier.model.unread import Unread
from notifier.store.tables import (
    ACTION,
    BACKLOG,
    CHANGE,
    CONSENT,
    CONSENT_ENTRY,
    CONTRADICTION,
    KEPT_CHANGE,
    REPLY,
    SET_ASIDE,
    SETTLING,
    SUPPRESSED,
    TOLD_THROUGH,
)

OVERLAP = timedelta(minutes=2)
"""How far "since the last tick" reaches back: a person or a dispatcher who read the clock before a tick may commit
after its snapshot. Reading a row twice is harmless, missing it once is not."""

FETCHED = 1_000
"""Rows taken from the driver at once."""

_UTC = UtcTime()

# The parameters that statements share; instants are aware UTC. The ids that a statement is asked about are bound as
# `among` (`store.sql.rows_among`).
RULE = sa.bindparam("rule", type_=sa.String())
LIVE = sa.bindparam("live", type_=sa.Boolean())
NOW = sa.bindparam("now", type_=UtcTime())
SINCE = sa.bindparam("since", type_=UtcTime())

MAYBE_EMPTY = (
    ACTION,
    BACKLOG,
    CHANGE,
    CONSENT,
    CONSENT_ENTRY,
    CONTRADICTION,
    KEPT_CHANGE,
    REPLY,
    SET_ASIDE,
    SETTLING,
    SUPPRESSED,
    TOLD_THROUGH,
)
"""Tables that a pass asks again and again, and that many databases never fill."""
_KEYS = {each.name: next(iter(each.primary_key)) for each in MAYBE_EMPTY}


@cache
def _has_rows() -> sa.Select[Any]:
    """Which of these tables have a row, and of which entities one is in the place of another."""
    # Every key is greater than that: so the index is probed, and not read.
    keys = (
        sa.select(key).where(key > sa.literal_column("-1" if isinstance(key.type, sa.Integer) else "''")).exists()
        for key in _KEYS.values()
    )
    columns = {name: entities()[name].table.c[REPLACES] for name in REPLACEABLE}
    first = (  # in the order of its index, without which PostgreSQL might read a whole table of which it knows nothing
        sa.select(column).where(column.is_not(None)).order_by(column).limit(1).scalar_subquery().is_not(None)
        for column in columns.values()
    )
    names = [*_KEYS, *map(_replaced, columns)]
    found: list[Any] = [each.label(name) for name, each in zip(names, (*keys, *first), strict=True)]
    return sa.select(*found)


def _replaced(entity: str) -> str:
    return f"replaced_{entity}"


class Snapshot:
    """`live` chooses whose notices are seen: those of the live installation, or those of the sandbox.

    What every rule asks for is read once for all of them: the snapshot cannot change under it.
    """

    def __init__(self, connection: sa.Connection, *, live: bool) -> None:
        self.connection = connection
        self.live = live
        self._with_rows: frozenset[str] | None = None

    def has_any(self, table: sa.Table) -> bool:
        """Whether a table of `MAYBE_EMPTY` has a row, of whatever mode: all of them are asked at once."""
        return table.name in self._filled()

    def any_replaced(self, entity: str) -> bool:
        """Whether any row of the entity is in the place of another one; asked with the same statement."""
        return _replaced(entity) in self._filled()

    def _filled(self) -> frozenset[str]:
        if self._with_rows is None:
            found = self.connection.execute(_has_rows()).one()._mapping
            self._with_rows = frozenset(name for name, has_rows in found.items() if has_rows)
        return self._with_rows

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What may fail alone: after a failed statement PostgreSQL answers nothing until it is back at a savepoint."""
        if self.connection.dialect.name == "sqlite":  # goes on by itself, and nothing was written
            yield
            return
        with self.connection.begin_nested():
            yield

    def rows(self, statement: sa.Select[Any], parameters: Mapping[str, object]) -> Iterator[sa.Row[Any]]:
        """The rows of a statement that evaluation or promises built.

        Not by a cursor on the server: PostgreSQL is then asked three times for what one answer holds, plans for the
        first rows only, and keeps the cursor open where a caller stops early. Nor one by one from the driver: taking
        many at a time needs a third of the time.
        """
        for part in self.connection.execute(statement, dict(parameters)).partitions(FETCHED):
            yield from part

    def unread(self, statement: sa.Select[Any], parameters: Mapping[str, object]) -> Unread:
        """The same rows, of which the caller reads few: to convert all values of all takes longer than to find them."""
        result = self.connection.execute(statement, dict(parameters))
        assert result.cursor is not None, "a SELECT has rows"
        rows = result.cursor.fetchall()
        result.close()
        columns = list(statement.selected_columns)
        return Unread(
            rows=rows,
            names=[column.name for column in columns],
            readers=[_reader(column.type, self.connection.dialect) for column in columns],
        )

    def ids(self, statement: sa.Select[Any], parameters: Mapping[str, object]) -> set[str]:
        """The ids that a statement of one column finds: as the driver gives them, for a text needs no conversion."""
        result = self.connection.execute(statement, dict(parameters))
        assert result.cursor is not None, "a SELECT has rows"
        found = {row[0] for row in result.cursor.fetchall()}
        result.close()
        return found

    def pairs(self, statement: sa.Select[Any], parameters: Mapping[str, object]) -> set[tuple[str, str]]:
        """The two ids of each row that a statement finds, as `ids`."""
        result = self.connection.execute(statement, dict(parameters))
        assert result.cursor is not None, "a SELECT has rows"
        found = {(row[0], row[1]) for row in result.cursor.fetchall()}
        result.close()
        return found

    def latest(self, statement: sa.Select[Any]) -> Mapping[str, datetime]:
        """By id, the latest instant that a statement of two columns (id, instant) returns with it.

        A first load touches every row of a rule, mostly at one instant: each instant is converted once.
        """
        result = self.connection.execute(statement)
        assert result.cursor is not None, "a SELECT has rows"
        found: dict[str, Any] = {}
        for row_id, at in result.cursor.fetchall():
            if row_id not in found or found[row_id] < at:
                found[row_id] = at
        result.close()
        instants: dict[Any, Any] = {
            at: _UTC.process_result_value(at, self.connection.dialect) for at in set(found.values())
        }
        return {row_id: instants[at] for row_id, at in found.items()}


def _reader(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """What turns a value of the driver into that of our column types; None where they are the same."""
    if isinstance(kind, sa.TypeDecorator) and "process_result_value" in _methods(type(kind)):
        return lambda value: kind.process_result_value(value, dialect)
    return bool if isinstance(kind, sa.Boolean) else None


def _methods(kind: type) -> set[str]:
    ours = kind.__mro__[: kind.__mro__.index(sa.TypeDecorator)]
    return {name for each in ours for name in vars(each)}
