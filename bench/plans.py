"""The plan of a statement in a few lines: what it reads by which index, and what takes the time."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

SHOWN = 3
"""Steps of a plan that are shown."""


class Explained(sa.sql.expression.Executable, sa.sql.ClauseElement):
    """EXPLAIN of a statement; PostgreSQL also runs it (ANALYZE)."""

    inherit_cache = False

    def __init__(self, statement: sa.Select[Any]) -> None:
        self.statement = statement


@compiles(Explained, "sqlite")
def _on_sqlite(element: Explained, compiler: SQLCompiler, **options: Any) -> str:
    return f"EXPLAIN QUERY PLAN {compiler.process(element.statement, **options)}"


@compiles(Explained, "postgresql")
def _on_postgresql(element: Explained, compiler: SQLCompiler, **options: Any) -> str:
    return f"EXPLAIN (ANALYZE, FORMAT JSON) {compiler.process(element.statement, **options)}"


def steps(connection: sa.Connection, statement: sa.Select[Any], parameters: Mapping[str, object]) -> list[str]:
    """SQLite: the first steps of the plan. PostgreSQL: those that took longest, each with its share."""
    rows = connection.execute(Explained(statement), dict(parameters)).all()
    if connection.dialect.name == "sqlite":
        return [str(row[3]) for row in rows if row[3].startswith(("SCAN", "SEARCH", "USE"))][:SHOWN]
    nodes = sorted(_nodes(rows[0][0][0]["Plan"]), reverse=True)
    whole = sum(spent for spent, _ in nodes) or 1.0
    return [f"{spent / whole:4.0%} {label}" for spent, label in nodes[:SHOWN]]


def _nodes(plan: Mapping[str, Any]) -> Iterator[tuple[float, str]]:
    """(own time over all loops and workers, description) of each node."""
    below = list(plan.get("Plans", ()))
    spent = _spent(plan) - sum(_spent(node) for node in below)
    where = " ".join(str(plan[key]) for key in ("Relation Name", "Index Name") if key in plan)
    yield max(spent, 0.0), f"{plan['Node Type']} {where}".strip()
    for node in below:
        yield from _nodes(node)


def _spent(plan: Mapping[str, Any]) -> float:
    return float(plan["Actual Total Time"]) * int(plan["Actual Loops"])
