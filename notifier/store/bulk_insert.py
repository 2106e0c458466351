"""Inserts hundreds of rows into one table, in the way that is fastest with each database's driver.

SQLAlchemy's INSERT … RETURNING of a batch costs several times what the database needs: it binds every value by name,
and has PostgreSQL parse a statement with twenty thousand parameters. So rows that are expected to be new are written to
SQLite by a plain `executemany`, and to PostgreSQL by a binary COPY (as text, a mail's bytes are twice as long). Where
one of them exists already, SQLAlchemy's INSERT writes them.
"""

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache, partial
from itertools import chain
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import Amount, UtcTime
from notifier.store.database import canonical_json
from notifier.store.sql import KEPT, insert_new

Columns = Mapping[str, Sequence[Any]]
"""The values of columns, all in the same order of rows."""
ROWS_AT_ONCE = 50
"""Of up to a hundred columns: more gain nothing (10 to 500 were measured), and 32,766 variables are the most."""
_NOTHING = {type(None)}
_PLAIN = {int, float, str, bytes, type(None)}


def insert_rows(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, key: str
) -> Collection[str]:
    """Write these rows, except those whose `key` exists already; returns the primary keys of those that were written.

    The rows have the same columns, and the table's primary key is one of them. Raises the errors of the database as any
    statement of SQLAlchemy does.
    """
    if not rows:
        return ()
    [identity] = table.primary_key
    # A statement that fails alone leaves nothing behind on SQLite, and the transaction goes on.
    is_one = len(rows) == 1 and connection.dialect.name == "sqlite"
    try:
        with contextlib.nullcontext() if is_one else connection.begin_nested():
            _write(connection, table, rows)
    except (sa.exc.IntegrityError, connection.dialect.loaded_dbapi.Error):
        # Whatever it was: if it happens again, SQLAlchemy says so in the terms that everybody expects.
        statement = insert_new(table, connection, key=key).returning(identity)
        return set(connection.execute(statement, list(rows)).scalars())
    return {row[identity.name] for row in rows}


