"""`handwritten/RULE.sql` -> the statements that a person would write for the rule, in the given database's SQL.

A file has a statement under `-- matching` and, for rules whose windows end, one under `-- missed`. A line that ends in
`-- sqlite` or `-- postgresql` is for that database alone. `@now-24h` and `@since+3h` are instants, `@money(15)` is an
amount.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bench.project import HERE
from notifier.model.columns import EPOCH, microseconds

_INSTANT = re.compile(r"@(now|since)(?:([+-])(\d+)h)?")
_MONEY = re.compile(r"@money\((\d+)\)")
_PART = re.compile(r"^-- (matching|missed)$", re.MULTILINE)


def handwritten(rule: str, dialect: str, instants: Mapping[str, datetime]) -> dict[str, str]:
    """The statements of a rule by name, with their instants (`now`, `since`) filled in."""
    text = (HERE / "handwritten" / f"{rule}.sql").read_text(encoding="utf-8")
    other = "postgresql" if dialect == "sqlite" else "sqlite"
    mine = "\n".join(line.removesuffix(f" -- {dialect}") for line in text.splitlines() if not line.endswith(other))
    _, *parts = _PART.split(mine)
    return {
        name: _MONEY.sub(
            lambda found: f"{found[1]}0000" if dialect == "sqlite" else found[1],
            _INSTANT.sub(lambda found: _literal(found, dialect, instants), sql),
        )
        for name, sql in zip(parts[::2], parts[1::2], strict=True)
    }


def run_bare(connection: sa.Connection, sql: str) -> list[Any]:
    """The first column of all rows, through the database's own driver."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]
    finally:
        cursor.close()


def plan_of(connection: sa.Connection, sql: str) -> str:
    """The database's plan for a statement."""
    cursor = connection.connection.cursor()
    try:
        if connection.dialect.name == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            return "\n".join(str(row[3]) for row in cursor.fetchall())
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(str(row[0]) for row in cursor.fetchall())
    finally:
        cursor.close()


def _literal(found: re.Match[str], dialect: str, instants: Mapping[str, datetime]) -> str:
    hours = timedelta(hours=int(f"{found[2]}{found[3]}")) if found[3] else timedelta()
    instant = instants[found[1]] + hours
    return str(microseconds(instant - EPOCH)) if dialect == "sqlite" else f"TIMESTAMPTZ '{instant.isoformat()}'"
