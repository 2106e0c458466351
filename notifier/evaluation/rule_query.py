"""A checked rule -> its statements, each for a whole set of rows; nothing is executed here.

Each statement is built once. Parameters: `now` (aware UTC), `subjects` (ids of the rule's rows), `since` (the previous
pass), `after` and `before` (instants), `customer` (an id). Rows are read by `read` and `explain`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.day_counts import DayCounts
from notifier.evaluation.dependents import changed_rows, dependents, rows_among, united
from notifier.evaluation.emitter import NOW, Emitter
from notifier.evaluation.explanations import Explanation
from notifier.evaluation.figures import indexed_figures
from notifier.evaluation.lists import in_values
from notifier.evaluation.local_moments import LocalMoment
from notifier.evaluation.match_statements import MatchStatements
from notifier.evaluation.paths import Way, way_of
from notifier.evaluation.row_dependencies import are_rows_apart
from notifier.evaluation.row_layout import Purpose
from notifier.evaluation.row_query import RowQuery
from notifier.evaluation.row_reading import RowReader
from notifier.evaluation.rule_dependencies import RuleDependencies
from notifier.evaluation.rule_rows import SINCE, SUBJECTS, RuleRows, among_subjects
from notifier.model.columns import UtcTime
from notifier.model.notices import Match
from notifier.model.schema import REPLACEABLE, REPLACES, Relation, Schema, Side
from notifier.rules.checked_rules import Rule
from notifier.rules.forecasting import forecasts_of
from notifier.rules.joins import decided_relations
from notifier.rules.row_paths import unfiltered

AFTER = sa.bindparam("after", type_=UtcTime())
BEFORE = sa.bindparam("before", type_=UtcTime())


class RuleQuery(MatchStatements):
    """The statements of one rule.

    `default_timezone` (IANA) is the zone of moments like `at 10:00` where neither the row has a site nor the recipient
    a zone; `default_country` likewise counts working days, and `day_counts` knows which days count.
    """

    def __init__(
        self,
        rule: Rule,
        schema: Schema,
        default_timezone: str = "UTC",
        *,
        default_country: str = "US",
        day_counts: DayCounts | None = None,
    ) -> None:
        counts = day_counts or DayCounts()
        rows = RuleRows(rule, schema, default_timezone, default_country, counts)
        # Whose a row is does not depend on what the author picks out of the rows on the way there.
        each, to = (None if path is None else unfiltered(path) for path in (rule.each, rule.to))
        assert to is not None
        all_rows = RuleRows(replace(rule, each=each, to=to), schema, default_timezone, default_country, counts)
        super().__init__(rule, schema, rows, all_rows)
        self._reader = RowReader(rows.layout, default_timezone, default_country, counts)
        self._depends = RuleDependencies(rule, schema)
        self._reaching: dict[str, sa.Select[Any]] = {}

    @property
    def may_be_replaced(self) -> bool:
        """Whether a row of the rule can be in the place of another one."""
        return self.rule.about in REPLACEABLE

    def replacements(self) -> sa.Select[Any]:
        """(id, the id that it replaces) of the rows of which one of both is among `subjects`."""
        return self._replacements

    @cached_property
    def _replacements(self) -> sa.Select[Any]:
        table = self._schema.entities[self.rule.about].table
        by_new, by_old = (
            sa.select(table.c.id, table.c[REPLACES]).where(table.c[REPLACES].is_not(None), in_values(column, SUBJECTS))
            for column in (table.c.id, table.c[REPLACES])
        )
        return sa.select(sa.union(by_new, by_old).subquery())

    def existing(self, entity: str) -> sa.Select[Any]:
        """Which of the ids bound as `subjects` are rows of the entity."""
        table = self._schema.entities[entity].table
        return sa.select(table.c.id).where(among_subjects(table))

    def facts(self) -> sa.Select[Any]:
        """Rows of `subjects`, whether or not anything holds."""
        return self._facts

    def explaining(self) -> sa.Select[Any]:
        """Rows of `subjects`, whether or not anything holds; `explain` reads them."""
        return self._facts

    def read(self, row: sa.Row[Any], now: datetime) -> Iterator[Match]:
        """The matches of a row of any of these statements: one for each window that the statement asks for.

        The windows are exact, also those of moments at a local time of day.
        """
        return self._reader.read(row, now)

    def explain(self, row: sa.Row[Any]) -> Explanation:
        """Every clause of the row with the values of its parts."""
        return self._reader.explain(row)

    @cached_property
    def of_rows(self) -> RowQuery | None:
        """The statements about some rows of `each` alone; None for a rule whose rows are not apart from each other."""
        return RowQuery(self.rule, self._schema, self._rows, self._all_rows) if are_rows_apart(self.rule) else None

    # Ids of the rule's rows

    def matching_ids(self) -> sa.Select[Any]:
        """The ids of all rows for which the condition holds and `at <= now < until` (a few more for local times)."""
        return self._matching_ids

    def missed_ids(self) -> sa.Select[Any] | None:
        """The ids of all rows for which the condition holds and a window ended in (`since`, `now`].

        None for a rule that speaks whenever its condition holds: it has no window that could end.
        """
        return self._missed_ids if self.has_windows else None

    @property
    def may_fall_due(self) -> bool:
        """Whether `due_ids` can find anything at all."""
        return self._instants is not None

    def due_ids(self) -> sa.Select[Any]:
        """The ids of rows for which `at`, `until` or a comparison with `now` fell due in (`since`, `now`], by index.

        Without those whose `at` or `until` is at a time of day: `local_moments` has them.
        """
        return self._due_ids

    def local_moments(self) -> Sequence[LocalMoment]:
        """The moments at a time of day: Python says for which rows they fell due."""
        return self._local_moments

    def baseline_ids(self) -> tuple[sa.Select[Any], sa.Select[Any]]:
        """The dependents of rows changed by a baseline import, with its date, and those of rows changed otherwise."""
        return self._baseline_ids

    @cached_property
    def in_question_ids(self) -> sa.Select[Any] | None:
        """The ids of the rows of which the rule may be true while they stay as they are; None: of each."""
        rows = self._depends.in_question
        return None if rows is None else sa.select(rows.columns("id")[0]).where(*rows.where)

    def kept_ids(self) -> tuple[sa.Select[Any], sa.Select[Any]]:
        """The same of the changes that are kept for a rule that could not see them."""
        return self._kept_ids

    @property
    def entities(self) -> frozenset[str]:
        """The entities of all rows that the rule reads: a change of another one cannot matter to it."""
        return self._depends.entities

    @property
    def flips(self) -> bool:
        """Whether a comparison with `now` can change the rule's truth while no row changes."""
        return self._depends.flips

    @cached_property
    def has_forecasts(self) -> bool:
        """Whether the rule reads what was learned: each tick asks, so its expressions are walked once."""
        return bool(forecasts_of(self.rule))

    def subjects_of_customer(self) -> sa.Select[Any]:
        """The ids of the rows of which `customer` may be the recipient."""
        return self._of_customer

    def reached_anew_ids(self) -> sa.Select[Any]:
        """The ids of the rows for which `to_one_ids` may find others than before, because changed rows have other keys.

        New and deleted rows count. Most changes leave the keys alone, and then nothing is reached anew.
        """
        return self._reached_anew_ids

    def reaching_ids(self, entity: str) -> sa.Select[Any]:
        """The ids of the rows for which `to_one_ids` finds one of the entity's rows that are bound as `subjects`."""
        if entity not in self._reaching:
            found = [way for way in self._to_one_ways() if (way[-1].target if way else self.rule.about) == entity]
            origin = rows_among(self._schema, entity, SUBJECTS)
            selects = [ids for way in found for ids in dependents(self._schema, self.rule.about, way, origin)]
            self._reaching[entity] = united(selects)
        return self._reaching[entity]

    def decided_joins(self) -> Sequence[tuple[Relation, sa.Select[Any]]]:
        """Each relation on the way to the recipients that starts at the row and joins by one of several columns.

        With it the statement of (subject id, *the row's columns in their order), for the rows of `subjects`.
        """
        paths = [self.rule.to, *([self.rule.each] if self.rule.each is not None else [])]
        relations = [each for each in decided_relations(paths) if each.source == self.rule.about]
        return [(relation, self._joined_by(relation)) for relation in relations if relation.decided_by is Side.SOURCE]

    # Time and indexes

    def instants(self) -> sa.Select[Any] | None:
        """The instants in (`after`, `before`] at which something falls due for any row, holding or not.

        Without those of `local_moments`.
        """
        return self._instants

    def indexed_columns(self) -> set[tuple[str, str]]:
        """(table, column) of every timestamp that `due_ids` searches by: indexed, an idle tick scans nothing."""
        return self._depends.indexed_columns()

    def indexed_figures(self) -> set[tuple[str, str, str]]:
        """(table, column, column) of the rows of a site that the rule asks for: what one change costs depends on it."""
        rule = self.rule
        asked = [condition.expression for condition in (*rule.when, *rule.unless)]
        asked += [condition.expression for follow_up in rule.follow_up for condition in follow_up.when]
        asked += [claim.expression for claim in rule.claims] + [
            path for path in (rule.each, rule.to) if path is not None
        ]
        return indexed_figures(asked)

    # Each statement is built when it is first asked for

    @cached_property
    def _facts(self) -> sa.Select[Any]:
        return self._rows.select(Purpose.ANY, of_true=False).where()

    @cached_property
    def _matching_ids(self) -> sa.Select[Any]:
        emitter, conditions, repeats = self._rows.whole_pass()
        conditions = [*conditions, *self._rows.holds(emitter), *self._rows.open_now(emitter)]
        return self._ids(emitter, conditions, repeats=repeats)

    @cached_property
    def _missed_ids(self) -> sa.Select[Any]:
        emitter, conditions, repeats = self._rows.whole_pass()
        conditions = [*conditions, *self._rows.holds(emitter), self._rows.ended_since(emitter)]
        return self._ids(emitter, conditions, repeats=repeats)

    @cached_property
    def _due_ids(self) -> sa.Select[Any]:
        return united(self._depends.due(SINCE, NOW))

    @cached_property
    def _local_moments(self) -> Sequence[LocalMoment]:
        moments = self._depends.moments
        return [self._rows.local_moment(moment, extra) for moment, extra in moments if moment.local_time is not None]

    @cached_property
    def _baseline_ids(self) -> tuple[sa.Select[Any], sa.Select[Any]]:
        return united(self._depends.changed(baseline=True)), united(self._depends.changed(baseline=False))

    @cached_property
    def _kept_ids(self) -> tuple[sa.Select[Any], sa.Select[Any]]:
        depends = self._depends
        return united(depends.changed(baseline=True, kept=True)), united(depends.changed(baseline=False, kept=True))

    @cached_property
    def _of_customer(self) -> sa.Select[Any]:
        return united(self._depends.of_customer(sa.bindparam("customer", type_=sa.String())))

    @cached_property
    def _instants(self) -> sa.Select[Any] | None:
        selects = self._depends.exact_instants(AFTER, BEFORE)
        return united(selects) if selects else None

    @cached_property
    def _reached_anew_ids(self) -> sa.Select[Any]:
        about = self.rule.about
        return united(
            [
                ids
                for way in self._to_one_ways()
                for ids in dependents(
                    self._schema, about, way, changed_rows(way[-1].target if way else about, only_moved=True)
                )
            ]
        )

    def _to_one_ways(self) -> Sequence[Way]:
        names: dict[str, Way] = {self.rule.about: ()}
        if self.rule.each is not None and self.rule.each_name is not None:
            names[self.rule.each_name] = way_of(self.rule.each, names)
        return list(dict.fromkeys(way_of(path, names) for path in self._to_one_paths()))

    def _joined_by(self, relation: Relation) -> sa.Select[Any]:
        table = self._schema.entities[self.rule.about].table
        return sa.select(table.c.id, *(table.c[ours] for ours, _ in relation.keys)).where(among_subjects(table))

    def _ids(self, emitter: Emitter, conditions: list[sa.ColumnElement[bool]], *, repeats: bool) -> sa.Select[Any]:
        subject = emitter.root(self.rule.about)
        select = sa.select(subject.c.id).select_from(emitter.from_clause()).where(*conditions)
        return select.distinct() if repeats else select
