"""The statements that return whole rows of a rule: what matches, what was missed, what holds, whose each row is."""

from collections.abc import Set
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.row_layout import Purpose
from notifier.evaluation.rule_rows import RuleRows, among_subjects
from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules.checked_rules import Rule
from notifier.rules.expressions import Expression, Related, RowName

DEEPEST = 3
"""To-one steps within which a row counts as reached."""


def only_among(statement: sa.Select[Any], ids: Set[str] | None) -> sa.Select[Any]:
    """The rows of the statement whose first column is one of these; all of them for None."""
    if ids is None:
        return statement
    found = statement.subquery()
    return sa.select(found).where(found.c[0].in_(sorted(ids)))


class MatchStatements:
    """Each statement is built when it is first asked for. `of_rows`: only for the rows of `each` that are
    `row_query.named`."""

    def __init__(
        self, rule: Rule, schema: Schema, rows: RuleRows, all_rows: RuleRows, *, of_rows: bool = False
    ) -> None:
        self.rule = rule
        self._schema = schema
        self._rows = rows
        self._all_rows = all_rows
        self._of_rows = of_rows
        self._follow_ups: dict[int, sa.Select[Any]] = {}
        self._to_one: dict[str, sa.Select[Any] | None] = {}

    def matching(self) -> sa.Select[Any]:
        """Rows of `subjects` for which the condition holds and `at <= now < until`."""
        return self._matching

    def missed(self) -> sa.Select[Any]:
        """Rows of `subjects` for which the condition holds and a window ended in (`since`, `now`]."""
        return self._missed

    def holding(self) -> sa.Select[Any]:
        """Rows of `subjects` for which the condition holds, whatever `at` and `until` say."""
        return self._holding

    def follow_up(self, index: int) -> sa.Select[Any]:
        """Rows of `subjects` for which the conditions of follow-up `index` hold, whatever the rule itself says.

        Also those that a filter on the way to the rows of `each`, or to the recipients, leaves out by now.
        """
        if index not in self._follow_ups:
            select = self._all_rows.select(Purpose.ANY, of_true=False, of_rows=self._of_rows)
            conditions = [select.emitter.holds(condition) for condition in self.rule.follow_up[index].when]
            self._follow_ups[index] = select.where(*conditions)
        return self._follow_ups[index]

    def holders(self) -> sa.Select[Any]:
        """(subject, row of `each`, recipient) of `subjects`: whose each row is, whatever the conditions say."""
        return self._holders

    @property
    def reached_entities(self) -> frozenset[str]:
        """The entities that `to_one_ids` passes through: a change of one of their rows may change its result."""
        return frozenset(path.entity or "" for path in self._to_one_paths())

    def to_one_ids(self, entity: str) -> sa.Select[Any] | None:
        """(subject_id, each_id, row_id) of every row of the entity that a subject, or its row of `each`, is or reaches.

        Three to-one steps deep, for the rows of `subjects`. None where no path leads to the entity.
        """
        if entity not in self._to_one:
            selects = [self._reached(path) for path in self._to_one_paths() if path.entity == entity]
            self._to_one[entity] = sa.select(sa.union(*selects).subquery()) if selects else None
        return self._to_one[entity]

    @property
    def has_windows(self) -> bool:
        """Whether the rule speaks at some times only: without them, what holds matches, and nothing is missed."""
        return bool(self.rule.at) or self.rule.until is not None

    @cached_property
    def _matching(self) -> sa.Select[Any]:
        select = self._rows.select(Purpose.OPEN, of_true=True, of_rows=self._of_rows)
        return select.where(*self._rows.open_now(select.emitter))

    @cached_property
    def _missed(self) -> sa.Select[Any]:
        select = self._rows.select(Purpose.ENDED, of_true=True, of_rows=self._of_rows)
        return select.where(self._rows.ended_since(select.emitter))

    @cached_property
    def _holding(self) -> sa.Select[Any]:
        return self._rows.select(Purpose.ANY, of_true=True, of_rows=self._of_rows).where()

    @cached_property
    def _holders(self) -> sa.Select[Any]:
        return self._all_rows.whose(of_rows=self._of_rows).distinct()

    def _to_one_paths(self) -> list[Expression]:
        paths: list[Expression] = [
            RowName(type=ValueType.ENTITY, entity=entity, name=name) for name, entity in self.rule.names.items()
        ]
        level = list(paths)
        for _ in range(DEEPEST):
            level = [
                Related(type=ValueType.ENTITY, entity=relation.target, source=path, relation=relation)
                for path in level
                for relation in self._schema.entities[path.entity or ""].relations.values()
                if not relation.many and relation.target != relation.source
            ]
            paths += level
        return paths

    def _reached(self, path: Expression) -> sa.Select[Any]:
        emitter, conditions = self._rows.emitter(of_rows=self._of_rows)
        subject = emitter.root(self.rule.about)
        reached = emitter.row(path).c.id
        each = self.rule.each_name
        each_id: sa.ColumnElement[Any] = sa.literal(None, sa.String) if each is None else emitter.root(each).c.id
        return (
            sa.select(subject.c.id.label("subject_id"), each_id.label("each_id"), reached.label("row_id"))
            .select_from(emitter.from_clause())
            .where(*conditions, reached.is_not(None), among_subjects(subject, sought=not self._of_rows))
        )
