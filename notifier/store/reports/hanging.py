"""Contacts without a word of ours -> the rows that they are about, and the instants near which they come."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.births import OWN_INSTANT
from notifier.evaluation.dialects import Between, InstantIn, LaterInstant
from notifier.evaluation.values import elapsed
from notifier.model.figures import Spans
from notifier.model.missing_words import Clue, Hanging
from notifier.model.schema import HISTORY, Entity, Schema
from notifier.model.types import ValueType
from notifier.store.reports.promises import spans_by_group
from notifier.store.reports.ranks import ranked

_AFTER, _AHEAD = "after", "ahead"
_TIME_LEFT = {_AFTER: "time left after", _AHEAD: "time left ahead"}


def entity_of(subject: sa.ColumnElement[Any], schema: Schema) -> sa.ColumnElement[Any]:
    """The entity of a subject such as `order:O-1`; null where it names no row."""
    return sa.case(*((subject.like(f"{name}:%"), sa.literal(name, sa.String)) for name in schema.entities))


def hanging(
    connection: sa.Connection,
    judged: sa.CTE,
    schema: Schema,
    within: timedelta,
    about: Mapping[str, Mapping[str, int]],
) -> Mapping[str, Sequence[Hanging]]:
    """By reason: the entities that its contacts without a word are about, the most contacts first.

    `judged` has the columns reason, at, subject and verdict; `about` says by entity and reason how many contacts
    without a word there are. Contacts that lie farther than `within` from an instant of their row say nothing of it.
    """
    found: dict[str, list[Hanging]] = defaultdict(list)
    for name, counts in about.items():
        entity = schema.entities[name]
        kinds = _kinds(connection, judged, entity) if "kind" in entity.table.c else {}
        clues = _clues(connection, judged, entity, within)
        for reason, contacts in counts.items():
            found[reason].append(
                Hanging(entity=name, contacts=contacts, kinds=kinds.get(reason, {}), clues=clues.get(reason, ()))
            )
    return {reason: sorted(rows, key=lambda each: (-each.contacts, each.entity)) for reason, rows in found.items()}


def _about(judged: sa.CTE, entity: Entity) -> tuple[sa.FromClause, list[sa.ColumnElement[bool]]]:
    """The contacts that are about rows of the entity which there are, joined to them."""
    start = f"{entity.name}:"
    row = entity.table
    joined = judged.join(row, row.c.id == sa.func.substr(judged.c.subject, len(start) + 1))
    return joined, [judged.c.verdict != "told", judged.c.subject.like(f"{start}%")]


def _kinds(connection: sa.Connection, judged: sa.CTE, entity: Entity) -> Mapping[str, dict[str, int]]:
    """By reason: how many contacts are about rows of each kind, the most first."""
    joined, chosen = _about(judged, entity)
    kind = entity.table.c.kind
    counted = sa.select(judged.c.reason, kind, sa.func.count().label("contacts"))
    statement = counted.select_from(joined).where(*chosen, kind.is_not(None)).group_by(judged.c.reason, kind)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in sorted(connection.execute(statement), key=lambda row: (-row.contacts, row.kind)):
        found[row.reason][row.kind] = int(row.contacts)
    return found


def _clues(
    connection: sa.Connection, judged: sa.CTE, entity: Entity, within: timedelta
) -> Mapping[str, Sequence[Clue]]:
    """By reason: the instants near which its contacts come, with medians and deciles of the distance."""
    parts = [part for column in _instants(entity) for part in _distances(judged, entity, column, within)]
    if not parts:
        return {}
    values = sa.union_all(*parts).subquery("values")
    spans = spans_by_group(connection.execute(ranked(values, 3)).all(), 3)
    found: dict[str, list[Clue]] = defaultdict(list)
    for (reason, column, side), distance in sorted(spans.items()):
        if side in _TIME_LEFT:
            time_left = spans.get((reason, column, _TIME_LEFT[side]), Spans())
            name = f"{entity.name}.{column}"
            found[reason].append(Clue(column=name, is_ahead=side == _AHEAD, distance=distance, time_left=time_left))
    return found


def _distances(judged: sa.CTE, entity: Entity, column: str, within: timedelta) -> Iterator[sa.Select[Any]]:
    """(reason, column, side, value) for each contact near the instant, after it or ahead of it: how far it lies from
    the instant, and how long before it a rule could have spoken."""
    joined, chosen = _about(judged, entity)
    instant = entity.table.c[column]
    known = _known(entity, column)
    knowable = sa.case((known > instant, known), else_=instant)
    earliest, latest = (LaterInstant(judged.c.at, elapsed(span)) for span in (-within, within))

    def part(side: str, value: sa.ColumnElement[Any], *near: sa.ColumnElement[bool]) -> sa.Select[Any]:
        named = (sa.literal(column, sa.String).label("by_1"), sa.literal(side, sa.String).label("by_2"))
        return (
            sa.select(judged.c.reason.label("by_0"), *named, value.label("value"))
            .select_from(joined)
            .where(*chosen, *near)
        )

    after = (instant <= judged.c.at, instant >= earliest)
    yield part(_AFTER, _between(judged.c.at, instant), *after)
    yield part(_TIME_LEFT[_AFTER], _between(judged.c.at, knowable), *after, knowable <= judged.c.at)
    ahead = (instant > judged.c.at, instant <= latest)
    yield part(_AHEAD, _between(instant, judged.c.at), *ahead)
    yield part(_TIME_LEFT[_AHEAD], _between(judged.c.at, known), *ahead, known <= judged.c.at)


def _known(entity: Entity, column: str) -> sa.ColumnElement[Any]:
    """When we knew the instant: when its row came to be, or the column was set later. Null where nobody knows."""
    columns = entity.table.c
    own = OWN_INSTANT.get(entity.name)
    born = columns.born_at if own is None else sa.func.coalesce(columns[own], columns.born_at, type_=columns[own].type)
    later = InstantIn(columns.set_at, sa.literal_column(f"'{column}'", sa.String()))
    return sa.case((later > born, later), else_=born)


def _between(later: sa.ColumnElement[Any], earlier: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return Between(later, earlier, type_=sa.BigInteger())


def _instants(entity: Entity) -> list[str]:
    """The columns of the entity that are instants which the business writes."""
    return [
        name
        for name, field in entity.fields.items()
        if field.type is ValueType.TIMESTAMP and field.imported and name not in HISTORY
    ]
