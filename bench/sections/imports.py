"""Orders from a CSV file, validated and recorded as changes, against csv and executemany of the same columns.

The other side reads the same file with the csv module and inserts its texts unchanged, in one transaction, into the
same table with the same indexes. It validates nothing and records no changes.
"""

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from bench.database import sqlite_url
from bench.harness import Bench, Case, Job, Result
from bench.rows import NOW, TABLES, Row
from notifier.intake.importing import import_rows
from notifier.intake.one_reading import ImportOptions
from notifier.intake.parsing import ImportContext
from notifier.intake.sources import open_source
from notifier.model.columns import EPOCH
from notifier.model.schema import Schema, entities
from notifier.store.database import open_engine
from notifier.store.migrating import migrate
from tests.support.postgres import administer

NAME = "imports"
COLUMNS = tuple(name for name in TABLES["order"].columns if name != "attributes")
CONTEXT = ImportContext(schema=Schema(entities=entities()))
MOST = {"SQLite": 100_000, "PostgreSQL": 30_000}
"""The most orders: on PostgreSQL a row takes both sides three times as long, and the run is limited to 15 minutes."""
AT_ONCE = 5_000
"""Rows per executemany of the bare side."""


class Empty:
    """An empty, migrated database, renewed for each run."""

    def __init__(self, bench: Bench, kind: str) -> None:
        self._path = bench.states.data / "empty.db"
        self._server = bench.states.server if kind == "PostgreSQL" else None
        self.engine = sa.create_engine("sqlite://")

    def renew(self) -> None:
        """Replace the database by an empty one."""
        self.close()
        if self._server is None:
            url = sqlite_url(self._path)
        else:
            administer(self._server, "CREATE DATABASE bench_empty")
            url = self._server.set(database="bench_empty").render_as_string(hide_password=False)
        self.engine = open_engine(url)
        migrate(self.engine)

    def close(self) -> None:
        """Delete the database."""
        self.engine.dispose()
        for file in self._path.parent.glob(f"{self._path.name}*"):
            file.unlink()
        if self._server is not None:
            administer(self._server, "DROP DATABASE IF EXISTS bench_empty WITH (FORCE)")


def run(bench: Bench) -> Iterator[Result]:
    """One ratio per database."""
    orders = bench.state.sizes.orders
    for kind in ("SQLite", "PostgreSQL") if bench.states.server is not None else ("SQLite",):
        with ExitStack() as closing:
            file, rows = bench.states.data / "orders.csv", min(orders, MOST[kind])
            write_orders(file, bench, rows)
            closing.callback(file.unlink)
            empty = Empty(bench, kind)
            closing.callback(empty.close)
            yield bench.compare(
                NAME,
                Case(
                    name=f"{rows:,} orders, {kind}",
                    ours=Job(name="import", before=empty.renew, run=partial(imported, empty, file)),
                    other=Job(name="csv + executemany", before=empty.renew, run=partial(inserted, empty, file)),
                    at_least=0.6,
                    server=bench.states.server if kind == "PostgreSQL" else None,
                ),
            )


def write_orders(file: Path, bench: Bench, most: int) -> None:
    """Write at most `most` of the generated orders as a shop system would export them."""
    places = [TABLES["order"].columns.index(name) for name in COLUMNS]
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(COLUMNS)
        for row in islice(TABLES["order"].rows(bench.state.sizes), most):
            writer.writerow(_cells(row, places))


def imported(empty: Empty, file: Path) -> int:
    """The number of rows that our import wrote. Raises ValueError where it refused any."""
    with open_source(file, None) as source:  # type: ignore[arg-type] # no stdin is read
        report = import_rows(empty.engine.begin, source, "order", CONTEXT, ImportOptions(at=NOW))
    if report.bad:
        raise ValueError(f"{report.bad} generated orders were refused: {report.problems[:3]}")
    return report.counts.inserted


def inserted(empty: Empty, file: Path) -> int:
    """The number of rows that the bare script wrote."""
    mark = "?" if empty.engine.dialect.name == "sqlite" else "%s"
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    statement = f'INSERT INTO "order" ({columns}) VALUES ({", ".join([mark] * len(COLUMNS))})'
    count = 0
    with file.open(encoding="utf-8", newline="") as opened, empty.engine.begin() as connection:
        rows = csv.reader(opened)
        next(rows)
        cursor = connection.connection.cursor()
        while part := [[cell or None for cell in row] for row in islice(rows, AT_ONCE)]:
            cursor.executemany(statement, part)
            count += len(part)
        cursor.close()
    return count


def _cells(row: Row, places: list[int]) -> list[str]:
    cells = []
    for name, place in zip(COLUMNS, places, strict=True):
        value = row[place]
        if value is None:
            cells.append("")
        elif name.endswith("_at"):
            cells.append((EPOCH + timedelta(microseconds=value)).isoformat())
        else:
            cells.append(str(value // 10_000) if name == "total" else str(value))
    return cells