def insert_few(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, key: str
) -> Collection[str]:
    """As `insert_rows`, for some dozens of rows at most, of which some may well be there already.

    PostgreSQL gets them as one parameter of one statement: each statement more is a turn to wait for on a busy machine,
    and a savepoint with a COPY is five.
    """
    if connection.dialect.name == "sqlite" or not rows:
        return insert_rows(connection, table, rows, key=key)
    [identity] = table.primary_key
    names = list(rows[0])
    documents = [{name: _plain(row[name]) for name in names} for row in rows]
    columns = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in names)
    statement = (
        f"INSERT INTO {table.name} ({columns}) SELECT {columns} "  # noqa: S608 - names of our own
        f"FROM json_populate_recordset(NULL::{table.name}, %(rows)s) ON CONFLICT ({key}) DO NOTHING "
        f"RETURNING {identity.name}"
    )
    return set(connection.exec_driver_sql(statement, {"rows": canonical_json(documents)}).scalars())


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def insert_columns(connection: sa.Connection, table: sa.Table, columns: Columns) -> None:
    """Write new rows, column by column, whose values are as the driver takes them.

    A row that is there already is an IntegrityError: SQLAlchemy's for SQLite, the driver's own for PostgreSQL.
    """
    if connection.dialect.name == "sqlite":
        _insert_many(connection, table, *_plain_columns(table, columns))
        return
    cursor: Any = connection.connection.cursor()  # psycopg's
    with cursor, cursor.copy(f"COPY {_into(connection, table, columns)} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([_named(table.c[name].type, connection.dialect) for name in columns])
        for row in zip(*columns.values(), strict=True):
            copy.write_row(row)


def _insert_many(connection: sa.Connection, table: sa.Table, shared: Mapping[str, Any], columns: Columns) -> None:
    """Several rows with each statement: for each, SQLite opens the table and all its indexes, a third of the time.

    What all rows share is bound once for each statement: of a flood, half of the columns.
    """
    rows = list(zip(*columns.values(), strict=True))
    into = _into(connection, table, [*shared, *columns])
    given = tuple(shared.values())
    for size in (ROWS_AT_ONCE, 1):
        whole = len(rows) // size * size
        if whole:
            values = [given + tuple(chain.from_iterable(rows[at : at + size])) for at in range(0, whole, size)]
            marks = _marks(len(shared), len(columns), size)
            connection.exec_driver_sql(f"INSERT INTO {into} VALUES {marks}", values)  # noqa: S608 - names of our own
        rows = rows[whole:]


def _marks(shared: int, own: int, rows: int) -> str:
    """`(?1, ?2, ?3), (?1, ?4, ?5)`: of two rows with one shared value and two of their own."""
    first = [f"?{number}" for number in range(1, shared + 1)]
    begins = range(shared + 1, shared + own * rows + 1, own)
    return ", ".join(f"({', '.join([*first, *(f'?{at + each}' for each in range(own))])})" for at in begins)


def as_stored(connection: sa.Connection, table: sa.Table, name: str, value: Any) -> Any:
    """A value of this column as the driver takes it."""
    store = _stored(table.c[name].type, connection.dialect)
    return value if store is None else store(value)


def _into(connection: sa.Connection, table: sa.Table, names: Iterable[str]) -> str:
    return f"{table.name} ({', '.join(connection.dialect.identifier_preparer.quote(name) for name in names)})"


def _plain_columns(table: sa.Table, columns: Columns) -> tuple[Mapping[str, Any], Columns]:
    """What all rows share, by column, and the other columns, of which there is one at least.

    For SQLite's driver, which looks for what could adapt each value that is not an int, a float or a text itself.

    That takes longer than to bind it: 0.3 µs for a None or a truth, 0.5 for a member of an enumeration. So columns in
    which nothing stands are left out, and the others become plain.
    """
    shared, plain = {}, {}
    for name, column in columns.items():
        kinds = set(map(type, column))
        if kinds == _NOTHING and table.c[name].server_default is None and len(columns) > 1:
            continue
        if len(kinds) == 1 and len(column) >= ROWS_AT_ONCE and column.count(column[0]) == len(column):
            shared[name] = _made_plain(column[0])
        else:
            plain[name] = column if kinds <= _PLAIN else [_made_plain(value) for value in column]
    return (shared, plain) if plain else ({}, columns)


def _made_plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return value.value if isinstance(value, StrEnum) else value


def _write(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(rows[0])
    columns = dict(zip(names, zip(*map(_reader(names), rows), strict=True), strict=True))
    of_a_kind = _converted(table, tuple(names))
    stored = {name: _stored(table.c[name].type, connection.dialect) if name in of_a_kind else None for name in names}
    insert_columns(
        connection,
        table,
        {
            name: column if (store := stored[name]) is None else list(map(store, column))
            for name, column in columns.items()
        },
    )


def _reader(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(names) == 1:
        return lambda row: (row[names[0]],)
    return itemgetter(*names)


@lru_cache(maxsize=KEPT)
def _converted(table: sa.Table, names: tuple[str, ...]) -> frozenset[str]:
    """Those of these columns whose values the driver does not take as they are: found once, since one row is written
    more often than a hundred."""
    return frozenset(name for name in names if isinstance(table.c[name].type, (UtcTime, Amount, sa.JSON)))


def _stored(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """What turns a column's values into those that the driver takes; None where they are the same."""
    if isinstance(kind, UtcTime):
        return cache(partial(kind.process_bind_param, dialect=dialect))  # few instants, in many rows
    if isinstance(kind, Amount):
        return partial(kind.process_bind_param, dialect=dialect)
    return canonical_json if isinstance(kind, sa.JSON) else None


def _named(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> str:
    """What PostgreSQL calls a column's type, without its length: the driver must know the binary form of its values."""
    if isinstance(kind, sa.JSON):
        return "text"  # that is its binary form, and `_stored` has written it already
    return kind.compile(dialect).partition("(")[0].lower()
