"""What a change touches of a rule with `each`: a whole subject, its figures, or some of its rows of `each` alone.

One contract of an incident with a hundred thousand changes nothing for the others. So the ways on which a rule reads
are told apart by where they start: at the subject (all its rows may be touched), at one row of `each` (that row is), or
in a question about many rows that the subject alone decides, a figure (all are, but only if it moved).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dependents import Ids, Origin, changed_rows, dependents, due_rows, rows_among, rows_on
from notifier.evaluation.local_moments import site_column
from notifier.evaluation.paths import Due, Reads, Way, way_of
from notifier.evaluation.rule_dependencies import due_of, moments_of
from notifier.evaluation.shared_columns import questions
from notifier.model.schema import REPLACEABLE, Relation, Schema
from notifier.rules.aggregates import Aggregated, Common
from notifier.rules.checked_rules import Rule
from notifier.rules.expressions import All, Column, Exists, Expression, Filtered, Related, RowName, Sum
from notifier.rules.row_paths import Ranked, ways_to

_NAMING = Exists | All | Filtered | Sum | Aggregated | Common | Ranked


CUSTOMERS = "customers"
"""The parameter that the ids of customers are bound to."""


def are_rows_apart(rule: Rule) -> bool:
    """Whether some rows of `each` can be decided without all others of their subject.

    The same words go once to an address that several customers share. Where they can be the same (`share_words`), the
    rows whose readers share an address are decided together; these are found where a row leads to its readers.
    """
    return rule.each is not None and (not share_words(rule) or _lead_to_readers(rule))


def share_words(rule: Rule) -> bool:
    """Whether two rows of `each` may be told in the same words, so that what is said about one may hang on the other.

    Not where one of the claims is the row's own id, nor where nothing of the rule is told through another notice.
    """
    return rule.each is not None and rule.merges and not any(_is_id(rule, claim.expression) for claim in rule.claims)


def _lead_to_readers(rule: Rule) -> bool:
    """Whether all who are told are reached from the row of `each`, and nobody from its subject, who would be told of
    every row."""
    return all(_begins_with(path) == rule.each_name for path in ways_to(rule.to))


def _begins_with(path: Expression) -> str | None:
    """The name of the row that a path begins with."""
    while isinstance(path, Related | Filtered | Ranked):
        path = path.source
    return path.name if isinstance(path, RowName) else None


def _is_id(rule: Rule, claimed: Expression) -> bool:
    match claimed:
        case Column(row=RowName(name=name), field=column):
            return name == rule.each_name and column.name == "id"
    return False


class RowDependencies:
    """The ways of a rule with `each`, by what a change of a row at their end touches."""

    def __init__(self, rule: Rule, schema: Schema) -> None:
        assert rule.each is not None
        assert rule.each_name is not None
        self._about = rule.about
        self._schema = schema
        self._each_way = way_of(rule.each, {rule.about: ()})
        self._each_entity = rule.each.entity or ""
        here = Relation(name="@each", source=rule.about, target=self._each_entity, many=True, keys=())
        self._row: Way = (here,)
        """Stands in a way for the row of `each` itself, from wherever that is reached."""
        self._names: Mapping[str, Way] = {rule.about: (), rule.each_name: self._row}
        self._to: list[Way] = []
        self._reads = Reads(ways={()})
        self._figures = Reads()
        self._read(rule)
        dues = {*self._reads.flips, *(due_of(moment, extra, self._names) for moment, extra in moments_of(rule))}
        self._dues = [due for due in _in_order(dues) if not due.slack]

    def changed_subjects(self) -> list[Ids]:
        """The subjects of which every row may be touched by a change that came with no baseline."""
        ways = [way for way in self._ways(self._reads) if not self._is_of_row(way)]
        return [ids for way in ways for ids in dependents(self._schema, self._about, way, self._changed(way))]

    def changed_figures(self) -> list[Ids]:
        """The subjects whose figures such a change may have moved."""
        ways = [way for way in self._ways(self._figures) if way]
        return [ids for way in ways for ids in dependents(self._schema, self._about, way, self._changed(way))]

    def changed_rows(self) -> list[sa.Select[Any]]:
        """(subject, row of `each`) that such a change touches."""
        found: list[sa.Select[Any]] = []
        for way in self._ways(self._reads):
            if self._is_of_row(way):
                found += self._of_rows(way[1:], self._changed(way, with_row=len(way) == 1))
        return found

    def due_subjects(self, since: sa.ColumnElement[Any], now: sa.ColumnElement[Any]) -> list[Ids]:
        """The subjects of which every row may be touched by an instant in [`since`, `now`], but local times."""
        return [
            ids
            for due in self._dues
            if not self._is_of_row(due.way)
            for ids in dependents(self._schema, self._about, due.way, due_rows(self._schema, due, since, now))
        ]

    def due_figures(self, since: sa.ColumnElement[Any], now: sa.ColumnElement[Any]) -> list[Ids]:
        """The subjects whose figures such an instant may have moved."""
        return [
            ids
            for due in _in_order(self._figures.flips)
            for ids in dependents(self._schema, self._about, due.way, due_rows(self._schema, due, since, now))
        ]

    def due_rows(self, since: sa.ColumnElement[Any], now: sa.ColumnElement[Any]) -> list[sa.Select[Any]]:
        """(subject, row of `each`) that such an instant touches."""
        found: list[sa.Select[Any]] = []
        for due in self._dues:
            if self._is_of_row(due.way):
                found += self._of_rows(due.way[1:], due_rows(self._schema, due, since, now))
        return found

    def rows_of_customers(self) -> list[sa.Select[Any]]:
        """(subject, row of `each`) of the rows that lead to these `customers`, whatever filters pick on the way."""
        who = rows_among(self._schema, "customer", CUSTOMERS)
        return [pairs for way in self._to if self._is_of_row(way) for pairs in self._of_rows(way[1:], who)]

    def _read(self, rule: Rule) -> None:
        assert rule.each is not None
        conditions = [*rule.when, *rule.unless, *(c for follow_up in rule.follow_up for c in follow_up.when)]
        for expression in (*(c.expression for c in conditions), *(claim.expression for claim in rule.claims)):
            self._share_out(expression, self._names)
        if rule.texts is not None:
            self._share_out(rule.texts.by, self._names)
        for moment in (*rule.at, *([rule.until] if rule.until is not None else [])):
            self._reads.add(moment.anchor, self._names)
        self._read_each(rule.each)
        if (zone := site_column(rule.about, self._schema, "timezone")) is not None:
            self._reads.add(zone, self._names)
        if rule.about in REPLACEABLE:
            self._reads.ways.add((self._schema.entities[rule.about].relations["successors"],))
        for path in ways_to(rule.to):
            recipient = self._reads.add(path, self._names)
            self._to.append(recipient)
            self._reads.ways.add((*recipient, self._schema.entities["customer"].relations["consents"]))

    def _read_each(self, path: Expression) -> None:
        """A row belongs to a subject by its own columns: what is before the last step is the subject's."""
        if isinstance(path, Filtered):
            self._read_each(path.source)
            self._share_out(path.condition, {**self._names, path.variable: self._row})
        elif isinstance(path, Related):
            self._reads.add(path.source, self._names)
            self._reads.ways.add(self._row)

    def _share_out(self, expression: Expression, names: Mapping[str, Way]) -> None:
        asked: list[Expression] = list(questions(expression, self._about))
        if not asked:
            self._reads.add(expression, names)
        elif expression in asked:
            self._figures.add(expression, names)
        elif isinstance(expression, _NAMING):  # it names a row, which what is below it reads
            self._reads.add(expression, names)
        else:
            for part in expression.parts:
                self._share_out(part, names)

    def _ways(self, reads: Reads) -> Sequence[Way]:
        return sorted(reads.ways, key=lambda way: [relation.name for relation in way])

    def _is_of_row(self, way: Way) -> bool:
        return way[:1] == self._row

    def _changed(self, way: Way, *, with_row: bool = False) -> Origin:
        return changed_rows(way[-1].target if way else self._about, baseline=False, with_row=with_row)

    def _of_rows(self, way: Way, origin: Origin) -> list[sa.Select[Any]]:
        """From rows that a row of `each` reaches on this way back to it, and on to its subjects."""
        rows = [origin] if origin.row is not None else rows_on(self._schema, way, origin)
        return [ids for row in rows for ids in dependents(self._schema, self._about, self._each_way, row)]


def _in_order(dues: set[Due]) -> list[Due]:
    return sorted(dues, key=lambda due: ([r.name for r in due.way], due.column.text, due.offset))
