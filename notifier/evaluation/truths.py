"""Of a rule or check: which part of which clause was true for some row, and which was false for some; one SELECT each.

Scenario tests ask it after each tick, to say which parts no scenario shows from both sides. A part is what `and`, `or`
and `not` join; an error counts as false.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.emitter import Emitter
from notifier.evaluation.explanations import parts
from notifier.model.problems import Place
from notifier.model.schema import Schema
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import OTHER, PROMISE, Condition, Rule
from notifier.rules.expressions import Expression, RowName


@dataclass(frozen=True, kw_only=True)
class ClausePart:
    """One part of a clause."""

    place: Place
    """Where its clause begins."""
    text: str
    expression: Expression


@dataclass(frozen=True)
class Truths:
    """The parts of some clauses over the same rows, and the statement that asks about them; parameter `now`."""

    parts: tuple[ClausePart, ...]
    statement: sa.Select[Any]
    """One row: how many rows there are, then two columns for each part: whether it was true, and false, for some."""

    def read(self, row: Sequence[Any]) -> tuple[int, Mapping[ClausePart, tuple[bool, bool]]]:
        """The number of rows, and of each part whether it was true and whether it was false."""
        found = {part: (bool(row[1 + 2 * n]), bool(row[2 + 2 * n])) for n, part in enumerate(self.parts)}
        return int(row[0]), found


def truths_of_rule(rule: Rule, schema: Schema) -> Truths:
    """The parts of `when` and `unless`, over the rows that the rule is about, each with its rows of `each`."""
    emitter = Emitter(schema, {rule.about: rule.about})
    conditions = []
    if rule.each is not None and rule.each_name is not None:
        conditions = emitter.expand(rule.each, rule.each_name)
    return _asked(emitter, conditions, clause_parts((*rule.when, *rule.unless)))


def truths_of_check(check: Check, schema: Schema) -> Truths:
    """The parts of `when` over the facts, or of `kept_when` over the promises of the topic.

    What names the promise that a fact is compared with is left out: it has no value for the fact alone.
    """
    if check.kept_when:
        emitter = Emitter(schema, {PROMISE: PROMISE})
        of_topic = emitter.root(PROMISE).c.topic == check.topic
        return _asked(emitter, [of_topic], clause_parts(check.kept_when))
    entity = PROMISE if check.of_promises else check.fact_name
    emitter = Emitter(schema, {check.fact_name: entity})
    alone = [part for part in clause_parts(check.when) if _names(part.expression) <= {check.fact_name}]
    of_topic = emitter.root(OTHER).c.topic == check.topic if check.of_promises else sa.true()
    return _asked(emitter, [of_topic], alone)


def clause_parts(clauses: Sequence[Condition]) -> list[ClausePart]:
    """The parts of these clauses, in their order; a clause that is not joined from others is its own part."""
    found = []
    for clause in clauses:
        joined = [probe for probe in parts(clause) if probe.condition]
        texts = [(probe.text, probe.expression) for probe in joined] or [(clause.text, clause.expression)]
        found += [ClausePart(place=clause.place, text=" ".join(text.split()), expression=each) for text, each in texts]
    return found


def _names(expression: Expression) -> set[str]:
    """The rows that it names, but for those that it goes over."""
    walked = list(expression.walk())
    variables = {getattr(node, "variable", None) for node in walked}
    return {node.name for node in walked if isinstance(node, RowName)} - variables


def _asked(emitter: Emitter, conditions: Sequence[sa.ColumnElement[bool]], of: Sequence[ClausePart]) -> Truths:
    columns: list[sa.ColumnElement[Any]] = [sa.func.count()]
    for part in of:
        holds = emitter.truth(part.expression)
        columns += [sa.func.max(sa.case((holds, 1), else_=0)), sa.func.max(sa.case((holds, 0), else_=1))]
    statement = sa.select(*columns).select_from(emitter.from_clause()).where(*conditions)
    return Truths(tuple(of), statement)
