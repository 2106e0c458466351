"""The statements about some rows of `each` alone: what is true of them, and which a change or an instant touched.

For rules whose rows are apart (`evaluation.row_dependencies`). Parameters are those of `RuleQuery`, and what `named`
says: which rows of which subjects.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dependents import changed_rows, dependents, united
from notifier.evaluation.emitter import NOW, Emitter
from notifier.evaluation.match_statements import MatchStatements
from notifier.evaluation.row_dependencies import RowDependencies, share_words
from notifier.evaluation.rule_rows import PAIRS, ROWS, SINCE, SUBJECTS, RuleRows, among_subjects
from notifier.evaluation.shared_columns import figures_in
from notifier.model.digests import text_digest
from notifier.model.reading import Figures
from notifier.model.row_address_reading import Rows
from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules.checked_rules import Rule
from notifier.rules.expressions import Expression, Filtered, Related


def named(rows: Rows) -> dict[str, Any]:
    """The parameters that name these rows of `each`, by subject."""
    pairs = [(subject, row) for subject, of_subject in sorted(rows.items()) for row in sorted(of_subject)]
    return {SUBJECTS: sorted(rows), ROWS: sorted({row for _, row in pairs}), PAIRS: json.dumps(pairs)}


class RowQuery(MatchStatements):
    """The statements of one rule about some rows of `each`."""

    def __init__(self, rule: Rule, schema: Schema, rows: RuleRows, all_rows: RuleRows) -> None:
        super().__init__(rule, schema, rows, all_rows, of_rows=True)
        self._depends = RowDependencies(rule, schema)
        self.shares_words = share_words(rule)
        """Whether rows whose readers share an address are decided together."""
        decides = [*_conditions(rule), *_filters(rule.each)]
        self._truths = _figures(decides, rule.about)
        self._claimed = _figures((claim.expression for claim in rule.claims), rule.about)

    # What a change, or an instant in [`since`, `now`], touched

    @cached_property
    def changed_subjects(self) -> sa.Select[Any]:
        """The ids of subjects of which any row may be touched, by changes that came with no baseline."""
        return united(self._depends.changed_subjects())

    @cached_property
    def changed_figures(self) -> sa.Select[Any]:
        """The ids of subjects whose figures such a change may have moved."""
        return united(self._depends.changed_figures())

    @cached_property
    def changed_rows(self) -> sa.Select[Any]:
        """(subject, row of `each`) that such a change touched."""
        return united(self._depends.changed_rows())

    @cached_property
    def due_subjects(self) -> sa.Select[Any]:
        """The ids of subjects of which any row may be touched by an instant, without `RuleQuery.local_moments`."""
        return united(self._depends.due_subjects(SINCE, NOW))

    @cached_property
    def due_figures(self) -> sa.Select[Any]:
        """The ids of subjects whose figures an instant may have moved."""
        return united(self._depends.due_figures(SINCE, NOW))

    @cached_property
    def due_rows(self) -> sa.Select[Any] | None:
        """(subject, row of `each`) that an instant touched; None where none can."""
        found = self._depends.due_rows(SINCE, NOW)
        return united(found) if found else None

    @cached_property
    def rows_of_subjects(self) -> sa.Select[Any]:
        """(subject, row of `each`) of all rows of `subjects` that the rule may speak of now."""
        emitter, conditions = self._rows.emitter()
        subject, row = emitter.root(self.rule.about), emitter.root(self.rule.each_name or "")
        listed = sa.select(subject.c.id, row.c.id.label("row")).select_from(emitter.from_clause())
        return listed.where(*conditions, among_subjects(subject))

    @cached_property
    def rows_of_customers(self) -> sa.Select[Any]:
        """(subject, row of `each`) of all rows that lead to these `customers`: perhaps a few more than are told."""
        return united(self._depends.rows_of_customers())

    @cached_property
    def changed_customers(self) -> sa.Select[Any]:
        """The ids of customers that changed, whether or not a row leads to them."""
        return united(dependents(self._schema, "customer", (), changed_rows("customer")))

    # Figures: what a subject says of many rows at once

    @property
    def has_figures(self) -> bool:
        """Whether any question about many rows, which the subject alone decides, matters to all its rows."""
        return bool(self._truths or self._claimed)

    @cached_property
    def figures(self) -> sa.Select[Any]:
        """The figures of `subjects`, for `read_figures`; none of subjects for which they do not matter."""
        about = self.rule.about
        emitter = Emitter(self._schema, {about: about})
        asked = [*self._truths, *self._claimed]
        answers = [emitter.truth(each) if each.type is ValueType.BOOL else emitter.value(each) for each in asked]
        # What the subject's own columns rule out, no figure makes true; a follow-up may ask for one all the same.
        followed = [each.expression for follow_up in self.rule.follow_up for each in follow_up.when]
        chosen = self._rows.cheap_conditions(emitter, of_true=not _figures(followed, about))
        columns = [answer.label(f"f{index}") for index, answer in enumerate(answers)]
        select = sa.select(emitter.root(about).c.id, *columns).where(*chosen)
        return select.select_from(emitter.from_clause())

    def read_figures(self, row: Sequence[Any]) -> Figures:
        """What a row of `figures` says, to be compared with what it said before."""
        first_claimed = 1 + len(self._truths)
        truth, claims = row[1:first_claimed], row[first_claimed:]
        return Figures(truth=text_digest(repr(tuple(truth))), claims=text_digest(repr(tuple(claims))))


def _conditions(rule: Rule) -> Iterator[Expression]:
    followed = (each for follow_up in rule.follow_up for each in follow_up.when)
    for condition in (*rule.when, *rule.unless, *followed):
        yield condition.expression


def _filters(path: Expression | None) -> Iterator[Expression]:
    """The conditions that pick the rows of `each`."""
    while isinstance(path, Filtered | Related):
        if isinstance(path, Filtered):
            yield path.condition
        path = path.source


def _figures(expressions: Iterable[Expression], about: str) -> list[Expression]:
    return list(dict.fromkeys(figure for expression in expressions for figure in figures_in(expression, about)))
