"""Inserts hundreds of rows into one table, in the way that is fastest with each database's driver.

SQLAlchemy's INSERT … RETURNING of a batch costs several times what the database needs: it binds every value by name,
and has PostgreSQL parse a statement with twenty thousand parameters. So rows that are expected to be new are written to
SQLite by a plain `executemany`, and to PostgreSQL by a binary COPY (as text, a mail's bytes are twice as long). Where
one of them exists already, SQLAlchemy's INSERT writes them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import Amount, UtcTime
from notifier.store.database import canonical_json
from notifier.store.sql import insert_new


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
    try:
        with connection.begin_nested():
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


def _write(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(rows[0])
    stored = [(index, _stored(table.c[name].type, connection.dialect)) for index, name in enumerate(names)]
    values = _values(rows, names, [(index, store) for index, store in stored if store is not None])
    into = f"{table.name} ({', '.join(connection.dialect.identifier_preparer.quote(name) for name in names)})"
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({marks})", values)  # noqa: S608 - names of our own
        return
    cursor: Any = connection.connection.cursor()  # psycopg's
    with cursor, cursor.copy(f"COPY {into} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([_named(table.c[name].type, connection.dialect) for name in names])
        for row in values:
            copy.write_row(row)


def _values(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], stored: Sequence[tuple[int, Callable[[Any], Any]]]
) -> Sequence[Sequence[Any]]:
    """The rows as the driver takes them; `stored` has the columns whose values are others there."""
    read = itemgetter(*names)
    values = []
    for row in rows:
        ours = list(read(row))
        for index, store in stored:
            ours[index] = store(ours[index])
        values.append(tuple(ours))
    return values


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
