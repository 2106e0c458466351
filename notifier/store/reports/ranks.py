"""Medians and deciles by group, computed by the database."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa


def ranked(values: sa.Subquery, groups: int) -> sa.Select[Any]:
    """(by_0, …, cases, tenth, median, ninetieth) of the column `value` of `values`, by its first `groups` columns.

    `values` has the columns by_0, by_1, … and value, which is never null. The value of a rank is one that occurs (the
    nearest rank), so that the same rows give the same figure on every database.
    """
    by: Sequence[sa.ColumnElement[Any]] = [values.c[f"by_{index}"] for index in range(groups)]
    rank = sa.func.row_number().over(partition_by=by or None, order_by=values.c.value)
    cases = sa.func.count().over(partition_by=by or None)
    numbered = sa.select(*by, values.c.value, rank.label("rank"), cases.label("cases")).subquery("numbered")

    def at(part: int, whole: int) -> sa.ColumnElement[Any]:
        nearest = (numbered.c.cases * part + whole - 1) // whole
        return sa.func.max(sa.case((numbered.c.rank == nearest, numbered.c.value)))

    grouped = [numbered.c[f"by_{index}"] for index in range(groups)]
    return sa.select(
        *grouped,
        sa.func.count().label("cases"),
        at(1, 10).label("tenth"),
        at(1, 2).label("median"),
        at(9, 10).label("ninetieth"),
    ).group_by(*grouped)
