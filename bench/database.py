"""Generated rows -> a migrated SQLite file, and from that file the same rows in a PostgreSQL database.

Loading bypasses the notifier: rows first, then indexes, like a restore. What the notifier computes (days of sites,
notices of the first pass) it computes here, too.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from bench.rows import NOW, TABLES, Row, Sizes
from notifier.drafting.ruleset import Ruleset
from notifier.model.columns import EPOCH, Amount, UtcTime
from notifier.model.notices import NoticeState
from notifier.model.schema import entities
from notifier.store.database import open_engine
from notifier.store.migrating import ensure_indexes, migrate
from notifier.store.state.site_days import refresh_site_days
from notifier.tick import evaluate

SETTLED = NOW + timedelta(minutes=3)
"""The last pass of a loaded state. Nothing falls due in the two minutes after it."""
COPIED_AT_ONCE = 10_000


def sqlite_url(path: Path) -> str:
    """The notifier's URL of a SQLite file."""
    return f"sqlite:///{path}"


def load_sqlite(path: Path, sizes: Sizes) -> None:
    """Create a SQLite file with all rows."""
    engine = open_engine(sqlite_url(path))
    migrate(engine)
    engine.dispose()
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        connection.execute("BEGIN")
        for table in TABLES.values():
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(
                f'INSERT INTO "{table.name}" ({_listed(table.columns)}) VALUES ({marks})', table.rows(sizes)
            )
        for _, sql in indexes:
            connection.execute(sql)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def load_postgres(url: sa.URL, source: Path) -> None:
    """Copy the rows of a SQLite file into an empty PostgreSQL database."""
    engine = open_engine(url.render_as_string(hide_password=False))
    migrate(engine)
    engine.dispose()
    with (
        sqlite3.connect(source) as rows,
        psycopg.connect(_conninfo(url)) as connection,
        connection.cursor() as cursor,
    ):
        # For this load only: everything measured runs with PostgreSQL's default settings.
        cursor.execute("SET maintenance_work_mem = '512MB'; SET TIME ZONE 'UTC'")
        indexes = cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint) AND tablename = ANY(%s)",
            [list(TABLES)],
        ).fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"'.encode())
        for table in TABLES.values():
            columns = _listed(table.columns)
            with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN'.encode()) as copy:
                texts = _texts(table.name, table.columns)
                found = rows.execute(f'SELECT {columns} FROM "{table.name}"')
                while part := list(islice(found, COPIED_AT_ONCE)):
                    copy.write("".join(_lines(part, texts)))
        for _, sql in indexes:
            cursor.execute(str(sql).encode())
    rows.close()


def settle(database: sa.Engine, ruleset: Ruleset) -> dict[NoticeState, int]:
    """Run the first passes, so that everything true already is recorded; returns the number of notices by state."""
    columns: set[tuple[str, ...]] = set()
    for query in ruleset.rule_queries.values():
        columns |= query.indexed_columns() | query.indexed_figures()
    columns |= {column for query in ruleset.check_queries.values() for column in query.indexed_columns()}
    with database.begin() as connection:
        ensure_indexes(connection, columns)
        refresh_site_days(connection, ruleset.project.hours, NOW, baseline=True)
    _tidy(database)
    verdicts: dict[NoticeState, int] = {}
    for now in (NOW, SETTLED):
        report = evaluate(database, ruleset, now, live=False)
        if report.failures or not report.complete:
            raise ValueError(f"the first pass over the generated state failed: {report.failures}")
        verdicts = verdicts or dict(report.verdicts)
    _tidy(database)
    return verdicts


def _tidy(database: sa.Engine) -> None:
    """Update PostgreSQL's statistics now; autovacuum would do it some time after the load."""
    if database.dialect.name == "postgresql":
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
            connection.exec_driver_sql("CHECKPOINT")
    else:
        with database.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = OFF")
        raw = database.raw_connection()
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()


def _conninfo(url: sa.URL) -> str:
    return psycopg.conninfo.make_conninfo(
        user=url.username, dbname=url.database, host=str(url.query.get("host") or url.host or ""), password=url.password
    )


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _texts(table: str, columns: Sequence[str]) -> list[Callable[[Any], str]]:
    """For each column, the function that formats its values for COPY."""
    known = entities()[table].table.c
    return [_writer(known[name].type) for name in columns]


def _writer(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], str]:
    match kind:
        case UtcTime():
            return _instant
        case Amount():
            return lambda value: f"{value}e-4"
        case sa.Boolean():
            return lambda value: "t" if value else "f"
        case _:
            return str


_KNOWN_INSTANTS: dict[int, str] = {}


def _instant(value: int) -> str:
    # Instants are on a grid, so they repeat.
    found = _KNOWN_INSTANTS.get(value)
    if found is None:
        found = _KNOWN_INSTANTS[value] = (EPOCH + timedelta(microseconds=value)).isoformat()
    return found


def _lines(rows: Iterable[Row], texts: Sequence[Callable[[Any], str]]) -> Iterator[str]:
    for row in rows:
        cells = ["\\N" if value is None else write(value) for write, value in zip(texts, row, strict=True)]
        yield "\t".join(cells) + "\n"
