"""A tick in which nothing changed and nothing fell due reads no table from end to end, whatever the rules in force."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.intake.events import apply_change_set
from notifier.sending.dispatch import DispatchReport
from notifier.simulation.demo.folder import make_folder
from notifier.simulation.demo.week import read_week
from notifier.wiring import House, open_house

SMALL = {
    "rule_state": "one row a rule or check",
    "set_aside": "one row a rule, check or file with an error",
    "site": "a few a city; its day rolls over by its own clock, which no index knows",
    "site_calendar": "one row a site",
    "alembic_version": "one row",
    "sqlite_master": "one row a table or index",
    "sqlite_temp_master": "nothing is temporary",
}
"""Tables that an idle tick may read whole, and why that stays cheap."""
PLANNED = {"SELECT", "UPDATE", "DELETE", "INSERT", "WITH"}
"""The first words of statements that have a plan; PRAGMA, BEGIN and SAVEPOINT have none."""
SCAN = re.compile(r"^SCAN (?!CONSTANT ROW|\(subquery|anon_|json_each)(\S+)")
"""A table, by its name or alias, that a plan reads from end to end: no value list, no result of another part."""
PARTIAL = re.compile(r"^SCAN (?P<table>\w+) USING (?:COVERING )?INDEX (?P<index>ix_\w+)$")
ALIAS = re.compile(r'"?\b(?P<table>\w+)"? AS (?P<alias>\w+)')


@dataclass
class Statements:
    """Every statement that an engine executes while it listens, with its parameters."""

    engine: sa.Engine
    heard: list[tuple[str, Sequence[Any]]] = field(default_factory=list)

    def __enter__(self) -> "Statements":
        sa.event.listen(self.engine, "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        sa.event.remove(self.engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        self.heard.append((statement, parameters[0] if many else parameters))

    def scans(self) -> dict[str, set[str]]:
        """The tables that a statement reads whole, each with the plans' own words for it."""
        found: dict[str, set[str]] = {}
        with self.engine.connect() as connection:
            for statement, parameters in dict.fromkeys((text, tuple(given)) for text, given in self.heard):
                if statement.lstrip().split(None, 1)[0].upper() not in PLANNED:
                    continue
                names = {alias: table for table, alias in ALIAS.findall(statement)}
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                    scan = SCAN.match(row.detail)
                    if scan is not None:
                        name = str(scan[1])
                        found.setdefault(names.get(name, name), set()).add(row.detail)
        return found


@pytest.fixture
def house(tmp_path: Path) -> House:
    """The shipped rules over the demo's city, after a morning of notices, holds and alerts."""
    folder = tmp_path / "demo"
    make_folder(folder)
    house = open_house(folder)
    week = read_week(folder / "data")
    house.tick(week.starts)
    for change in week.changes[:6]:
        with house.writing() as connection:
            apply_change_set(connection, change, house.imports)
        house.tick(change.at)
    return house


def waits_for_nothing(database: sa.Engine, plan: str) -> bool:
    """Whether the plan reads a partial index that is empty: one of the few rows that wait for a tick."""
    if (found := PARTIAL.match(plan)) is None:
        return False
    with database.connect() as connection:
        asked = sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = :name")
        made = connection.execute(asked, {"name": found["index"]}).scalar() or ""
        _, _, condition = made.partition(" WHERE ")
        counted = f"SELECT count(*) FROM {found['table']} WHERE {condition}"
        return condition != "" and connection.exec_driver_sql(counted).scalar() == 0


def test_an_idle_tick_scans_no_table_that_grows(house: House) -> None:
    last = read_week(house.folder / "data").changes[5].at
    house.tick(last + timedelta(minutes=10))  # what was told a moment ago is looked at once more
    with Statements(house.database) as statements:
        report, sent = house.tick(last + timedelta(minutes=11))
    assert (report.changes, report.verdicts, report.contradictions, report.failures) == (0, {}, 0, ())
    assert sent == DispatchReport()
    assert len(statements.heard) > 30

    scans = statements.scans()
    for table in [name for name in scans if name not in SMALL]:
        scans[table] -= {plan for plan in scans[table] if waits_for_nothing(house.database, plan)}
    # Empty between ticks; and where they are not, an index leads to the changes of an entity.
    waiting = scans.pop("change") | scans.pop("kept_change")
    assert all("USING INDEX" in detail or "USING COVERING INDEX" in detail for detail in waiting), waiting
    assert {table: details for table, details in scans.items() if details and table not in SMALL} == {}
    house.close()


def test_a_scan_would_be_seen(house: House) -> None:
    with Statements(house.database) as statements, house.reading() as reader:
        reader.customer_count()
        list(reader.rows(sa.select(sa.text("name")).select_from(sa.text("customer AS c")), {}))
    assert statements.scans()["customer"] >= {"SCAN c"}
    house.close()
