"""The rows of a rule of which it may become true while time passes and nothing changes.

`order.status == 'shipped'` stays as it is until the order changes, and a change is looked at for its own sake. So an
instant means nothing to an order that has another status: of a million orders, most are over.
"""

import sqlalchemy as sa

from notifier.evaluation.dependents import Origin
from notifier.evaluation.dialects import Unsought
from notifier.evaluation.emitter import Emitter
from notifier.model.schema import Schema
from notifier.rules.checked_rules import Rule
from notifier.rules.expressions import (
    And,
    Attribute,
    Column,
    Compare,
    Expression,
    In,
    Literal,
    Not,
    Or,
    RowName,
    TextTest,
)


def rows_in_question(rule: Rule, schema: Schema) -> Origin | None:
    """The rows of which all lasting conditions are true; None where the rule has none, so that every row counts."""
    emitter = Emitter(schema, {rule.about: rule.about})
    where = lasting_conditions(rule, emitter)
    table = emitter.root(rule.about)
    return Origin(table=table, columns=lambda name: [table.c[name]], where=tuple(where)) if where else None


def lasting_conditions(rule: Rule, emitter: Emitter) -> list[sa.ColumnElement[bool]]:
    """The conditions of the rule that read nothing but columns of its own row: no other row, and not the clock."""
    asked = [emitter.holds(part) for condition in rule.when for part in _parts(condition.expression, rule.about)]
    asked += [emitter.fails(each) for each in rule.unless if _is_lasting(each.expression, rule.about)]
    # What falls due is found by its instant: without statistics SQLite would rather read all that are shipped.
    return [Unsought(condition, type_=sa.Boolean()) for condition in asked]


def _parts(condition: Expression, about: str) -> list[Expression]:
    """The lasting ones of the conditions that must all be true."""
    every = condition.operands if isinstance(condition, And) else (condition,)
    return [part for part in every if _is_lasting(part, about)]


def _is_lasting(expression: Expression, about: str) -> bool:
    match expression:
        case Column(row=RowName(name=name)) | Attribute(row=RowName(name=name), currency=None):
            return name == about
        case And() | Or() | Not() | Compare() | In() | TextTest() | Literal():
            return all(_is_lasting(part, about) for part in expression.parts)
    return False
