"""A company of which many visits fall due at one instant: what `evaluate` turns into ready notices at `DUE`.

Every visit has its own customer and contract; customers read Spanish or English, live in two zones, and some have given
consent. Some visits come later than the due ones, and an agent told some of their customers that they are cancelled. So
there are contradictions to look for, but none that holds a due notice.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.database import sqlite_url
from bench.harness import Bench
from bench.project import HERE, REPOSITORY, load_ruleset
from bench.rows import NOW, appointment_id, contract_id, customer_id
from bench.state import Kept
from notifier.drafting.ruleset import Ruleset
from notifier.model.columns import EPOCH, microseconds
from notifier.model.notices import NoticeState
from notifier.store.migrating import ensure_indexes, migrate
from notifier.tick import TickReport, evaluate
from tests.support.postgres import administer

DUE = NOW
"""A Monday, ten in the morning in Bogotá and eleven in New York: outside of all quiet hours."""
RULE = "visit-reminder"
BEFORE = DUE - timedelta(hours=1)
"""The previous pass: everything due at `DUE` fell due after it."""
LATER = 20
"""For every this many due visits there is one that comes later."""
GRID = timedelta(minutes=5)

_FIRST = ("Ana", "Luis", "María José", "Andrés", "Sofía", "Iván", "Camila", "John", "Nicolás", "Lucía", "Grace")
_LAST = ("Ruiz", "Peña", "Gómez Díaz", "Núñez", "Smith", "Rojas", "O'Neil", "Ávila", "Castaño", "Prieto", "Lee", "Ríos")


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of one table."""

    table: str
    columns: str
    make: Callable[[int], Iterator[Sequence[Any]]]
    """Makes the rows for a number of due visits."""


def _customers(due: int) -> Iterator[Sequence[Any]]:
    for number in range(_visits(due)):
        name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number // 11 % len(_LAST)]}"
        here = ("en-US", "America/New_York", "US") if number % 4 == 3 else ("es-CO", "America/Bogota", "CO")
        yield customer_id(number), name, *here, f"+5730{number:08d}", f"c{number}@example.com"


def _contracts(due: int) -> Iterator[Sequence[Any]]:
    for number in range(_visits(due)):
        yield contract_id(number), customer_id(number), "fibre 300", "active"


def _appointments(due: int) -> Iterator[Sequence[Any]]:
    for number in range(_visits(due)):
        starts = DUE + timedelta(hours=48) - number % 12 * GRID
        if number >= due:
            starts += timedelta(days=20)
        place = f"Calle {number % 170} # {number % 97}-{number % 89}, apto {number % 1200}"
        ids = appointment_id(number), customer_id(number), contract_id(number)
        yield *ids, "installation", "confirmed", starts, starts + timedelta(hours=2), place


def _consents(due: int) -> Iterator[Sequence[Any]]:
    for number in range(0, _visits(due), 3):
        channel = ("sms", "email")[number % 2]
        customer = customer_id(number)
        yield f"{customer}/{channel}/service", customer, channel, "service", True, DUE - timedelta(days=90)


def _promises(due: int) -> Iterator[Sequence[Any]]:
    for number in range(due, _visits(due)):
        told = (
            "contract",
            contract_id(number),
            "cancelled",
            "true",
            DUE - timedelta(days=1),
            "agent 3",
            "agent",
            "open",
        )
        yield f"P{number:07d}", customer_id(number), *told


ROWS = (
    Rows(table="customer", columns="id name locale timezone country phone email", make=_customers),
    Rows(table="contract", columns="id customer_id plan status", make=_contracts),
    Rows(
        table="appointment",
        columns="id customer_id contract_id kind status starts_at ends_at place",
        make=_appointments,
    ),
    Rows(table="consent", columns="id customer_id channel class allowed at", make=_consents),
    Rows(
        table="promise",
        columns="id customer_id subject_type subject_id topic value made_at made_by source state",
        make=_promises,
    ),
)


def _visits(due: int) -> int:
    return due + max(due // LATER, 10)


def due_ruleset(folder: Path) -> Ruleset:
    """The ruleset of the one rule, with the shipped templates and people, whose project is written into `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "due_project", folder)
    for name in ("contact_points.yaml", "owners.yaml", "topics.yaml"):
        shutil.copy(REPOSITORY / "rules" / name, folder / "rules" / name)
    for name in ("installation_reminder", "installation_cancelled"):
        shutil.copytree(REPOSITORY / "templates" / name, folder / "templates" / name)
    shutil.copy(REPOSITORY / "templates" / "layout.html.j2", folder / "templates")
    return load_ruleset(folder)


@contextmanager
def due_databases(bench: Bench, ruleset: Ruleset, due: int) -> Iterator[list[Kept]]:
    """A SQLite file and a PostgreSQL database in which `due` visits fall due at `DUE`; deleted afterwards."""
    folder = bench.states.data / f"due-{due}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    kept = [Kept(name="SQLite", url=sa.make_url(sqlite_url(folder / "due.db")))]
    server = bench.states.server
    if server is not None:
        name = f"due_{due}"
        administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        administer(server, f'CREATE DATABASE "{name}"')
        kept.append(Kept(name="PostgreSQL", url=server.set(database=name), server=server))
    try:
        for each in kept:
            with each.opened() as database:
                load_due(database, ruleset, due)
        yield kept
    finally:
        shutil.rmtree(folder)
        if server is not None:
            administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def load_due(database: sa.Engine, ruleset: Ruleset, due: int) -> None:
    """Fill an empty database with tables and rows, and run the previous pass."""
    migrate(database)
    columns: set[tuple[str, ...]] = set()
    for query in ruleset.rule_queries.values():
        columns |= query.indexed_columns() | query.indexed_figures()
    columns |= {column for query in ruleset.check_queries.values() for column in query.indexed_columns()}
    with database.begin() as connection:
        ensure_indexes(connection, columns)
        for rows in ROWS:
            _write(connection, rows, due)
    if database.dialect.name == "postgresql":  # as autovacuum does some time after a load
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    evaluate_due(database, ruleset, BEFORE)


def evaluate_due(database: sa.Engine, ruleset: Ruleset, now: datetime) -> TickReport:
    """The daemon's own pass. Raises ValueError where it failed, because a failure would look fast."""
    report = evaluate(database, ruleset, now, live=False)
    if report.failures or not report.complete:
        raise ValueError(f"a pass failed: {report.failures}")
    return report


def make_ready(database: sa.Engine, ruleset: Ruleset) -> int:
    """From rows to committed notices; returns how many are ready. Raises ValueError where any is not."""
    report = evaluate_due(database, ruleset, DUE)
    if report.verdicts.keys() != {NoticeState.READY}:
        raise ValueError(f"not all are ready: {report.verdicts}")
    return report.verdicts[NoticeState.READY]


def _write(connection: sa.Connection, rows: Rows, due: int) -> None:
    columns = rows.columns.split()
    listed = ", ".join(f'"{name}"' for name in columns)
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        statement = f'INSERT INTO "{rows.table}" ({listed}) VALUES ({", ".join("?" * len(columns))})'
        cursor.executemany(statement, ([_stored(value) for value in row] for row in rows.make(due)))
    else:
        with cursor.copy(f'COPY "{rows.table}" ({listed}) FROM STDIN'.encode()) as copy:
            for row in rows.make(due):
                copy.write_row(row)
    cursor.close()


def _stored(value: object) -> object:
    return microseconds(value - EPOCH) if isinstance(value, datetime) else value
