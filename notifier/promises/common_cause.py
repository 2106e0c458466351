"""What the contradictions of a flood have in common: the same import, seller, plan. Counted in flat memory.

For each chunk of them one statement reads of their facts, and one of their promises with the rows they are about, the
columns that a wrong load, a seller or a plan would show in. What most of them share is the common cause. Rows that are
alike are counted as the driver gave them: for a GROUP BY of so many columns SQLite sorts them, which takes longer.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.lists import in_values
from notifier.model.instants import minute_text
from notifier.model.reading import StateReader
from notifier.model.schema import Schema
from notifier.model.settling import CommonCause
from notifier.promises.facts_path import promising_row
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import PROMISE

OF_FACTS = ("written_at", "seller", "plan", "zone", "site_id", "product")
"""Columns of a fact's row that tell where it comes from: rows of one import were written at one instant."""
OF_PROMISES = ("made_by", "source", "written_at")
OF_SUBJECTS = ("plan", "zone", "seller", "site_id")
MOST_VALUES = 1_000
"""Values of one column that are counted apart: a column with more of them is no common cause."""
SHARED = Decimal("0.8")
"""Which part of a flood must share a value for it to be named."""
MOST_NAMED = 4


CauseStatement = tuple[str, list[str], sa.Select[Any]]
"""Which ids it takes, the names of its columns, and the statement."""


class CommonCauses:
    """Counts what the contradictions of one pass have in common, chunk by chunk."""

    def __init__(self, statements: Callable[[], Sequence[CauseStatement]]) -> None:
        """`statements` are asked for on first use: hardly any pass has a flood."""
        self._asked = statements
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._crowded: set[str] = set()

    @cached_property
    def _statements(self) -> Sequence[CauseStatement]:
        return self._asked()

    def add(self, reader: StateReader, promises: Collection[str], facts: Collection[str]) -> None:
        """Count these promises, or rows that imply them, and the facts that contradict them."""
        ids = {"promises": list(promises), "facts": list(facts)}
        for whose, names, statement in self._statements:
            unread = reader.unread(statement, {whose: ids[whose]})
            for row, count in Counter(unread.rows).items():
                for index, name in enumerate(names):
                    value = unread.value(index, row[index])
                    if value is not None and name not in self._crowded:
                        self._count(name, value, count)

    def found(self, count: int) -> tuple[CommonCause, ...]:
        """What at least `SHARED` of `count` contradictions share, the most frequent first."""
        shared = [
            CommonCause(what=name, value=value, count=min(number, count))
            for name, counts in self._counts.items()
            for value, number in counts.most_common(1)
            if name not in self._crowded and number >= SHARED * count
        ]
        order = {name: index for index, (_, names, _) in enumerate(self._statements) for name in names}
        named = sorted(shared, key=lambda each: (-each.count, order[each.what], each.what))
        return tuple(named[:MOST_NAMED])

    def _count(self, name: str, value: object, count: int) -> None:
        counts = self._counts[name]
        counts[minute_text(value) if isinstance(value, datetime) else str(value)] += count
        if len(counts) > MOST_VALUES:
            self._crowded.add(name)
            counts.clear()


def cause_statements(check: Check, schema: Schema) -> Iterator[CauseStatement]:
    """What tells where the facts, and the promises, of a check's contradictions come from."""
    if check.against is not None:
        fact = schema.entities[check.against].table.alias()
        columns = {f"{check.against}.{name}": fact.c[name] for name in OF_FACTS if name in fact.c}
        yield "facts", list(columns), _values(fact, columns, in_values(fact.c.id, "facts"))
    promising = promising_row(check).name
    promise = schema.entities[promising].table.alias()
    of_promise = OF_PROMISES if promising == PROMISE else (*OF_SUBJECTS, "written_at")
    columns = {f"{promising}.{name}": promise.c[name] for name in of_promise if name in promise.c}
    source: sa.FromClause = promise
    if promising == PROMISE and check.on and check.on[0].entity is not None:
        entity = check.on[0].entity
        subject = schema.entities[entity].table.alias()
        columns |= {f"{entity}.{name}": subject.c[name] for name in OF_SUBJECTS if name in subject.c}
        of_entity = sa.and_(subject.c.id == promise.c.subject_id, promise.c.subject_type == entity)
        source = promise.outerjoin(subject, of_entity)
    yield "promises", list(columns), _values(source, columns, in_values(promise.c.id, "promises"))


def _values(
    source: sa.FromClause, columns: Mapping[str, sa.ColumnElement[Any]], chosen: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    return sa.select(*columns.values()).select_from(source).where(chosen)
