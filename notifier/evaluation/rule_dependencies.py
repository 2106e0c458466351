"""What a rule depends on: which of its rows to evaluate again after a change, or when an instant has come.

Every statement returns a superset: evaluating a row for which nothing changed decides the same again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dependents import Ids, Origin, changed_rows, dependents, due_rows, instants_of, rows_with_id
from notifier.evaluation.lasting import rows_in_question
from notifier.evaluation.local_moments import site_column
from notifier.evaluation.paths import Due, Reads, Way, way_of
from notifier.evaluation.windows import AFTER, distance, slack
from notifier.model.schema import REPLACEABLE, Schema
from notifier.rules.checked_rules import DayKind, Moment, Rule
from notifier.rules.expressions import Attribute, Column, Expression
from notifier.rules.row_paths import ways_to

AT_THE_ANCHOR: Mapping[str, Any] = {
    "offset": timedelta(0),
    "days": 0,
    "counted": DayKind.CALENDAR,
    "local_time": None,
}
"""What makes a moment the anchor itself."""


class RuleDependencies:
    """The ways from a rule's row to all that it reads, and the fields that its instants are computed from."""

    def __init__(self, rule: Rule, schema: Schema) -> None:
        self._rule = rule
        self._schema = schema
        names: dict[str, Way] = {rule.about: ()}
        if rule.each is not None and rule.each_name is not None:
            names[rule.each_name] = way_of(rule.each, names)
        self._reads = _reads(rule, schema, names)
        self._to = [way_of(path, names) for path in ways_to(rule.to)]
        self.moments: list[tuple[Moment, timedelta]] = moments_of(rule)
        """Every moment at which a window begins or ends, with the time added to it."""
        of_moments = {due_of(moment, extra, names) for moment, extra in self.moments}
        self.dues = {*self._reads.flips, *of_moments}
        self._only_to_hold = {*of_moments, *_flips(_conditions(rule), names)} - _flips(_told(rule), names)
        """What falls due where the rule holds, or may come to hold, and not for what it told when it did."""
        self.in_question = rows_in_question(rule, schema)
        """The rows of which the rule may be true while they stay as they are; None where each of them may."""
        self._ways = sorted(self._reads.ways, key=lambda way: [relation.name for relation in way])

    @property
    def entities(self) -> frozenset[str]:
        """The entities of all rows that are read."""
        return frozenset(way[-1].target if way else self._rule.about for way in self._ways)

    @property
    def flips(self) -> bool:
        """Whether time alone can change what is true, windows apart."""
        return bool(self._reads.flips)

    def changed(self, *, baseline: bool | None = None, kept: bool = False) -> list[Ids]:
        """The rows that depend on changed rows: one SELECT for each way, to be united. See `changed_rows`."""
        found: list[Ids] = []
        for way in self._ways:
            entity = way[-1].target if way else self._rule.about
            origin = changed_rows(entity, baseline=baseline, kept=kept)
            found += dependents(self._schema, self._rule.about, way, origin)
        return found

    def due(self, since: sa.ColumnElement[Any], now: sa.ColumnElement[Any]) -> list[Ids]:
        """The rows for which something fell due in [`since`, `now`], except moments that depend on a zone."""
        found: list[Ids] = []
        for due in self._ordered_dues():
            if due.slack:
                continue
            rows = due_rows(self._schema, due, since, now, self._among(due))
            found += dependents(self._schema, self._rule.about, due.way, rows)
        return found

    def exact_instants(self, after: sa.ColumnElement[Any], before: sa.ColumnElement[Any]) -> list[sa.Select[Any]]:
        """The instants in (`after`, `before`], except those of moments that depend on a zone."""
        dues = [due for due in self._ordered_dues() if not due.slack]
        return [instants_of(self._schema, due, after, before, self._among(due)) for due in dues]

    def _among(self, due: Due) -> Origin | None:
        """The rows that come into question, where it is a row of the rule that falls due; None: every row."""
        return self.in_question if not due.way and due in self._only_to_hold else None

    def of_customer(self, customer: sa.ColumnElement[str]) -> list[Ids]:
        """The rows whose recipient may be this customer."""
        who = rows_with_id(self._schema, "customer", customer)
        return [ids for way in self._to for ids in dependents(self._schema, self._rule.about, way, who)]

    def indexed_columns(self) -> set[tuple[str, str]]:
        """(table, column) of every timestamp that is searched by time."""
        return {
            (self._schema.entities[due.column.row.entity or ""].table.name, due.column.field.name)
            for due in self.dues
            if isinstance(due.column, Column)
        }

    def _ordered_dues(self) -> list[Due]:
        return sorted(self.dues, key=lambda due: ([r.name for r in due.way], due.column.text, due.offset))


def moments_of(rule: Rule) -> list[tuple[Moment, timedelta]]:
    """Every moment at which a window begins or ends, with the time added to it."""
    found = [(moment, timedelta(0)) for moment in rule.at]
    if rule.until is not None:
        return [*found, (rule.until, timedelta(0))]
    # Without `until`, a window before an anchor ends exactly at the anchor, whatever local time it began at.
    ends = [
        (replace(moment, **AT_THE_ANCHOR), timedelta(0)) if moment.before else (moment, AFTER) for moment in rule.at
    ]
    return found + ends


def due_of(moment: Moment, extra: timedelta, names: Mapping[str, Way]) -> Due:
    """When a row falls due for the moment."""
    column = moment.anchor
    assert isinstance(column, Column | Attribute)
    return Due(way=way_of(column.row, names), column=column, offset=distance(moment) + extra, slack=slack(moment))


def _conditions(rule: Rule) -> list[Expression]:
    return [condition.expression for condition in (*rule.when, *rule.unless)]


def _told(rule: Rule) -> list[Expression]:
    """What is looked at for a notice that was told, whether or not the rule still holds."""
    read = [condition.expression for follow_up in rule.follow_up for condition in follow_up.when]
    read += [claim.expression for claim in rule.claims]
    return read if rule.texts is None else [*read, rule.texts.by]


def _flips(expressions: Iterable[Expression], names: Mapping[str, Way]) -> set[Due]:
    reads = Reads()
    for expression in expressions:
        reads.add(expression, names)
    return reads.flips


def _reads(rule: Rule, schema: Schema, names: Mapping[str, Way]) -> Reads:
    reads = Reads(ways={()})
    for expression in (*_conditions(rule), *_told(rule)):
        reads.add(expression, names)
    for moment in (*rule.at, *([rule.until] if rule.until is not None else [])):
        reads.add(moment.anchor, names)
    if rule.each is not None:
        reads.add(rule.each, names)
    if (zone := site_column(rule.about, schema, "timezone")) is not None:
        reads.add(zone, names)
    if rule.about in REPLACEABLE:  # a row that is replaced goes on in the one that replaces it
        reads.ways.add((schema.entities[rule.about].relations["successors"],))
    for path in ways_to(rule.to):
        reads.ways.add((*reads.add(path, names), schema.entities["customer"].relations["consents"]))
    return reads
