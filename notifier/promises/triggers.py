"""What makes a check compare a promise again: a changed row on one of its ways, or an instant that has come."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from notifier.evaluation import dependents as back
from notifier.evaluation.emitter import NOW, Emitter
from notifier.evaluation.paths import Due, Reads, Way, way_of
from notifier.evaluation.values import later
from notifier.model.columns import UtcTime
from notifier.model.schema import Schema
from notifier.promises.facts_path import facts_paths, promise_column, promising_row
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import PROMISE
from notifier.rules.expressions import Attribute, Column, Expression, RowName

SINCE = sa.bindparam("since", type_=UtcTime())
AFTER = sa.bindparam("after", type_=UtcTime())
BEFORE = sa.bindparam("before", type_=UtcTime())

Statement = sa.Select[Any]


class Triggers:
    """The statements that find the promises of one check to compare again: UNIONs of plain indexed joins."""

    def __init__(self, check: Check, schema: Schema) -> None:
        self._check = check
        self._schema = schema
        self._about = promising_row(check).name
        reads, self._dues = Reads(), set[Due]()
        for names in self._names(reads):
            for expression in self._expressions():
                reads.add(expression, names)
            self._dues |= self._begins(names)
        self._ways = reads.ways
        self._dues |= reads.flips | self._validity()

    @cached_property
    def entities(self) -> frozenset[str]:
        """The entities of all rows that the check reads."""
        return frozenset(way[-1].target if way else self._about for way in self._ways)

    def changed_ids(self) -> Statement:
        """Promises that a changed row reaches, by its old or new keys; also changed and deleted promises themselves."""
        selects = [
            select
            for way in _once(self._ways)
            for select in back.dependents(
                self._schema, self._about, way, back.changed_rows(way[-1].target if way else self._about)
            )
        ]
        return _whole(back.united(selects))

    def due_ids(self) -> Statement | None:
        """Promises for which time alone may have changed something in [`since`, `now`]; None where it changes none."""
        found = ((due, back.due_rows(self._schema, due, SINCE, NOW)) for due in self._ordered())
        selects = [
            select for due, rows in found for select in back.dependents(self._schema, self._about, due.way, rows)
        ]
        if self._calculated():
            promise, begin, table = self._begin()
            selects.append(sa.select(promise.c.id).select_from(table).where(begin >= SINCE, begin <= NOW))
        return _whole(back.united(selects)) if selects else None

    def instants(self) -> Statement | None:
        """The instants in (after, before] at which time alone may change something; None where there is none.

        The deadlines of open contradictions are not included: the store knows those.
        """
        selects = [back.instants_of(self._schema, due, AFTER, BEFORE) for due in self._ordered()]
        if self._calculated():
            _, begin, table = self._begin()
            instant = sa.type_coerce(begin, UtcTime()).label("instant")
            selects.append(sa.select(instant).select_from(table).where(begin > AFTER, begin <= BEFORE))
        return _whole(sa.union_all(*selects)) if selects else None

    def indexed_columns(self) -> set[tuple[str, str]]:
        """The (table, column) pairs that these statements search by time."""
        columns = [due.column for due in self._dues]
        return {(column.row.entity or "", column.field.name) for column in columns if isinstance(column, Column)}

    def _names(self, reads: Reads) -> list[Mapping[str, Way]]:
        """The ways from the promise that the check's row names stand for: one mapping for each path of `on`."""
        seen = {self._about: reads.add(promising_row(self._check), {self._about: ()})}
        for expression in self._implied():
            reads.add(expression, seen)
        if self._check.against is None:
            return [seen]
        return [seen | {self._check.fact_name: reads.add(path, seen)} for path in facts_paths(self._check)]

    def _implied(self) -> Iterator[Expression]:
        implied = self._check.implied
        if implied is not None:
            yield from (condition.expression for condition in implied.when)
            optional = (implied.value, implied.currency, implied.tax_included)
            yield from (expression for expression in optional if expression is not None)

    def _expressions(self) -> Iterator[Expression]:
        check = self._check
        places = [each for each in (check.not_superseded, check.other_not_superseded) if each is not None]
        yield from (condition.expression for condition in (*check.when, *check.kept_when, *places))
        yield from check.valid_at
        optional = [check.actual, check.actual_until, check.surfaces_at]
        if check.summed is None:  # else they are columns of the rows that `actual` reads already
            optional += [check.actual_currency, check.actual_tax_included]
        yield from (expression for expression in optional if expression is not None)

    def _begins(self, names: Mapping[str, Way]) -> set[Due]:
        """A promise with `kept_when` is compared from `warn` before it is due."""
        column = self._check.surfaces_at
        if not self._check.kept_when or not isinstance(column, Column | Attribute):
            return set()
        return {Due(way=way_of(column.row, names), column=column, offset=-self._check.warn)}

    def _validity(self) -> set[Due]:
        """A fact without `surfaces_at` is compared with promises valid now, so the begin and end of validity matter."""
        column = self._check.surfaces_at
        dated = isinstance(column, Column) and isinstance(column.row, RowName) and not column.field.nullable
        if self._check.kept_when or dated or self._check.implied is not None or self._check.of_promises:
            return set()  # two promises are held against each other where their times overlap, whatever the time is
        fields = [promise_column(self._schema, name) for name in ("valid_from", "made_at", "valid_until")]
        return {Due(way=(), column=field, offset=timedelta(0)) for field in fields}

    def _calculated(self) -> bool:
        """Whether the deadline of a promise is calculated, so that no index finds those due."""
        return bool(self._check.kept_when) and not isinstance(self._check.surfaces_at, Column | Attribute)

    def _begin(self) -> tuple[sa.FromClause, sa.ColumnElement[Any], sa.FromClause]:
        """The promises of the topic, and from when to compare each."""
        assert self._check.surfaces_at is not None
        emitter = Emitter(self._schema, {PROMISE: PROMISE})
        promise = emitter.root(PROMISE)
        begin = later(emitter.value(self._check.surfaces_at), -self._check.warn)
        of_topic = sa.case((promise.c.topic == self._check.topic, begin))
        return promise, sa.type_coerce(of_topic, UtcTime()), emitter.from_clause()

    def _ordered(self) -> list[Due]:
        return sorted(self._dues, key=str)


def _once(ways: Iterable[Way]) -> Iterable[Way]:
    """The ways in order, those that differ only in the names of their steps once: a check's `on`, reversed, and what it
    sums are often the same rows. A second search for them would cost a third of what 1,000 changed rows cost."""
    return {tuple(replace(step, name="") for step in way): way for way in sorted(ways, key=str)}.values()


def _whole(ids: sa.Select[Any] | sa.CompoundSelect[Any]) -> Statement:
    return ids if isinstance(ids, sa.Select) else sa.select(ids.subquery())
