"""Lists of ids, and of pairs of ids, that are bound as one parameter: one text of a statement serves them all."""

from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import Construct
from notifier.evaluation.sqltypes import TextList


class Listed(Construct):
    """The texts of a list bound as one parameter, as a subquery."""

    sqlite = "(SELECT value FROM json_each({0}))"
    postgresql = "(SELECT unnest({0}))"


class ListedPairs(Construct):
    """The pairs of texts of a JSON list of lists bound as one parameter, as a subquery."""

    sqlite = "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each({0}))"
    postgresql = "(SELECT pair ->> 0, pair ->> 1 FROM json_array_elements(CAST({0} AS JSON)) AS pair)"


class NamedPair(Construct):
    """Whether two texts are one of the pairs of a JSON list of lists, which is looked up in a hash.

    No plan hangs on it. As `IN`, PostgreSQL made it a join, and went through the list for each row: 0.9 s for 1,500
    rows. SQLite began with the pairs, and not with the rows.
    """

    type = sa.Boolean()
    sqlite = "(+{0}, +{1}) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each({2}))"
    postgresql = (
        "(({0}, {1}) IN (SELECT pair ->> 0, pair ->> 1 FROM json_array_elements(CAST({2} AS JSON)) AS pair)) IS TRUE"
    )


def in_pairs(one: sa.ColumnElement[Any], other: sa.ColumnElement[Any], bind_name: str) -> sa.ColumnElement[bool]:
    """`(one, other) IN (…)` for a JSON list of pairs bound as the single parameter `bind_name`."""
    listed = ListedPairs(sa.bindparam(bind_name, type_=sa.String()))
    return sa.tuple_(one, other).op("IN", is_comparison=True)(listed)


def in_values(column: sa.ColumnElement[Any], bind_name: str) -> sa.ColumnElement[bool]:
    """`column IN (…)` for a list of texts bound as the single parameter `bind_name`."""
    # A construct that is itself a condition would be rendered as `(…) = 1` on SQLite, which no index serves.
    listed = Listed(sa.bindparam(bind_name, type_=TextList()))
    return column.op("IN", is_comparison=True)(listed)
