"""Promises that name another one in `replaces`, which they may not take the place of: taken, and said with a remedy."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from notifier.intake.columns import CellDoubt
from notifier.model.schema import entities
from notifier.rules.checked import Supersedes
from notifier.rules.checked_rules import PROMISE
from notifier.rules.promise_policy import may_supersede
from notifier.store.sql import rows_in


def refused_supersedes(
    connection: sa.Connection, columns: Mapping[str, Sequence[Any]], good: Sequence[bool], supersedes: Supersedes
) -> Iterator[CellDoubt]:
    """A doubt about each promise of a batch whose `replaces` has no effect. A promise that is not there yet may be
    imported later, and is not doubted."""
    replaced = columns.get("replaces")
    if replaced is None:
        return
    named = {name for name, ok in zip(replaced, good, strict=True) if ok and name}
    ids = {row_id for row_id, name, ok in zip(columns["id"], replaced, good, strict=True) if ok and name}
    if not named:
        return
    stored = _stored(connection, named | ids)
    sources, topics = columns.get("source"), columns.get("topic")
    for index, (row_id, name, ok) in enumerate(zip(columns["id"], replaced, good, strict=True)):
        if not ok or not name or name not in stored:
            continue
        before = stored.get(row_id, ("", ""))
        source = (sources[index] if sources else None) or before[0]
        topic = (topics[index] if topics else None) or before[1]
        what = why_it_stands(supersedes, source, topic, *stored[name])
        if what is not None:
            yield CellDoubt(index=index, column="replaces", what=what, value=f"{row_id} for {name}")


def why_it_stands(supersedes: Supersedes, source: str, topic: str, other_source: str, other_topic: str) -> str | None:
    """Why a promise does not take the place of another, after a number of them; None where it does."""
    if topic != other_topic:
        return f"about {topic} cannot take the place of one about {other_topic}: both stand; withdraw the wrong one"
    if may_supersede(supersedes, source, other_source):
        return None
    return (
        f"of source {source} may not take the place of one of source {other_source}: both stand; withdraw the wrong "
        f"one (notifier promise withdraw), or let {source} supersede {other_source} in rules/policy.yaml"
    )


def source_and_topic(connection: sa.Connection, promise_id: str) -> tuple[str, str] | None:
    """Those of a promise; None where there is no such promise."""
    return _stored(connection, {promise_id}).get(promise_id)


def _stored(connection: sa.Connection, ids: set[str]) -> dict[str, tuple[str, str]]:
    table = entities()[PROMISE].table
    rows = rows_in(connection, sa.select(table.c.id, table.c.source, table.c.topic), table.c.id, ids)
    return {row.id: (row.source, row.topic) for row in rows}
